//! Draws a graph: boxes in layers from the inputs down to the result, curves from input to operation.

use super::layers::arrange;
use super::text::{Lines, constant, lines};
use super::{Graph, MOST};
use crate::plot::page::canvas::{Anchor, Canvas, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::space::{EDGE, height, width};
use crate::plot::page::theme::UNITS;
use crate::plot::page::words::told;
use std::fmt::Write as _;

/// Space inside a box at its sides, and above and below its text.
const PAD: (f64, f64) = (8.0, 4.0);
/// Space between two layers.
const APART: f64 = 28.0;
/// Radius of a box' corners, and size of an arrow's head.
const CORNER: f64 = 4.0;
const HEAD: (f64, f64) = (3.0, 6.0);
/// The part of a box' side over which edges end.
const PORTS: f64 = 0.6;

struct Node {
    lines: Lines,
    ink: Ink,
    rect: Rect,
}

pub(crate) fn svg(graph: &Graph) -> String {
    let (mut nodes, edges) = boxes(graph);
    let widths: Vec<f64> = nodes.iter().map(|node| node.rect.w).collect();
    let layers = arrange(&widths, &edges);
    let title = if graph.title.is_empty() { 0.0 } else { height(Ink::Title) + EDGE };
    let rows = rows(&mut nodes, &layers.boxes, layers.count, EDGE + title);
    let bottom = rows.last().map_or(EDGE + title, |row| row.1);
    let note = if graph.left_out { height(Ink::Note) + EDGE } else { 0.0 };
    let caption = graph.step.as_ref().map_or(&[][..], |step| &step.caption);
    let said = if caption.is_empty() { 0.0 } else { caption.len() as f64 * height(Ink::Label) + EDGE };

    let lines = caption.iter().map(|line| width(line, Ink::Label)).chain([width(&graph.title, Ink::Title)]);
    let widest = graph.step.as_ref().map_or(0.0, |step| step.widest);
    let page_width = lines.fold(layers.width.max(widest), f64::max) + 2.0 * EDGE;
    let canvas = Canvas::new(page_width, bottom + note + said + EDGE);
    if title > 0.0 {
        canvas.text(&graph.title, (page_width / 2.0, EDGE + title / 2.0), Anchor::CENTER, Ink::Title);
    }
    let shift = (page_width - layers.width) / 2.0;
    nodes.iter_mut().for_each(|node| node.rect.x += shift);
    let bends: Vec<Vec<f64>> = layers.bends.iter().map(|bends| bends.iter().map(|x| x + shift).collect()).collect();
    draw_edges(&canvas, &nodes, &edges, &bends, &layers.boxes, &rows);
    for node in &nodes {
        draw_box(&canvas, node);
    }
    if graph.left_out {
        let text = told!("only the {} nodes nearest to the result are shown", MOST);
        canvas.text(&text, (page_width / 2.0, bottom + EDGE + height(Ink::Note) / 2.0), Anchor::CENTER, Ink::Note);
    }
    let first = bottom + note + EDGE + height(Ink::Label) / 2.0;
    for (i, line) in caption.iter().enumerate() {
        let y = first + i as f64 * height(Ink::Label);
        canvas.text(line, (page_width / 2.0, y), Anchor::CENTER, Ink::Label);
    }
    let name = if graph.title.is_empty() { told!("Computational graph") } else { (*graph.title).clone() };
    canvas.finish(&name, &graph.summary())
}

/// The boxes, not yet in their places, and the edges between them.
fn boxes(graph: &Graph) -> (Vec<Node>, Vec<(usize, usize)>) {
    let constants = graph.constants();
    let mut names: Vec<&str> = constants.iter().map(|(named, _)| named.0.as_str()).collect();
    names.dedup();
    let size = |lines: &Lines| {
        let w = lines.iter().map(|(line, ink)| width(line, *ink)).fold(0.0, f64::max) + 2.0 * PAD.0;
        (w, lines.iter().map(|(_, ink)| height(*ink)).sum::<f64>() + 2.0 * PAD.1)
    };
    let of = |lines: Lines, ink: Ink| {
        let (w, h) = size(&lines);
        Node { lines, ink, rect: Rect { x: 0.0, y: 0.0, w, h } }
    };
    let tensor = |name: &str| &constants.iter().find(|(named, _)| named.0 == name).expect("from this list").0.1;
    let mut nodes: Vec<Node> = names.iter().map(|name| of(constant(name, tensor(name)), Ink::Constant)).collect();
    let first = nodes.len();
    let at = |id: u64| graph.nodes.binary_search_by_key(&id, |node| node.id).ok().map(|at| first + at);
    let mut edges = Vec::new();
    for (i, node) in graph.nodes.iter().enumerate() {
        let here = graph.step.as_ref().and_then(|step| step.here) == Some(node.id);
        let ink = if node.op.is_none() { Ink::Leaf } else { Ink::Node };
        let mut drawn = of(lines(graph, node), if here { Ink::Here } else { ink });
        // As large at each step as at the first and the last.
        for step in graph.step.as_ref().into_iter().flat_map(|step| [step.first.get(i), step.last.get(i)]).flatten() {
            let (w, h) = size(&lines(graph, step));
            (drawn.rect.w, drawn.rect.h) = (drawn.rect.w.max(w), drawn.rect.h.max(h));
        }
        nodes.push(drawn);
        edges.extend(node.inputs.iter().flatten().filter_map(|&id| at(id)).map(|from| (from, first + i)));
    }
    for (named, keeper) in &constants {
        let from = names.iter().position(|name| *name == named.0);
        edges.extend(from.zip(at(*keeper)));
    }
    (nodes, edges)
}

/// Puts the boxes into their places and returns where each layer begins and ends.
fn rows(nodes: &mut [Node], places: &[(usize, f64)], count: usize, top: f64) -> Vec<(f64, f64)> {
    let mut rows: Vec<(f64, f64)> = Vec::new();
    let mut y = top;
    for layer in 0..count {
        let inside = nodes.iter().zip(places).filter(|(_, place)| place.0 == layer);
        let tallest = inside.map(|(node, _)| node.rect.h).fold(0.0, f64::max);
        rows.push((y, y + tallest));
        y += tallest + APART;
    }
    for (node, &(layer, middle)) in nodes.iter_mut().zip(places) {
        node.rect.x = middle - node.rect.w / 2.0;
        node.rect.y = (rows[layer].0 + rows[layer].1 - node.rect.h) / 2.0;
    }
    rows
}

fn draw_edges(
    canvas: &Canvas,
    nodes: &[Node],
    edges: &[(usize, usize)],
    bends: &[Vec<f64>],
    places: &[(usize, f64)],
    rows: &[(f64, f64)],
) {
    // Where an edge comes from, seen from its end, and where it goes to, seen from its start.
    let next = |e: usize| bends[e].first().copied().unwrap_or(nodes[edges[e].1].rect.middle().0);
    let before = |e: usize| bends[e].last().copied().unwrap_or(nodes[edges[e].0].rect.middle().0);
    let starts = ports(nodes, &(0..edges.len()).map(|e| (edges[e].0, next(e))).collect::<Vec<_>>());
    let ends = ports(nodes, &(0..edges.len()).map(|e| (edges[e].1, before(e))).collect::<Vec<_>>());
    let (mut curves, mut heads) = (String::new(), String::new());
    for (e, &(from, to)) in edges.iter().enumerate() {
        let mut at = (starts[e], nodes[from].rect.bottom());
        let _ = write!(curves, "M{} {}", unit(at.0), unit(at.1));
        for (&x, row) in bends[e].iter().zip(&rows[places[from].0 + 1..]) {
            curve(&mut curves, at, (x, row.0));
            let _ = write!(curves, "V{}", unit(row.1));
            at = (x, row.1);
        }
        let tip = (ends[e], nodes[to].rect.y);
        curve(&mut curves, at, (tip.0, tip.1 - HEAD.1 / 2.0));
        let (half, long) = (unit(HEAD.0), unit(HEAD.1));
        let _ = write!(heads, "M{} {}l-{half}-{long}h{}z", unit(tip.0), unit(tip.1), 2 * half);
    }
    canvas.path(&curves, Ink::Edge);
    canvas.path(&heads, Ink::Arrow);
}

/// Where each edge meets its box: in the order of where they come from, so that they don't cross on the way.
fn ports(nodes: &[Node], ends: &[(usize, f64)]) -> Vec<f64> {
    let mut x = vec![0.0; ends.len()];
    for (i, node) in nodes.iter().enumerate() {
        let mut here: Vec<usize> = (0..ends.len()).filter(|&e| ends[e].0 == i).collect();
        here.sort_by(|&a, &b| ends[a].1.total_cmp(&ends[b].1));
        let step = node.rect.w * PORTS / here.len().max(1) as f64;
        let middle = (here.len() as f64 - 1.0) / 2.0;
        for (k, &e) in here.iter().enumerate() {
            x[e] = node.rect.middle().0 + (k as f64 - middle) * step;
        }
    }
    x
}

/// Appends a curve that leaves and arrives upright.
fn curve(out: &mut String, from: (f64, f64), to: (f64, f64)) {
    if unit(from.0) == unit(to.0) {
        let _ = write!(out, "V{}", unit(to.1));
        return;
    }
    let middle = unit((from.1 + to.1) / 2.0);
    let _ = write!(out, "C{} {middle} {} {middle} {} {}", unit(from.0), unit(to.0), unit(to.0), unit(to.1));
}

fn draw_box(canvas: &Canvas, node: &Node) {
    let Rect { x, y, w, h } = node.rect;
    let r = unit(CORNER);
    let (inner_w, inner_h) = (unit(w) - 2 * r, unit(h) - 2 * r);
    let path = format!(
        "M{} {}h{inner_w}q{r} 0 {r} {r}v{inner_h}q0 {r}-{r} {r}h-{inner_w}q-{r} 0-{r}-{r}v-{inner_h}q0-{r} {r}-{r}z",
        unit(x) + r,
        unit(y)
    );
    canvas.path(&path, node.ink);
    let mut top = y + (h - node.lines.iter().map(|(_, ink)| height(*ink)).sum::<f64>()) / 2.0;
    for (line, ink) in &node.lines {
        canvas.text(line, (x + w / 2.0, top + height(*ink) / 2.0), Anchor::CENTER, *ink);
        top += height(*ink);
    }
}

fn unit(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}
