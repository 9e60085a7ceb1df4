//! What notebook 02 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: axis
assert_eq!((x.len(), x.i(80).item()), (160, 0.0));

//@ after: relu-at-zero
assert_eq!(by_autograd.to_vec(), closed_form.to_vec());

//@ after: prelu-slope-check
let expected = near.clamp(-8.0, 0.0).sum().item();
assert!((alpha.grad().unwrap().item() - expected).abs() < 1e-4);

//@ after: sigmoid-maximum-check
assert_eq!((closed_form.argmax(), closed_form.max().item()), (80, 0.25));
assert!((&by_autograd - &closed_form).abs().max().item() < 1e-6);

//@ after: tanh-and-sigmoid-check
assert_eq!(closed_form.max().item(), 1.0);
assert!(gap.abs().max().item() < 1e-6);

//@ after: detach-harmless
assert!(d.shares_storage(&y) && !d.is_tracked());

//@ after: solution-1-code
assert_eq!(leaky_relu(&near, 1.0).to_vec(), near.to_vec());

//@ after: solution-2-code
assert!((0.78..0.85).contains(&limit));

//@ after: solution-3-code
assert!((at - 2_f32.sqrt()).abs() < 0.01 && (slope.max().item() - 1.129).abs() < 1e-3 && slope.min().item() < 0.0);
