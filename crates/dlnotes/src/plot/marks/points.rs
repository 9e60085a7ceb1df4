//! Scattered points.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::figure::summary::cloud;
use crate::plot::page::canvas::{Canvas, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::theme::MARKER;
use crate::plot::values::Values;
use std::collections::BTreeSet;

/// Free space around points, so that none sits on an axis.
const PAD: [f64; 4] = [0.04, 0.04, 0.05, 0.05];
/// Most markers drawn of one series; of more, those that lie on one another are drawn once.
const MOST_MARKERS: usize = 2000;

#[derive(Debug)]
struct Points {
    x: Vec<f64>,
    y: Vec<f64>,
}

impl Figure {
    /// Adds a marker at each point (x, y), named `label` (`""` for no name).
    ///
    /// # Panics
    /// When x and y have different lengths.
    ///
    /// ```
    /// # use dlnotes::plot::Figure;
    /// let figure = Figure::new().points([0.0, 1.0, 2.0], [0.1, 0.9, 2.1], "data").line([0.0, 2.0], [0.0, 2.0], "fit");
    /// assert!(figure.summary().contains("data: 3 points"));
    /// ```
    #[track_caller]
    pub fn points(self, x: impl Values, y: impl Values, label: &str) -> Figure {
        self.add_points(&x, &y, label)
    }

    #[track_caller]
    fn add_points(mut self, x: &dyn Values, y: &dyn Values, label: &str) -> Figure {
        for (x, y) in crate::plot::values::pairs(x, y) {
            self = self.add(Points { x, y }, label);
        }
        self
    }
}

impl Mark for Points {
    fn extent(&self, log: Log) -> Option<Extent> {
        Extent::of(&self.x, &self.y, log, PAD)
    }

    fn draw(&self, panel: &Panel, slot: u8) {
        let inside = |&(x, y): &Point| {
            let edge = 0.01;
            x > panel.frame.x - edge
                && x < panel.frame.right() + edge
                && y > panel.frame.y - edge
                && y < panel.frame.bottom() + edge
        };
        let places = self.x.iter().zip(&self.y).filter_map(|(&x, &y)| panel.at(x, y)).filter(inside);
        for place in apart(places.collect()) {
            marker(panel.canvas, place, slot);
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8) {
        marker(canvas, rect.middle(), slot);
    }

    fn describe(&self, _names: &[String], _log: Log) -> String {
        cloud(&self.x, &self.y)
    }

    fn left_out(&self, log: Log) -> LeftOut {
        LeftOut::of(&self.x, &self.y, log)
    }
}

/// The places, without those that nearly coincide if they are too many to draw.
fn apart(mut places: Vec<Point>) -> Vec<Point> {
    let mut cell = 0.5;
    while places.len() > MOST_MARKERS {
        let mut taken = BTreeSet::new();
        places.retain(|p| taken.insert(((p.0 / cell) as i32, (p.1 / cell) as i32)));
        cell *= 1.5;
    }
    places
}

/// A marker whose shape tells the series in grey: disc, cross, triangle, square.
fn marker(canvas: &Canvas, (x, y): Point, slot: u8) {
    let r = MARKER;
    match slot % 4 {
        0 => canvas.dot((x, y), Ink::Dot(slot)),
        1 => {
            canvas.line(&[(x - r, y - r), (x + r, y + r)], Ink::Cross(slot));
            canvas.line(&[(x - r, y + r), (x + r, y - r)], Ink::Cross(slot));
        }
        2 => canvas.line(&[(x - r, y + r), (x, y - r), (x + r, y + r), (x - r, y + r)], Ink::Cross(slot)),
        _ => canvas
            .line(&[(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r), (x - r, y - r)], Ink::Cross(slot)),
    }
}
