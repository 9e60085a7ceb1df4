//! ReLU units that no sample activates (notes, relu 的缺点).

use std::fmt;

use crate::Real;
use crate::data::Batches;
use crate::nn::{Eval, Module, Relu, Sequential};
use crate::tensor::Tensor;
use crate::tensor::grad_mode::Restore;

/// The dead units of a ReLU layer: they are 0 for every sample, get no gradient, and stay dead.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(2, 3), Relu];
/// init::constant_(&net.get::<Linear>(0).weight, 1.0);
/// init::constant_(net.get::<Linear>(0).bias.as_ref().unwrap(), 0.0);
/// let data = Batches::new((&Tensor::ones([4, 2]), &Tensor::zeros([4])), 2);
/// assert_eq!(dead_relus(&net, &data), [stability::DeadRelus { layer: "1".into(), dead: 0, units: 3 }]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadRelus {
    /// The layer's place in the model, such as `1` or `0.1` in a nested one.
    pub layer: String,
    /// How many of its units are dead.
    pub dead: usize,
    /// How many units it has.
    pub units: usize,
}

/// Counts, for every [`Relu`] layer of `net`, the units that are 0 for all samples of `data`. The units are the
/// elements of one sample's output.
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(2, 8), Relu, Linear::new(8, 1)];
/// init::constant_(net.get::<Linear>(0).bias.as_ref().unwrap(), -100.0);     // far below 0 for every sample
/// let data = Batches::new((&Tensor::rand([50, 2]), &Tensor::zeros([50, 1])), 10);
/// let counts = dead_relus(&net, &data);
/// assert_eq!(counts[0].to_string(), "layer 1: 8 of 8 ReLU units dead");
/// ```
///
/// # Panics
/// If the model can't take the data.
#[track_caller]
pub fn dead_relus(net: &Sequential, data: &Batches) -> Vec<DeadRelus> {
    let _eval = Eval::of(net);
    let mut layers: Vec<(String, Vec<bool>)> = Vec::new();
    let _off_the_record = Restore::no_grad();
    for (x, _) in data {
        let mut at = 0;
        run(net, "", x, &mut |name, y| {
            if layers.len() == at {
                layers.push((name.to_owned(), vec![false; y.len() / y.shape()[0]]));
            }
            mark_alive(&mut layers[at].1, y);
            at += 1;
        });
    }
    let count = |(layer, alive): (String, Vec<bool>)| {
        let dead = alive.iter().filter(|&&alive| !alive).count();
        DeadRelus { layer, dead, units: alive.len() }
    };
    layers.into_iter().map(count).collect()
}

/// Runs layer by layer and shows `see` the output of each ReLU.
#[track_caller]
fn run(net: &Sequential, prefix: &str, mut x: Tensor, see: &mut dyn FnMut(&str, &Tensor)) -> Tensor {
    for (name, layer) in net.children() {
        let name = format!("{prefix}{name}");
        x = match layer.downcast_ref::<Sequential>() {
            Some(inner) => run(inner, &format!("{name}."), x, see),
            None => layer.forward(&x),
        };
        if layer.downcast_ref::<Relu>().is_some() {
            see(&name, &x);
        }
    }
    x
}

fn mark_alive(alive: &mut [bool], y: &Tensor) {
    y.with_data(|y: &[Real]| {
        for sample in y.chunks_exact(alive.len().max(1)) {
            alive.iter_mut().zip(sample).for_each(|(alive, &y)| *alive |= y > 0.0);
        }
    });
}

impl fmt::Display for DeadRelus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "layer {}: {} of {} ReLU units dead", self.layer, self.dead, self.units)
    }
}
