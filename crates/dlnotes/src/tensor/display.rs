//! How a tensor looks as text.

use std::fmt;

use super::Tensor;
use crate::real::Real;

/// Past this many elements only the borders are shown.
const FULL: usize = 1000;
/// How many elements are shown at each border.
const EDGE: usize = 3;
const WIDTH: usize = 100;

impl fmt::Display for Tensor {
    /// `tensor([[0., 1.], [2., 3.]], shape [2, 2])`, with the precision of `{:.2}` if given (4 digits otherwise).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.to_vec();
        let text = Text { shorten: values.len() > FULL, style: Style::of(&values, f.precision()) };
        write!(f, "tensor(")?;
        text.write(f, self.shape(), &values, "tensor(".len())?;
        write!(f, ", shape {:?}", self.shape())?;
        match self.grad_fn() {
            Some(op) => write!(f, ", grad_fn {op}")?,
            None if self.is_tracked() => write!(f, ", requires_grad")?,
            None => {}
        }
        write!(f, ")")
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How all numbers of a tensor are written, so that columns line up.
pub(crate) struct Style {
    precision: usize,
    scientific: bool,
    whole: bool,
    width: usize,
}

impl Style {
    pub(crate) fn of(values: &[Real], precision: Option<usize>) -> Self {
        let finite = || values.iter().filter(|x| x.is_finite()).map(|x| x.abs());
        let largest = finite().fold(0.0, Real::max);
        let smallest = finite().filter(|&x| x > 0.0).fold(Real::INFINITY, Real::min);
        let whole = precision.is_none() && finite().all(|x| x.fract() == 0.0) && largest < 1e7;
        let scientific = !whole && (largest >= 1e6 || (largest > 0.0 && largest < 1e-3) || largest / smallest >= 1e6);
        let mut style = Self { precision: precision.unwrap_or(4), scientific, whole, width: 0 };
        style.width = values.iter().take(10_000).map(|&x| style.number(x).len()).max().unwrap_or(0);
        style
    }

    pub(crate) fn number(&self, x: Real) -> String {
        if !x.is_finite() {
            return if x.is_nan() {
                "NaN".into()
            } else if x > 0.0 {
                "inf".into()
            } else {
                "-inf".into()
            };
        }
        if self.whole {
            format!("{x:.0}.")
        } else if self.scientific {
            format!("{x:.*e}", self.precision)
        } else {
            format!("{x:.*}", self.precision)
        }
    }
}

struct Text {
    shorten: bool,
    style: Style,
}

impl Text {
    fn write(&self, f: &mut fmt::Formatter<'_>, shape: &[usize], values: &[Real], indent: usize) -> fmt::Result {
        let Some((&size, inner)) = shape.split_first() else {
            return f.write_str(&self.style.number(values[0]));
        };
        let step: usize = inner.iter().product();
        f.write_str("[")?;
        let per_line = ((WIDTH.saturating_sub(indent)) / (self.style.width + 2)).max(1);
        let mut shown = 0;
        for i in 0..size {
            if self.shorten && size > 2 * EDGE && (EDGE..size - EDGE).contains(&i) {
                if i == EDGE {
                    f.write_str(if inner.is_empty() { ", …" } else { ",\n" })?;
                    if !inner.is_empty() {
                        write!(f, "{:indent$} …", "")?;
                    }
                    shown += 1;
                }
                continue;
            }
            if i > 0 {
                let line_break = if inner.is_empty() { shown % per_line == 0 } else { true };
                match line_break {
                    true => write!(f, ",\n{:1$} ", "", indent)?,
                    false => f.write_str(", ")?,
                }
            }
            shown += 1;
            if inner.is_empty() {
                write!(f, "{:>1$}", self.style.number(values[i]), self.style.width)?;
            } else {
                self.write(f, inner, &values[i * step..(i + 1) * step], indent + 1)?;
            }
        }
        f.write_str("]")
    }
}
