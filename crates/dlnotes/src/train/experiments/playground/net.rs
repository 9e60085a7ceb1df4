//! A net that changes its shape and keeps what it has learned.

use crate::Real;
use crate::nn::{Linear, Module};
use crate::tensor::error::{counted, fail};
use crate::tensor::{Activation, Tensor, no_grad, stack};

/// Hidden layers of equal size over two inputs, and the scores of two classes.
#[derive(Debug)]
pub(super) struct Net {
    hidden: Vec<Linear>,
    last: Linear,
    pub(super) activation: Activation,
}

impl Net {
    pub(super) fn new(units: usize) -> Self {
        Self { hidden: vec![Linear::new(2, units)], last: Linear::new(units, 2), activation: Activation::Tanh }
    }

    pub(super) fn units(&self) -> usize {
        self.last.weight.shape()[1]
    }

    /// What each hidden layer puts out.
    fn signals(&self, x: &Tensor) -> Vec<Tensor> {
        let mut all: Vec<Tensor> = Vec::new();
        for layer in &self.hidden {
            let z = layer.forward(all.last().unwrap_or(x));
            all.push(self.activation.forward(&z));
        }
        all
    }

    pub(super) fn scores(&self, x: &Tensor) -> Tensor {
        self.last.forward(self.signals(x).last().expect("at least one layer"))
    }

    /// Weights and biases.
    pub(super) fn parameters(&self) -> (Vec<Tensor>, Vec<Tensor>) {
        let layers = || self.hidden.iter().chain([&self.last]);
        (layers().map(|l| l.weight.clone()).collect(), layers().filter_map(|l| l.bias.clone()).collect())
    }

    #[track_caller]
    pub(super) fn reshape(&mut self, layers: usize, units: usize) {
        if layers == 0 || units == 0 {
            let given = format!("{} of {}", counted(layers, "hidden layer"), counted(units, "unit"));
            fail("layers", format!("{given}: at least one of each is needed"));
        }
        if units != self.units() {
            for (i, layer) in self.hidden.iter_mut().enumerate() {
                *layer = resized(layer, if i == 0 { 2 } else { units }, units);
            }
            self.last = resized(&self.last, units, 2);
        }
        self.hidden.truncate(layers);
        while self.hidden.len() < layers {
            let (weight, bias) = (Tensor::eye(units).requires_grad(), Tensor::zeros([units]).requires_grad());
            self.hidden.push(Linear { weight, bias: Some(bias) });
        }
    }

    /// Each hidden unit over a square around 0, from its smallest value (0) to its largest (1), the top row first.
    pub(super) fn hidden_maps(&self, side: Real, pixels: usize) -> Vec<Real> {
        let axis = Tensor::linspace(-side, side, pixels);
        let across = axis.reshape([1, pixels]).broadcast_to([pixels, pixels]).clone_data();
        let up = (-1.0 * &axis).reshape([pixels, 1]).broadcast_to([pixels, pixels]).clone_data();
        let places = stack(&[&across, &up], 2).reshape([-1, 2]);
        let mut all = Vec::new();
        for signal in no_grad(|| self.signals(&places)) {
            for unit in 0..self.units() {
                let map = signal.i((.., unit)).to_vec();
                let (low, high) = map.iter().fold((Real::MAX, Real::MIN), |(l, h), &v| (l.min(v), h.max(v)));
                let scale = if high > low { 1.0 / (high - low) } else { 0.0 };
                all.extend(map.iter().map(|v| (v - low) * scale));
            }
        }
        all
    }
}

/// The layer with other numbers of inputs and outputs: what both have stays; a new output gets random weights, and what
/// was there listens to a new input with weight 0.
fn resized(layer: &Linear, inputs: usize, outputs: usize) -> Linear {
    let fresh = Linear::new(inputs, outputs);
    let (old, random) = (&layer.weight, fresh.weight.to_vec());
    let [rows, columns] = [old.shape()[0], old.shape()[1]];
    let old = old.to_vec();
    let weight = |row: usize, column: usize| match (row < rows, column < columns) {
        (true, true) => old[row * columns + column],
        (true, false) => 0.0,
        (false, _) => random[row * inputs + column],
    };
    let weights = (0..outputs).flat_map(|row| (0..inputs).map(move |column| (row, column)));
    let weights = weights.map(|(row, column)| weight(row, column)).collect();
    let (bias, random) =
        (layer.bias.as_ref().map_or(Vec::new(), Tensor::to_vec), fresh.bias.as_ref().map(Tensor::to_vec));
    let biases = random.unwrap_or_default().into_iter().enumerate().map(|(i, new)| bias.get(i).copied().unwrap_or(new));
    Linear {
        weight: Tensor::from_vec(weights, [outputs, inputs]).requires_grad(),
        bias: Some(Tensor::from_vec(biases.collect(), [outputs]).requires_grad()),
    }
}
