//! What a figure shows, in words: for those who don't see it, and for a terminal.

use crate::plot::axes::panel::Log;
use crate::plot::figure::Figure;
use crate::plot::figure::mark::LeftOut;
use crate::plot::page::text::number;
use crate::plot::page::words::{list, told};

/// What counts as "at the end" or "at the top" of a curve, as a part of its span.
const NEAR: f64 = 0.05;

impl Figure {
    /// What the figure shows, in words written from its data: the text form of the figure, and its alternative text for
    /// those who don't see it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-8.0, 8.0, 0.1);
    /// let figure = plot(&x, &x.relu()).xlabel("x").ylabel("relu(x)");
    /// assert_eq!(figure.summary(), "relu(x) over x from −8 to 7.9: rises from 0 to 7.9.");
    /// ```
    pub fn summary(&self) -> String {
        let curves = self.series.iter().filter(|s| s.mark.colored());
        let nameless = curves.clone().filter(|s| s.label.is_empty()).count();
        let alone = nameless == 1 && curves.count() == 1;
        let subject = match (self.title.as_str(), self.y.label.as_str()) {
            ("", "") => told!("Figure"),
            ("", y) => y.to_owned(),
            (title, "") => title.to_owned(),
            (title, y) => told!("{}: {}", title, y),
        };
        let mut text = match self.x_span() {
            Some((from, to)) => {
                let name = if self.x.label.is_empty() { "x" } else { &self.x.label };
                told!("{} over {} from {} to {}", subject, name, number(from), number(to))
            }
            None => subject,
        };
        text = match (self.log().x, self.log().y) {
            (true, true) => told!("{} (log axes)", text),
            (true, false) => told!("{} (log x axis)", text),
            (false, true) => told!("{} (log y axis)", text),
            _ => text,
        };
        let series: Vec<String> = self
            .series
            .iter()
            .enumerate()
            .map(|(i, series)| {
                let told = series.mark.describe(&self.names, self.log());
                let name = match &series.label {
                    label if !label.is_empty() => label.clone(),
                    _ if !series.mark.colored() => told!("a line"),
                    _ if alone || nameless == 1 && told.starts_with(':') => String::new(),
                    _ => told!("curve {}", i + 1),
                };
                match told.strip_prefix(':').map(str::trim_start) {
                    Some(list) if name.is_empty() => list.to_owned(),
                    Some(list) => told!("{}: {}", name, list),
                    None if name.is_empty() => told,
                    None => told!("{} {}", name, told),
                }
            })
            .collect();
        let told = if series.is_empty() { told!("nothing to show") } else { series.join(&told!("; ")) };
        text = told!("{}: {}.", text, told);
        match self.left_out() {
            Some(note) => told!("{} {}.", text, note),
            None => text,
        }
    }

    fn x_span(&self) -> Option<(f64, f64)> {
        if self.series.iter().any(|s| !s.mark.spans_x()) {
            return None;
        }
        self.x.limits.or_else(|| self.extent().map(|extent| extent.x).filter(|(from, to)| from <= to))
    }

    /// How many values could not be shown and why; nothing if all could.
    pub(crate) fn left_out(&self) -> Option<String> {
        let counts: Vec<LeftOut> = self.series.iter().map(|s| s.mark.left_out(self.log())).collect();
        let nonfinite: usize = counts.iter().map(|c| c.nonfinite).sum();
        let nonpositive: usize = counts.iter().map(|c| c.nonpositive).sum();
        let nonfinite = (nonfinite > 0).then(|| told!("{} not finite", nonfinite));
        let nonpositive = (nonpositive > 0).then(|| told!("{} not positive (log axis)", nonpositive));
        let parts: Vec<String> = nonfinite.into_iter().chain(nonpositive).collect();
        (!parts.is_empty()).then(|| told!("not shown: {}", list(&parts)))
    }
}

/// The course of a curve: `falls from 20 to 0.011`.
pub(crate) fn course(x: &[f64], y: &[f64], log: Log) -> String {
    let has_place = |v: f64, log: bool| v.is_finite() && (!log || v > 0.0);
    let shown: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|&(x, y)| has_place(x, log.x) && has_place(y, log.y)).collect();
    let (Some(&(x0, first)), Some(&(_, last))) = (shown.first(), shown.last()) else {
        return told!("has no values to show");
    };
    if shown.len() == 1 {
        return told!("is {} at x = {}", number(first), number(x0));
    }
    let by_y = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let &(x_low, low) = shown.iter().min_by(by_y).unwrap_or(&(x0, first));
    let &(x_high, high) = shown.iter().rev().max_by(by_y).unwrap_or(&(x0, first));
    // Near on the page. Halves, as the distance of the largest numbers has no place in f64.
    let place = |v: f64| if log.y { v.ln() } else { v / 2.0 };
    let near = |a: f64, b: f64| (place(a) - place(b)).abs() <= NEAR * (place(high) - place(low));
    if low == high {
        return told!("stays at {}", number(low));
    }
    let (from, to) = (number(first), number(last));
    if near(first, high) && near(last, low) {
        return told!("falls from {} to {}", from, to);
    }
    if near(first, low) && near(last, high) {
        return told!("rises from {} to {}", from, to);
    }
    let mut text = told!("goes from {} to {}", from, to);
    if !near(low, first) && !near(low, last) {
        text = told!("{}, lowest {} at x = {}", text, number(low), number(x_low));
    }
    if !near(high, first) && !near(high, last) {
        text = told!("{}, highest {} at x = {}", text, number(high), number(x_high));
    }
    text
}

/// A cloud of points: `3 points, x from 0 to 2, y from 0.1 to 2.1`.
pub(crate) fn cloud(x: &[f64], y: &[f64]) -> String {
    let shown: Vec<(f64, f64)> =
        x.iter().copied().zip(y.iter().copied()).filter(|(x, y)| x.is_finite() && y.is_finite()).collect();
    match shown.len() {
        0 => format!(": {}", told!("no points to show")),
        1 => format!(": {}", told!("1 point at ({}, {})", number(shown[0].0), number(shown[0].1))),
        n => {
            let (x, y) = (span(shown.iter().map(|p| p.0)), span(shown.iter().map(|p| p.1)));
            format!(": {}", told!("{} points, x {}, y {}", n, x, y))
        }
    }
}

/// `from 0 to 2`; NaN isn't a value.
pub(crate) fn span(values: impl Iterator<Item = f64> + Clone) -> String {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    if low <= high { told!("from {} to {}", number(low), number(high)) } else { told!("no values") }
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
            assert_eq!(course(&x, y, Log::default()), expect);
        }
    }

    #[test]
    fn a_course_on_a_log_axis_is_what_the_axis_shows() {
        let (x, y) = ([1.0, 2.0, 3.0, 4.0], [0.5, 0.1, 0.0, 200.0]);
        let told = |y_axis| course(&x, &y, Log { x: false, y: y_axis });
        assert_eq!(told(false), "rises from 0.5 to 200");
        assert_eq!(told(true), "goes from 0.5 to 200, lowest 0.1 at x = 2");
    }
}
