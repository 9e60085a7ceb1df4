//! Points that nobody would miss: those on the straight line between their neighbours.

use crate::plot::page::canvas::Point;

/// So far from a line may lie what is left out, in pixels: half the distance of two places that an SVG can tell apart.
const UNSEEN: f64 = 0.05;

/// The ends of `points`, and of those between them as many as keep all within [`UNSEEN`] of what is drawn (Douglas and
/// Peucker).
pub(crate) fn straightened(points: &[Point]) -> Vec<Point> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut kept = vec![false; points.len()];
    let last = points.len() - 1;
    (kept[0], kept[last]) = (true, true);
    // Stretches between two points that stay.
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let far = |i: &usize| distance(points[*i], points[from], points[to]);
        let farthest = (from + 1..to).map(|i| (i, far(&i))).max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, _)) = farthest.filter(|(_, far)| *far > UNSEEN) {
            kept[i] = true;
            open.extend([(from, i), (i, to)]);
        }
    }
    points.iter().zip(kept).filter(|(_, kept)| *kept).map(|(point, _)| *point).collect()
}

/// How far `p` lies from the segment between `a` and `b`.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { (((p.0 - a.0) * dx + (p.1 - a.1) * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
    (p.0 - a.0 - along * dx).hypot(p.1 - a.1 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_stay_and_what_lies_between_them_goes() {
        let line: Vec<Point> = (0..=100).map(|i: i32| (f64::from(i), f64::from((i - 50).abs()))).collect();
        assert_eq!(straightened(&line), [(0.0, 50.0), (50.0, 0.0), (100.0, 50.0)]);
        let back = [(0.0, 0.0), (9.0, 0.0), (3.0, 0.0)];
        assert_eq!(straightened(&back), back, "what turns back on itself is drawn farther out");
    }

    #[test]
    fn a_curve_keeps_its_place() {
        let curve: Vec<Point> = (0..1000).map(|i| f64::from(i) / 5.0).map(|x| (x, 60.0 * (x / 20.0).sin())).collect();
        let kept = straightened(&curve);
        assert!((20..120).contains(&kept.len()), "{}", kept.len());
        for &point in &curve {
            let nearest = kept.windows(2).map(|ends| distance(point, ends[0], ends[1])).fold(f64::INFINITY, f64::min);
            assert!(nearest <= UNSEEN, "{point:?} is {nearest} away");
        }
        let circle: Vec<Point> =
            (0..=360).map(|i| f64::from(i).to_radians()).map(|t| (50.0 * t.cos(), 50.0 * t.sin())).collect();
        assert!(straightened(&circle).len() > 40, "a line that ends where it begins");
    }
}
