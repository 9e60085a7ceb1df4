//! Thin lines at a value to compare with.

use crate::plot::axes::panel::{Log, Panel};
use crate::plot::figure::Figure;
use crate::plot::figure::mark::{Extent, LeftOut, Mark};
use crate::plot::page::canvas::{Canvas, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
use crate::plot::page::words::told;
use crate::plot::values::Number;

#[derive(Debug)]
enum Reference {
    /// At a value of y, across the frame.
    Across(f64),
    /// At a value of x, up the frame.
    Up(f64),
}

impl Figure {
    /// Adds a thin horizontal line at `y` to compare with, named `label` (`""` for no name).
    ///
    /// ```
    /// # use dlnotes::plot::plot;
    /// let figure = plot([0, 1], [0.1, 0.2]).hline(0.25, "the most that σ′ can be");
    /// assert!(figure.summary().ends_with("the most that σ′ can be is at y = 0.25."));
    /// ```
    pub fn hline(self, y: impl Number, label: &str) -> Figure {
        self.reference(Reference::Across(y.to_f64()), label)
    }

    /// Adds a thin vertical line at `x` to compare with, named `label` (`""` for no name).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([1, 5, 10], [0.9, 0.3, 0.5]).vline(5, "best epoch");
    /// assert!(figure.summary().ends_with("best epoch is at x = 5."));
    /// ```
    pub fn vline(self, x: impl Number, label: &str) -> Figure {
        self.reference(Reference::Up(x.to_f64()), label)
    }

    fn reference(self, reference: Reference, label: &str) -> Figure {
        self.add(reference, label)
    }
}

impl Mark for Reference {
    fn extent(&self, log: Log) -> Option<Extent> {
        let (Reference::Across(value) | Reference::Up(value)) = *self;
        let own = match self {
            Reference::Across(_) => Log { x: false, ..log },
            Reference::Up(_) => Log { y: false, ..log },
        };
        let mut extent = Extent::of(&[value], &[value], own, [0.0; 4])?;
        // Nothing of the other axis: a range that any other widens.
        let nothing = (f64::INFINITY, f64::NEG_INFINITY);
        match self {
            Reference::Across(_) => extent.x = nothing,
            Reference::Up(_) => extent.y = nothing,
        }
        Some(extent)
    }

    fn draw(&self, panel: &Panel, _slot: u8) {
        let frame = panel.frame;
        let inside = |place: &f64| (0.0..=1.0).contains(place);
        match *self {
            Reference::Across(y) => {
                if let Some(place) = panel.y.place(y).filter(inside) {
                    let y = frame.bottom() - place * frame.h;
                    panel.canvas.line(&[(frame.x, y), (frame.right(), y)], Ink::Reference);
                }
            }
            Reference::Up(x) => {
                if let Some(place) = panel.x.place(x).filter(inside) {
                    let x = frame.x + place * frame.w;
                    panel.canvas.line(&[(x, frame.bottom()), (x, frame.y)], Ink::Reference);
                }
            }
        }
    }

    fn sample(&self, canvas: &Canvas, rect: Rect, _slot: u8) {
        let y = rect.middle().1;
        canvas.line(&[(rect.x, y), (rect.right(), y)], Ink::Reference);
    }

    fn describe(&self, _names: &[String], _log: Log) -> String {
        match *self {
            Reference::Across(y) => told!("is at y = {}", number(y)),
            Reference::Up(x) => told!("is at x = {}", number(x)),
        }
    }

    fn left_out(&self, log: Log) -> LeftOut {
        match *self {
            Reference::Across(y) => LeftOut::of(&[1.0], &[y], log),
            Reference::Up(x) => LeftOut::of(&[x], &[1.0], log),
        }
    }

    fn colored(&self) -> bool {
        false
    }

    fn end(&self, panel: &Panel) -> Option<Point> {
        let Reference::Across(y) = *self else { return None };
        let place = panel.y.place(y).filter(|place| (0.0..=1.0).contains(place))?;
        Some((panel.frame.right(), panel.frame.bottom() - place * panel.frame.h))
    }
}
