//! Where parallel axes stand, and how they are drawn.

use super::Parallel;
use crate::plot::axes::axis::Ticks;
use crate::plot::axes::panel::Panel;
use crate::plot::page::canvas::{Anchor, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::space::{EDGE, TICK, fit, height, width};
use crate::plot::page::theme::SHADES;
use crate::plot::page::words::told;

/// Width of the scale of colours, in pixels.
const SCALE: f64 = 9.0;
/// Height that a label takes along an axis.
const ROOM: f64 = 30.0;
/// Where lines end that have no value, as a part of the height.
const FOOT: f64 = 0.1;

/// Where the axes stand.
pub(super) struct Places {
    x: Vec<f64>,
    top: f64,
    bottom: f64,
    /// The foot of the last axis, which is higher where some lines end without a value.
    foot: f64,
}

impl Places {
    /// From the top to the foot of an axis, in pixels.
    pub(super) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    fn span(&self, column: usize) -> (f64, f64) {
        (self.top, if column + 1 == self.x.len() { self.foot } else { self.bottom })
    }

    fn y(&self, column: usize, place: f64) -> f64 {
        let (top, bottom) = self.span(column);
        bottom - place * (bottom - top)
    }
}

impl Parallel {
    /// Numbers at an axis of so many pixels.
    fn ticks(&self, column: usize, pixels: f64) -> Vec<(f64, String)> {
        match (&self.columns[column].stops, self.axes[column]) {
            (Some(stops), _) => {
                let every = stops.len().div_ceil((pixels / height(Ink::Tick)).max(1.0) as usize).max(1);
                stops.iter().step_by(every).cloned().collect()
            }
            (None, Some(axis)) => {
                let Ticks { major, factor, .. } = axis.ticks((pixels / ROOM) as usize);
                let label = |label: String| if factor.is_empty() { label } else { format!("{label}{factor}") };
                major.into_iter().map(|(value, text)| (value, label(text))).collect()
            }
            (None, None) => Vec::new(),
        }
    }

    pub(super) fn places(&self, panel: &Panel) -> Places {
        let frame = panel.frame;
        let last = self.columns.len() - 1;
        let (top, bottom) = (frame.y + height(Ink::Label) + EDGE, frame.bottom() - height(Ink::Tick) / 2.0);
        let foot = if self.has_missing() { bottom - FOOT * (bottom - top) } else { bottom };
        let widest = |column: usize, pixels: f64| {
            let labels = self.ticks(column, pixels).into_iter().map(|(_, label)| width(&label, Ink::Tick));
            labels.fold(0.0, f64::max)
        };
        let name = |column: usize| panel.names.get(column).map_or(0.0, |name| width(name, Ink::Label));
        let missing = if self.has_missing() { width(&told!("not finite"), Ink::Tick) } else { 0.0 };
        // Half of a name stands on either side of its axis, as far as there is room.
        let most = frame.w / (2.0 * self.columns.len() as f64);
        let left = if last == 0 { 0.0 } else { 2.0 * TICK + widest(0, bottom - top) }.max((name(0) / 2.0).min(most));
        let right = SCALE + 2.0 * TICK + widest(last, foot - top).max(missing);
        let right = right.max((name(last) / 2.0).min(most));
        let across = (frame.w - left - right).max(1.0);
        let x = (0..=last).map(|i| frame.x + left + across * i as f64 / last.max(1) as f64).collect();
        Places { x, top, bottom, foot }
    }

    /// The strokes of a row: several where a value has no place.
    pub(super) fn points(&self, places: &Places, beside: &[Vec<f64>], row: usize) -> Vec<Vec<Point>> {
        let mut strokes: Vec<Vec<Point>> = vec![Vec::new()];
        let last = self.columns.len() - 1;
        for (i, column) in self.columns.iter().enumerate() {
            let value = column.values[row];
            let y = match self.place(i, value) {
                Some(place) => Some(places.y(i, place) - beside[i][row]),
                None if i == last => Some(places.bottom),
                None => None,
            };
            match (y, strokes.last_mut()) {
                (Some(y), Some(stroke)) => stroke.push((places.x[i], y)),
                _ => strokes.push(Vec::new()),
            }
        }
        strokes.retain(|stroke| !stroke.is_empty());
        strokes
    }

    pub(super) fn draw_axis(&self, panel: &Panel, places: &Places, column: usize) {
        let (canvas, x, (top, bottom)) = (panel.canvas, places.x[column], places.span(column));
        let is_last = column + 1 == self.columns.len();
        if is_last {
            let step = (bottom - top) / f64::from(SHADES);
            for i in 0..SHADES {
                let y = bottom - f64::from(i + 1) * step;
                let shade = if self.maximize { SHADES - 1 - i } else { i };
                canvas.rect(Rect { x, y, w: SCALE, h: step }, Ink::Ramp(shade));
            }
            if self.has_missing() {
                let at = (x + SCALE + 2.0 * TICK, places.bottom);
                canvas.text(&told!("not finite"), at, Anchor::LEFT, Ink::Over);
            }
        } else {
            canvas.line(&[(x, top), (x, bottom)], Ink::Spine);
        }
        for (value, label) in self.ticks(column, bottom - top) {
            let Some(y) = self.place(column, value).map(|place| places.y(column, place)) else { continue };
            let (from, to, at, anchor) = if is_last {
                (x + SCALE, x + SCALE + TICK, x + SCALE + 2.0 * TICK, Anchor::LEFT)
            } else {
                (x - TICK, x, x - 2.0 * TICK, Anchor::RIGHT)
            };
            canvas.line(&[(from, y), (to, y)], Ink::Spine);
            canvas.text(&label, (at, y), anchor, Ink::Over);
        }
        let room = panel.frame.w / self.columns.len() as f64 - EDGE;
        let name = panel.names.get(column).map_or("", String::as_str);
        canvas.text(
            &fit(name, Ink::Label, room),
            (x, panel.frame.y + height(Ink::Label) / 2.0),
            Anchor::CENTER,
            Ink::Label,
        );
    }
}
