//! A scale of colours, for heat maps and surfaces, and how it is drawn beside them.

use crate::plot::axes::axis::Axis;
use crate::plot::axes::panel::Panel;
use crate::plot::page::canvas::{Anchor, Canvas, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::pixels::{Color, data_url};
use crate::plot::page::space::{EDGE, TICK};
use crate::plot::page::text::number;
use crate::plot::page::words::told;

/// Viridis at nine even places: dark to light for eyes of every kind, and in grey.
const VIRIDIS: [Color; 9] = [
    [68, 1, 84],
    [71, 45, 123],
    [59, 82, 139],
    [44, 114, 142],
    [33, 145, 140],
    [40, 174, 128],
    [94, 201, 98],
    [173, 220, 48],
    [253, 231, 37],
];
/// The place in the palette after the last colour: a value that isn't finite.
pub(crate) const MISSING: u8 = 255;
/// The grey of a missing value; it occurs nowhere on the scale.
const MISSING_COLOR: Color = [160, 160, 160];
/// Width of the scale and its distance from the frame, in pixels.
const SCALE: (f64, f64) = (10.0, 8.0);
/// Height that one of the scale's labels takes, and how many it has at most.
const ROOM: f64 = 30.0;
const MOST_LABELS: usize = 10;

/// Which colour each value has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ColorScale {
    range: (f64, f64),
    axis: Axis,
}

impl ColorScale {
    /// From the lowest to the highest of the finite values; nothing where there are none.
    pub(crate) fn over(values: &[f64]) -> Option<Self> {
        let finite = values.iter().copied().filter(|v| v.is_finite());
        let range = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(lo, hi), v| (lo.min(v), hi.max(v)));
        (range.0 <= range.1).then(|| Self { range, axis: Axis::over(range, (0.0, 0.0), false) })
    }

    /// In words: `from 0 to 3`, and how many values are not finite and shown in grey.
    pub(crate) fn describe(scale: Option<&Self>, values: &[f64]) -> String {
        let Some(Self { range, .. }) = scale else { return told!("no values") };
        let grey = values.iter().filter(|v| !v.is_finite()).count();
        let told = told!("from {} to {}", number(range.0), number(range.1));
        if grey > 0 { told!("{}, {} not finite", told, grey) } else { told }
    }

    /// The value's place in the [`palette`].
    pub(crate) fn color(&self, value: f64) -> u8 {
        self.axis.place(value).map_or(MISSING, |place| (place * f64::from(MISSING - 1)).round() as u8)
    }

    /// Draws the scale to the right of the frame.
    pub(crate) fn draw_beside(&self, panel: &Panel) {
        let frame = panel.frame;
        let bar = Rect { x: frame.right() + SCALE.1, w: SCALE.0, ..frame };
        let ramp: Vec<u8> = (0..MISSING).rev().collect();
        panel.canvas.image(bar, &data_url(1, &ramp, Some(&palette())));
        let scale = &self.axis;
        let ticks = scale.ticks(((frame.h / ROOM) as usize).min(MOST_LABELS));
        for (value, label) in &ticks.major {
            let Some(place) = scale.place(*value) else { continue };
            let y = bar.bottom() - place * bar.h;
            panel.canvas.line(&[(bar.right(), y), (bar.right() + TICK, y)], Ink::Spine);
            panel.canvas.text(label, (bar.right() + 2.0 * TICK, y), Anchor::LEFT, Ink::Tick);
        }
        if !ticks.factor.is_empty() {
            panel.canvas.text(&ticks.factor, (bar.x, bar.y - EDGE), Anchor::LEFT, Ink::Tick);
        }
    }

    /// The width that it takes there.
    pub(crate) fn width(&self) -> f64 {
        // The frame's height, and so the choice of labels, is not known yet: room for the widest of all choices.
        let labels = (1..=MOST_LABELS).map(|room| self.axis.ticks(room).width()).fold(0.0, f64::max);
        SCALE.0 + SCALE.1 + 2.0 * TICK + labels
    }
}

/// All colours side by side, for a legend.
pub(crate) fn draw_sample(canvas: &Canvas, rect: Rect) {
    let ramp: Vec<u8> = (0..MISSING).collect();
    canvas.image(rect, &data_url(ramp.len(), &ramp, Some(&palette())));
}

/// The palette: the scale's colours, then the one for missing values.
pub(crate) fn palette() -> Vec<Color> {
    let last = (VIRIDIS.len() - 1) as f64;
    let mix = |i: u8| {
        let place = f64::from(i) / f64::from(MISSING - 1) * last;
        let from = (place as usize).min(VIRIDIS.len() - 2);
        let part = place - from as f64;
        std::array::from_fn(|c| {
            let (a, b) = (f64::from(VIRIDIS[from][c]), f64::from(VIRIDIS[from + 1][c]));
            (a + part * (b - a)).round() as u8
        })
    };
    (0..MISSING).map(mix).chain([MISSING_COLOR]).collect()
}
