//! Activation functions as layers; formulas and derivatives are with the methods of [`Tensor`].

use std::any::Any;

use super::Module;
use super::module::compiled;
use crate::Real;
use crate::tensor::Tensor;

macro_rules! layer {
    ($name:ident, |$self:ident, $x:ident| $value:expr) => {
        impl Module for $name {
            fn forward(&self, $x: &Tensor) -> Tensor {
                let $self = self;
                $value
            }

            fn as_any(&self) -> Option<&dyn Any> {
                Some(self)
            }

            compiled!();
        }
    };
}

/// [`Tensor::relu`] as a layer (notes, 1.6).
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(Relu.forward(&Tensor::from([-1.0, 2.0])).to_vec(), [0.0, 2.0]);
/// let net = sequential![Linear::new(4, 8), Relu, Linear::new(8, 1)];   // a perceptron with a hidden layer
/// assert_eq!(net.forward(&Tensor::ones([3, 4])).shape(), [3, 1]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Relu;
layer!(Relu, |_layer, x| x.relu());

/// [`Tensor::sigmoid`] as a layer (notes, 1.7).
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(2, 1), Sigmoid];                   // logistic regression
/// let p = net.forward(&Tensor::ones([1, 2])).item();
/// assert!(0.0 < p && p < 1.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid;
layer!(Sigmoid, |_layer, x| x.sigmoid());

/// [`Tensor::tanh`] as a layer (notes, 1.8).
///
/// ```
/// use dlnotes::prelude::*;
/// let y = Tanh.forward(&Tensor::from([-10.0, 0.0, 10.0]));
/// assert_eq!(y.to_vec(), [-1.0, 0.0, 1.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tanh;
layer!(Tanh, |_layer, x| x.tanh());

/// [`Tensor::softplus`] as a layer: an output that must be positive, such as a variance.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(2, 1), Softplus];
/// assert!(net.forward(&Tensor::randn([10, 2])).min().item() > 0.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Softplus;
layer!(Softplus, |_layer, x| x.softplus());

/// [`Tensor::gelu`] as a layer.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([-100.0, 0.0, 100.0]);
/// assert_eq!(Gelu.forward(&x).to_vec(), [0.0, 0.0, 100.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Gelu;
layer!(Gelu, |_layer, x| x.gelu());

/// [`Tensor::leaky_relu`] as a layer; slope 0.01 unless given.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([-4.0, 4.0]);
/// assert_eq!(LeakyRelu { slope: 0.25 }.forward(&x).to_vec(), [-1.0, 4.0]);
/// assert_eq!(LeakyRelu::default().slope, 0.01);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct LeakyRelu {
    /// The factor below 0.
    pub slope: Real,
}
layer!(LeakyRelu, |layer, x| x.leaky_relu(layer.slope));

impl Default for LeakyRelu {
    /// A slope of 0.01.
    fn default() -> Self {
        Self { slope: 0.01 }
    }
}

/// [`Tensor::elu`] as a layer; α = 1 unless given.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([-100.0, 4.0]);
/// assert_eq!(Elu::default().forward(&x).to_vec(), [-1.0, 4.0]);
/// assert_eq!(Elu { alpha: 0.5 }.forward(&x).to_vec(), [-0.5, 4.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Elu {
    /// The limit at −∞ is −α.
    pub alpha: Real,
}
layer!(Elu, |layer, x| x.elu(layer.alpha));

impl Default for Elu {
    /// α = 1.
    fn default() -> Self {
        Self { alpha: 1.0 }
    }
}

/// pReLU: x above 0, else α·x with one α that is learned (notes, 1.6).
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = PRelu::default();
/// layer.forward(&Tensor::from([-2.0, 3.0])).sum().backward();
/// assert_eq!(layer.slope.grad().unwrap().to_vec(), [-2.0]);   // dα = Σ of the x below 0
/// ```
#[derive(Clone, Debug)]
pub struct PRelu {
    /// α, of shape `[1]`.
    pub slope: Tensor,
}

impl Default for PRelu {
    /// α starts at 0.25.
    fn default() -> Self {
        Self { slope: Tensor::full([1], 0.25).requires_grad() }
    }
}

impl Module for PRelu {
    fn forward(&self, x: &Tensor) -> Tensor {
        x.prelu(&self.slope)
    }

    fn own_parameters(&self) -> Vec<(&'static str, Tensor)> {
        // PyTorch's name: files of parameters go both ways.
        vec![("weight", self.slope.clone())]
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }

    compiled!();
}
