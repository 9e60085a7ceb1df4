//! What holds for a figure of every kind.

#[path = "common/page.rs"]
mod page;

use dlnotes::plot::{Figure, Grid, bar, heatmap, histogram, images, parallel_coordinates, plot, scatter, step};
use page::points;

/// The message of the panic that `f` ends in.
fn message<T>(f: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
    match std::panic::catch_unwind(f) {
        Ok(_) => panic!("no panic"),
        Err(payload) => match payload.downcast_ref::<&str>() {
            Some(text) => (*text).to_owned(),
            None => payload.downcast_ref::<String>().expect("a message").clone(),
        },
    }
}

/// One of each kind, labelled in English and in Chinese.
fn kinds() -> Vec<(&'static str, Figure)> {
    let x: Vec<f64> = (0..50).map(|i| f64::from(i) / 5.0).collect();
    let y: Vec<f64> = x.iter().map(|x| x.sin() + 2.0).collect();
    let z: Vec<f64> = x.iter().map(|x| x.cos() + 2.1).collect();
    let several: Vec<Vec<f64>> = (0..9).map(|k| y.iter().map(|y| y + 0.05 * f64::from(k)).collect()).collect();
    let names: Vec<String> = (0..9).map(|k| format!("学习率 {k}")).collect();
    vec![
        ("line", plot(&x, [&y, &z]).legend(["train", "test"]).xlabel("epoch").ylabel("loss").title("Loss")),
        (
            "line, Chinese",
            plot(&x, [&y, &z]).legend(["训练误差", "测试误差"]).xlabel("迭代周期").ylabel("损失").title("多项式回归"),
        ),
        ("log", plot(&x, &y).xlog().ylog().xlabel("x").ylabel("y")),
        ("close ends", plot(&x, &several).legend(&names).size(5, 3)),
        (
            "low ends",
            plot([1, 10, 100], [[9.0, 3.0, 0.0105], [8.0, 0.04, 0.0102], [0.01; 3]])
                .legend(["a", "b", "c"])
                .xlog()
                .ylog(),
        ),
        ("many ends", plot(&x, &several).legend(&names)),
        ("fit", scatter(&x, &y).line(&x, &z, "fit").hline(2, "mean").vline(5, "")),
        ("step", step(&x, &y).xlabel("x")),
        ("large", plot(&x, y.iter().map(|y| y * 1e9).collect::<Vec<_>>()).xlabel("x").ylabel("y")),
        ("bar", bar([[1.0, 2.0], [3.0, -1.0]]).labels(["dropout", "权重衰减"]).legend(["train", "test"])),
        (
            "long names",
            bar([1.0, 2.0, 3.0]).labels(["a name of great length", "another of the same", "and a third one"]),
        ),
        ("histogram", histogram([&y, &z], 12).legend(["a", "b"]).xlabel("value").ylabel("count")),
        ("heat map", heatmap(&several).xlabel("column").ylabel("row").title("weight")),
        (
            "parallel coordinates",
            parallel_coordinates(
                ["learning rate", "层数", "p", "validation loss"],
                [[1e-4, 2.0, 0.0, 0.9], [1e-2, 3.0, 0.5, 0.41], [1e-1, 1.0, 0.2, f64::NAN], [1e-3, 2.0, 0.1, 0.6]],
            ),
        ),
        (
            "parallel coordinates, a random search",
            parallel_coordinates(
                ["lr", "loss"],
                (1..40).map(|i| [0.01 * f64::from(i), f64::from(i * i % 17)]).collect::<Vec<_>>(),
            ),
        ),
        ("images", images(vec![0.5; 6 * 16], [4, 4], 3).labels(["靴子", "bag", "coat", "a very long name", "b", "c"])),
    ]
}

/// A box around a text: left, top, right, bottom. Widths are those of common fonts, narrower than the layout's bounds.
fn boxes(svg: &str) -> Vec<(String, [f64; 4])> {
    let document = roxmltree::Document::parse(svg).expect("well-formed XML");
    let number = |node: roxmltree::Node, name: &str| node.attribute(name).and_then(|v| v.parse::<f64>().ok());
    let mut boxes = Vec::new();
    for node in document.descendants().filter(|n| n.has_tag_name("text")) {
        let text: String = node.descendants().filter_map(|n| if n.is_text() { n.text() } else { None }).collect();
        let size = match node.attribute("class") {
            Some("title") => 120.0,
            Some("tick" | "over") => 100.0,
            Some("note") => 90.0,
            _ => 110.0,
        };
        let width = size * text.chars().map(|c| if c as u32 > 0x2e80 { 1.0 } else { 0.52 }).sum::<f64>();
        let (x, y) = (number(node, "x").expect("x"), number(node, "y").expect("y"));
        let left = match node.attribute("text-anchor") {
            Some("middle") => x - width / 2.0,
            Some("end") => x - width,
            _ => x,
        };
        let (right, top, bottom) = (left + width, y - 0.75 * size, y + 0.15 * size);
        boxes.push((
            text,
            match node.attribute("transform") {
                // Turned about (x, y): what went right goes up.
                Some(_) => [x + (top - y), y - (right - x), x + (bottom - y), y - (left - x)],
                None => [left, top, right, bottom],
            },
        ));
    }
    boxes
}

#[test]
fn labels_neither_overlap_nor_leave_the_page() {
    let pages = kinds().into_iter().map(|(kind, figure)| (kind, figure.to_svg()));
    let grid = Grid::new(kinds().into_iter().map(|(_, figure)| figure).collect::<Vec<_>>()).to_svg();
    for (kind, svg) in pages.chain([("grid", grid)]) {
        let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
        let size =
            |name| document.root_element().attribute(name).and_then(|v| v.parse::<f64>().ok()).expect("a size") * 10.0;
        let (width, height) = (size("width"), size("height"));
        let boxes = boxes(&svg);
        for (i, (text, a)) in boxes.iter().enumerate() {
            let inside = a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= width && a[3] <= height;
            assert!(inside, "{kind}: {text:?} at {a:?} leaves the page of {width} × {height}");
            for (other, b) in &boxes[i + 1..] {
                let apart = a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
                assert!(apart, "{kind}: {text:?} at {a:?} overlaps {other:?} at {b:?}");
            }
        }
    }
}

#[test]
fn the_same_figure_is_the_same_bytes_and_well_formed() {
    for ((kind, a), (_, b)) in kinds().into_iter().zip(kinds()) {
        let svg = a.to_svg();
        assert_eq!(svg, b.to_svg(), "{kind}");
        let document = roxmltree::Document::parse(&svg).expect(kind);
        let desc = document.descendants().find(|n| n.has_tag_name("desc")).and_then(|n| n.text()).expect(kind);
        assert_eq!(desc, a.summary(), "{kind}");
        assert!(!svg.contains("NaN"), "{kind}");
        assert!(svg.contains("prefers-color-scheme:dark"), "{kind}");
    }
}

#[test]
fn nothing_is_drawn_outside_the_limits() {
    let x: Vec<f64> = (0..400).map(|i| f64::from(i) / 10.0 - 20.0).collect();
    let y: Vec<f64> = x.iter().map(|x| x * x * x).collect();
    let figure = plot(&x, &y).xlim(-2, 2).ylim(-1, 1);
    let svg = figure.to_svg();
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let of = |class: &str| {
        let path = document.descendants().find(|n| n.attribute("class") == Some(class)).and_then(|n| n.attribute("d"));
        points(path.expect("a path"))
    };
    let spine = of("spine");
    let [left, top, right, bottom] = spine[..3]
        .iter()
        .fold([f64::MAX, f64::MAX, 0.0, 0.0], |b, p| [b[0].min(p.0), b[1].min(p.1), b[2].max(p.0), b[3].max(p.1)]);
    let drawn = of("l0");
    assert!(drawn.len() > 10);
    for (x, y) in drawn {
        assert!(
            left <= x && x <= right && top <= y && y <= bottom,
            "({x}, {y}) outside {left}..{right}, {top}..{bottom}"
        );
    }
}

#[test]
fn data_that_fit_no_kind_are_named() {
    assert_eq!(message(|| histogram([1.0], 0)), "histogram: 0 bins; give at least 1");
    assert_eq!(
        message(|| heatmap([vec![1.0, 2.0], vec![1.0]])),
        "heatmap: row 0 has 2 values and row 1 has 1; give all rows the same length"
    );
    assert_eq!(
        message(|| parallel_coordinates(["lr", "loss"], [vec![1.0, 2.0], vec![1.0]])),
        "parallel_coordinates: row 1 has 1 value for 2 axes; give one for each"
    );
    assert_eq!(
        message(|| images([0.0; 100], [28, 28], 2)),
        "images: 100 numbers can't make whole pictures of 28×28; give height × width numbers for each"
    );
}

#[test]
fn every_kind_takes_empty_and_odd_data() {
    let nothing: [f64; 0] = [];
    let odd = [f64::NAN, f64::INFINITY, 1e308, -1e308, 0.0];
    for data in [&nothing[..], &odd[..], &[f64::NAN], &[5.0]] {
        let figures = [
            bar(data),
            histogram(data, 3),
            heatmap(data),
            images(data, [1, 1], 2),
            step(data, data),
            scatter(data, data),
            parallel_coordinates(["x", "y"], data.iter().map(|&v| [v, v]).collect::<Vec<_>>()),
        ];
        for figure in figures {
            for svg in [figure.to_svg(), figure.clone().ylog().to_svg()] {
                let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
                for shape in document.descendants().filter_map(|n| n.attribute("d")) {
                    assert!(!shape.contains("NaN") && !shape.contains("inf"), "{figure}: {shape}");
                }
            }
        }
    }
    assert!(Grid::new([]).to_svg().starts_with("<svg"));
}

#[test]
fn a_figure_without_a_number_says_so() {
    let nothing = [f64::NAN, f64::INFINITY];
    for figure in [
        bar(nothing),
        histogram(nothing, 3),
        heatmap([[f64::NAN, f64::NAN]]),
        step([0.0, 1.0], nothing),
        scatter([0.0, 1.0], nothing),
        plot([0.0, 1.0], nothing),
    ] {
        let told = figure.summary();
        assert!(told.contains("no values") || told.contains("not finite"), "{told}");
        assert!(!told.contains("from 0 to 1"), "{told}");
    }
}

#[test]
fn what_has_no_name_is_told_plainly() {
    let figure = scatter([0, 1], [0, 1]).line([0, 1], [0.5, 0.5], "best line").vline(1, "");
    assert_eq!(
        figure.summary(),
        "Figure over x from 0 to 1: 2 points, x from 0 to 1, y from 0 to 1; best line stays at 0.5; a line is at x = 1."
    );
}

/// `1 pictures` and the like.
#[test]
fn what_is_one_is_told_in_the_singular() {
    let surface = || dlnotes::plot::surface([[1.0, 2.0], [3.0, 4.0]], (0.0, 1.0), (0.0, 1.0));
    let told = [
        images([0.5; 4], [2, 2], 3).summary(),
        histogram([2.0], 3).summary(),
        scatter([1.0], [1.0]).summary(),
        heatmap([[1.0]]).summary(),
        parallel_coordinates(["x", "y"], [[1.0, 2.0]]).summary(),
        surface().path([0.0, 1.0], [0.0, 1.0]).summary(),
        dlnotes::plot::network([1]).summary(),
    ];
    for told in &told {
        let words: Vec<&str> = told.split([' ', ',', ':', '.']).collect();
        let wrong = words.windows(2).find(|pair| pair[0] == "1" && pair[1].ends_with('s'));
        assert!(wrong.is_none(), "{told}");
    }
    assert_eq!(told[0], "Figure: 1 picture of 2×2.");
    assert_eq!(told[1].split(": ").last(), Some("1 value, between 1.833 and 2.167."));
    assert!(told[5].ends_with("goes from (0, 0) to (1, 1) in 1 step."), "{}", told[5]);
    assert_eq!(told[6], "Network of 1 unit.");
}

#[test]
fn histogram_counts_every_finite_value_once() {
    let figure = histogram([0.0, 0.1, 0.2, 0.9, 1.0, f64::NAN], 2);
    assert_eq!(
        figure.summary(),
        "Figure over x from 0 to 1: 5 values, most (3) between 0 and 0.5. not shown: 1 not finite."
    );
}

#[cfg(feature = "png")]
#[test]
fn a_picture_is_small_and_not_empty() {
    let file = std::env::temp_dir().join(format!("dlnotes-plot-{}.png", std::process::id()));
    for (kind, figure) in kinds() {
        figure.save(&file).expect("saved");
        let bytes = std::fs::read(&file).expect("readable");
        assert!(bytes.starts_with(b"\x89PNG"), "{kind}");
        // The budget of a line plot.
        assert!(!kind.starts_with("line") || bytes.len() <= 40 * 1024, "{kind}: {} bytes", bytes.len());
    }
    std::fs::remove_file(&file).expect("removed");
}

#[test]
fn frames_of_a_grid_are_equally_large_and_in_line() {
    let figures: Vec<Figure> = kinds().into_iter().map(|(_, figure)| figure).take(8).collect();
    let svg = Grid::new(figures).to_svg();
    let document = roxmltree::Document::parse(&svg).expect("well-formed XML");
    let spines = document.descendants().filter(|n| n.attribute("class") == Some("spine"));
    // Each figure's first stretch of spine runs down its left side and along its foot.
    let frames: Vec<[f64; 4]> = spines
        .map(|n| points(n.attribute("d").expect("a path")))
        .map(|p| [p[0].0, p[0].1, p[2].0 - p[0].0, p[2].1 - p[0].1])
        .collect();
    assert_eq!(frames.len(), 8);
    for (i, frame) in frames.iter().enumerate() {
        let near = |a: f64, b: f64| (a - b).abs() <= 2.0; // coordinates are rounded to one unit
        assert!(near(frame[2], frames[0][2]) && near(frame[3], frames[0][3]), "{frame:?}");
        assert!(near(frame[0], frames[i % 3][0]) && near(frame[1], frames[i / 3 * 3][1]), "{frame:?}");
    }
}

#[test]
fn one_legend_does_for_a_grid_whose_figures_show_the_same_names() {
    let figure = || plot([1, 2], [[1, 2], [2, 3]]).legend(["train", "test"]);
    let count = |svg: &str| boxes(svg).iter().filter(|(text, _)| text == "train").count();
    assert_eq!(count(&Grid::new([figure(), figure(), figure()]).to_svg()), 1);
    assert_eq!(count(&Grid::new([figure(), figure().legend(["train", "validation"])]).to_svg()), 2);
}
