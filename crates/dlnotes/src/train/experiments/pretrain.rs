//! Greedy layer-wise pre-training (notes, 预训练加微调).

use crate::Real;
use crate::data::Batches;
use crate::nn::{Eval, Linear, Module, Sequential, named_parameters};
use crate::optim::{Adam, Optimizer};
use crate::tensor::error::{counted, fail};
use crate::tensor::{Tensor, no_grad};

/// Trains the hidden layers of `net` one after the other, without labels, and leaves the last linear layer as it is: each
/// linear layer with what follows it up to the next learns to encode the output of the layers before so that a decoder,
/// thrown away afterwards, can restore it (mean squared error, Adam with rate `lr`). The decoder is a linear layer, with a
/// sigmoid after it where all that is to be restored lies in 0..=1 (pixels, outputs of sigmoid): a linear one alone could
/// blow up the faintest code. What comes next is fine-tuning, the usual training of the whole.
///
/// Returns the mean loss in the first and in the last epoch, layer by layer. The 2006 paper claims no global optimum: this
/// is an initialization from which gradients reach the first layers.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let data = Batches::new((&Tensor::rand([64, 8]), &Tensor::zeros([64])), 16).shuffled();
/// let net = sequential![Linear::new(8, 6), Sigmoid, Linear::new(6, 4), Sigmoid, Linear::new(4, 2)];
/// let losses = pretrain(&net, &data, 20, 0.01);
/// assert_eq!(losses.len(), 2);                          // the two hidden layers
/// assert!(losses.iter().all(|[first, last]| last < first));
/// ```
///
/// # Panics
/// If `net` has no hidden linear layer, or can't take the data, or a loss becomes infinite or NaN.
#[track_caller]
pub fn pretrain(net: &Sequential, data: &Batches, epochs: usize, lr: Real) -> Vec<[Real; 2]> {
    let layers: Vec<&dyn Module> = net.children().into_iter().map(|(_, layer)| layer).collect();
    let linear: Vec<usize> = (0..layers.len()).filter(|&i| layers[i].downcast_ref::<Linear>().is_some()).collect();
    if linear.len() < 2 {
        let count = counted(linear.len(), "linear layer");
        fail("pretrain", format!("{count}: a hidden one to train and the output's are needed at least"));
    }
    let mut losses = Vec::new();
    for pair in linear.windows(2) {
        losses.push(autoencode(&layers[..pair[0]], &layers[pair[0]..pair[1]], data, epochs, lr));
    }
    losses
}

/// Trains `block` to keep what `before` gives it.
#[track_caller]
fn autoencode(before: &[&dyn Module], block: &[&dyn Module], data: &Batches, epochs: usize, lr: Real) -> [Real; 2] {
    let linear = block[0].downcast_ref::<Linear>().expect("a block begins with a linear layer");
    let decoder = Linear::new(linear.weight.shape()[0], linear.weight.shape()[1]);
    let parameters = block.iter().flat_map(|layer| named_parameters(*layer)).map(|(_, parameter)| parameter);
    let mut optimizer = Adam::new(parameters.chain(decoder.parameters()).collect::<Vec<_>>(), lr);
    let run = |layers: &[&dyn Module], x: &Tensor| layers.iter().fold(x.clone(), |x, layer| layer.forward(&x));
    // The layers before are done: no dropout in them, no running means that move.
    let _eval: Vec<Eval<'_>> = before.iter().map(|&layer| Eval::of(layer)).collect();
    let mut ends = [Real::NAN; 2];
    for epoch in 0..epochs {
        let (mut sum, mut count) = (0.0, 0);
        for (x, _) in data {
            let signal = no_grad(|| run(before, &x));
            let shares = signal.with_data(|signal| signal.iter().all(|s| (0.0..=1.0).contains(s)));
            let restored = decoder.forward(&run(block, &signal));
            let restored = if shares { restored.sigmoid() } else { restored };
            let loss = restored.squared_error(&signal).mean();
            let value = loss.item();
            if !value.is_finite() {
                fail("pretrain", format!("the loss is {value} in epoch {}: try a smaller learning rate", epoch + 1));
            }
            optimizer.zero_grad();
            loss.backward();
            optimizer.step();
            sum += f64::from(value) * x.shape()[0] as f64;
            count += x.shape()[0];
        }
        ends[usize::from(epoch > 0)] = (sum / count as f64) as Real;
    }
    // The last epoch's gradients belong to the reconstruction, not to the training that follows.
    optimizer.zero_grad();
    if epochs == 1 { [ends[0]; 2] } else { ends }
}
