//! Every kind of figure, as files to look at: `cargo run --release --example gallery --features png -- FOLDER`.

use dlnotes::plot::{Figure, Grid, bar, heatmap, histogram, images, plot, scatter, step};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| "gallery".into()));
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in figures() {
        figure.save(folder.join(format!("{name}.svg")))?;
        #[cfg(feature = "png")]
        figure.save(folder.join(format!("{name}.png")))?;
        println!("{name}: {} bytes. {figure}", figure.to_svg().len());
    }
    let grid = grid();
    grid.save(folder.join("grid.svg"))?;
    #[cfg(feature = "png")]
    grid.save(folder.join("grid.png"))?;
    // A page of unlike figures, whose names stand in their own legends.
    Grid::new(figures().into_iter().map(|(_, figure)| figure).take(6).collect::<Vec<_>>())
        .save(folder.join("page.svg"))?;
    println!("grid: {} bytes. {grid}", grid.to_svg().len());
    Ok(())
}

fn grid() -> Grid {
    let x: Vec<f64> = (0..160).map(|i| -8.0 + 0.1 * f64::from(i)).collect();
    let panel = |name: &str, f: fn(f64) -> f64| {
        let y: Vec<f64> = x.iter().map(|&x| f(x)).collect();
        let d: Vec<f64> = x.iter().map(|&x| (f(x + 1e-4) - f(x - 1e-4)) / 2e-4).collect();
        plot(&x, [y, d]).title(name).xlabel("x").ylabel("value").legend(["f", "f′"]).ylim(-1.5, 3)
    };
    Grid::new([
        panel("relu", |x| x.max(0.0)),
        panel("sigmoid", |x| 1.0 / (1.0 + (-x).exp())),
        panel("tanh", f64::tanh),
        panel("elu", |x| if x > 0.0 { x } else { x.exp() - 1.0 }),
        panel("softplus", |x| x.exp().ln_1p()),
    ])
    .share_x()
    .share_y()
    .title("Activations and their derivatives")
}

fn figures() -> Vec<(&'static str, Figure)> {
    let x: Vec<f64> = (0..160).map(|i| -8.0 + 0.1 * f64::from(i)).collect();
    let of = |f: fn(f64) -> f64| x.iter().map(|&x| f(x)).collect::<Vec<f64>>();
    let sigmoid = of(|x| 1.0 / (1.0 + (-x).exp()));
    let epochs = 1..=400;
    let curve = |scale: f64, floor: f64| -> Vec<f64> {
        epochs
            .clone()
            .map(|i| scale * (-f64::from(i) / 40.0).exp() + floor * (1.0 + 0.2 * (f64::from(i) * 0.7).sin()))
            .collect()
    };
    let (train, test) = (curve(20.0, 0.011), curve(28.0, 0.03));
    let noise = |i: u64| ((i * 7919 + 13) % 1000) as f64 / 500.0 - 1.0;
    let xs: Vec<f64> = (0..60).map(|i| -3.0 + 0.1 * i as f64).collect();
    let ys: Vec<f64> = xs.iter().enumerate().map(|(i, x)| 0.5 + 1.2 * x + 0.6 * noise(i as u64)).collect();
    let fit: Vec<f64> = xs.iter().map(|x| 0.5 + 1.2 * x).collect();
    vec![
        ("relu", plot(&x, of(|x| x.max(0.0))).xlabel("x").ylabel("relu(x)").size(5, 2.5)),
        ("sigmoid", plot(&x, &sigmoid).xlabel("x").ylabel("sigmoid(x)").size(5, 2.5)),
        (
            "loss",
            plot(epochs.clone(), [&train, &test])
                .xlabel("epoch")
                .ylabel("loss")
                .ylog()
                .xlim(1, 400)
                .ylim(1e-3, 1e2)
                .legend(["train", "test"]),
        ),
        (
            "loss-zh",
            plot(epochs.clone(), [&train, &test])
                .title("三阶多项式拟合")
                .xlabel("迭代周期")
                .ylabel("损失")
                .ylog()
                .legend(["训练误差", "测试误差"]),
        ),
        (
            "fit",
            Figure::new()
                .points(&xs, &ys, "data")
                .line(&xs, &fit, "fit")
                .xlabel("x")
                .ylabel("y")
                .title("Linear regression"),
        ),
        (
            "scatter",
            scatter(&xs, [&ys, &fit]).points(&xs, xs.iter().map(|x| x * x * 0.5).collect::<Vec<_>>(), "c").points(
                &xs,
                xs.iter().map(|x| -x).collect::<Vec<_>>(),
                "d",
            ),
        ),
        (
            "many",
            (1..=10)
                .fold(Figure::new(), |figure, k| {
                    let y: Vec<f64> = x.iter().map(|x| (x / f64::from(k)).tanh() * f64::from(k)).collect();
                    figure.line(&x, y, &format!("k = {k}"))
                })
                .xlabel("x")
                .ylabel("k·tanh(x/k)")
                .size(5, 3.5),
        ),
        ("step", step([0, 10, 20, 30], [0.1, 0.01, 0.001, 0.0001]).ylog().xlabel("epoch").ylabel("learning rate")),
        (
            "histogram",
            histogram((0..1000).map(|i| noise(i) + noise(i * 31 + 7) + noise(i * 17 + 3)).collect::<Vec<_>>(), 24)
                .xlabel("weight")
                .ylabel("count"),
        ),
        (
            "histograms",
            histogram(
                [
                    (0..500).map(|i| noise(i) + noise(i * 31)).collect::<Vec<_>>(),
                    (0..500).map(|i| 0.5 * noise(i) + 0.4).collect(),
                ],
                12,
            )
            .legend(["λ = 0", "λ = 3"])
            .xlabel("weight")
            .ylabel("count"),
        ),
        (
            "bar",
            bar([[0.87, 0.91, 0.72], [0.84, 0.86, 0.7]])
                .labels(["scratch", "concise", "linear"])
                .legend(["train", "test"])
                .ylabel("accuracy")
                .ylim(0, 1),
        ),
        (
            "bar-long",
            bar([3.0, -1.0, 2.0, 5.0])
                .labels(["a very long name", "another rather long name", "数据增强", "dropout 0.5"])
                .ylabel("gain"),
        ),
        (
            "heatmap",
            heatmap(
                (0..12)
                    .map(|r| {
                        (0..20)
                            .map(|c| {
                                if r == 3 && c == 4 {
                                    f64::NAN
                                } else {
                                    (f64::from(r) * 0.4).sin() * (f64::from(c) * 0.3).cos()
                                }
                            })
                            .collect::<Vec<_>>()
                    })
                    .collect::<Vec<_>>(),
            )
            .xlabel("input")
            .ylabel("output")
            .title("weight"),
        ),
        (
            "images",
            images(
                (0..18 * 784)
                    .map(|i| {
                        let (p, r, c) = (i / 784, i / 28 % 28, i % 28);
                        let d = (r as f64 - 13.5).hypot(c as f64 - 13.5);
                        (1.0 - (d - f64::from(p % 9) - 2.0).abs() / 4.0).max(0.0)
                    })
                    .collect::<Vec<_>>(),
                [28, 28],
                9,
            )
            .labels([
                "ankle boot",
                "t-shirt",
                "T恤",
                "trouser",
                "pullover",
                "dress",
                "coat",
                "sandal",
                "sneaker",
            ]),
        ),
        (
            "reference",
            plot(&x, sigmoid.iter().map(|s| s * (1.0 - s)).collect::<Vec<_>>())
                .hline(0.25, "0.25")
                .vline(0, "")
                .xlabel("x")
                .ylabel("σ′(x)")
                .size(5, 2.5),
        ),
        ("tiny", plot([1.0, 2.0, 3.0], [1e-12, 3e-12, 2e-12]).xlabel("x").ylabel("tiny")),
        ("huge", plot([0.0, 1e9, 2e9], [1e30, -3e38, 2e38]).xlabel("x").ylabel("huge")),
        ("empty", plot(&[] as &[f64], &[] as &[f64]).xlabel("x").ylabel("y")),
        (
            "gaps",
            plot(0..8, [1.0, 2.0, f64::NAN, 4.0, f64::NAN, 3.0, f64::INFINITY, -2.0]).ylog().xlabel("x").ylabel("y"),
        ),
    ]
}
