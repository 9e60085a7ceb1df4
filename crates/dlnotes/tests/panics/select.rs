//! Model selection and numerical stability.

use dlnotes::prelude::*;
use dlnotes::select::try_least_squares;

use super::told;

fn x() -> Tensor {
    Tensor::arange(0.0, 6.0, 1.0).reshape([3, 2])
}

fn data() -> Dataset {
    Dataset::new(Tensor::from([[0.0], [1.0], [2.0]]), Tensor::from([0.0, 1.0, 2.0]))
}

fn wide() -> Dataset {
    Dataset::new(x(), Tensor::from([0.0, 1.0, 2.0]))
}

fn truth() -> Truth {
    Truth::new(f64::sin, 0.1)
}

fn ones(_: &Dataset, _: &Tensor) -> Tensor {
    Tensor::ones([1])
}

super::cases! {
    "select/bias_variance.rs bias_variance": ["1 refit "] => bias_variance(&truth(), 5, 1, |_, x| x.clone());
    "select/bias_variance.rs bias_variance": ["1 prediction "] => bias_variance(&truth(), 5, 4, ones);
    "select/bias_variance.rs bias_variance_curve": ["1 refit "] => bias_variance_curve(&truth(), 5, 1, 0..=1);
    "select/components.rs principal_components": ["3 components"] => principal_components(&x(), 3);
    "select/components.rs principal_components": ["NaN"] => principal_components(&(x() * f32::NAN), 1);
    "select/components.rs principal_components": ["[1, 2]"] => principal_components(&x().i(0..1), 1);
    "select/components.rs project": ["[3, 1]", "2 features"] => principal_components(&x(), 1).project(&Tensor::ones([3, 1]));
    "select/components.rs restore": ["[3, 2]", "[n, 1]"] => principal_components(&x(), 1).restore(&x());
    "select/cross_validate.rs cross_validate": ["3 samples", "5 folds"] => cross_validate(&data(), &KFold::new(5), |_, _| (0.0, 0.0));
    "select/curves.rs error_curve": ["no fit"] => error_curve("degree", 1..=2, |_| -> (f64, f64) { panic!("no fit") });
    "select/curves.rs capacity_curve": ["polynomial_fit", "[3, 2]"] => capacity_curve(&wide(), &wide(), 0..=1);
    "select/curves.rs learning_curve": ["learning_curve", "9 of 3"] => learning_curve(&data(), &data(), &[9], |_, _| (0.0, 0.0));
    "select/features.rs select_features": ["select_features", "3 of 2"] => select_features(&x(), &Tensor::ones([3]), 3);
    "select/features.rs select_features": ["[3, 2]", "[4]"] => select_features(&x(), &Tensor::ones([4]), 1);
    "select/lasso.rs soft_threshold": ["soft_threshold", "-1"] => soft_threshold(&x(), -1.0);
    "select/lasso.rs soft_threshold": ["soft_threshold", "NaN"] => soft_threshold(&x(), f32::NAN);
    "select/lasso.rs lasso": ["-1"] => lasso(&x(), &Tensor::ones([3]), -1.0);
    "select/lasso.rs lasso": ["[3, 2]", "[4]"] => lasso(&x(), &Tensor::ones([4]), 0.1);
    "select/least_squares.rs least_squares": ["least_squares", "[3, 2]", "[4]"] => least_squares(&x(), &Tensor::ones([4]));
    "select/least_squares.rs least_squares": ["least_squares", "min_norm"] => least_squares(&Tensor::ones([3, 2]), &Tensor::ones([3]));
    "select/least_squares.rs try_least_squares": ["least_squares", "[4]"] => told(try_least_squares(&x(), &Tensor::ones([4])));
    "select/least_squares.rs min_norm_least_squares": ["[3, 2]", "[4]"] => min_norm_least_squares(&x(), &Tensor::ones([4]));
    "select/least_squares.rs ridge": ["ridge", "[3, 2]", "[4]"] => ridge(&x(), &Tensor::ones([4]), 0.1);
    "select/least_squares.rs ridge": ["-1"] => ridge(&x(), &Tensor::ones([3]), -1.0);
    "select/polynomial.rs polynomial_fit": ["polynomial_fit", "[3, 2]"] => polynomial_fit(&wide(), 1, 0.0);
    "select/polynomial.rs polynomial_fit": ["-1"] => polynomial_fit(&data(), 1, -1.0);
    "select/polynomial.rs error": ["[3, 2]"] => polynomial_fit(&data(), 1, 0.0).error(&wide());
    "select/polynomial.rs errors": ["[3, 2]"] => polynomial_fit(&data(), 1, 0.0).errors(&data(), &wide());
    "select/polynomial.rs figure": ["[3, 2]"] => polynomial_fit(&data(), 1, 0.0).figure(&wide());
    "select/repeat.rs repeat": ["repeat", "0 runs"] => repeat(0, |_| 0.0);
    "select/repeat.rs quantile": ["quantile", "q is 2"] => repeat(3, |_| 0.0).quantile(2.0);
    "select/repeat.rs quantile": ["quantile", "no values"] => <f64 as dlnotes::select::Quantile>::quantile(&[], 0.5);
    "select/repeat.rs median": ["quantile", "has 0 values", "1"] => repeat(2, |run| vec![0.0; run]).median();
    "select/search.rs over": ["GridSearch", "`lr`", "at least one"] => GridSearch::new().over("lr", [] as [f64; 0]);
    "select/search.rs over": ["GridSearch", "`lr`", "before"] => GridSearch::new().over("lr", [1.0]).over("lr", [2.0]);
    "select/search.rs run": ["GridSearch", "over(name, values)"] => GridSearch::new().run(|_| 0.0);
    "select/sweep/mod.rs over": ["Sweep", "`lr`", "at least one"] => Sweep::new().over("lr", [] as [f64; 0]);
    "select/sweep/mod.rs over": ["Sweep", "`lr`", "before"] => Sweep::new().over("lr", [1.0]).log("lr", 0.1, 1.0, 2);
    "select/sweep/mod.rs log": ["`lr` from 0 to 1", "above 0"] => Sweep::new().log("lr", 0.0, 1.0, 3);
    "select/sweep/mod.rs log": ["`lr` has 1 value:", "call over"] => Sweep::new().log("lr", 0.1, 1.0, 1);
    "select/sweep/mod.rs linear": ["`p` from 1 to 1", "smaller one first"] => Sweep::new().linear("p", 1.0, 1.0, 3);
    "select/sweep/mod.rs linear": ["`p` from 0 to inf", "finite"] => Sweep::new().linear("p", 0.0, f64::INFINITY, 3);
    "select/sweep/mod.rs random": ["random(0)"] => Sweep::new().random(0);
    "select/sweep/mod.rs seeds": ["seeds(0)"] => Sweep::new().seeds(0);
    "select/sweep/mod.rs run": ["Sweep", "over(name, values)"] => Sweep::new().run(|_| 0.0);
    "select/sweep/mod.rs run": ["random(3)", "only 2 different"] => Sweep::new().over("a", [1, 2]).random(3).run(|_| 0.0);
    "select/sweep/mod.rs run": ["lr = 2, seed 1", "no data"] => Sweep::new().over("lr", [1, 2]).seeds(2).run(|p| if p["lr"] > 1.0 && p.seed() > 0 { panic!("no data") } else { 0.0 });
    "select/sweep/export.rs save": ["sweep.txt", ".csv or .jsonl"] => told(Sweep::new().over("a", [1]).run(|p| p["a"]).save("sweep.txt"));
    "select/sweep/export.rs save": ["no-such-folder"] => told(Sweep::new().over("a", [1]).run(|p| p["a"]).save("no-such-folder/sweep.csv"));
    "select/sweep/read.rs read": ["SweepResult::read", "no-such-folder"] => told(SweepResult::read("no-such-folder"));
    "select/space.rs text": ["`a` is 1", "no word"] => { Sweep::new().over("a", [1]).run(|p| p["a"]).best().params().text("a").len() };
    "select/repeat.rs repeat": ["repeat", "0 runs"] => repeat(0, |_| 1.0);
    "select/repeat.rs median": ["1 value,", "2"] => select::Repeats { runs: vec![vec![1.0], vec![1.0, 2.0]] }.median();
    "select/repeat.rs quantile": ["q is 1.5"] => repeat(2, |_| 1.0).quantile(1.5);
    "select/truth.rs sample": ["4 samples", "x of 3"] => truth().with_x_of(&data()).sample(4);
    "select/truth.rs new": ["Truth", "-1"] => Truth::new(f64::sin, -1.0);
    "select/truth.rs sample": ["Truth", "5 samples", "3"] => truth().with_x_of(&data()).sample(5);
    "select/truth.rs uniform": ["Truth", "from 1 to 0"] => truth().uniform(1.0, 0.0);
    "select/truth.rs generalization_error": ["generalization_error", "[1]"] => truth().generalization_error(|_| Tensor::ones([1]));
    "select/truth.rs generalization_gap": ["[1]"] => truth().generalization_gap(|_| Tensor::ones([1]), &data(), &data());
    "stability/coadaptation.rs coadaptation": ["coadaptation", "[4]"] => coadaptation(&Tensor::ones([4]));
    "stability/coadaptation.rs coadaptation": ["coadaptation", "1 sample:"] => coadaptation(&Tensor::ones([1, 4]));
    "stability/coadaptation.rs sensitivity": ["sensitivity", "σ is 0"] => sensitivity(&Relu, &x(), 0.0);
    "stability/dead_relu.rs dead_relus": ["[3, 2]", "[5, 4]"] => dead_relus(&sequential![Linear::new(4, 5), Relu], &Batches::new((&x(), &x()), 3));
    "stability/deep_net.rs depth": ["DeepNet", "is 0"] => DeepNet::new(Activation::Relu, Init::He).depth(0);
    "stability/deep_net.rs width": ["DeepNet", "is 0"] => DeepNet::new(Activation::Relu, Init::He).width(0);
    "stability/deep_net.rs batch": ["DeepNet", "is 0"] => DeepNet::new(Activation::Relu, Init::He).batch(0);
    "stability/gradient_map.rs gradient_map": ["is 0"] => gradient_map(&[Activation::Relu], &[Init::He], 0);
    "stability/init.rs apply": ["[4]"] => Init::He.apply(&Tensor::ones([4]));
    "stability/init.rs apply": ["-1"] => Init::Normal(-1.0).apply(&x());
    "stability/product.rs matrix_product": ["matrix_product", "size 0"] => matrix_product(0, 3);
    "stability/product.rs growth_per_factor": ["growth_per_factor", "size 0"] => growth_per_factor(0);
    "stability/symmetry.rs unit_spread": ["unit_spread", "[4]"] => unit_spread(&Tensor::ones([4]));
    "stability/symmetry.rs symmetry": ["1.5"] => symmetry(1.5, 1);
}
