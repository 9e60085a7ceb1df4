//! In dlnotes itself, for the same program's sake.

use dlnotes::prelude::*;
use dlnotes::train::dropout_mlp;

use crate::{BATCH, DROPOUT, Metrics, RATE, Rival};

struct Ours {
    net: Sequential,
    data: Batches,
    trainer: Sgd,
}

pub(crate) fn make(data: &data::Dataset) -> Box<dyn Rival> {
    let net = dropout_mlp(DROPOUT[0] as f32, DROPOUT[1] as f32);
    let trainer = Sgd::new(net.parameters(), RATE as f32);
    Box::new(Ours { net, data: Batches::new(data, BATCH).shuffled(), trainer })
}

impl Rival for Ours {
    /// Shuffles by itself: its own batches are what users take.
    fn epoch(&mut self, _: &[Vec<usize>]) -> Metrics {
        let metrics = train_epoch(&self.net, &self.data, &CrossEntropyLoss::none(), &mut self.trainer);
        Metrics { loss: metrics.loss.into(), accuracy: metrics.accuracy.expect("classes").into() }
    }
}
