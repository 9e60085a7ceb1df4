//! What notebook 07 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: penalty-question
let one = Tensor::scalar(1.0).requires_grad();
(&l.detach() + &one).backward();
assert!(check!(one.grad().unwrap().item() as i32, 1, "").is_right());

//@ after: backward-steps
for name in ["W1", "W2", "z", "h", "o", "L", "s", "J"] {
    let [by_autograd, by_differences] = steps.gradients(name).unwrap();
    assert!((by_autograd - by_differences).abs().max().item() < 1e-3);
}
assert!(steps.figure(0).summary().contains("2 leaves, 17 operations; 188 bytes kept for backward"));
assert!(w1.grad().is_none() && w2.grad().is_none());

//@ after: chain-rule
let by_hand = (0.49_f32).cos() * (2.0 * 0.7);
assert!((a.grad().unwrap().item() - by_hand).abs() < 1e-6);
assert!(check!(1.2353, 0.49_f32.cos() * 1.4, "").is_right());

//@ after: gradients-checked
for (autograd, by_hand) in [(&o, &dj_do), (&w2, &dj_dw2), (&h, &dj_dh), (&z, &dj_dz), (&w1, &dj_dw1)] {
    let difference = (autograd.grad().unwrap() - by_hand).abs().max().item();
    assert!(difference < 1e-6);
}

//@ after: differences-code
assert!((slope - dj_dw1.i((1, 2)).item()).abs() < 1e-3);

//@ after: memory-no-grad
assert_eq!(no_grad(|| kept(100, 8)), 0);
assert!(check!(460_800, kept(200, 8), "").is_right() && kept(100, 16) < 2 * kept(100, 8));

//@ after: memory-figure
for depth in 0..3 {
    let per_sample = batches.iter().zip(by_depth[depth]).map(|(&b, kb)| kb / b as f64).collect::<Vec<_>>();
    assert!(per_sample.iter().all(|p| (p / per_sample[0] - 1.0).abs() < 0.05));
}

//@ after: failure-zero-grad
assert!(w.item().abs() < 0.01 && forgetful.grad().unwrap().item().abs() > 0.1);

//@ after: solution-1-code
assert_eq!(b1.grad().unwrap().to_vec(), z.grad().unwrap().to_vec());
assert_eq!(b2.grad().unwrap().to_vec(), o.grad().unwrap().to_vec());

//@ after: solution-2-code
assert!(graph(&plain).name(&plain, "L").summary().starts_with("Graph of L (2 leaves, 10 operations; 108 bytes kept for backward)"));

//@ after: solution-3-code
assert_eq!(first.parameters()[0].grad().unwrap().to_vec(), expected.to_vec());
assert!(half < all / 2 + all / 20);

//@ after: solution-4-code
assert_eq!(moved(&Tensor::zeros([5, 4]), 100), [0.0, 0.0]);
assert!(moved(&v1, 1)[0] == 0.0 && moved(&v1, 1)[1] > 0.0 && moved(&v1, 2)[0] > 0.0);
