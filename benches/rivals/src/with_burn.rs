//! In burn, on its backends for processors.

use burn::module::Module;
use burn::nn::loss::{CrossEntropyLoss, CrossEntropyLossConfig};
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, LinearConfig, Relu};
use burn::optim::{GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Int, Tensor, TensorData};
use dlnotes::prelude::data;

use crate::{DROPOUT, LAYERS, Metrics, RATE, Rival};

#[derive(Module, Debug)]
struct Mlp {
    first: Linear,
    second: Linear,
    last: Linear,
    relu: Relu,
    dropout: [Dropout; 2],
}

impl Mlp {
    fn new(device: &Device) -> Self {
        let initializer = Initializer::Normal { mean: 0.0, std: 0.01 };
        let layer = |i: usize| {
            LinearConfig::new(LAYERS[i], LAYERS[i + 1]).with_initializer(initializer.clone()).init(device)
        };
        Self {
            first: layer(0),
            second: layer(1),
            last: layer(2),
            relu: Relu::new(),
            dropout: DROPOUT.map(|p| DropoutConfig::new(p).init()),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let x = self.dropout[0].forward(self.relu.forward(self.first.forward(x)));
        let x = self.dropout[1].forward(self.relu.forward(self.second.forward(x)));
        self.last.forward(x)
    }
}

struct Burn {
    net: Option<Mlp>,
    images: Tensor<2>,
    labels: Tensor<1, Int>,
    loss: CrossEntropyLoss,
    trainer: ModuleOptimizer,
    device: Device,
}

pub(crate) fn make_flex(data: &data::Dataset) -> Box<dyn Rival> {
    make(data, Device::flex())
}

#[expect(deprecated, reason = "the backend that many programs still have")]
pub(crate) fn make_ndarray(data: &data::Dataset) -> Box<dyn Rival> {
    make(data, Device::ndarray())
}

fn make(data: &data::Dataset, device: Device) -> Box<dyn Rival> {
    let device = device.autodiff();
    let labels: Vec<i64> = data.labels().to_vec().iter().map(|&label| label as i64).collect();
    Box::new(Burn {
        net: Some(Mlp::new(&device)),
        images: Tensor::from_data(TensorData::new(data.features().to_vec(), [data.len(), LAYERS[0]]), &device),
        labels: Tensor::from_data(TensorData::new(labels, [data.len()]), &device),
        loss: CrossEntropyLossConfig::new().init(&device),
        trainer: SgdConfig::new().init(),
        device,
    })
}

impl Rival for Burn {
    fn epoch(&mut self, batches: &[Vec<usize>]) -> Metrics {
        let (mut sum, mut right, mut count) = (0.0, 0, 0);
        for batch in batches {
            let indices: Vec<i64> = batch.iter().map(|&i| i as i64).collect();
            let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [batch.len()]), &self.device);
            let x = self.images.clone().select(0, indices.clone());
            let y = self.labels.clone().select(0, indices);
            let net = self.net.take().expect("put back after each step");
            let prediction = net.forward(x);
            let loss = self.loss.forward(prediction.clone(), y.clone());
            let gradients = GradientsParams::from_grads(loss.backward(), &net);
            self.net = Some(self.trainer.step(RATE, net, gradients));
            sum += loss.into_scalar::<f32>() as f64 * batch.len() as f64;
            right += prediction.argmax(1).squeeze_dim::<1>(1).equal(y).int().sum().into_scalar::<i64>();
            count += batch.len();
        }
        Metrics { loss: sum / count as f64, accuracy: right as f64 / count as f64 }
    }
}
