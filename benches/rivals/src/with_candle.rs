//! In candle.

use candle_core::{DType, Device, Result, Tensor};
use candle_nn::{Dropout, Init, Linear, Module, Optimizer, SGD, VarBuilder, VarMap};
use dlnotes::prelude::data;

use crate::{DROPOUT, LAYERS, Metrics, RATE, Rival};

struct Candle {
    layers: Vec<Linear>,
    images: Tensor,
    labels: Tensor,
    trainer: SGD,
}

pub(crate) fn make(data: &data::Dataset) -> Box<dyn Rival> {
    Box::new(Candle::new(data).expect("a network of candle's"))
}

impl Candle {
    fn new(data: &data::Dataset) -> Result<Self> {
        let (device, variables) = (Device::Cpu, VarMap::new());
        let builder = VarBuilder::from_varmap(&variables, DType::F32, &device);
        let layer = |i: usize| {
            let (builder, normal) = (builder.pp(i.to_string()), Init::Randn { mean: 0.0, stdev: 0.01 });
            let weight = builder.get_with_hints((LAYERS[i + 1], LAYERS[i]), "weight", normal)?;
            Ok(Linear::new(weight, Some(builder.get_with_hints(LAYERS[i + 1], "bias", candle_nn::init::ZERO)?)))
        };
        let layers = (0..LAYERS.len() - 1).map(layer).collect::<Result<_>>()?;
        let labels: Vec<u32> = data.labels().to_vec().iter().map(|&label| label as u32).collect();
        Ok(Self {
            layers,
            images: Tensor::from_vec(data.features().to_vec(), (data.len(), LAYERS[0]), &device)?,
            labels: Tensor::from_vec(labels, data.len(), &device)?,
            trainer: SGD::new(variables.all_vars(), RATE)?,
        })
    }

    fn forward(&self, mut x: Tensor) -> Result<Tensor> {
        for (i, layer) in self.layers.iter().enumerate() {
            x = layer.forward(&x)?;
            if let Some(&p) = DROPOUT.get(i) {
                x = Dropout::new(p as f32).forward(&x.relu()?, true)?;
            }
        }
        Ok(x)
    }

    /// The sum of the losses and how many are right.
    fn step(&mut self, batch: &[usize]) -> Result<(f64, u32)> {
        let indices = Tensor::from_iter(batch.iter().map(|&i| i as u32), &Device::Cpu)?;
        let (x, y) = (self.images.index_select(&indices, 0)?, self.labels.index_select(&indices, 0)?);
        let prediction = self.forward(x)?;
        let loss = candle_nn::loss::cross_entropy(&prediction, &y)?;
        self.trainer.backward_step(&loss)?;
        let right = prediction.argmax(1)?.eq(&y)?.to_dtype(DType::U32)?.sum_all()?.to_scalar()?;
        Ok((f64::from(loss.to_scalar::<f32>()?) * batch.len() as f64, right))
    }
}

impl Rival for Candle {
    fn epoch(&mut self, batches: &[Vec<usize>]) -> Metrics {
        let (mut sum, mut right, mut count) = (0.0, 0, 0);
        for batch in batches {
            let (loss, correct) = self.step(batch).expect("a step of candle's");
            sum += loss;
            right += correct;
            count += batch.len();
        }
        Metrics { loss: sum / count as f64, accuracy: f64::from(right) / count as f64 }
    }
}
