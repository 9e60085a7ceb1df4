//! A figure read back from its SVG and from its pixels.
#![allow(dead_code, reason = "each test program uses its part")]

use resvg::tiny_skia::Pixmap;
use roxmltree::{Document, Node};

/// SVG units in a pixel of the page, and pixels of the picture in one.
const UNITS: f64 = 10.0;
const SCALE: f64 = 2.0;

/// What is drawn of the data, one element after the other: lines, areas, marks, pictures, reference lines.
fn is_mark(node: &Node) -> bool {
    let class = node.attribute("class").unwrap_or("");
    let of_series = |letters: &str| {
        let mut chars = class.chars();
        chars.next().is_some_and(|c| letters.contains(c))
            && chars.clone().count() > 0
            && chars.all(|c| c.is_ascii_digit())
    };
    let named = ["ref", "best", "contour", "trail", "trail-edge", "step", "step-edge"].contains(&class);
    node.has_tag_name(("http://www.w3.org/2000/svg", "image")) || of_series("lfbdxs") || named
}

/// `svg` without the elements that `leave_out` says.
fn without(svg: &str, leave_out: impl Fn(&Node) -> bool) -> String {
    let document = Document::parse(svg).expect("a figure is well-formed");
    let mut kept = String::new();
    let mut from = 0;
    for node in document.descendants().filter(|node| node.is_element() && leave_out(node)) {
        let range = node.range();
        if range.start >= from {
            kept += &svg[from..range.start];
            from = range.end;
        }
    }
    kept + &svg[from..]
}

/// The picture that the kernel makes, read back from its PNG file.
pub(crate) fn pixels(svg: &str) -> Pixmap {
    let png = dlnotes_png::render(svg, 20_000).expect("a figure can be drawn");
    Pixmap::decode_png(&png.bytes).expect("a PNG file")
}

/// Whether anything of the data is in the SVG.
pub(crate) fn ink_in_svg(svg: &str) -> bool {
    let document = Document::parse(svg).expect("a figure is well-formed");
    document.descendants().any(|node| node.is_element() && is_mark(&node))
}

/// Whether anything of the data is in the SVG, and in the picture.
pub(crate) fn ink(svg: &str) -> (bool, bool) {
    if !ink_in_svg(svg) {
        return (false, false);
    }
    let (all, bare) = (pixels(svg), pixels(&without(svg, is_mark)));
    (true, all.data() != bare.data())
}

/// What is wrong with where things are: a coordinate that is none, or a mark that leaves the page.
pub(crate) fn misplaced(svg: &str) -> Option<String> {
    let document = Document::parse(svg).expect("a figure is well-formed");
    let size: Vec<f64> =
        document.root_element().attribute("viewBox").unwrap().split(' ').map(|n| n.parse().unwrap()).collect();
    let slack = 4.0 * UNITS;
    let inside =
        |(x, y): (f64, f64)| (-slack..=size[2] + slack).contains(&x) && (-slack..=size[3] + slack).contains(&y);
    for node in document.descendants().filter(Node::is_element) {
        for name in ["x", "y", "width", "height", "d"] {
            let value = node.attribute(name).unwrap_or("");
            if value.contains("NaN") || value.contains("inf") {
                return Some(format!("{name}=\"{value}\""));
            }
        }
        let cut =
            node.parent_element().is_some_and(|parent| parent.has_tag_name("svg") && parent.parent_element().is_some());
        if node.tag_name().name() == "image" && !cut {
            let [x, y, w, h] =
                ["x", "y", "width", "height"].map(|name| node.attribute(name).unwrap().parse::<f64>().unwrap());
            if !inside((x, y)) || !inside((x + w, y + h)) || w < 0.0 || h < 0.0 {
                return Some(format!("a picture at {x} {y}, {w} × {h}"));
            }
        }
        if is_mark(&node)
            && let Some(point) = points(node.attribute("d").unwrap_or("")).into_iter().find(|&p| !inside(p))
        {
            return Some(format!("a mark at {point:?} on a page of {} × {}", size[2], size[3]));
        }
    }
    None
}

/// Where the frames of `svg` lie: left, top, width and height of each.
pub(crate) fn frame(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("a figure is well-formed");
    document.descendants().filter_map(|node| node.attribute("data-frame")).map(str::to_owned).collect()
}

/// The points that a path of the commands that figures use passes through.
pub(crate) fn points(d: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let (mut at, mut start, mut command, mut rest) = ((0.0, 0.0), (0.0, 0.0), 'M', d);
    let number = |rest: &mut &str| -> Option<f64> {
        *rest = rest.trim_start_matches([' ', ',']);
        let end = rest
            .char_indices()
            .find(|&(i, c)| !(c.is_ascii_digit() || c == '.' || i == 0 && c == '-'))
            .map_or(rest.len(), |(i, _)| i);
        let value = rest[..end].parse().ok()?;
        *rest = &rest[end..];
        Some(value)
    };
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        let Some(next) = rest.chars().next() else { return points };
        if next.is_ascii_alphabetic() {
            command = next;
            rest = &rest[1..];
            if command == 'z' {
                at = start;
                continue;
            }
        }
        match command {
            'M' | 'm' | 'l' => {
                let (Some(x), Some(y)) = (number(&mut rest), number(&mut rest)) else { panic!("{d}") };
                at = if command == 'M' { (x, y) } else { (at.0 + x, at.1 + y) };
                if command != 'l' {
                    start = at;
                }
            }
            'h' => at.0 += number(&mut rest).unwrap_or_else(|| panic!("{d}")),
            'v' => at.1 += number(&mut rest).unwrap_or_else(|| panic!("{d}")),
            other => panic!("a path with the command {other}: {d}"),
        }
        points.push(at);
    }
}

/// The texts of `svg` of which nothing is seen in the picture: rendered with and without text, no pixel differs where
/// one should be.
pub(crate) fn unseen_texts(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).expect("a figure is well-formed");
    let is_text = |node: &Node| node.tag_name().name() == "text";
    let (with, bare) = (pixels(svg), pixels(&without(svg, is_text)));
    let differs = |x: usize, y: usize| with.pixel(x as u32, y as u32) != bare.pixel(x as u32, y as u32);
    let style =
        document.descendants().find(|node| node.tag_name().name() == "style").and_then(|node| node.text()).unwrap();
    let mut unseen = Vec::new();
    for node in document.descendants().filter(is_text) {
        let text: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
        if text.trim().is_empty() {
            continue;
        }
        let number = |name| node.attribute(name).unwrap().parse::<f64>().unwrap();
        let (x, y) = (number("x"), number("y"));
        let class = format!(".{}{{", node.attribute("class").unwrap());
        let rule = &style[style.find(&class).unwrap()..];
        let size: f64 = rule[rule.find("font-size:").unwrap() + 10..].split("px").next().unwrap().parse().unwrap();
        // The box from the anchor to where the narrowest letters would end: ink elsewhere may be another text's.
        let length = 0.25 * size * text.chars().count() as f64;
        let (from, to) = match node.attribute("text-anchor") {
            Some("middle") => (-length / 2.0, length / 2.0),
            Some("end") => (-length, 0.0),
            _ => (0.0, length),
        };
        let (left, right, top, bottom) = if node.attribute("transform").is_some() {
            (x - size, x + 0.3 * size, y - to, y - from)
        } else {
            (x + from, x + to, y - size, y + 0.3 * size)
        };
        let range = |from: f64, to: f64, end: u32| {
            let at = |units: f64| (units / UNITS * SCALE).clamp(0.0, f64::from(end)) as usize;
            at(from)..at(to)
        };
        let (columns, rows) = (range(left, right, with.width()), range(top, bottom, with.height()));
        if !rows.into_iter().any(|y| columns.clone().any(|x| differs(x, y))) {
            unseen.push(text);
        }
    }
    unseen
}
