//! Finite data inside the limits put ink on the page, whatever the kind of figure, the number of marks and the axes; and
//! every text of a figure is seen in its picture.

#[path = "common/page.rs"]
mod page;

use dlnotes::plot::{Figure, bar, heatmap, histogram, images, parallel_coordinates, plot, scatter, step, surface};
use dlnotes::prelude::*;
use page::{ink, ink_in_svg, misplaced, pixels, unseen_texts};

/// Numbers to draw, by name.
fn samples() -> Vec<(String, Vec<f64>)> {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    type Pattern = (&'static str, fn(usize) -> f64);
    let patterns: [Pattern; 13] = [
        ("ordinary", |i| 2.0 + (i as f64).sin()),
        ("growing", |i| 1.1_f64.powi(i as i32 % 400)),
        ("of both signs", |i| (i as f64 * 0.7).cos() * 3.0),
        ("negative", |i| -1.0 - i as f64),
        ("equal", |_| 0.1),
        ("equal and 0", |_| 0.0),
        ("equal and huge", |_| 1e20),
        ("nearly equal", |i| 1.0 + i as f64 * 2e-16),
        ("nearly equal and large", |i| 1e9 + i as f64 * 1e-6),
        ("tiny", |i| (1 + i) as f64 * 1e-310),
        ("huge", |i| (1 + i % 7) as f64 * 2e307),
        ("huge of both signs", |i| if i % 2 == 0 { 1.7e308 } else { -1.7e308 }),
        ("all sizes", |i| 10f64.powi((i as i32 * 37) % 600 - 300)),
    ];
    let mut all = Vec::new();
    for n in [1, 2, 128, 10_000] {
        for (name, f) in patterns {
            all.push((format!("{n} {name}"), (0..n).map(f).collect()));
        }
    }
    for (name, values) in [
        ("nothing", vec![]),
        ("a NaN", vec![nan]),
        ("only NaN", vec![nan; 128]),
        ("infinities", vec![inf, -inf]),
        ("one between NaN", vec![nan, 3.0, nan]),
        ("one beside infinities", vec![inf, 3.0, -inf]),
        ("pairs between NaN", vec![1.0, 2.0, nan, 3.0, 4.0]),
        ("the smallest number", vec![5e-324]),
        ("the largest number", vec![f64::MAX]),
        ("the smallest and the largest", vec![5e-324, f64::MAX]),
        ("1 and the next number", vec![1.0, 1.0 + f64::EPSILON]),
    ] {
        all.push((name.into(), values));
    }
    all
}

fn index(n: usize) -> Vec<f64> {
    (1..=n).map(|i| i as f64).collect()
}

/// Rows of a rectangle, as square as can be.
fn rows(values: &[f64]) -> Vec<Vec<f64>> {
    let columns = (values.len() as f64).sqrt().floor().max(1.0) as usize;
    values.chunks_exact(columns).map(<[f64]>::to_vec).collect()
}

/// A line for each value, up to a thousand: over the index and the value twice.
fn lines(values: &[f64]) -> Figure {
    let values = &values[..values.len().min(1000)];
    let rows: Vec<[f64; 3]> = index(values.len()).into_iter().zip(values).map(|(i, &v)| [i, v, v]).collect();
    parallel_coordinates(["index", "value", "again"], rows)
}

#[derive(Clone, Copy, Debug)]
struct Axes {
    x_log: bool,
    y_log: bool,
}

/// A kind of figure: its name, how it draws numbers, and whether these axes have a place for one of them.
struct Kind {
    name: &'static str,
    figure: fn(&[f64]) -> Option<Figure>,
    shows: fn(&[f64], Axes) -> bool,
}

fn any_y(values: &[f64], axes: Axes) -> bool {
    values.iter().any(|v| v.is_finite() && !(axes.y_log && *v <= 0.0))
}

fn any_x(values: &[f64], axes: Axes) -> bool {
    values.iter().any(|v| v.is_finite() && !(axes.x_log && *v <= 0.0))
}

fn any_at_all(values: &[f64], _: Axes) -> bool {
    !values.is_empty()
}

const KINDS: [Kind; 17] = [
    Kind { name: "plot", figure: |v| Some(plot(index(v.len()), v)), shows: any_y },
    Kind { name: "plot across", figure: |v| Some(plot(v, index(v.len()))), shows: any_x },
    Kind { name: "step", figure: |v| Some(step(index(v.len()), v)), shows: any_y },
    Kind { name: "scatter", figure: |v| Some(scatter(index(v.len()), v)), shows: any_y },
    Kind { name: "scatter across", figure: |v| Some(scatter(v, index(v.len()))), shows: any_x },
    Kind { name: "bar", figure: |v| Some(bar(v)), shows: any_y },
    Kind { name: "bars in groups", figure: |v| Some(bar([v, v, v])), shows: any_y },
    Kind { name: "histogram", figure: |v| Some(histogram(v, 10)), shows: any_x },
    Kind { name: "histogram of one bin", figure: |v| Some(histogram(v, 1)), shows: any_x },
    Kind { name: "histogram of 1000 bins", figure: |v| Some(histogram(v, 1000)), shows: any_x },
    Kind { name: "band", figure: |v| Some(Figure::new().band(index(v.len()), v, v, "")), shows: any_y },
    Kind {
        name: "hline",
        figure: |v| v.first().map(|&y| Figure::new().hline(y, "")),
        shows: |v, axes| any_y(&v[..1], axes),
    },
    Kind {
        name: "vline",
        figure: |v| v.first().map(|&x| Figure::new().vline(x, "")),
        shows: |v, axes| any_x(&v[..1], axes),
    },
    Kind { name: "heatmap", figure: |v| Some(heatmap(rows(v))), shows: any_at_all },
    Kind {
        name: "surface",
        figure: |v| (v.len() >= 4).then(|| surface(rows(v), (1.0, 3.0), (-1.0, 1.0))),
        shows: any_at_all,
    },
    Kind { name: "parallel coordinates", figure: |v| Some(lines(v)), shows: any_at_all },
    Kind { name: "images", figure: |v| Some(images(&v[..v.len().min(60)], [1, 1], 8)), shows: any_at_all },
];

fn on(figure: Figure, axes: Axes) -> Figure {
    let figure = if axes.x_log { figure.xlog() } else { figure };
    if axes.y_log { figure.ylog() } else { figure }
}

#[test]
fn finite_data_put_ink_on_the_page() {
    let mut wrong = Vec::new();
    for (sample, values) in samples() {
        for kind in &KINDS {
            for (x_log, y_log) in [(false, false), (false, true), (true, false), (true, true)] {
                let axes = Axes { x_log, y_log };
                let Some(figure) = (kind.figure)(&values) else { continue };
                // Small, for there are thousands of them; and the pixels of two of the four kinds of axes.
                let figure = on(figure, axes).size(2.5, 1.8);
                let in_pixels = x_log == y_log && kind.name != "images";
                let what = format!("{} of {sample}, {axes:?}", kind.name);
                let Ok((svg, summary)) =
                    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (figure.to_svg(), figure.summary())))
                else {
                    wrong.push(format!("{what}: panics"));
                    continue;
                };
                let expected = (kind.shows)(&values, axes);
                // A white picture on white paper is one, too.
                let found = if in_pixels { ink(&svg) } else { (ink_in_svg(&svg), expected) };
                if found != (expected, expected) {
                    wrong.push(format!("{what}: ink in SVG and PNG {found:?}, expected {expected}: {summary}"));
                }
                if svg.contains(">no data<") == expected {
                    wrong.push(format!("{what}: \"no data\" {}", if expected { "beside data" } else { "is missing" }));
                }
                wrong.extend(misplaced(&svg).map(|place| format!("{what}: {place}")));
                if summary.contains("from ∞ to −∞") || summary.contains("from NaN") {
                    wrong.push(format!("{what}: {summary}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

#[test]
fn limits_cut_off_what_lies_outside_and_keep_what_lies_inside() {
    let values: Vec<f64> = (0..128).map(|i| 1.0 + (f64::from(i) * 0.3).sin().abs() * 9.0).collect();
    let limits: [((f64, f64), (f64, f64)); 8] = [
        ((40.5, 43.5), (0.5, 11.0)),
        ((43.5, 40.5), (11.0, 0.5)),
        ((0.5, 200.0), (5.0, 5.5)),
        ((-1e9, 1e9), (-1e9, 1e9)),
        ((-1e308, 1e308), (-1e308, 1e308)),
        ((41.0 - 1e-7, 41.0 + 1e-7), (0.0, 20.0)),
        ((-500.0, -400.0), (0.0, 20.0)),
        ((0.5, 200.0), (100.0, 200.0)),
    ];
    let mut wrong = Vec::new();
    for (x, y) in limits {
        let inside = |at: f64, (from, to): (f64, f64)| (from.min(to)..=from.max(to)).contains(&at);
        let reaches =
            |from: f64, to: f64, limits: (f64, f64)| from <= limits.0.max(limits.1) && to >= limits.0.min(limits.1);
        let at = |place: usize| place as f64 + 1.0;
        let points = (0..128).any(|i| inside(at(i), x) && inside(values[i], y));
        let bars = (0..128).any(|i| reaches(i as f64 - 0.3, i as f64 + 0.3, x) && reaches(0.0, values[i], y));
        let cases = [
            ("plot", plot(index(128), &values), points),
            ("step", step(index(128), &values), points),
            ("scatter", scatter(index(128), &values), points),
            ("bar", bar(&values), bars),
            ("band", Figure::new().band(index(128), vec![0.0; 128], &values, ""), points),
            ("heatmap", heatmap(vec![values.clone(); 12]), reaches(-0.5, 127.5, x) && reaches(-0.5, 11.5, y)),
            (
                "surface",
                surface(rows(&values), (1.0, 100.0), (0.0, 20.0)),
                reaches(1.0, 100.0, x) && reaches(0.0, 20.0, y),
            ),
        ];
        for (name, figure, expected) in cases {
            let svg = figure.xlim(x.0, x.1).ylim(y.0, y.1).to_svg();
            let found = ink(&svg);
            // A line may pass through limits that hold none of its points; what is expected must be there.
            if expected && found != (true, true) {
                wrong.push(format!("{name}, {x:?} {y:?}: ink in SVG and PNG {found:?}"));
            }
            wrong.extend(misplaced(&svg).map(|place| format!("{name}, {x:?} {y:?}: {place}")));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_text_is_seen_in_the_picture() {
    let x: Vec<f64> = (1..=40).map(f64::from).collect();
    let curve = |k: f64| x.iter().map(|x| k * x.ln() + 1.0).collect::<Vec<_>>();
    let names: Vec<String> = (0..128).map(|i| format!("class {i}")).collect();
    let many = plot(&x, (1..=40).map(|k| curve(f64::from(k))).collect::<Vec<_>>());
    let net = sequential![Linear::new(2, 2), Tanh];
    let loss = net.forward(&Tensor::ones([1, 2])).square().sum();
    let pages = [
        (
            "plot",
            plot(&x, [curve(1.0), curve(2.0)])
                .title("Two curves")
                .xlabel("epoch")
                .ylabel("loss")
                .legend(["train", "test"])
                .to_svg(),
        ),
        ("log axes", plot(&x, curve(1e-7)).xlog().ylog().xlabel("samples").ylabel("error").to_svg()),
        ("two decades", plot([1., 2., 3.], [2., 11., 60.]).ylog().to_svg()),
        ("a factor", plot(&x, curve(1e-9)).xlabel("t").ylabel("σ′(z) ≤ ¼").to_svg()),
        ("not finite", scatter([1.0, 2.0], [f64::NAN, 1.0]).to_svg()),
        ("nothing", plot([0.0; 0], [0.0; 0]).to_svg()),
        ("bars with names", bar([3.0, 1.0]).labels(["from scratch", "concise"]).ylabel("accuracy").to_svg()),
        ("128 bars with names", bar(vec![1.0; 128]).labels(&names).size(6, 3).to_svg()),
        ("histogram", histogram(&x, 10).xlabel("value").ylabel("count").to_svg()),
        (
            "heat map",
            heatmap([[0.0, 1.0], [2.0, 3.0]]).row_labels(["relu", "tanh"]).labels(["1", "2"]).title("W").to_svg(),
        ),
        ("surface", surface([[2.0, 1.0], [1.0, 0.0]], (-1.0, 1.0), (-1.0, 1.0)).xlabel("w₁").ylabel("w₂").to_svg()),
        ("parallel coordinates", lines(&[1.0, 20.0, 3.0, f64::NAN]).title("A search").to_svg()),
        ("pictures", images(vec![0.5; 6 * 16], [4, 4], 3).labels(["a", "b", "c", "d", "e", "f"]).to_svg()),
        ("a legend that is too long", many.clone().legend(&names[..40]).to_svg()),
        (
            "grid",
            Grid::new([plot(&x, curve(1.0)).title("left"), plot(&x, curve(2.0)).title("right")]).title("Both").to_svg(),
        ),
        (
            "network",
            network([4, 5, 3]).drop(1, [1, 4]).labels(["input", "hidden", "output"]).title("A network").to_svg(),
        ),
        ("graph", graph(&loss).name(&loss, "L").title("Backward").to_svg()),
    ];
    for (name, svg) in pages {
        assert_eq!(unseen_texts(&svg), Vec::<String>::new(), "{name}");
        assert!(pixels(&svg).width() > 0);
    }
}

#[test]
fn a_long_legend_leaves_the_curves_their_place() {
    let names: Vec<String> = (0..100).map(|i| format!("a curve with a long name, {i}")).collect();
    let curves: Vec<Vec<f64>> = (0..100).map(|i| vec![f64::from(i), f64::from(i) + 1.0]).collect();
    let svg = plot([0.0, 1.0], curves).legend(&names).to_svg();
    assert_eq!(ink(&svg), (true, true));
    assert_eq!(misplaced(&svg), None);
    assert!(svg.contains(">+ 9"), "it says how many names are missing");
}
