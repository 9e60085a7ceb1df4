//! What notebook 02 states, asserted: each section runs behind the cell that it names (docs/adding-a-notebook.md).

//@ after: axis
assert_eq!((x.len(), x.i(80).item()), (160, 0.0));

//@ after: relu-at-zero
assert_eq!(x.grad().unwrap().i(79..82).to_vec(), [0.0, 0.0, 1.0]);
assert_eq!(x.grad().unwrap().to_vec(), Activation::Relu.derivative(&x).to_vec());

//@ after: prelu-slope-check
let expected = near.clamp(-8.0, 0.0).sum().item();
assert!((alpha.grad().unwrap().item() - expected).abs() < 1e-4);

//@ after: alpha
let jump = |activation: Activation| {
    let slopes = activation.derivative(&Tensor::from([-1e-6, 1e-6])).to_vec();
    (slopes[1] - slopes[0]).abs()
};
assert!(jump(Activation::Elu { alpha: 1.0 }) < 1e-5 && jump(Activation::LeakyRelu { slope: 1.0 }) == 0.0);
assert!(jump(Activation::Elu { alpha: 0.8 }) > 0.1 && jump(Activation::LeakyRelu { slope: 0.8 }) > 0.1);

//@ after: sigmoid-derivative
let closed_form = Activation::Sigmoid.derivative(&x);
assert_eq!((closed_form.argmax(), closed_form.max().item()), (80, 0.25));
assert!((x.grad().unwrap() - &closed_form).abs().max().item() < 1e-6);

//@ after: four-sigmoids-question
assert!(check!(0.0039, Activation::Sigmoid.derivative(&x).max().pow(4.0), "").is_right());

//@ after: tanh-and-sigmoid-check
assert_eq!(Activation::Tanh.derivative(&x).max().item(), 1.0);
assert!(gap.abs().max().item() < 1e-6);

//@ after: closed-forms
let activations = [Activation::Relu, Activation::Sigmoid, Activation::Tanh];
let differences = activations.map(|activation| {
    let x = x.detach().requires_grad();
    activation.forward(&x).sum().backward();
    (x.grad().unwrap() - activation.derivative(&x)).abs().max().item()
});
assert!(differences[0] == 0.0 && differences.iter().all(|&difference| difference < 1e-6));

//@ after: through-layers
let through_ten = |activation: Activation, at: &Tensor| {
    let at = at.detach().requires_grad();
    (0..10).fold(at.clone(), |y, _| activation.forward(&y)).sum().backward();
    at.grad().unwrap().max().item()
};
assert_eq!(through_ten(Activation::Relu, &Tensor::from([0.5])), 1.0);
assert_eq!(through_ten(Activation::Tanh, &Tensor::from([0.0])), 1.0);
assert!(through_ten(Activation::Sigmoid, &x) < 0.25_f32.powi(10));

//@ after: detach-harmless
assert!(d.shares_storage(&y) && !d.is_tracked());

//@ after: solution-1-code
assert_eq!(leaky_relu(&near, 1.0).to_vec(), near.to_vec());

//@ after: solution-2-code
assert!((0.78..0.85).contains(&limit));

//@ after: solution-3-code
assert!((at - 2_f32.sqrt()).abs() < 0.01 && (slope.max().item() - 1.129).abs() < 1e-3 && slope.min().item() < 0.0);

//@ after: solution-4-code
assert!(check!(4.0 * s * (1.0 - s), at.grad().unwrap(), within 1e-5, "").is_right());

//@ after: solution-5-code
assert!(check!(0.375, dead.item(), within 0.02, "").is_right());
