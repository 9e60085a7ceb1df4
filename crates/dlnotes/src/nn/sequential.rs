//! Layers one after the other.

use std::fmt;

use super::fields::fields;
use super::{Dropout, Linear, Module, Relu};
use crate::dropped::{Field, drops_here};
use crate::tensor::Tensor;
use crate::tensor::error::fail;

type Layer = Box<dyn Module + Send + Sync>;

/// Layers one after the other; [`sequential!`](crate::sequential) writes one as in the notes.
///
/// A [`Linear`] followed by a [`Relu`], and by a [`Dropout`] after that, is computed in one pass: the same numbers,
/// less memory traffic.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Flatten, Linear::new(784, 256), Relu, Dropout::new(0.2), Linear::new(256, 10)];
/// assert_eq!(net.forward(&Tensor::zeros([5, 1, 28, 28])).shape(), [5, 10]);
/// assert_eq!(net.get::<Linear>(1).weight.shape(), [256, 784]);
/// ```
#[derive(Default)]
pub struct Sequential {
    layers: Field<Vec<Layer>>,
}
drops_here!(Sequential: layers);

/// A [`Sequential`](crate::nn::Sequential) model from its layers.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::without_bias(4, 1)];
/// assert_eq!(net.parameters().len(), 1);
/// ```
#[macro_export]
macro_rules! sequential {
    ($($layer:expr),* $(,)?) => {
        $crate::nn::Sequential::new()$(.add($layer))*
    };
}

impl Sequential {
    /// A model without layers, which returns what it gets.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = nn::Sequential::new();
    /// assert_eq!(net.forward(&Tensor::from([1.0, 2.0])).to_vec(), [1.0, 2.0]);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The model with one more layer at its end.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut net = Sequential::new().add(Flatten);
    /// for width in [8, 4] {
    ///     net = net.add(Linear::new(2 * width, width)).add(Relu);          // as deep as the loop is long
    /// }
    /// assert_eq!(net.len(), 5);
    /// assert_eq!(net.forward(&Tensor::zeros([3, 4, 4])).shape(), [3, 4]);
    /// ```
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "it adds a layer, as a builder does")]
    pub fn add(mut self, layer: impl Module + Send + Sync + 'static) -> Self {
        self.push(layer.boxed());
        self
    }

    fn push(&mut self, layer: Layer) {
        self.layers.push(layer);
    }

    /// The number of layers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(sequential![Flatten, Linear::new(784, 10)].len(), 2);
    /// ```
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Whether there are no layers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(Sequential::new().is_empty());
    /// assert!(!sequential![Relu].is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// Layer `index`, counted from 0, as the type that it has.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let net = sequential![Linear::new(2, 1), Sigmoid];
    /// let layer: &Linear = net.get(0);
    /// assert_eq!(layer.weight.shape(), [1, 2]);
    /// ```
    ///
    /// # Panics
    /// If there is no such layer, or it has another type.
    #[track_caller]
    pub fn get<T: Module + 'static>(&self, index: usize) -> &T {
        let layer = self.layer(index);
        match layer.as_any().and_then(|any| any.downcast_ref()) {
            Some(layer) => layer,
            None => not_a(std::any::type_name::<T>(), index, layer),
        }
    }

    #[track_caller]
    fn layer(&self, index: usize) -> &dyn Module {
        let Some(layer) = self.layers.get(index) else {
            fail("Sequential::get", format!("layer {index} of {}", self.len()));
        };
        &**layer
    }

    /// The output after the first `count` layers.
    #[track_caller]
    pub(super) fn forward_first(&self, count: usize, x: &Tensor) -> Tensor {
        let mut x = x.clone();
        let mut layers = &self.layers[..count];
        while let Some((layer, rest)) = layers.split_first() {
            let linear = layer.as_any().and_then(|any| any.downcast_ref::<Linear>());
            (x, layers) = match linear {
                Some(linear) if is::<Relu>(rest.first()).is_some() => match is::<Dropout>(rest.get(1)) {
                    Some(dropout) => {
                        let p = dropout.probability();
                        (x.linear_relu_dropout(&linear.weight, linear.bias.as_ref(), p), &rest[2..])
                    }
                    None => (x.linear_relu(&linear.weight, linear.bias.as_ref()), &rest[1..]),
                },
                _ => (layer.forward(&x), rest),
            };
        }
        x
    }
}

#[track_caller]
fn not_a(wanted: &str, index: usize, layer: &dyn Module) -> ! {
    fail("Sequential::get", format!("layer {index} is {}, no {wanted}", layer.describe()))
}

fn is<T: 'static>(layer: Option<&Layer>) -> Option<&T> {
    layer?.as_any()?.downcast_ref()
}

/// The layers, one in a line, with the names that their parameters' paths begin with.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Flatten, sequential![Linear::new(784, 256), Relu], Linear::new(256, 10)];
/// assert_eq!(format!("{net:?}"), "\
/// Sequential(
///   (0): Flatten
///   (1): Sequential(
///     (0): Linear(784 → 256)
///     (1): Relu
///   )
///   (2): Linear(256 → 10)
/// )");
/// ```
impl fmt::Debug for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_module(f, self, 0)
    }
}

fn write_module(f: &mut fmt::Formatter<'_>, module: &dyn Module, depth: usize) -> fmt::Result {
    let children = module.children();
    f.write_str(&module.describe())?;
    if children.is_empty() {
        return Ok(());
    }
    writeln!(f, "(")?;
    for (name, child) in children {
        write!(f, "{}({name}): ", "  ".repeat(depth + 1))?;
        write_module(f, child, depth + 1)?;
        writeln!(f)?;
    }
    write!(f, "{})", "  ".repeat(depth))
}

impl Module for Sequential {
    #[track_caller]
    fn forward(&self, x: &Tensor) -> Tensor {
        self.forward_first(self.len(), x)
    }

    fields!(layers: layers);
}
