//! Draws a figure: paper, grid, marks, axes, names.

use crate::plot::axes::panel::Panel;
use crate::plot::figure::Figure;
use crate::plot::figure::layout::{Layout, Names, SAMPLE, Share, missing};
use crate::plot::page::canvas::{Anchor, Canvas, Point, Rect};
use crate::plot::page::ink::Ink;
use crate::plot::page::space::{EDGE, TICK, fit, height, width};
use crate::plot::page::steady::is_steady;
use crate::plot::page::theme::{PX_PER_INCH, slots};
use crate::plot::page::words::told;
use plotters::style::text_anchor::{HPos, VPos};

/// Names stand beside the lines' ends only if they take no more than this part of the width,
const BESIDE: f64 = 0.3;
/// the lines end within this part of the frame from its right edge,
const AT_END: f64 = 0.05;
/// and none has to move farther than this from its line, in pixels.
const FARTHEST: f64 = 14.0;

impl Figure {
    /// The figure as an SVG document, with title and description for screen readers.
    ///
    /// The same figure gives the same bytes.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([1, 2, 3], [0.9, 0.5, 0.4]).xlabel("epoch").ylabel("loss");
    /// let svg = figure.to_svg();
    /// assert!(svg.starts_with("<svg") && svg.contains(">epoch<"));
    /// assert_eq!(svg, figure.clone().to_svg());
    /// ```
    pub fn to_svg(&self) -> String {
        let page = Rect { x: 0.0, y: 0.0, w: self.size.0 * PX_PER_INCH, h: self.size.1 * PX_PER_INCH };
        let canvas = Canvas::new(page.w, page.h);
        self.draw(&canvas, page, &Share::default());
        canvas.finish(&self.name(), &self.summary())
    }

    /// A short name for the figure as a whole.
    fn name(&self) -> String {
        match (self.title.as_str(), self.y.label.as_str(), self.x.label.as_str()) {
            ("", "", _) => told!("Figure"),
            ("", y, "") => y.into(),
            ("", y, x) => told!("{} over {}", y, x),
            (title, ..) => title.into(),
        }
    }

    /// Draws the figure inside `page`.
    pub(crate) fn draw(&self, canvas: &Canvas, page: Rect, share: &Share) {
        let slots = self.slots();
        let lines = self.series.iter().map(|s| s.mark.lines()).sum();
        let panel = |layout: &Layout| Panel {
            canvas,
            frame: layout.frame,
            x: layout.x,
            y: layout.y,
            lines,
            names: &self.names,
        };
        let (layout, beside) = match self.beside(page, share, &panel) {
            Some((layout, names)) => (layout, names),
            None => (Layout::new(self, page, share, None), Vec::new()),
        };
        let panel = panel(&layout);
        if !self.is_bare() {
            self.grid(&panel, &layout);
        }
        for (series, &slot) in self.series.iter().zip(&slots) {
            series.mark.draw(&panel, slot);
        }
        if !self.is_bare() {
            self.spines(&panel, &layout, share);
            canvas.axes(panel.frame, [panel.x, panel.y].map(|axis| (axis.lo, axis.hi, axis.log)));
        }
        self.surroundings(canvas, page, &layout, share);
        for (i, y) in beside {
            let at = (layout.frame.right() + 5.0, y);
            let ink = if self.series[i].mark.colored() { Ink::Name(slots[i]) } else { Ink::Note };
            canvas.text(&self.series[i].label, at, Anchor::LEFT, ink);
        }
        if self.extent().is_none() {
            canvas.text(&told!("no data"), layout.frame.middle(), Anchor::CENTER, Ink::Note);
        }
    }

    /// The place of each series in the fixed order of colours.
    fn slots(&self) -> Vec<u8> {
        let colored: Vec<&str> = self.series.iter().filter(|s| s.mark.colored()).map(|s| s.label.as_str()).collect();
        let mut slots = slots(&colored).into_iter();
        self.series.iter().map(|s| if s.mark.colored() { slots.next().unwrap_or(0) } else { 0 }).collect()
    }

    /// A layout with the names at the lines' ends, and the height of each; nothing if they don't fit there.
    fn beside<'a>(
        &self,
        page: Rect,
        share: &Share,
        panel: &impl Fn(&Layout) -> Panel<'a>,
    ) -> Option<(Layout, Vec<(usize, f64)>)> {
        if share.names != Names::Free || is_steady() {
            return None;
        }
        let named = || self.series.iter().enumerate().filter(|(_, s)| !s.label.is_empty());
        let widest = named().map(|(_, s)| width(&s.label, Ink::Label)).fold(0.0, f64::max);
        if widest == 0.0 || widest > BESIDE * page.w {
            return None;
        }
        let layout = Layout::new(self, page, share, Some(widest + 5.0));
        let panel = panel(&layout);
        let mut ends: Vec<(usize, f64)> = Vec::new();
        for (i, series) in named() {
            let (x, y) = series.mark.end(&panel)?;
            if x < layout.frame.right() - AT_END * layout.frame.w {
                return None;
            }
            ends.push((i, y));
        }
        ends.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let wanted: Vec<f64> = ends.iter().map(|e| e.1).collect();
        let half = height(Ink::Label) / 2.0;
        // Below the frame stand the ticks' labels, the last of which reaches beyond its right edge.
        let lowest = layout.frame.bottom() + if self.is_bare() { 0.0 } else { TICK } - half;
        let places = spread(&wanted, 2.0 * half, (page.y + EDGE + half + layout.title, lowest));
        let far = wanted.iter().zip(&places).any(|(a, b)| (a - b).abs() > FARTHEST);
        (!far).then(|| (layout, ends.iter().map(|e| e.0).zip(places).collect()))
    }

    fn grid(&self, panel: &Panel, layout: &Layout) {
        let Rect { x: left, y: top, .. } = panel.frame;
        let (right, bottom) = (panel.frame.right(), panel.frame.bottom());
        let across = |value: f64, ink: Ink| {
            if let Some(y) = panel.y.place(value).map(|place| bottom - place * panel.frame.h) {
                panel.canvas.line(&[(left, y), (right, y)], ink);
            }
        };
        let upward = |value: f64, ink: Ink| {
            if let Some(x) = panel.x.place(value).map(|place| left + place * panel.frame.w) {
                panel.canvas.line(&[(x, top), (x, bottom)], ink);
            }
        };
        layout.x_ticks.minor.iter().for_each(|&v| upward(v, Ink::Minor));
        layout.y_ticks.minor.iter().for_each(|&v| across(v, Ink::Minor));
        layout.x_ticks.major.iter().for_each(|t| upward(t.0, Ink::Grid));
        layout.y_ticks.major.iter().for_each(|t| across(t.0, Ink::Grid));
    }

    /// The two axis lines with tick marks and numbers.
    fn spines(&self, panel: &Panel, layout: &Layout, share: &Share) {
        let (canvas, frame) = (panel.canvas, panel.frame);
        let corner = (frame.x, frame.bottom());
        canvas.line(&[(frame.x, frame.y), corner, (frame.right(), frame.bottom())], Ink::Spine);
        let x_places: Vec<f64> =
            layout.x_ticks.major.iter().filter_map(|t| panel.x.place(t.0)).map(|p| frame.x + p * frame.w).collect();
        let y_places: Vec<f64> =
            layout.y_ticks.major.iter().filter_map(|t| panel.y.place(t.0)).map(|p| corner.1 - p * frame.h).collect();
        for &x in &x_places {
            canvas.line(&[(x, corner.1), (x, corner.1 + TICK)], Ink::Spine);
        }
        for &y in &y_places {
            canvas.line(&[(corner.0 - TICK, y), (corner.0, y)], Ink::Spine);
        }
        if !share.hide_x {
            for (x, (_, label)) in x_places.iter().zip(&layout.x_ticks.major) {
                let anchor = if layout.upright { Anchor(HPos::Right, VPos::Center, true) } else { Anchor::BELOW };
                let room = if layout.upright { layout.tick_height - TICK } else { f64::INFINITY };
                let y = corner.1 + if layout.upright { 2.0 * TICK } else { TICK + 1.0 };
                canvas.text(&fit(label, Ink::Tick, room), (*x, y), anchor, Ink::Tick);
            }
        }
        if !share.hide_y {
            for (y, (_, label)) in y_places.iter().zip(&layout.y_ticks.major) {
                canvas.text(label, (corner.0 - 2.0 * TICK + 1.0, *y), Anchor::RIGHT, Ink::Tick);
            }
            let above = (corner.0 - TICK, frame.y - height(Ink::Tick) / 2.0);
            if !layout.y_ticks.factor.is_empty() {
                canvas.text(&layout.y_ticks.factor, above, Anchor::LEFT, Ink::Tick);
            }
        }
    }

    /// Title, legend, axis labels and notes.
    fn surroundings(&self, canvas: &Canvas, page: Rect, layout: &Layout, share: &Share) {
        let frame = layout.frame;
        let text = |text: &str, at: Point, anchor: Anchor, ink: Ink, room: f64| {
            if !text.is_empty() {
                canvas.text(&fit(text, ink, room), at, anchor, ink);
            }
        };
        let left = page.x + EDGE;
        let room = page.w - 2.0 * EDGE;
        // The title stands over the frame; a long one begins at the page's edge.
        let over = if width(&self.title, Ink::Title) <= page.right() - EDGE - frame.x { frame.x } else { left };
        text(&self.title, (over, page.y + EDGE + layout.title / 2.0), Anchor::LEFT, Ink::Title, room);

        let right = page.right() - EDGE;
        let from = if self.legend_width(&layout.legend) <= right - frame.x { frame.x } else { left };
        self.draw_legend(canvas, &layout.legend, (from, page.y + EDGE + layout.title), right);
        let mut bottom = page.bottom() - EDGE;
        if let Some(note) = self.left_out() {
            if layout.note > 0.0 {
                text(&note, (frame.right(), bottom - layout.note / 2.0), Anchor::RIGHT, Ink::Note, room);
            } else {
                text(&note, (left, bottom - height(Ink::Label) / 2.0), Anchor::LEFT, Ink::Note, room);
            }
            bottom -= layout.note;
        }
        let x_label = match (self.x.label.as_str(), layout.x_ticks.factor.as_str()) {
            (label, "") => label.to_owned(),
            ("", factor) => factor.to_owned(),
            (label, factor) => told!("{} ({})", label, factor),
        };
        if !share.hide_x && !self.is_bare() {
            let y = bottom - height(Ink::Label) / 2.0;
            text(&x_label, (frame.middle().0, y), Anchor::CENTER, Ink::Label, room);
        }
        if !share.hide_y && !self.is_bare() {
            let x = left + height(Ink::Label) / 2.0;
            text(&self.y.label, (x, frame.middle().1), Anchor::UPWARDS, Ink::Label, page.h - 2.0 * EDGE);
        }
    }
}

impl Figure {
    /// Width of the widest row of a legend.
    pub(crate) fn legend_width(&self, rows: &[Vec<(usize, f64)>]) -> f64 {
        let ends = rows.iter().filter_map(|row| row.last());
        ends.map(|&(i, at)| at + SAMPLE.0 + SAMPLE.1 + width(&self.series[i].label, Ink::Label)).fold(0.0, f64::max)
    }

    /// Draws a legend's rows down from `at`, no farther than `right`.
    pub(crate) fn draw_legend(&self, canvas: &Canvas, rows: &[Vec<(usize, f64)>], at: Point, right: f64) {
        let slots = self.slots();
        let row_height = height(Ink::Label);
        for (r, row) in rows.iter().enumerate() {
            let y = at.1 + (r as f64 + 0.5) * row_height;
            for &(i, offset) in row {
                let series = &self.series[i];
                let sample = Rect { x: at.0 + offset, y: y - 4.0, w: SAMPLE.0, h: 8.0 };
                series.mark.sample(canvas, sample, slots[i]);
                let x = sample.right() + SAMPLE.1;
                canvas.text(&fit(&series.label, Ink::Label, right - x), (x, y), Anchor::LEFT, Ink::Label);
            }
            let missing = missing(self, rows);
            if r + 1 == rows.len() && !missing.is_empty() {
                canvas.text(&missing, (right, y), Anchor::RIGHT, Ink::Note);
            }
        }
    }
}

/// Moves `wanted` (ascending) apart to at least `gap`, each as little as can be, inside `within`.
fn spread(wanted: &[f64], gap: f64, within: (f64, f64)) -> Vec<f64> {
    // Groups of labels that touch: how many, and the mean of where their first would like to stand.
    let mut groups: Vec<(usize, f64)> = Vec::new();
    for &want in wanted {
        let mut group = (1, want);
        while let Some(&(n, first)) = groups.last() {
            if first + n as f64 * gap <= group.1 {
                break;
            }
            groups.pop();
            let total = n + group.0;
            let mean = (first * n as f64 + (group.1 - n as f64 * gap) * group.0 as f64) / total as f64;
            group = (total, mean);
        }
        let highest = within.1 - (group.0 - 1) as f64 * gap;
        groups.push((group.0, group.1.clamp(within.0, highest.max(within.0))));
    }
    groups.into_iter().flat_map(|(n, first)| (0..n).map(move |i| first + i as f64 * gap)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_move_apart_as_little_as_they_must() {
        assert_eq!(spread(&[10.0, 50.0], 12.0, (0.0, 100.0)), [10.0, 50.0]);
        assert_eq!(spread(&[50.0, 50.0], 12.0, (0.0, 100.0)), [44.0, 56.0]);
        assert_eq!(spread(&[20.0, 21.0, 25.0], 12.0, (0.0, 100.0)), [10.0, 22.0, 34.0]);
        let low = spread(&[99.0, 99.0], 12.0, (0.0, 100.0));
        assert!(low[1] <= 100.0 && low[1] - low[0] >= 12.0);
    }
}
