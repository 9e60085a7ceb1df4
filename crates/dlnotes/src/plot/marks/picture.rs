//! A grid of colours in a frame: the cells that lie inside it, the right way round.

use crate::plot::axes::panel::Panel;
use crate::plot::marks::colors::palette;
use crate::plot::page::canvas::{Point, Rect};
use crate::plot::page::pixels::data_url;

/// How cells meet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cells {
    /// Each in one colour.
    Sharp,
    /// Colours that pass into one another.
    Smooth,
}

/// Draws `pixels` (places in the palette, row by row) so that the grid's first corner lies at `first` and the opposite
/// one at `last`, wherever on the page they are; what lies outside the frame is cut off.
pub(crate) fn draw(panel: &Panel, first: Point, last: Point, columns: usize, pixels: &[u8], cells: Cells) {
    if pixels.is_empty() {
        return;
    }
    let rows = pixels.len() / columns;
    let frame = panel.frame;
    let across = side((first.0, last.0), columns, (frame.x, frame.right()), cells);
    let down = side((first.1, last.1), rows, (frame.y, frame.bottom()), cells);
    let (Some(across), Some(down)) = (across, down) else { return };
    let mut shown = Vec::with_capacity(across.len * down.len);
    for row in down.cells() {
        shown.extend(across.cells().map(|column| pixels[row * columns + column]));
    }
    let picture = data_url(across.len, &shown, Some(&palette()));
    let rect = Rect { x: across.from, y: down.from, w: across.to - across.from, h: down.to - down.from };
    let over = 0.05;
    let inside = rect.x >= frame.x - over
        && rect.right() <= frame.right() + over
        && rect.y >= frame.y - over
        && rect.bottom() <= frame.bottom() + over;
    match (inside, cells) {
        (true, Cells::Sharp) => panel.canvas.image(rect, &picture),
        (true, Cells::Smooth) => panel.canvas.smooth_image(rect, &picture),
        (false, _) => panel.canvas.cut_image(rect, frame, &picture, cells == Cells::Smooth),
    }
}

/// The cells along one side that are shown, and where they begin and end on the page.
struct Side {
    first: usize,
    len: usize,
    backwards: bool,
    from: f64,
    to: f64,
}

impl Side {
    /// In the order in which they stand on the page.
    fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.len).map(|i| if self.backwards { self.first + self.len - 1 - i } else { self.first + i })
    }
}

/// `count` cells between two `ends`, of which those are kept that meet the stretch `within`; smooth cells need their
/// neighbours too.
fn side(ends: (f64, f64), count: usize, within: (f64, f64), cells: Cells) -> Option<Side> {
    let backwards = ends.1 < ends.0;
    let (from, to) = (ends.0.min(ends.1), ends.0.max(ends.1));
    let size = (to - from) / count as f64;
    // Not `<=`: ends that are not numbers are none either.
    if !(size > 0.0 && to > within.0 && from < within.1) {
        return None;
    }
    let margin = if cells == Cells::Smooth { 1.0 } else { 0.0 };
    let begin = (((within.0 - from) / size).floor() - margin).clamp(0.0, count as f64 - 1.0) as usize;
    let end = (((within.1 - from) / size - 1e-9).ceil() + margin).clamp(begin as f64 + 1.0, count as f64) as usize;
    let len = end - begin;
    let (mut start, mut stop) = (from + begin as f64 * size, from + end as f64 * size);
    if len == 1 {
        // One colour: no farther than it is seen, for a cell may be very much larger than the page.
        (start, stop) = (start.max(within.0), stop.min(within.1));
    }
    let first = if backwards { count - end } else { begin };
    Some(Side { first, len, backwards, from: start, to: stop })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(ends: (f64, f64), within: (f64, f64)) -> Option<(Vec<usize>, f64, f64)> {
        let side = side(ends, 4, within, Cells::Sharp)?;
        Some((side.cells().collect(), side.from, side.to))
    }

    #[test]
    fn only_cells_inside_are_kept_in_the_order_of_the_page() {
        assert_eq!(shown((0.0, 40.0), (0.0, 40.0)), Some((vec![0, 1, 2, 3], 0.0, 40.0)));
        assert_eq!(shown((40.0, 0.0), (0.0, 40.0)), Some((vec![3, 2, 1, 0], 0.0, 40.0)));
        assert_eq!(shown((0.0, 40.0), (12.0, 25.0)), Some((vec![1, 2], 10.0, 30.0)));
        assert_eq!(shown((40.0, 0.0), (12.0, 25.0)), Some((vec![2, 1], 10.0, 30.0)));
        assert_eq!(shown((0.0, 4e9), (1.0, 2.0)), Some((vec![0], 1.0, 2.0)));
        assert_eq!(shown((0.0, 40.0), (50.0, 60.0)), None);
        assert_eq!(shown((f64::NAN, 40.0), (0.0, 40.0)), None);
    }
}
