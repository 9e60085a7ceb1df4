//! Gradients by layer, activation and initialization, as a heat map (notes, 梯度消失、梯度爆炸).

use super::{DeepNet, Init};
use crate::parallel;
use crate::plot::{Figure, heatmap};
use crate::select::next_seed;
use crate::tensor::Activation;

/// log₁₀ |∂L/∂W| of every layer for each pair of activation and initialization.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let map = gradient_map(&[Activation::Tanh], &[Init::Xavier, Init::Default], 3);
/// assert_eq!(map.pairs[1], (Activation::Tanh, Init::Default));
/// assert_eq!((map.log10_norms.len(), map.log10_norms[0].len()), (2, 3));
/// ```
#[derive(Clone, Debug)]
pub struct GradientMap {
    /// The pairs, in the order of the rows.
    pub pairs: Vec<(Activation, Init)>,
    /// By pair and layer.
    pub log10_norms: Vec<Vec<f64>>,
}

/// Looks at networks of `depth` layers of 256 units for every activation and initialization ([`DeepNet`]).
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let map = gradient_map(&[Activation::Relu, Activation::Sigmoid], &[Init::He, Init::Normal(0.01)], 20);
/// assert_eq!(map.pairs.len(), 4);
/// assert!(map.log10_norms[3][0] < -20.0);        // sigmoid and small weights: nothing arrives
/// map.figure().display();
/// ```
///
/// # Panics
/// If `depth` is 0.
#[must_use]
#[track_caller]
pub fn gradient_map(activations: &[Activation], inits: &[Init], depth: usize) -> GradientMap {
    let mut pairs = Vec::new();
    let mut nets = Vec::new();
    for &activation in activations {
        for &init in inits {
            pairs.push((activation, init));
            nets.push(DeepNet::new(activation, init).depth(depth));
        }
    }
    let log10_norms = parallel(next_seed(), nets.len(), |i| nets[i].flow().gradient);
    GradientMap { pairs, log10_norms }
}

impl GradientMap {
    /// A row for each pair, a column for each layer; grey where a number left the range of single precision.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let figure = gradient_map(&[Activation::Relu], &[Init::He, Init::Xavier], 3).figure();
    /// assert!(figure.summary().starts_with("log₁₀"));
    /// ```
    pub fn figure(&self) -> Figure {
        let names: Vec<String> =
            self.pairs.iter().map(|(activation, init)| format!("{}, {}", activation.name(), init.name())).collect();
        // Layers count from 1, and only every tenth has room for its number.
        let depth = self.log10_norms.first().map_or(0, Vec::len);
        let number =
            |layer: usize| if layer == 1 || layer.is_multiple_of(10) { layer.to_string() } else { String::new() };
        let layers: Vec<String> = (1..=depth).map(number).collect();
        let figure = heatmap(&self.log10_norms).row_labels(&names).labels(&layers).xlabel("layer");
        figure.title("log₁₀ |∂L/∂W|").size(6.5, 1.0 + 0.19 * names.len() as f64)
    }

    /// Shows the figure as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let map = gradient_map(&[Activation::Relu], &[Init::He], 3);
    /// map.evcxr_display();                                         // what a cell that ends in `map` does
    /// assert_eq!(map.pairs.len(), 1);
    /// ```
    pub fn evcxr_display(&self) {
        self.figure().evcxr_display();
    }
}
