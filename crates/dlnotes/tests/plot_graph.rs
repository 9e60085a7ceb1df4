//! Drawings of graphs and networks: what they say, and that they are laid out cleanly.

mod common;

use common::{SEEDS, panic_message, seeded};
use dlnotes::prelude::*;

type Net = (dlnotes::plot::Graph, [Tensor; 6]);

/// The one-hidden-layer network with L2 of the notes, its graph drawn before backward.
fn notes_net(batch: usize) -> Net {
    let (x, y) = (Tensor::randn([batch, 3]), Tensor::randn([batch, 2]));
    let (w1, w2) = (Tensor::randn([3, 5]).requires_grad(), Tensor::randn([5, 2]).requires_grad());
    let z = x.matmul(&w1);
    let h = z.tanh();
    let o = h.matmul(&w2);
    let l = o.squared_error(&y).mean();
    let j = &l + (l2_penalty(&w1) + l2_penalty(&w2)) * 0.1;
    let names = [("x", &x), ("y", &y), ("W¹", &w1), ("W²", &w2), ("z", &z), ("h", &h), ("o", &o), ("L", &l), ("J", &j)];
    (graph(&j).names(names), [w1, w2, h, o, l, j])
}

#[test]
fn the_notes_graph_is_told_with_what_it_keeps() {
    let _alone = seeded(1);
    let (figure, _) = notes_net(4);
    let told = figure.summary();
    for part in [
        "Graph of J (2 leaves,",
        "z = matmul(x, W¹) keeps x",
        "h = tanh(z) keeps h",
        "o = matmul(h, W²) keeps h, W²",
        "= squared_error(o, y) keeps o, y",
        "J = add(L, ",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(told, figure.to_string());
    let svg = figure.to_svg();
    for part in [">W<tspan", ">z = matmul<", ">[4, 3], norm ", ">keeps x<"] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
}

#[test]
fn values_and_gradients_show_and_what_backward_freed() {
    let _alone = seeded(1);
    let w = Tensor::scalar(3.0).requires_grad();
    let h = w.square();
    h.retain_grad();
    let loss = &h * 2.0;
    loss.backward();
    let svg = graph(&loss).name(&w, "w").name(&h, "h").to_svg();
    for part in [">scalar = 3<", ">scalar = 9<", ">scalar = 18<", ">∇ 12<", ">∇ 2<", ">freed<"] {
        assert!(svg.contains(part), "{part}: {svg}");
    }
}

/// Rectangles of the boxes: left, top, right, bottom.
fn boxes(svg: &str) -> Vec<[f64; 4]> {
    boxes_of(svg, &["node", "leaf", "const"])
}

fn boxes_of(svg: &str, classes: &[&str]) -> Vec<[f64; 4]> {
    let document = roxmltree::Document::parse(svg).expect("well-formed XML");
    let is_box = |class: &str| classes.contains(&class);
    let paths = document.descendants().filter(|n| n.attribute("class").is_some_and(is_box));
    paths
        .map(|n| {
            // M x y h w q r … v h …: a rounded rectangle.
            let d = n.attribute("d").expect("a path");
            let numbers: Vec<f64> = d
                .replace('-', " -")
                .split(|c: char| !(c.is_ascii_digit() || c == '-' || c == '.'))
                .filter_map(|word| word.parse().ok())
                .collect();
            let (x, y, w, r, h) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[7]);
            [x - r, y, x + w + r, y + h + 2.0 * r]
        })
        .collect()
}

#[test]
fn boxes_keep_apart_and_on_the_page() {
    for s in SEEDS {
        let _alone = seeded(s);
        let (small, _) = notes_net(4);
        // A graph of about 60 nodes with connections across it.
        let a = Tensor::randn([3]).requires_grad();
        let mut parts = vec![a.clone()];
        for i in 0..14 {
            let last = parts.last().unwrap();
            parts.push(last.sin() * &parts[i / 2] + &a);
        }
        let large = parts.iter().skip(1).fold(a.exp(), |sum, part| sum + part).sum();
        assert!((55..=65).contains(&large.graph_nodes(1000).len()));
        for figure in [small, graph(&large)] {
            let svg = figure.to_svg();
            assert_eq!(svg, figure.to_svg(), "the same bytes");
            assert!(!svg.contains("NaN") && svg.contains("prefers-color-scheme:dark"));
            let document = roxmltree::Document::parse(&svg).unwrap();
            let size = |name| document.root_element().attribute(name).unwrap().parse::<f64>().unwrap() * 10.0;
            let (width, height) = (size("width"), size("height"));
            let boxes = boxes(&svg);
            assert!(boxes.len() > 8);
            for (i, a) in boxes.iter().enumerate() {
                assert!(a[0] >= 0.0 && a[1] >= 0.0 && a[2] <= width && a[3] <= height, "{a:?}");
                for b in &boxes[i + 1..] {
                    assert!(a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1], "{a:?} {b:?}");
                }
            }
        }
    }
}

#[test]
fn a_constant_stays_in_the_drawing_while_backward_goes_on() {
    let (x, w) = (Tensor::from([1.0, 2.0]), Tensor::from([0.5, -1.0]).requires_grad());
    let steps = backward_steps(|name| name("L", &(name("x", &x) * name("w", &w)).square().sum()));
    for step in 0..=steps.len() {
        assert!(steps.figure(step).to_svg().contains(">x<"), "step {step}");
    }
}

#[test]
fn of_a_huge_graph_the_part_nearest_to_the_result_is_drawn() {
    let x = Tensor::scalar(1.0).requires_grad();
    let end = (0..100_000).fold(x, |x, _| x + 1.0);
    let figure = graph(&end);
    assert!(figure.summary().contains("300 operations") && figure.summary().contains("not shown"));
    assert!(figure.to_svg().contains("only the 300 nodes nearest to the result are shown"));
}

#[test]
fn a_result_without_a_graph_is_named() {
    let message = panic_message(|| graph(&Tensor::ones([2])));
    assert!(message.contains("not recorded") && message.contains("requires_grad"), "{message}");
}

/// What a graph keeps grows linearly with the batch and with the depth (notes, 训练神经网络).
#[test]
fn kept_memory_is_linear_in_batch_and_depth() {
    let _alone = seeded(1);
    let net = |depth: usize| (0..depth).fold(nn::Sequential::new(), |net, _| net.add(Linear::new(32, 32)).add(Tanh));
    let kept = |batch: usize, depth: usize| summary(&net(depth), [batch, 32]).kept();
    let (batch, depth) = (kept(10, 4), kept(10, 4));
    assert_eq!([kept(20, 4), kept(40, 4)], [2 * batch, 4 * batch]);
    // One layer more keeps its output, 4 bytes for each unit and sample; the first also keeps the input.
    assert_eq!(kept(10, 8) - depth, 4 * 4 * 10 * 32);
    assert_eq!(kept(10, 16) - kept(10, 8), 2 * (kept(10, 8) - depth));
}

#[test]
fn boxes_stay_where_they_are_from_step_to_step() {
    let _alone = seeded(1);
    let (x, w) = (Tensor::randn([4, 3]), Tensor::randn([3, 5]).requires_grad());
    let steps = backward_steps(|name| {
        let h = name("h", &name("z", &name("x", &x).matmul(&name("w", &w))).tanh());
        name("J", &(h.square().sum() / 2.0 + 0.1 * w.square().sum()))
    });
    let first = boxes(&steps.figure(0).to_svg());
    for step in 1..=steps.len() {
        let mut now = boxes(&steps.figure(step).to_svg());
        // The one that is looked at is drawn in another ink.
        now.extend(boxes_of(&steps.figure(step).to_svg(), &["here"]));
        let sorted = |mut boxes: Vec<[f64; 4]>| {
            boxes.sort_by(|a, b| a.partial_cmp(b).unwrap());
            boxes
        };
        assert_eq!(sorted(now), sorted(first.clone()), "step {step}");
    }
}

#[test]
fn networks_show_what_is_dropped() {
    let figure = network([4, 5, 3]).drop(1, [1, 4]).labels(["input", "hidden", "output"]);
    let svg = figure.to_svg();
    let lines = |svg: &str| {
        let document = roxmltree::Document::parse(svg).unwrap();
        let wires = document.descendants().find(|n| n.attribute("class") == Some("wire")).unwrap();
        wires.attribute("d").unwrap().matches(['M', 'm']).count()
    };
    assert_eq!(lines(&svg), 4 * 3 + 3 * 3, "h2 and h5 are connected to nothing");
    assert_eq!(lines(&network([4, 5, 3]).to_svg()), 4 * 5 + 5 * 3);
    assert!(network([784, 256, 10]).to_svg().len() < 15_000);
    assert!(panic_message(|| network([3, 0])).contains("[3, 0]"));
    assert!(panic_message(|| network([3, 2]).drop(1, [2])).contains("unit 2 of layer 1"));
    assert!(panic_message(|| network([3]).labels(["a", "b"])).contains("2 names for 1 layer"));
}
