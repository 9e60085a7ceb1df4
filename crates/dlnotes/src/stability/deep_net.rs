//! How large signals and gradients are in every layer of a deep network.

use super::Init;
use crate::Real;
use crate::nn::{Module, named_parameters};
use crate::plot::{Figure, plot};
use crate::tensor::error::fail;
use crate::tensor::{Activation, Tensor, enable_grad};

/// A network of many equal layers h ← f(W·h), without biases, to look at with fresh weights.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let flow = DeepNet::new(Activation::Sigmoid, Init::Xavier).depth(30).width(64).flow();
/// assert!(flow.gradient[0] < flow.gradient[29] - 10.0);     // the first layers hear nothing of the loss
/// flow.figure().display();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DeepNet {
    activation: Activation,
    init: Init,
    depth: usize,
    width: usize,
    batch: usize,
}

/// Signals and gradients by layer, the first layer first.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let flow = DeepNet::new(Activation::Tanh, Init::Xavier).depth(5).width(32).flow();
/// assert_eq!((flow.variance.len(), flow.gradient.len(), flow.centre.len()), (5, 5, 5));
/// assert!(flow.centre[4].abs() < 0.2);                         // tanh is centred at 0
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// log₁₀ of the variance of W·h, before the activation, over units and samples.
    pub variance: Vec<f64>,
    /// log₁₀ of ‖∂L/∂W‖.
    pub gradient: Vec<f64>,
    /// The mean of f(W·h) divided by its root mean square: 0 for outputs centred at zero, 1 for constant ones.
    pub centre: Vec<f64>,
}

/// Below this an activation through 0 is its tangent, to the last digit of single precision.
const TINY: Real = 1e-4;

impl DeepNet {
    /// 50 layers of 256 units, looked at with 64 samples, unless told otherwise.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// assert_eq!(DeepNet::new(Activation::Relu, Init::He).width(16).flow().gradient.len(), 50);
    /// ```
    #[must_use]
    pub fn new(activation: Activation, init: Init) -> Self {
        Self { activation, init, depth: 50, width: 256, batch: 64 }
    }

    /// The number of layers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let net = DeepNet::new(Activation::Sigmoid, Init::Xavier).width(32);
    /// let first = |layers| net.depth(layers).flow().gradient[0];
    /// assert!(first(20) < first(5));                               // the deeper, the less arrives at the first layer
    /// ```
    ///
    /// # Panics
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn depth(mut self, layers: usize) -> Self {
        self.depth = at_least_one("depth", layers);
        self
    }

    /// The number of units in each layer.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let net = DeepNet::new(Activation::Relu, Init::Normal(0.1)).depth(20);
    /// let last = |units| net.width(units).flow().variance[19];
    /// assert!(last(400) > last(20) + 10.0);    // N(0, 0.01): too small for 20 units, too large for 400
    /// ```
    ///
    /// # Panics
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn width(mut self, units: usize) -> Self {
        self.width = at_least_one("width", units);
        self
    }

    /// The number of samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let flow = DeepNet::new(Activation::Relu, Init::He).depth(3).width(16).batch(8).flow();
    /// assert_eq!(flow.variance.len(), 3);
    /// ```
    ///
    /// # Panics
    /// If it is 0.
    #[must_use]
    #[track_caller]
    pub fn batch(mut self, samples: usize) -> Self {
        self.batch = at_least_one("batch", samples);
        self
    }

    /// Draws weights and an input from N(0, 1), runs forward, and backward from a random linear function of the output.
    ///
    /// Signals and gradients are carried as a tensor of moderate size and the logarithm of a factor, as their range is
    /// far larger than that of single precision (for activations that allow it: ReLU and leaky ReLU, and others through
    /// 0 while their input is tiny). What leaves the range all the same is −∞, ∞ or NaN.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let flow = DeepNet::new(Activation::Relu, Init::He).depth(30).width(128).flow();
    /// assert!(flow.variance.iter().all(|v| v.abs() < 1.5));        // He keeps the size of signals through 30 layers
    /// ```
    #[must_use]
    pub fn flow(&self) -> Flow {
        enable_grad(|| self.run())
    }

    fn run(&self) -> Flow {
        let mut flow = Flow { variance: Vec::new(), gradient: vec![0.0; self.depth], centre: Vec::new() };
        let mut layers: Vec<Layer> = Vec::new();
        let (mut x, mut log) = (Tensor::randn([self.batch, self.width]), 0.0);
        for _ in 0..self.depth {
            let layer = self.layer(&x, log);
            flow.variance.push(layer.log_variance / 10.0_f64.ln());
            flow.centre.push(centre(&layer.output));
            (x, log) = (layer.output.detach(), layer.log_output);
            layers.push(layer);
        }
        // The gradient of the loss with respect to a layer's output is e^log_grad·grad.
        let (mut grad, mut log_grad) = (Tensor::randn([self.batch, self.width]) / self.batch as Real, 0.0);
        for (layer, log10) in layers.iter().zip(&mut flow.gradient).rev() {
            layer.output.backward_with(&grad);
            let log_scaled = log_grad + layer.log_output;
            *log10 = (log_scaled + log_norm(&layer.weight.grad().expect("a leaf"))) / 10.0_f64.ln();
            let below = layer.input.grad().expect("a leaf");
            let length = log_norm(&below);
            log_grad = log_scaled - layer.log_input + length;
            grad = if length.is_finite() { below / length.exp() as Real } else { below };
        }
        flow
    }

    /// One layer on an input of e^log_input·input, recorded on its own.
    fn layer(&self, input: &Tensor, log_input: f64) -> Layer {
        let weight = Tensor::zeros([self.width, self.width]).requires_grad();
        self.init.apply(&weight);
        let input = input.detach().requires_grad();
        let z = input.linear(&weight, None);
        let log_variance = f64::from(z.detach().var().item()).ln() + 2.0 * log_input;
        let peak = z.detach().abs().max().item();
        let through_zero = self.activation.forward(&Tensor::scalar(0.0)).item() == 0.0;
        let tiny = through_zero && f64::from(peak).ln() + log_input < f64::from(TINY).ln();
        let homogeneous = matches!(self.activation, Activation::Relu | Activation::LeakyRelu { .. });
        let (output, log_output) = if homogeneous || tiny {
            let h = if homogeneous {
                self.activation.forward(&z)
            } else {
                &z * self.activation.derivative(&Tensor::scalar(0.0)).item()
            };
            let size = log_norm(&h) - 0.5 * (h.len() as f64).ln();
            if size.is_finite() { (h / size.exp() as Real, log_input + size) } else { (h, log_input) }
        } else {
            (self.activation.forward(&(z * log_input.exp() as Real)), 0.0)
        };
        Layer { input, weight, output, log_input, log_output, log_variance }
    }
}

struct Layer {
    input: Tensor,
    weight: Tensor,
    output: Tensor,
    log_input: f64,
    log_output: f64,
    log_variance: f64,
}

#[track_caller]
fn at_least_one(what: &str, value: usize) -> usize {
    if value == 0 {
        fail("DeepNet", format!("{what} is 0: it must be at least 1"));
    }
    value
}

fn log_norm(x: &Tensor) -> f64 {
    f64::from(x.detach().norm().item()).ln()
}

fn centre(h: &Tensor) -> f64 {
    h.with_data(|data| {
        let n = data.len() as f64;
        let mean = data.iter().map(|&v| f64::from(v)).sum::<f64>() / n;
        let square = data.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / n;
        mean / square.sqrt()
    })
}

impl Flow {
    /// Variance and gradient by layer.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let figure = DeepNet::new(Activation::Relu, Init::He).depth(5).width(16).flow().figure();
    /// assert!(figure.summary().starts_with("log₁₀ over layer from 1 to 5"));
    /// ```
    pub fn figure(&self) -> Figure {
        plot(1..=self.variance.len(), [&self.variance, &self.gradient])
            .legend(["variance of W·h", "|∂L/∂W|"])
            .xlabel("layer")
            .ylabel("log₁₀")
            .size(5, 2.5)
    }
}

/// The norm of the gradient of every weight of a model, by name, after a backward: biases are left out, as they say
/// little about the flow.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(4, 8), Sigmoid, Linear::new(8, 1)];
/// net.forward(&Tensor::randn([16, 4])).mean().backward();
/// let names: Vec<String> = gradient_norms(&net).into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["0.weight", "2.weight"]);
/// ```
pub fn gradient_norms(net: &dyn Module) -> Vec<(String, Real)> {
    let weights = named_parameters(net).into_iter().filter(|(_, parameter)| parameter.rank() > 1);
    weights.filter_map(|(name, weight)| Some((name, weight.grad()?.norm().item()))).collect()
}
