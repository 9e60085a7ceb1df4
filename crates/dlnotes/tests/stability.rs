//! What the chapter on numerical stability claims, over seeds chosen beforehand, and what its functions say to mistakes.

mod common;

use common::{SEEDS, golden, median, panic_message, seeded};
use dlnotes::prelude::*;
use ndarray::array;

#[test]
fn the_product_of_a_hundred_matrices_grows_as_theory_says() {
    let mut ends = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let product = matrix_product(4, 100);
        let end = product.log10_max[100];
        assert!((18.0..=32.0).contains(&end), "seed {s}: {end}");
        // While it is in range, single precision gives the same.
        let direct = f64::from(product.direct[100]).log10();
        assert!((direct - end).abs() < 1e-3, "seed {s}: {direct} {end}");
        ends.push(end as f32);
    }
    assert!((median(ends) - 24.2).abs() < 3.0);
    // The rate by 4,000 factors: the variance of the logarithm of one factor is below 0.2.
    let _alone = seeded(1);
    for size in [2, 4, 7] {
        let product = matrix_product(size, 4000);
        let rate = (product.log10_max[4000] - product.log10_max[0]) / 4000.0;
        assert!((rate - growth_per_factor(size)).abs() < 0.02, "size {size}: {rate} {}", growth_per_factor(size));
        assert!(!product.direct[4000].is_finite(), "single precision ends at 3.4e38");
    }
    assert!(panic_message(|| matrix_product(0, 3)).contains("size 0"));
}

#[test]
fn inits_have_pytorchs_spreads() {
    let _alone = seeded(1);
    for (shape, case) in golden("init").as_object().unwrap() {
        let (outputs, inputs) = shape.split_once(',').unwrap();
        let w = Tensor::zeros([outputs.parse().unwrap(), inputs.parse().unwrap()]);
        let number = |key: &str| case[key].as_f64().unwrap() as f32;
        let check = |key: &str, set: &dyn Fn(&Tensor)| {
            set(&w);
            // A standard deviation from 65,000 numbers is good to 1.1 % at four sigma, a bound to far less.
            let measured = if key.ends_with("std") { w.std().item() } else { w.abs().max().item() };
            assert!((measured / number(key) - 1.0).abs() < 0.012, "{shape}, {key}: {measured} {}", number(key));
        };
        check("he_normal std", &init::he_normal_);
        check("he_uniform bound", &init::he_uniform_);
        check("xavier_normal std", &init::xavier_normal_);
        check("xavier_uniform bound", &init::xavier_uniform_);
        check("he_normal std", &|w| Init::He.apply(w));
        check("xavier_normal std", &|w| Init::Xavier.apply(w));
        check("default bound", &|w| Init::Default.apply(w));
    }
}

/// The variance of W·h in the last of 50 layers of 256 units, median over seeds, as a power of ten.
fn last_variance(activation: Activation, init: Init) -> f32 {
    median(SEEDS.map(|s| {
        let _alone = seeded(s);
        DeepNet::new(activation, init).flow().variance[49] as f32
    }))
}

#[test]
fn he_keeps_relu_and_xavier_keeps_tanh_in_range_and_others_do_not() {
    let power = |low: f32, high: f32| low.log10()..=high.log10();
    assert!(power(0.5, 4.0).contains(&last_variance(Activation::Relu, Init::He)));
    // v falls as 1/(2l): slowly, to 0.01 at layer 50.
    let tanh = last_variance(Activation::Tanh, Init::Xavier);
    assert!(power(0.003, 0.03).contains(&tanh), "{tanh}");
    // N(0, 1): each layer multiplies the variance by n/2 = 128 after ReLU.
    let exploding = last_variance(Activation::Relu, Init::Normal(1.0));
    assert!((exploding - (256.0_f32.log10() + 49.0 * 128.0_f32.log10())).abs() < 3.0, "{exploding}");
    // N(0, 0.01²): by 0.0001·n/2.
    let vanishing = last_variance(Activation::Relu, Init::Normal(0.01));
    assert!((vanishing - (0.0256_f32.log10() + 49.0 * 0.0128_f32.log10())).abs() < 3.0, "{vanishing}");
}

#[test]
fn gradients_vanish_through_sigmoids_and_explode_through_large_weights() {
    for s in SEEDS {
        let _alone = seeded(s);
        let activations = [Activation::Sigmoid, Activation::Tanh, Activation::Relu];
        let map = gradient_map(&activations, &[Init::Normal(1.0), Init::Normal(0.01), Init::Xavier, Init::He], 50);
        let fall = |activation: usize, init: usize| {
            let norms = &map.log10_norms[activation * 4 + init];
            norms[49] - norms[0]
        };
        // σ′ ≤ 1/4 and Xavier's weights keep lengths: at least a factor of 4 is lost in each of 49 layers.
        assert!(fall(0, 2) > 49.0 * 4.0_f64.log10() - 2.0, "seed {s}: {}", fall(0, 2));
        // With N(0, 0.01²) a factor of 0.16 more.
        assert!(fall(0, 1) > 49.0 * (4.0 / 0.16_f64).log10() - 2.0, "seed {s}");
        // He and ReLU: the same size everywhere, up to chance.
        assert!(fall(2, 3).abs() < 1.0, "seed {s}: {}", fall(2, 3));
        // ReLU with N(0, 1) explodes, in all layers alike (signals grow one way, gradients the other): ReLU alone does
        // not prevent that.
        assert!(map.log10_norms[8].iter().all(|&norm| norm > 40.0), "seed {s}: {:?}", map.log10_norms[8]);
        assert!(map.log10_norms.iter().flatten().all(|v| v.is_finite()), "seed {s}: everything is in range");
    }
}

/// The bound for the first of four sigmoid layers of one unit: 0.25⁴·|w₂w₃w₄|·|x|·|∂L/∂f₄|.
#[test]
fn the_first_of_four_sigmoid_layers_hears_little() {
    for s in SEEDS {
        let _alone = seeded(s);
        let w: Vec<Tensor> = (0..4).map(|_| Tensor::randn([1, 1]).requires_grad()).collect();
        let x = Tensor::randn([1, 1]);
        let f4 = w.iter().fold(x.clone(), |f, w| f.matmul(w).sigmoid());
        let loss = (&f4 - 0.3).square().sum();
        loss.backward();
        let bound = 0.25_f32.powi(4)
            * w[1..].iter().map(|w| w.detach().item().abs()).product::<f32>()
            * x.item().abs()
            * (2.0 * (f4.item() - 0.3)).abs();
        let gradient = w[0].grad().unwrap().item().abs();
        assert!(gradient <= bound && gradient > 0.0, "seed {s}: {gradient} {bound}");
    }
}

#[test]
fn equal_weights_stay_equal_under_sgd_and_dropout_sets_them_apart() {
    for s in SEEDS {
        let _alone = seeded(s);
        assert!(symmetry(0.0, 20).iter().all(|&spread| spread == 0.0), "seed {s}");
        let spreads = symmetry(0.5, 20);
        assert!(spreads[0] > 0.0 && spreads[19] > spreads[0], "seed {s}: {spreads:?}");
    }
}

#[test]
fn outputs_of_relu_and_sigmoid_are_not_centred_at_zero() {
    for s in SEEDS {
        let _alone = seeded(s);
        let centre = |activation, init| DeepNet::new(activation, init).depth(3).flow().centre[0];
        // E[max(z, 0)]/√E[max(z, 0)²] = 1/√π for normal z; tanh is odd; sigmoid lies around ½.
        let relu = centre(Activation::Relu, Init::He);
        assert!((relu - 1.0 / std::f64::consts::PI.sqrt()).abs() < 0.02, "seed {s}: {relu}");
        assert!(centre(Activation::Tanh, Init::Xavier).abs() < 0.03, "seed {s}");
        assert!(centre(Activation::Sigmoid, Init::Xavier) > 0.9, "seed {s}");
        // Why it matters: where all inputs of a unit are positive, its weights' gradients of one sample share a sign.
        let layer = Linear::new(10, 1);
        layer.forward(&(Tensor::rand([1, 10]) + 0.1)).sum().backward();
        let gradient = layer.weight.grad().unwrap().to_vec();
        assert!(gradient.iter().all(|g| g.signum() == gradient[0].signum()), "seed {s}");
    }
}

#[test]
fn dead_units_are_counted_and_a_leak_revives_them() {
    for s in SEEDS {
        let _alone = seeded(s);
        let net = sequential![Linear::new(3, 10), Relu, sequential![Linear::new(10, 6), Relu], Linear::new(6, 1)];
        no_grad(|| {
            let bias = net.get::<Linear>(0).bias.as_ref().unwrap();
            (0..4).for_each(|unit| bias.set([unit], -1000.0));
        });
        let data = Batches::new((&Tensor::randn([200, 3]), &Tensor::zeros([200, 1])), 32);
        let counts = dead_relus(&net, &data);
        assert_eq!(counts.iter().map(|c| (c.layer.as_str(), c.units)).collect::<Vec<_>>(), [("1", 10), ("2.1", 6)]);
        assert!(counts[0].dead >= 4 && counts[0].dead < 10, "seed {s}: {:?}", counts[0]);
        // Dead units get no gradient; leaky ones do.
        for (activation, alive) in [(Activation::Relu, false), (Activation::LeakyRelu { slope: 0.01 }, true)] {
            let layer = net.get::<Linear>(0);
            layer.parameters().iter().for_each(Tensor::zero_grad);
            activation.forward(&layer.forward(&Tensor::randn([50, 3]))).sum().backward();
            let gradient = layer.weight.grad().unwrap();
            assert_eq!((0..4).any(|unit| gradient.i(unit).norm().item() > 0.0), alive, "seed {s}");
        }
    }
}

/// A small rate only lessens dead ReLUs; a huge step kills many.
#[test]
fn large_steps_kill_relus() {
    let dead = |lr: f32| {
        median(SEEDS.map(|s| {
            let _alone = seeded(s);
            let (x, y) = synthetic_data(&Tensor::ones([5, 1]), 0.0, 200);
            let data = Batches::new((&x, &y), 20).shuffled();
            let net = sequential![Linear::new(5, 50), Relu, Linear::new(50, 1)];
            let mut trainer = Sgd::new(net.parameters(), lr);
            // Clipping keeps even the large rate finite.
            let loss = MseLoss::none();
            Fit::new(&net, &data, &loss, &mut trainer).epochs(5).clip_norm(10.0).run().unwrap();
            dead_relus(&net, &data)[0].dead as f32
        }))
    };
    let (small, large) = (dead(0.01), dead(2.0));
    assert!(small <= 2.0 && large > 20.0, "{small} and {large} of 50");
}

#[test]
fn overflow_and_cancellation_break_the_formula_and_not_its_stable_form() {
    assert!(
        naive_softmax(array![89.0_f32, 0.0].view())[0].is_nan()
            && naive_softmax(array![710.0_f64, 0.0].view())[0].is_nan()
    );
    for x in [1e4_f32, -1e4] {
        let y = stable_softmax(array![x, 0.0].view());
        assert_eq!(y[0], f32::from(u8::from(x > 0.0)));
        assert_eq!(Tensor::from([x, 0.0]).softmax(0).to_vec(), y.to_vec());
    }
    for s in SEEDS {
        let _alone = seeded(s);
        let x: Vec<f32> = Tensor::normal(1e4, 1.0, [1000]).to_vec();
        let exact = ndarray::Array1::from_iter(x.iter().map(|&x| f64::from(x)));
        let (single, truth) = (ndarray::Array1::from_vec(x), two_pass_variance(exact.view()));
        let off = |v: f32| (f64::from(v) / truth - 1.0).abs();
        // E[x²] = 10⁸ with 24 bits is good to ± 4: the difference means nothing. In double precision it still does.
        assert!(off(naive_variance(single.view())) > 0.05, "seed {s}");
        assert!(off(two_pass_variance(single.view())) < 1e-3, "seed {s}");
        assert!((naive_variance(exact.view()) / truth - 1.0).abs() < 1e-6, "seed {s}");
    }
    let small = ndarray::Array1::from_elem(200, 0.5_f32);
    assert_eq!(product(small.view()), 0.0, "2⁻²⁰⁰ is below single precision");
    assert!((log_product(small.view()) + 200.0 * 2.0_f32.ln()).abs() < 1e-3);
    let table = precision_table([1e4, 1e4 + 1.0, 1e4 + 2.0]).to_string();
    assert!(table.contains("NaN") && table.contains("6.666667e-1"), "{table}");
}

/// PReLU's slope starts at 0.25 and learns: for labels |x| it turns negative.
#[test]
fn prelu_learns_its_slope() {
    for s in SEEDS {
        let _alone = seeded(s);
        let x = Tensor::randn([200, 1]);
        let data = Batches::new((&x, &x.abs()), 20).shuffled();
        let layer = PRelu::default();
        assert_eq!(layer.slope.item(), 0.25);
        let slope = layer.slope.clone();
        let mut trainer = Sgd::new([&slope], 0.1);
        for _ in 0..20 {
            train_epoch(&layer, &data, &MseLoss::none(), &mut trainer);
        }
        assert!((slope.item() + 1.0).abs() < 1e-3, "seed {s}: {}", slope.item());
    }
}

/// Layer by layer without labels, then all together: a deep sigmoid net learns that does not from a plain start.
#[test]
fn pretraining_makes_a_deep_sigmoid_net_trainable() {
    let mut accuracies = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let data = FashionMnist::embedded();
        let train = Batches::new(data.train.take(2000), 64).shuffled();
        let test = Batches::new(&data.test, 500);
        let accuracy = |pretrained: bool| {
            seed(s);
            let mut net = nn::Sequential::new().add(Flatten);
            for inputs in [784, 64, 64, 64, 64, 64] {
                net = net.add(Linear::new(inputs, 64)).add(Sigmoid);
            }
            let net = net.add(Linear::new(64, 10));
            if pretrained {
                let losses = pretrain(&net, &train, 5, 0.005);
                assert!(losses.iter().all(|[first, last]| last < first), "seed {s}: {losses:?}");
            }
            let mut trainer = Sgd::new(net.parameters(), 0.5);
            for _ in 0..10 {
                train_epoch(&net, &train, &CrossEntropyLoss::none(), &mut trainer);
            }
            evaluate_accuracy(&net, &test)
        };
        accuracies.push([accuracy(false), accuracy(true)]);
    }
    let [plain, pretrained] = [0, 1].map(|i| median(accuracies.iter().map(|pair| pair[i])));
    assert!(plain < 0.2 && pretrained > 0.5, "{accuracies:?}");
}

/// With batch normalization between them, layers of badly scaled weights train.
#[test]
fn batch_normalization_makes_up_for_a_bad_start() {
    let mut pairs = Vec::new();
    for s in SEEDS {
        let _alone = seeded(s);
        let (x, y) = synthetic_data(&Tensor::ones([8, 1]), 0.0, 256);
        let data = Batches::new((&x, &y), 32).shuffled();
        let loss = |normalized: bool| {
            seed(s);
            let mut net = nn::Sequential::new();
            for inputs in [8, 32, 32, 32, 32] {
                net = net.add(Linear::new(inputs, 32));
                if normalized {
                    net = net.add(BatchNorm1d::new(32));
                }
                net = net.add(Tanh);
            }
            let net = net.add(Linear::new(32, 1));
            net.apply(|m| {
                if let Some(layer) = m.downcast_ref::<Linear>() {
                    init::normal_(&layer.weight, 0.0, 0.01);
                }
            });
            let mut trainer = Sgd::new(net.parameters(), 0.05);
            for _ in 0..15 {
                train_epoch(&net, &data, &MseLoss::none(), &mut trainer);
            }
            evaluate_loss(&net, &data, &MseLoss::none())
        };
        pairs.push([loss(false), loss(true)]);
    }
    let ratio = median(pairs.iter().map(|[plain, normalized]| plain / normalized));
    assert!(ratio > 5.0, "{pairs:?}");
}

#[test]
fn gradient_descent_goes_down_and_a_large_rate_goes_up() {
    let bowl = |x: &Tensor, y: &Tensor| x.square() * 0.5 + y.square() * 2.0;
    let path = descent(bowl, [-4.0, 2.0], 0.1, 50);
    assert!(path.loss.windows(2).all(|pair| pair[1] < pair[0]) && path.loss[50] < 1e-1);
    // Along y the curvature is 4: beyond 2/4 the steps grow.
    assert!(descent(bowl, [-4.0, 2.0], 0.55, 50).loss[50] > 1e3);
    let figure = loss_surface(bowl, (-5.0, 5.0), (-3.0, 3.0)).path(&path.x, &path.y);
    assert!(figure.summary().contains("goes from (−4, 2) to"), "{figure}");
    assert!(panic_message(|| loss_surface(|x, _| x.sum(), (0.0, 1.0), (0.0, 1.0))).contains("element by element"));
    assert!(panic_message(|| loss_surface(bowl, (1.0, 1.0), (0.0, 1.0))).contains("isn't a range"));
}

#[test]
fn mistakes_are_named() {
    let _alone = seeded(1);
    assert!(panic_message(|| DeepNet::new(Activation::Relu, Init::He).depth(0)).contains("depth is 0"));
    assert!(panic_message(|| unit_spread(&Tensor::ones([3]))).contains("[3]"));
    assert!(panic_message(|| coadaptation(&Tensor::ones([1, 3]))).contains("1 sample:"));
    assert!(panic_message(|| sensitivity(&|x: &Tensor| x.clone(), &Tensor::ones([1, 3]), 0.0)).contains("σ is 0"));
    let flat = sequential![Linear::new(2, 1)];
    let data = Batches::new((&Tensor::ones([2, 2]), &Tensor::ones([2, 1])), 2);
    assert!(panic_message(|| pretrain(&flat, &data, 1, 0.1)).contains("1 linear layer:"));
    assert!(panic_message(|| nn::GaussianNoise::new(-1.0)).contains("σ is -1"));
}
