//! Dropout in a multilayer perceptron on Fashion-MNIST (notes, 暂退法).

use crate::data::Batches;
use crate::nn::fields::fields;
use crate::nn::{CrossEntropyLoss, Dropout, Flatten, Linear, Mode, Module, Relu, Sequential, init, named_parameters};
use crate::optim::Sgd;
use crate::sequential;
use crate::tensor::{Tensor, dropout_layer};
use crate::train::{History, fit};

/// The model from scratch: two hidden layers of 256 units, with [`dropout_layer`] after each while training.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::train::DropoutNet;
/// let net = DropoutNet::new(0.2, 0.5);
/// assert_eq!(net.forward(&Tensor::zeros([2, 1, 28, 28])).shape(), [2, 10]);
/// ```
#[derive(Debug)]
pub struct DropoutNet {
    lin1: Linear,
    lin2: Linear,
    lin3: Linear,
    dropout: [f32; 2],
    mode: Mode,
}

impl DropoutNet {
    /// A model with these probabilities of dropping after the first and the second hidden layer.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::train::DropoutNet;
    /// let (net, x) = (DropoutNet::new(0.2, 0.5), Tensor::ones([1, 784]));
    /// assert_ne!(net.forward(&x).to_vec(), net.forward(&x).to_vec());      // training: other units each time
    /// net.eval();
    /// assert_eq!(net.forward(&x).to_vec(), net.forward(&x).to_vec());
    /// ```
    #[must_use]
    pub fn new(dropout1: f32, dropout2: f32) -> Self {
        Self {
            lin1: Linear::new(784, 256),
            lin2: Linear::new(256, 256),
            lin3: Linear::new(256, 10),
            dropout: [dropout1, dropout2],
            mode: Mode::new(),
        }
    }
}

impl Module for DropoutNet {
    fn forward(&self, x: &Tensor) -> Tensor {
        let mut h1 = self.lin1.forward(&x.reshape([-1, 784])).relu();
        if self.mode.is_training() {
            h1 = dropout_layer(&h1, self.dropout[0]);
        }
        let mut h2 = self.lin2.forward(&h1).relu();
        if self.mode.is_training() {
            h2 = dropout_layer(&h2, self.dropout[1]);
        }
        self.lin3.forward(&h2)
    }

    fields!(lin1: child, lin2: child, lin3: child, dropout: setting, mode: mode);
}

/// The concise model: 784–256–256–10 with weights from N(0, 0.01²).
///
/// ```
/// use dlnotes::prelude::*;
/// let net = dlnotes::train::dropout_mlp(0.2, 0.5);
/// assert_eq!(summary(&net, [1, 1, 28, 28]).parameters(), 269_322);
/// ```
#[must_use]
pub fn dropout_mlp(dropout1: f32, dropout2: f32) -> Sequential {
    let net = sequential![
        Flatten,
        Linear::new(784, 256),
        Relu,
        Dropout::new(dropout1),
        Linear::new(256, 256),
        Relu,
        Dropout::new(dropout2),
        Linear::new(256, 10),
    ];
    net.apply(|m| {
        if let Some(layer) = m.downcast_ref::<Linear>() {
            init::normal_(&layer.weight, 0.0, 0.01);
        }
    });
    net
}

/// Trains either model as the notes do: SGD with rate 0.5, mean cross entropy, images `[n, 1, 28, 28]`.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::train::{DropoutNet, train_dropout};
/// seed(1);
/// let data = FashionMnist::embedded();
/// let (train_iter, test_iter) = (Batches::new(data.train.take(512), 128), Batches::new(data.test.take(100), 100));
/// let history = train_dropout(&DropoutNet::new(0.2, 0.5), &train_iter, &test_iter, 2);
/// assert_eq!(history.values("train loss").len(), 2);
/// ```
///
/// # Panics
/// If the loss becomes infinite or NaN.
#[track_caller]
pub fn train_dropout(net: &dyn Module, train_iter: &Batches, test_iter: &Batches, num_epochs: usize) -> History {
    let parameters: Vec<Tensor> = named_parameters(net).into_iter().map(|(_, p)| p).collect();
    let mut trainer = Sgd::new(parameters, 0.5);
    fit(net, train_iter, test_iter, &CrossEntropyLoss::none(), num_epochs, &mut trainer)
}
