//! From data to the strokes of a line: gaps at missing values, clipping at the limits, thinning to what can be seen.

use crate::plot::page::canvas::{Point, Rect};

/// Most points that the lines of one figure have together: at seven bytes each, the most that noise takes, they keep it within 15 KB.
const MOST_POINTS: usize = 1600;
/// Each line gets at least this many, however many lines there are.
const FEWEST_POINTS: usize = 120;

/// Cuts `points` (nothing where a value is missing) into the strokes that are visible inside `frame`.
///
/// `lines` is the number of lines that share the figure's budget.
pub(crate) fn strokes(points: impl Iterator<Item = Option<Point>>, frame: Rect, lines: usize) -> Vec<Vec<Point>> {
    let mut strokes: Vec<Vec<Point>> = Vec::new();
    let mut last: Option<Point> = None;
    // Whether the stroke goes on from `last`, and whether `last` was drawn at all.
    let (mut going, mut lone) = (false, false);
    for point in points {
        match (last, point) {
            (Some(a), Some(b)) => {
                lone = false;
                match clip(a, b, frame) {
                    Some((from, to)) => {
                        if !(going && from == a) {
                            strokes.push(vec![from]);
                        }
                        if let Some(stroke) = strokes.last_mut() {
                            stroke.push(to);
                        }
                        going = to == b;
                    }
                    None => going = false,
                }
            }
            (None, Some(_)) => (going, lone) = (false, true),
            (Some(a), None) if lone && contains(frame, a) => strokes.push(vec![a]),
            _ => {}
        }
        last = point;
    }
    if let (Some(a), true) = (last, lone)
        && contains(frame, a)
    {
        strokes.push(vec![a]);
    }
    let budget = (MOST_POINTS / lines.max(1)).max(FEWEST_POINTS);
    if strokes.iter().map(Vec::len).sum::<usize>() > budget {
        let column = frame.w * 4.0 / budget as f64;
        for stroke in &mut strokes {
            *stroke = thin(stroke, column);
        }
    }
    strokes
}

fn contains(frame: Rect, (x, y): Point) -> bool {
    (frame.x..=frame.right()).contains(&x) && (frame.y..=frame.bottom()).contains(&y)
}

/// The part of the segment `a`–`b` inside `frame` (Liang and Barsky).
fn clip(a: Point, b: Point, frame: Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let sides = [(-dx, a.0 - frame.x), (dx, frame.right() - a.0), (-dy, a.1 - frame.y), (dy, frame.bottom() - a.1)];
    for (toward, room) in sides {
        if toward == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if toward < 0.0 {
            enter = enter.max(room / toward);
        } else {
            leave = leave.min(room / toward);
        }
    }
    let at = |t: f64| (a.0 + t * dx, a.1 + t * dy);
    let end = if leave >= 1.0 { b } else { at(leave) };
    (enter <= leave).then(|| (if enter <= 0.0 { a } else { at(enter) }, end))
}

/// The part of the area with these corners inside `frame` (Sutherland and Hodgman: one side of the frame after the other).
pub(crate) fn clip_area(mut corners: Vec<Point>, frame: Rect) -> Vec<Point> {
    // How far inside of each side a point lies.
    let sides: [&dyn Fn(Point) -> f64; 4] =
        [&|p| p.0 - frame.x, &|p| frame.right() - p.0, &|p| p.1 - frame.y, &|p| frame.bottom() - p.1];
    for inside in sides {
        let mut kept = Vec::with_capacity(corners.len() + 4);
        for (i, &b) in corners.iter().enumerate() {
            let a = corners[if i == 0 { corners.len() - 1 } else { i - 1 }];
            let (from, to) = (inside(a), inside(b));
            if (from < 0.0) != (to < 0.0) {
                let part = from / (from - to);
                kept.push((a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1)));
            }
            if to >= 0.0 {
                kept.push(b);
            }
        }
        corners = kept;
    }
    corners
}

/// Keeps the first, lowest, highest and last point of each column of `width` pixels: the drawn shape stays the same.
fn thin(stroke: &[Point], width: f64) -> Vec<Point> {
    let column = |p: &Point| (p.0 / width).floor();
    let mut kept = Vec::new();
    for group in stroke.chunk_by(|a, b| column(a) == column(b)) {
        let by_height = |&a: &usize, &b: &usize| group[a].1.total_cmp(&group[b].1);
        let lowest = (0..group.len()).min_by(by_height).unwrap_or(0);
        let highest = (0..group.len()).max_by(by_height).unwrap_or(0);
        let mut chosen = [0, lowest, highest, group.len() - 1];
        chosen.sort_unstable();
        let mut previous = None;
        for i in chosen {
            if previous != Some(i) {
                kept.push(group[i]);
            }
            previous = Some(i);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Rect = Rect { x: 0.0, y: 0.0, w: 100.0, h: 50.0 };

    #[test]
    fn a_missing_value_breaks_the_line_and_a_lone_point_stays() {
        let points = [Some((0.0, 1.0)), Some((1.0, 1.0)), None, Some((5.0, 5.0)), None, Some((7.0, 7.0))];
        let strokes = strokes(points.into_iter(), FRAME, 1);
        assert_eq!(strokes, [vec![(0.0, 1.0), (1.0, 1.0)], vec![(5.0, 5.0)], vec![(7.0, 7.0)]]);
    }

    #[test]
    fn nothing_leaves_the_frame_and_what_passes_through_is_kept() {
        let points = [(-50.0, 25.0), (150.0, 25.0), (150.0, 500.0), (50.0, -25.0), (50.0, 75.0)].map(Some);
        let strokes = strokes(points.into_iter(), FRAME, 1);
        assert_eq!(strokes[0], [(0.0, 25.0), (100.0, 25.0)]);
        assert_eq!(strokes.last(), Some(&vec![(50.0, 0.0), (50.0, 50.0)]));
        assert!(strokes.iter().flatten().all(|&p| contains(FRAME, p)));
    }

    #[test]
    fn an_area_is_cut_where_its_edges_cross_the_frame() {
        let whole = vec![(10.0, 10.0), (20.0, 10.0), (20.0, 20.0)];
        assert_eq!(clip_area(whole.clone(), FRAME), whole);
        let cut = clip_area(vec![(0.0, 0.0), (200.0, 0.0), (0.0, 100.0)], FRAME);
        assert!(cut.iter().all(|&p| contains(FRAME, p)));
        assert!(cut.contains(&(100.0, 50.0)), "the slanted edge passes through the corner: {cut:?}");
        assert_eq!(clip_area(vec![(-5.0, 0.0), (-1.0, 9.0), (-2.0, 3.0)], FRAME), []);
    }

    #[test]
    fn a_million_points_become_few_and_keep_their_peaks() {
        let n = 1_000_000;
        let points = (0..n).map(|i| {
            let y = if i == 123_456 { 1.0 } else { 20.0 + (i % 7) as f64 };
            Some((100.0 * i as f64 / n as f64, y))
        });
        let strokes = strokes(points, FRAME, 1);
        let count: usize = strokes.iter().map(Vec::len).sum();
        assert!(count <= MOST_POINTS + 4, "{count}");
        assert!(strokes.iter().flatten().any(|p| p.1 == 1.0));
    }
}
