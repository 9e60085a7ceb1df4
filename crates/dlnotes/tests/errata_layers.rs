//! Errors of the notes' chapter on the perceptron: the wrong and the right version side by side. Those on `detach`, saved
//! values and the derivative at 0 are in `autograd.rs` and `values.rs`.

mod common;

use common::{SEEDS, seeded};
use dlnotes::prelude::*;

/// L24: a larger feature with a negative weight lowers the *output*; the weight stays what it is.
#[test]
fn l24_a_negative_weight_lowers_the_output() {
    let w = Tensor::from([-2.0]);
    let output = |x: f32| (&w * x).item();
    assert!(output(2.0) < output(1.0) && w.item() == -2.0);
}

/// L42, L63: without a non-linear activation, two layers are one linear layer (notes, 1.3); ReLU is not linear.
#[test]
fn l42_layers_without_activations_collapse_and_relu_does_not() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (first, second) = (Linear::new(5, 7), Linear::new(7, 3));
        let x = Tensor::randn([11, 5]);
        let two = second.forward(&first.forward(&x));
        let weight = second.weight.matmul(&first.weight);
        let bias = second.weight.matmul(first.bias.as_ref().unwrap()) + second.bias.as_ref().unwrap();
        assert!((two - x.linear(&weight, Some(&bias))).abs().max().item() < 1e-5, "seed {s}");
        let a = Tensor::randn([20]);
        assert!(((&a * -1.0).relu() + a.relu()).abs().max().item() > 0.1, "f(−a) ≠ −f(a): not linear");
    }
}

/// L53: a hidden layer computes any logical operation on two inputs with the *right* weights, not with enough of them;
/// a linear model can't compute XOR whatever its weights.
#[test]
fn l53_a_hidden_layer_computes_logic_and_a_linear_model_no_xor() {
    let inputs = Tensor::from([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]);
    // h = relu(a + b − bias) for two biases: their combinations are all symmetric functions of two bits.
    let sum = inputs.sum_dim(1, false);
    let (h0, h1) = (sum.relu(), (&sum - 1.0).relu());
    let xor = &h0 - &h1 * 2.0;
    let (and, or) = (h1.clone(), &h0 - &h1);
    assert_eq!(xor.to_vec(), [0.0, 1.0, 1.0, 0.0]);
    assert_eq!((and.to_vec(), or.to_vec()), (vec![0.0, 0.0, 0.0, 1.0], vec![0.0, 1.0, 1.0, 1.0]));
    // The best linear fit to XOR says ½ everywhere.
    let with_ones = concat(&[&inputs, &Tensor::ones([4, 1])], 1);
    let w = least_squares(&with_ones, &xor);
    assert!((with_ones.matmul(&w) - 0.5).abs().max().item() < 1e-6);
    // And gradient descent finds it from a random start (from most of them: 2 to 8 units, the usual widening).
    for s in SEEDS {
        let _alone = seeded(s);
        let net = sequential![Linear::new(2, 8), Tanh, Linear::new(8, 1)];
        let data = Batches::new((&inputs, &xor.reshape([4, 1])), 4);
        let mut trainer = Adam::new(net.parameters(), 0.05);
        for _ in 0..500 {
            train_epoch(&net, &data, &MseLoss::none(), &mut trainer);
        }
        assert!(evaluate_loss(&net, &data, &MseLoss::none()) < 1e-3, "seed {s}");
    }
}

/// L55: deep against wide at equal size. Folding [0, 1] on itself k times takes k layers of 2 units; one hidden layer
/// needs a unit for each of the 2ᵏ pieces, as every ReLU unit adds one bend at most.
#[test]
fn l55_depth_makes_pieces_that_width_has_to_buy_one_by_one() {
    // The tent t(x) = 2·relu(x) − 4·relu(x − ½), again and again.
    let tent = |x: &Tensor| 2.0 * x.relu() - 4.0 * (x - 0.5).relu();
    let pieces = |y: &[f32], step: f32| {
        let slopes: Vec<f32> = y.windows(2).map(|pair| (pair[1] - pair[0]) / step).collect();
        1 + slopes.windows(2).filter(|pair| (pair[0] - pair[1]).abs() > 1e-2).count()
    };
    let x = Tensor::linspace(0.0, 1.0, 1025);
    let mut y = x.clone();
    for depth in 1..=6 {
        y = tent(&y);
        assert_eq!(pieces(&y.to_vec(), 1.0 / 1024.0), 1 << depth, "{depth} layers of 2 units");
    }
    for s in SEEDS {
        let _alone = seeded(s);
        // As many units (12) side by side: 13 pieces at most. (As many parameters: 36 against 12·3 + 1.)
        let wide = sequential![Linear::new(1, 12), Relu, Linear::new(12, 1)];
        wide.parameters().iter().for_each(|p| init::normal_(p, 0.0, 1.0));
        let bends = {
            let layer = wide.get::<Linear>(0);
            let places = layer.bias.as_ref().unwrap().detach() / layer.weight.detach().flatten() * -1.0;
            places.to_vec().iter().filter(|place| (0.0..1.0).contains(*place)).count()
        };
        let y = wide.forward(&x.reshape([1025, 1])).detach().to_vec();
        // A bend between two points of the grid shows as one or two changes of slope.
        assert!(pieces(&y, 1.0 / 1024.0) <= 1 + 2 * bends, "seed {s}");
        assert!(bends <= 12);
    }
}
