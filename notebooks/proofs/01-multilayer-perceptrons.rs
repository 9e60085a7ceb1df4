//! What notebook 01 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: flat-line-check
assert!(slope.item().abs() < 1e-5);

//@ after: affine-check
assert!((&two_layers - &one_layer).abs().max().item() < 1e-5);

//@ after: xor
assert_eq!(xor.to_vec(), [0.0, 1.0, 1.0, 0.0]);

//@ after: fit-check
assert!(error < 0.01, "the net did not learn: {error}");

//@ after: width-curve
assert!((10.0..20.0).contains(&(median[1] / median[2])) && (3.0..7.0).contains(&(median[2] / median[6])));

//@ after: deep-or-wide-code
let rises: Vec<bool> = deep.to_vec().windows(2).map(|pair| pair[1] > pair[0]).collect();
assert_eq!(rises.chunk_by(|a, b| a == b).count(), 16);
let error = (&wide - &deep).square().mean().item();
assert!((error - 0.051).abs() < 0.002);

//@ after: solution-2-training
assert!((reached / best - 1.0).abs() < 0.01);

//@ after: solution-3-code
assert_eq!(and.to_vec(), [0.0, 0.0, 0.0, 1.0]);
assert_eq!(or.to_vec(), [0.0, 1.0, 1.0, 1.0]);
