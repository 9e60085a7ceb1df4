//! A table of what a model consists of.

use std::fmt;

use super::module::named_parameters;
use super::{Module, Sequential};
use crate::tensor::Tensor;

/// A model layer by layer: shapes, parameters, memory.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Flatten, Linear::new(784, 10)];
/// let table = summary(&net, [64, 28, 28]);
/// assert_eq!(table.input, [64, 28, 28]);
/// assert_eq!(table.rows.len(), 2);
/// assert!(table.to_string().contains("Linear(784 → 10)"));
/// ```
#[derive(Clone, Debug)]
pub struct Summary {
    /// The shape of the input.
    pub input: Vec<usize>,
    /// One row for each layer.
    pub rows: Vec<SummaryRow>,
}

/// A layer in a [`Summary`].
///
/// ```
/// use dlnotes::prelude::*;
/// let table = summary(&sequential![Linear::new(784, 256), Relu], [64, 784]);
/// let row = &table.rows[0];
/// assert_eq!((row.output.as_slice(), row.parameters), (&[64, 256][..], 784 * 256 + 256));
/// ```
#[derive(Clone, Debug)]
pub struct SummaryRow {
    /// What the layer is.
    pub layer: String,
    /// The shape of its output.
    pub output: Vec<usize>,
    /// How many numbers it learns.
    pub parameters: usize,
    /// How many bytes the graph keeps for its backward, parameters aside.
    pub kept: usize,
}

/// Runs `model` on zeros of the given shape and says what each layer does with them.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(784, 256), Relu, Linear::new(256, 10)];
/// let table = summary(&net, [32, 784]);
/// assert_eq!(table.parameters(), 784 * 256 + 256 + 256 * 10 + 10);
/// assert_eq!(table.rows[2].output, [32, 10]);
/// println!("{table}");
/// ```
///
/// # Panics
/// If the model can't take an input of this shape.
#[track_caller]
pub fn summary(model: &dyn Module, input: impl AsRef<[usize]>) -> Summary {
    summary_of(model, input.as_ref())
}

#[track_caller]
fn summary_of(model: &dyn Module, input: &[usize]) -> Summary {
    let x = Tensor::zeros(input);
    let weights: Vec<Tensor> = named_parameters(model).into_iter().map(|(_, w)| w).collect();
    let row = |layer: &dyn Module, y: &Tensor, before: usize| SummaryRow {
        layer: layer.describe(),
        output: y.shape().to_vec(),
        parameters: named_parameters(layer).iter().map(|(_, w)| w.len()).sum(),
        kept: y.bytes_kept_for_backward(&weights).saturating_sub(before),
    };
    let rows = match model.downcast_ref::<Sequential>() {
        Some(model) => {
            let mut before = 0;
            let mut rows = Vec::new();
            for (i, (_, layer)) in model.children().into_iter().enumerate() {
                let row = row(layer, &model.forward_first(i + 1, &x), before);
                before += row.kept;
                rows.push(row);
            }
            rows
        }
        None => vec![row(model, &model.forward(&x), 0)],
    };
    Summary { input: x.shape().to_vec(), rows }
}

impl Summary {
    /// How many numbers the model learns, all layers together.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let table = summary(&sequential![Linear::new(4, 8), Relu, Linear::without_bias(8, 2)], [1, 4]);
    /// assert_eq!(table.parameters(), (4 * 8 + 8) + 8 * 2);
    /// ```
    pub fn parameters(&self) -> usize {
        self.rows.iter().map(|row| row.parameters).sum()
    }

    /// How many bytes the graph keeps for backward, all layers together; parameters aside.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(100, 100), Sigmoid, Linear::new(100, 1)];
    /// let (small, large) = (summary(&net, [10, 100]).kept(), summary(&net, [20, 100]).kept());
    /// assert_eq!(large, 2 * small);                                        // it grows with the batch
    /// ```
    pub fn kept(&self) -> usize {
        self.rows.iter().map(|row| row.kept).sum()
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<28} {:>18} {:>12} {:>12}", "layer", "output", "parameters", "kept")?;
        writeln!(f, "{:<28} {:>18}", "(input)", format!("{:?}", self.input))?;
        for row in &self.rows {
            let output = format!("{:?}", row.output);
            writeln!(f, "{:<28} {output:>18} {:>12} {:>12}", row.layer, row.parameters, kilobytes(row.kept))?;
        }
        write!(f, "{:<28} {:>18} {:>12} {:>12}", "total", "", self.parameters(), kilobytes(self.kept()))
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} KB", bytes as f64 / 1000.0)
}
