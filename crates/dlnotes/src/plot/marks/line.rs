//! Lines and steps.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::figure::summary::course;
use crate::plot::marks::trace::strokes;
use crate::plot::page::canvas::{Canvas, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::values::Values;

/// Free space around lines: none at the sides, a little above and below.
const PAD: [f64; 4] = [0.0, 0.0, 0.05, 0.05];

#[derive(Debug)]
struct Line {
    x: Vec<f64>,
    y: Vec<f64>,
    /// Whether a value holds until the next x, as a staircase.
    steps: bool,
}

impl Figure {
    /// Adds a line through the points (x, y), named `label` (`""` for no name).
    ///
    /// NaN and infinite values break the line.
    ///
    /// # Panics
    /// When x and y have different lengths.
    ///
    /// ```
    /// # use dlnotes::plot::Figure;
    /// let figure = Figure::new().line(1..=3, [0.9, 0.5, 0.4], "train").line(1..=3, [0.9, 0.7, 0.8], "test");
    /// assert!(figure.summary().contains("train falls from 0.9 to 0.4"));
    /// ```
    #[track_caller]
    pub fn line(self, x: impl Values, y: impl Values, label: &str) -> Figure {
        self.add_lines(&x, &y, label, false)
    }

    /// Adds a staircase: each value of y holds from its x to the next.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = Figure::new().step([0, 10, 20], [0.1, 0.01, 0.001], "learning rate").ylog();
    /// assert!(figure.summary().ends_with("learning rate falls from 0.1 to 0.001."));
    /// ```
    ///
    /// # Panics
    /// When x and y have different lengths.
    #[track_caller]
    pub fn step(self, x: impl Values, y: impl Values, label: &str) -> Figure {
        self.add_lines(&x, &y, label, true)
    }

    #[track_caller]
    pub(crate) fn add_lines(mut self, x: &dyn Values, y: &dyn Values, label: &str, steps: bool) -> Figure {
        for (x, y) in crate::plot::values::pairs(x, y) {
            self = self.add(Line { x, y, steps }, label);
        }
        self
    }
}

impl Line {
    fn corners<'a>(&'a self, panel: &'a Panel) -> impl Iterator<Item = Option<Point>> + 'a {
        let places = self.x.iter().zip(&self.y).map(|(&x, &y)| panel.at(x, y));
        let mut held: Option<Point> = None;
        places.flat_map(move |point| {
            let corner = match (held, point) {
                (Some(before), Some(now)) if self.steps => Some(Some((now.0, before.1))),
                _ => None,
            };
            held = point;
            corner.into_iter().chain([point])
        })
    }
}

impl Mark for Line {
    fn extent(&self, log: Log) -> Option<Extent> {
        Extent::of(&self.x, &self.y, log, PAD)
    }

    fn draw(&self, panel: &Panel, slot: u8) {
        for stroke in strokes(self.corners(panel), panel.frame, panel.lines) {
            // A line of one point would be a speck.
            match stroke[..] {
                [point] => panel.canvas.dot(point, Ink::Dot(slot)),
                _ => panel.canvas.line(&stroke, Ink::Line(slot)),
            }
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, slot: u8) {
        let y = rect.middle().1;
        canvas.line(&[(rect.x, y), (rect.right(), y)], Ink::Line(slot));
    }

    fn describe(&self, _names: &[String], log: Log) -> String {
        course(&self.x, &self.y, log)
    }

    fn left_out(&self, log: Log) -> LeftOut {
        LeftOut::of(&self.x, &self.y, log)
    }

    fn lines(&self) -> usize {
        1
    }

    fn end(&self, panel: &Panel) -> Option<Point> {
        let stroke = strokes(self.corners(panel), panel.frame, panel.lines).pop()?;
        stroke.last().copied()
    }
}
