//! A network as units and connections, with units that dropout has dropped (notes, 实践中的暂退法).

use crate::dropped::{Field, drops_here};
use crate::plot::figure::said;
use crate::plot::figure::show::shows;
use crate::plot::page::canvas::{Anchor, Canvas, Point};
use crate::plot::page::ink::Ink;
use crate::plot::page::space::{EDGE, height, width};
use crate::plot::page::words::say;
use crate::plot::page::words::{list, told};
use crate::tensor::error::counted;
use std::collections::BTreeSet;

/// Least radius of a unit, the space between two, and between two layers, in pixels.
const RADIUS: f64 = 12.0;
const BETWEEN: f64 = 10.0;
const APART: f64 = 64.0;
/// Of a larger layer the first and the last units are drawn.
const MOST: usize = 10;
const FEW: usize = 4;

/// A drawing of a network whose layers are fully connected.
///
/// It is a figure: it shows itself below a cell, saves itself, and tells itself in words.
///
/// ```
/// use dlnotes::prelude::*;
/// let figure = network([2, 1]);
/// assert_eq!(figure.summary(), "Network of 2 and 1 units.");
/// ```
#[derive(Clone)]
pub struct Network {
    sizes: Field<Vec<usize>>,
    dropped: Field<BTreeSet<(usize, usize)>>,
    labels: Field<Vec<String>>,
    title: Field<String>,
}
drops_here!(Network: sizes, dropped, labels, title);

/// A network with this many units in each layer, inputs first.
///
/// ```
/// use dlnotes::prelude::*;
/// let figure = network([4, 5, 3]).drop(1, [1, 4]).labels(["input", "hidden", "output"]);   // h2 and h5 are dropped
/// assert_eq!(figure.summary(), "Network of 4, 5 and 3 units (input, hidden, output); dropped: h2, h5.");
/// ```
///
/// # Panics
/// If there are no layers, or one has no units.
#[must_use]
#[track_caller]
pub fn network(sizes: impl AsRef<[usize]>) -> Network {
    layers(sizes.as_ref())
}

#[track_caller]
fn layers(sizes: &[usize]) -> Network {
    let sizes = sizes.to_vec();
    if sizes.is_empty() || sizes.contains(&0) {
        panic!("network: layers of {sizes:?} units; give at least one layer, and each at least one unit");
    }
    let (dropped, labels, title) = (Field::default(), Field::default(), Field::default());
    Network { sizes: Field::new(sizes), dropped, labels, title }
}

impl Network {
    /// Drops units of a layer, both counted from 0: they are crossed out and have no connections.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = network([4, 5, 3]).drop(1, [1, 4]);
    /// assert_eq!(figure.summary(), "Network of 4, 5 and 3 units; dropped: h2, h5.");
    /// ```
    ///
    /// # Panics
    /// If there is no such unit.
    #[track_caller]
    pub fn drop(mut self, layer: usize, units: impl AsRef<[usize]>) -> Network {
        self.drop_units(layer, units.as_ref());
        self
    }

    #[track_caller]
    fn drop_units(&mut self, layer: usize, units: &[usize]) {
        for &unit in units {
            if self.sizes.get(layer).is_none_or(|&size| unit >= size) {
                panic!(
                    "drop: unit {unit} of layer {layer}; the layers have {:?} units, both are counted from 0",
                    self.sizes
                );
            }
            self.dropped.insert((layer, unit));
        }
    }

    /// Names the layers below them.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = network([784, 256, 10]).labels(["pixels", "features", "classes"]);
    /// assert_eq!(figure.summary(), "Network of 784, 256 and 10 units (pixels, features, classes).");
    /// ```
    ///
    /// # Panics
    /// If there are more names than layers.
    #[track_caller]
    pub fn labels<S: AsRef<str>>(mut self, names: impl AsRef<[S]>) -> Network {
        let names = names.as_ref();
        self.set_labels(names.len(), &|i| names[i].as_ref());
        self
    }

    #[track_caller]
    fn set_labels<'a>(&mut self, count: usize, name: &dyn Fn(usize) -> &'a str) {
        if count > self.sizes.len() {
            panic!("labels: {} for {}", counted(count, "name"), counted(self.sizes.len(), "layer"));
        }
        *self.labels = said(count, name);
    }

    /// The title above the drawing.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = network([3, 2]).title("A linear layer");
    /// assert!(figure.summary().starts_with("A linear layer. "));
    /// ```
    pub fn title(mut self, title: &str) -> Network {
        *self.title = say(title);
        self
    }

    /// x1, h1, o1: inputs, hidden units, outputs; hidden units of several layers with the layer as a superscript.
    fn unit_name(&self, layer: usize, unit: usize) -> String {
        let last = self.sizes.len() - 1;
        let letter = match layer {
            0 => "x",
            _ if layer == last => "o",
            _ => "h",
        };
        let level =
            if letter == "h" && last > 2 { crate::plot::page::text::superscript(layer as i32) } else { String::new() };
        format!("{letter}{}{level}", unit + 1)
    }

    /// The drawing in words.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = network([3, 4, 4, 1]).drop(2, [0]);
    /// assert_eq!(figure.summary(), "Network of 3, 4, 4 and 1 units; dropped: h1².");
    /// ```
    pub fn summary(&self) -> String {
        let sizes: Vec<String> = self.sizes.iter().map(usize::to_string).collect();
        let sizes = match sizes.split_last() {
            Some((last, rest)) if !rest.is_empty() => told!("{} and {}", list(rest), last),
            _ => sizes.concat(),
        };
        let mut text = if sizes == "1" { told!("Network of 1 unit") } else { told!("Network of {} units", sizes) };
        if !self.labels.is_empty() {
            text = told!("{} ({})", text, list(&self.labels));
        }
        let names: Vec<String> = self.dropped.iter().map(|&(layer, unit)| self.unit_name(layer, unit)).collect();
        if !names.is_empty() {
            text = told!("{}; dropped: {}", text, list(&names));
        }
        if self.title.is_empty() { told!("{}.", text) } else { told!("{}. {}.", self.title.as_str(), text) }
    }

    /// The units of a layer that are drawn; `None` stands for those left out.
    fn shown(&self, layer: usize) -> Vec<Option<usize>> {
        let size = self.sizes[layer];
        if size <= MOST {
            return (0..size).map(Some).collect();
        }
        (0..FEW).map(Some).chain([None]).chain((size - FEW..size).map(Some)).collect()
    }

    /// Large enough for the longest name.
    fn radius(&self) -> f64 {
        let longest = self.sizes.iter().enumerate().map(|(layer, &size)| self.unit_name(layer, size - 1));
        longest.map(|name| width(&name, Ink::Tick) / 2.0 + 1.0).fold(RADIUS, f64::max)
    }

    /// The drawing as an SVG document, with title and description for screen readers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (full, thinned) = (network([4, 5, 3]).to_svg(), network([4, 5, 3]).drop(1, [1, 4]).to_svg());
    /// assert!(full.starts_with("<svg") && full != thinned);
    /// ```
    pub fn to_svg(&self) -> String {
        let layers: Vec<Vec<Option<usize>>> = (0..self.sizes.len()).map(|layer| self.shown(layer)).collect();
        let radius = self.radius();
        let step = 2.0 * radius + BETWEEN;
        let tallest = layers.iter().map(Vec::len).max().unwrap_or(1) as f64 * step - BETWEEN;
        let title = if self.title.is_empty() { 0.0 } else { height(Ink::Title) + EDGE };
        let names = if self.labels.is_empty() { 0.0 } else { height(Ink::Label) + EDGE };
        let label_width = self.labels.iter().map(|label| width(label, Ink::Label)).fold(0.0, f64::max);
        let column = (2.0 * radius + APART).max(label_width + EDGE);
        let across = column * (layers.len() - 1) as f64 + (2.0 * radius).max(label_width) + 2.0 * EDGE;
        let page_width = across.max(width(&self.title, Ink::Title) + 2.0 * EDGE);
        let canvas = Canvas::new(page_width, 2.0 * EDGE + title + tallest + names);
        let left = (page_width - column * (layers.len() - 1) as f64) / 2.0;
        let at = |layer: usize, place: usize| -> Point {
            let own = layers[layer].len() as f64 * step - BETWEEN;
            let y = EDGE + title + (tallest - own) / 2.0 + radius + place as f64 * step;
            (left + layer as f64 * column, y)
        };
        if title > 0.0 {
            canvas.text(&self.title, (page_width / 2.0, EDGE + title / 2.0), Anchor::CENTER, Ink::Title);
        }
        self.draw_connections(&canvas, &layers, &at);
        for (layer, units) in layers.iter().enumerate() {
            for (place, unit) in units.iter().enumerate() {
                match unit {
                    Some(unit) => self.draw_unit(&canvas, (layer, *unit), at(layer, place)),
                    None => canvas.text("⋮", at(layer, place), Anchor::CENTER, Ink::Label),
                }
            }
            if let Some(label) = self.labels.get(layer) {
                let y = EDGE + title + tallest + EDGE + height(Ink::Label) / 2.0;
                canvas.text(label, (at(layer, 0).0, y), Anchor::CENTER, Ink::Label);
            }
        }
        let name = if self.title.is_empty() { told!("Network") } else { (*self.title).clone() };
        canvas.finish(&name, &self.summary())
    }

    fn draw_connections(&self, canvas: &Canvas, layers: &[Vec<Option<usize>>], at: &dyn Fn(usize, usize) -> Point) {
        let radius = self.radius();
        let alive = |layer: usize| {
            let units = layers[layer].iter().enumerate();
            units.filter_map(move |(place, unit)| unit.filter(|&u| !self.dropped.contains(&(layer, u))).map(|_| place))
        };
        for layer in 1..layers.len() {
            for from in alive(layer - 1) {
                for to in alive(layer) {
                    let ((x0, y0), (x1, y1)) = (at(layer - 1, from), at(layer, to));
                    // From rim to rim.
                    let length = (x1 - x0).hypot(y1 - y0);
                    let (dx, dy) = ((x1 - x0) / length * radius, (y1 - y0) / length * radius);
                    canvas.line(&[(x0 + dx, y0 + dy), (x1 - dx, y1 - dy)], Ink::Wire);
                }
            }
        }
    }

    fn draw_unit(&self, canvas: &Canvas, (layer, unit): (usize, usize), (x, y): Point) {
        let (radius, dropped) = (self.radius(), self.dropped.contains(&(layer, unit)));
        let ink = match layer {
            _ if dropped => Ink::Constant,
            0 => Ink::Leaf,
            _ => Ink::Node,
        };
        canvas.circle((x, y), radius, ink);
        canvas.text(&self.unit_name(layer, unit), (x, y), Anchor::CENTER, if dropped { Ink::Note } else { Ink::Tick });
        if dropped {
            // Crossed out around the name, which stays readable.
            let (near, far) = (0.55 * radius, radius);
            for (dx, dy) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
                canvas.line(&[(x + near * dx, y + near * dy), (x + far * dx, y + far * dy)], Ink::Cross(1));
            }
        }
    }
}

shows!(
    Network,
    "let figure = network([4, 5, 3]).labels([\"input\", \"hidden\", \"output\"]);",
    "Network of 4, 5 and 3 units (input, hidden, output)."
);
