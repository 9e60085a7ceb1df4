//! Why weights start at random (notes, 打破对称性).

use crate::Real;
use crate::data::Batches;
use crate::nn::{Dropout, Linear, Module, MseLoss, Sigmoid, init};
use crate::optim::Sgd;
use crate::sequential;
use crate::tensor::Tensor;
use crate::train::train_epoch;

/// How much the units of a layer differ: the largest distance of a row of `weight` `[units, inputs]` from the first. 0
/// means that all units compute the same.
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(unit_spread(&Tensor::from([[1.0, 2.0], [1.0, 2.0], [4.0, 6.0]])), 5.0);
/// ```
///
/// # Panics
/// If `weight` isn't a matrix.
#[must_use]
#[track_caller]
pub fn unit_spread(weight: &Tensor) -> Real {
    let weight = weight.detach();
    let [units, inputs] = *weight.shape() else {
        crate::tensor::error::fail(
            "unit_spread",
            format!("shape {:?}: a weight matrix [units, inputs] is needed", weight.shape()),
        );
    };
    weight.with_data(|w| {
        let distance = |unit: usize| {
            let pairs = w[unit * inputs..][..inputs].iter().zip(&w[..inputs]);
            pairs.map(|(a, b)| (a - b).powi(2)).sum::<Real>().sqrt()
        };
        (0..units).map(distance).fold(0.0, Real::max)
    })
}

/// Trains a network of 4 inputs, 8 sigmoid units and one output whose weights all start equal, with dropout of
/// probability `p` on the hidden units, and returns [`unit_spread`] after every epoch.
///
/// Equal units get equal gradients, so that SGD leaves them equal: the layer is worth one unit. Dropout draws a mask for
/// each unit, which sets them apart.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// assert!(symmetry(0.0, 5).iter().all(|&spread| spread == 0.0));
/// assert!(symmetry(0.5, 5)[4] > 0.0);
/// ```
///
/// # Panics
/// If p lies outside 0..=1.
#[track_caller]
pub fn symmetry(p: Real, epochs: usize) -> Vec<Real> {
    let x = Tensor::randn([128, 4]);
    let y = x.sum_dim(1, true).sin();
    let data = Batches::new((&x, &y), 16).shuffled();
    let net = sequential![Linear::new(4, 8), Sigmoid, Dropout::new(p), Linear::new(8, 1)];
    net.parameters().iter().for_each(|parameter| init::constant_(parameter, 0.3));
    let mut trainer = Sgd::new(net.parameters(), 0.1);
    let mut spreads = Vec::new();
    for _ in 0..epochs {
        train_epoch(&net, &data, &MseLoss::none(), &mut trainer);
        spreads.push(unit_spread(&net.get::<Linear>(0).weight));
    }
    spreads
}
