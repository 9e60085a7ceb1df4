//! What a figure shows, in words: for those who don't see it, and for a terminal.

use super::text::number;

/// What counts as "at the end" or "at the top" of a curve, as a part of its span.
const NEAR: f64 = 0.05;

/// The course of a curve: `falls from 20 to 0.011`.
pub(crate) fn course(x: &[f64], y: &[f64]) -> String {
    let finite: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    let (Some(&(x0, first)), Some(&(_, last))) = (finite.first(), finite.last()) else {
        return "has no values to show".into();
    };
    if finite.len() == 1 {
        return format!("is {} at x = {}", number(first), number(x0));
    }
    let by_y = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let &(x_low, low) = finite.iter().min_by(by_y).unwrap_or(&(x0, first));
    let &(x_high, high) = finite.iter().rev().max_by(by_y).unwrap_or(&(x0, first));
    let near = |a: f64, b: f64| (a / 2.0 - b / 2.0).abs() <= NEAR * (high / 2.0 - low / 2.0);
    if low == high {
        return format!("stays at {}", number(low));
    }
    let ends = format!("from {} to {}", number(first), number(last));
    if near(first, high) && near(last, low) {
        return format!("falls {ends}");
    }
    if near(first, low) && near(last, high) {
        return format!("rises {ends}");
    }
    let mut text = format!("goes {ends}");
    if !near(low, first) && !near(low, last) {
        text += &format!(", lowest {} at x = {}", number(low), number(x_low));
    }
    if !near(high, first) && !near(high, last) {
        text += &format!(", highest {} at x = {}", number(high), number(x_high));
    }
    text
}

/// A cloud of points: `3 points, x from 0 to 2, y from 0.1 to 2.1`.
pub(crate) fn cloud(x: &[f64], y: &[f64]) -> String {
    let shown: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    match shown.len() {
        0 => ": no points to show".into(),
        1 => format!(": 1 point at ({}, {})", number(shown[0].0), number(shown[0].1)),
        n => format!(": {n} points, x {}, y {}", span(shown.iter().map(|p| p.0)), span(shown.iter().map(|p| p.1))),
    }
}

/// `from 0 to 2`.
pub(crate) fn span(values: impl Iterator<Item = f64> + Clone) -> String {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    format!("from {} to {}", number(low), number(high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_told_from_the_data() {
        let cases: [(&[f64], &str); 6] = [
            (&[20.0, 3.0, 0.2, 0.011], "falls from 20 to 0.011"),
            (&[0.0, 0.5, 0.49, 1.0], "rises from 0 to 1"),
            (&[2.0, 2.0], "stays at 2"),
            (&[f64::NAN, 4.0], "is 4 at x = 1"),
            (&[0.0, 0.25, 0.0], "goes from 0 to 0, highest 0.25 at x = 1"),
            (&[f64::NAN, f64::INFINITY], "has no values to show"),
        ];
        for (y, expect) in cases {
            let x: Vec<f64> = (0..y.len()).map(|i| i as f64).collect();
            assert_eq!(course(&x, y), expect);
        }
    }
}
