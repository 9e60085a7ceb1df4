//! What notebook 00 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: tensors-index
assert_eq!(y.i((.., 1..3)).shape(), [3, 2]);

//@ after: autograd-cube
assert_eq!(x.grad().unwrap().to_vec(), [3.0, 12.0, 27.0]);

//@ after: ask-first-reciprocal
assert!(check!(-0.25, x.grad().unwrap(), "").is_right());

//@ after: learning-training
assert!(history.last("test acc") > 0.93);

//@ after: mistakes-survived
assert_eq!(net.forward(&points).shape(), [400, 2]);

//@ after: solution-1-code
assert!((x.grad().unwrap() - 3.0 * x.detach().square()).abs().max().item() < 1e-5);

//@ after: solution-2-code
assert!(reached[1] < 0.9 && reached[2] > 0.9);

//@ after: solution-3-code
assert_eq!(sum.shape(), [3, 4]);
assert_eq!(sum.i(2).to_vec(), [1.0, 2.0, 3.0, 4.0]);
