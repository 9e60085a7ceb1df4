//! The figures of model selection, graphs and stability, as files to look at: `cargo run --release --example
//! gallery_select --features png -- FOLDER`.

use dlnotes::prelude::*;
use dlnotes::train::loss_surface;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".into()));
    std::fs::create_dir_all(&folder)?;
    seed(1);
    for (name, figure) in figures() {
        let file = Name(&folder, name);
        figure.save(file.svg())?;
        #[cfg(feature = "png")]
        figure.save(file.png())?;
        println!("{name}: {} bytes. {figure}", figure.to_svg().len());
    }
    for (name, figure) in graphs() {
        let file = Name(&folder, name);
        figure.save(file.svg())?;
        #[cfg(feature = "png")]
        figure.save(file.png())?;
        println!("{name}: {} bytes. {figure}", figure.to_svg().len());
    }
    for (name, figure) in networks() {
        let file = Name(&folder, name);
        figure.save(file.svg())?;
        #[cfg(feature = "png")]
        figure.save(file.png())?;
        println!("{name}: {} bytes. {figure}", figure.to_svg().len());
    }
    Ok(())
}

struct Name<'a>(&'a Path, &'a str);

impl Name<'_> {
    fn svg(&self) -> PathBuf {
        self.0.join(format!("{}.svg", self.1))
    }

    #[cfg(feature = "png")]
    fn png(&self) -> PathBuf {
        self.0.join(format!("{}.png", self.1))
    }
}

fn figures() -> Vec<(&'static str, Figure)> {
    let truth = Truth::new(|x| (2.0 * x).sin(), 0.3).uniform(-2.0, 2.0);
    let (train, test) = (truth.sample(25), truth.sample(500));
    let many = truth.sample(1000);
    let fit =
        |degree: usize| move |train: &Dataset, test: &Dataset| polynomial_fit(train, degree, 0.0).errors(train, test);
    let search = GridSearch::new().over("degree", [1, 3, 5, 9]).over("λ", [0.0, 1e-4, 1e-2, 1.0]).run(|p| {
        cross_validate(&train, &KFold::new(5).shuffled(1), |train, valid| {
            polynomial_fit(train, p["degree"] as usize, p["λ"] as f32).errors(train, valid)
        })
        .valid_mean()
        .log10()
    });
    let pictures = FashionMnist::embedded().test.select(&[0, 1, 2]).0;
    let augment = Augment::new().mirror(0.5).rotate(20.0).zoom(0.8, 1.2).translate(3.0).noise(0.05);
    let rosenbrock = |x: &Tensor, y: &Tensor| (1.0 - x).square() + (y - x.square()).square() * 10.0;
    let path = descent(rosenbrock, [-1.5, 2.0], 0.01, 60);
    let activations = [Activation::Sigmoid, Activation::Tanh, Activation::Relu, Activation::LeakyRelu { slope: 0.01 }];
    let inits = [Init::Normal(1.0), Init::Normal(0.01), Init::Xavier, Init::He];
    vec![
        ("capacity", capacity_curve(&train, &test, 0..=19).figure()),
        ("learning", learning_curve(&many, &test, &[10, 20, 50, 100, 300, 1000], fit(7)).figure().xlog()),
        ("folds", cross_validate(&train, &KFold::new(5).shuffled(1), fit(5)).figure()),
        ("search", search.figure()),
        ("bias", bias_variance(&truth, 25, 200, |train, x| polynomial_fit(train, 3, 0.0).predict(x)).figure()),
        ("variance", bias_variance(&truth, 25, 200, |train, x| polynomial_fit(train, 9, 0.0).predict(x)).figure()),
        ("decomposition", bias_variance_curve(&truth, 25, 200, 0..=12).figure()),
        ("before-l2", polynomial_fit(&train, 19, 0.0).figure(&train)),
        ("after-l2", polynomial_fit(&train, 19, 0.01).figure(&train)),
        ("components", principal_components(&FashionMnist::embedded().test.take(500).features(), 50).figure()),
        ("augment", augment.preview(&pictures, 7)),
        ("product", matrix_product(4, 200).figure()),
        ("gradients", gradient_map(&activations, &inits, 50).figure()),
        ("flow", DeepNet::new(Activation::Tanh, Init::Xavier).flow().figure()),
        (
            "surface",
            loss_surface(rosenbrock, (-2.0, 2.0), (-1.0, 3.0)).path(&path.x, &path.y).xlabel("w₁").ylabel("w₂"),
        ),
    ]
}

fn graphs() -> Vec<(&'static str, dlnotes::plot::Graph)> {
    let (x, y) = (Tensor::randn([4, 3]), Tensor::randn([4, 2]));
    let (w1, w2) = (Tensor::randn([3, 5]).requires_grad(), Tensor::randn([5, 2]).requires_grad());
    let run = || {
        let z = x.matmul(&w1);
        let h = z.tanh();
        let o = h.matmul(&w2);
        let l = o.squared_error(&y).mean();
        let s = (l2_penalty(&w1) + l2_penalty(&w2)) * 0.1;
        let j = &l + &s;
        [z, h, o, l, s, j]
    };
    let draw = |[z, h, o, l, s, j]: &[Tensor; 6]| {
        let names = [
            ("x", &x),
            ("y", &y),
            ("W¹", &w1),
            ("W²", &w2),
            ("z", z),
            ("h", h),
            ("o", o),
            ("L", l),
            ("s", s),
            ("J", j),
        ];
        graph(j).names(names)
    };
    let first = run();
    let before = draw(&first).title("One hidden layer with L2");
    let second = run();
    second.iter().for_each(Tensor::retain_grad);
    second[5].backward();
    let after = draw(&second);
    let layers = (0..12).fold(nn::Sequential::new(), |net, _| net.add(Linear::new(8, 8)).add(Tanh));
    let deep = layers.forward(&Tensor::randn([16, 8])).square().mean();
    // Connections that pass many layers, and many that meet.
    let a = Tensor::randn([3]).requires_grad();
    let parts: Vec<Tensor> = (0..8).fold(vec![a.clone()], |mut parts, i| {
        let last = parts.last().unwrap();
        parts.push(last.sin() * &parts[i / 2] + &a);
        parts
    });
    let tangled = parts.iter().skip(1).fold(a.exp(), |sum, part| sum + part).sum();
    vec![
        ("graph", before),
        ("graph-after", after),
        ("graph-deep", graph(&deep)),
        ("graph-tangled", graph(&tangled).name(&a, "a")),
    ]
}

fn networks() -> Vec<(&'static str, dlnotes::plot::Network)> {
    vec![
        ("network", network([4, 5, 3]).drop(1, [1, 4]).labels(["输入层", "隐藏层", "输出层"])),
        ("network-deep", network([1, 1, 1, 1, 1]).title("Four layers")),
        ("network-large", network([784, 256, 10]).labels(["784 pixels", "256 hidden", "10 classes"])),
    ]
}
