//! Lines of equal height over a grid of values (marching squares).

use std::collections::HashMap;

/// How many lines.
const LINES: usize = 12;

/// Heights that have equal parts of the values between them: even steps would all lie on one steep side.
pub(crate) fn levels(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return Vec::new();
    }
    let mut levels: Vec<f64> = (1..=LINES).map(|i| sorted[(i * (sorted.len() - 1)) / (LINES + 1)]).collect();
    levels.dedup();
    levels
}

/// A side of a cell that a line crosses: the column and row of its first corner, and whether it goes up.
type Side = (usize, usize, bool);

/// The lines at height `level`, as (column, row) places; closed ones end where they begin. A cell with a missing corner
/// has none.
pub(crate) fn contour(values: &[f64], columns: usize, level: f64) -> Vec<Vec<(f64, f64)>> {
    let rows = values.len() / columns;
    let value = |(column, row): (usize, usize)| values[row * columns + column];
    let mut next: HashMap<Side, Vec<Side>> = HashMap::new();
    let mut sides: Vec<Side> = Vec::new();
    for row in 0..rows - 1 {
        for column in 0..columns - 1 {
            let corners = [(column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1)].map(value);
            if !corners.iter().all(|v| v.is_finite()) {
                continue;
            }
            let above = corners.map(|v| v > level);
            let edge: [Side; 4] =
                [(column, row, false), (column + 1, row, true), (column, row + 1, false), (column, row, true)];
            let crossed: Vec<Side> = (0..4).filter(|&i| above[i] != above[(i + 1) % 4]).map(|i| edge[i]).collect();
            let pairs: Vec<(Side, Side)> = match crossed[..] {
                [a, b] => vec![(a, b)],
                // A saddle: the middle tells which corners are connected.
                [a, b, c, d] => {
                    let middle = corners.iter().sum::<f64>() / 4.0 > level;
                    if middle == above[0] { vec![(a, b), (c, d)] } else { vec![(d, a), (b, c)] }
                }
                _ => Vec::new(),
            };
            for (a, b) in pairs {
                for (from, to) in [(a, b), (b, a)] {
                    let known = next.entry(from).or_default();
                    if known.is_empty() {
                        sides.push(from);
                    }
                    known.push(to);
                }
            }
        }
    }
    let place = |(column, row, up): Side| {
        let (a, b) = (value((column, row)), value(if up { (column, row + 1) } else { (column + 1, row) }));
        let part = (level - a) / (b - a);
        if up { (column as f64, row as f64 + part) } else { (column as f64 + part, row as f64) }
    };
    // Open lines first, from their ends; what is left is closed.
    let mut lines = Vec::new();
    let starts: Vec<Side> = sides.iter().copied().filter(|side| next[side].len() == 1).collect();
    for start in starts.into_iter().chain(sides) {
        let mut line = vec![place(start)];
        let mut at = start;
        while let Some(to) = next.get_mut(&at).and_then(Vec::pop) {
            if let Some(back) = next.get_mut(&to) {
                back.retain(|&side| side != at);
            }
            line.push(place(to));
            at = to;
        }
        if line.len() > 1 {
            lines.push(line);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// x² + y² over −2..2 in steps of 0.1.
    fn bowl() -> Vec<f64> {
        (0..41 * 41)
            .map(|i| (f64::from(i % 41) / 10.0 - 2.0).powi(2) + (f64::from(i / 41) / 10.0 - 2.0).powi(2))
            .collect()
    }

    #[test]
    fn a_bowl_has_one_round_line_at_each_height() {
        for level in [0.5, 1.0, 3.0] {
            let lines = contour(&bowl(), 41, level);
            assert_eq!(lines.len(), 1);
            assert_eq!(lines[0].first(), lines[0].last());
            for (column, row) in &lines[0] {
                let radius = (column / 10.0 - 2.0).hypot(row / 10.0 - 2.0);
                assert!((radius - level.sqrt()).abs() < 0.01, "{radius}");
            }
        }
    }

    #[test]
    fn a_line_that_leaves_the_grid_is_open() {
        let slope: Vec<f64> = (0..5 * 4).map(|i| f64::from(i % 5)).collect();
        let lines = contour(&slope, 5, 1.5);
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].len(), 4);
        assert!(lines[0].iter().all(|p| (p.0 - 1.5).abs() < 1e-12));
    }

    #[test]
    fn a_flat_or_missing_surface_has_no_lines() {
        assert!(contour(&[1.0; 9], 3, 1.0).is_empty());
        assert!(contour(&[f64::NAN; 9], 3, 1.0).is_empty());
        assert!(levels(&[f64::NAN]).is_empty());
    }
}
