//! Losses of single samples, each fused with its derivative.

use super::softmax::peak;
use crate::real::{self, Real};
use crate::tensor::error::{Error, OrFail};
use crate::tensor::graph::{self, one, two};
use crate::tensor::{Tensor, kernels, pool};

impl Tensor {
    /// (ŷ − y)² for every element; `self` is the prediction ŷ. Derivative 2(ŷ − y).
    ///
    /// The shapes must be equal: broadcasting `[n]` against `[n, 1]` would silently compare every prediction with every
    /// target.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let loss = Tensor::from([3.0, 1.0]).squared_error(&Tensor::from([1.0, 1.0]));
    /// assert_eq!(loss.to_vec(), [4.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes differ.
    #[must_use]
    #[track_caller]
    pub fn squared_error(&self, target: &Self) -> Self {
        if self.shape() != target.shape() {
            crate::tensor::error::fail(
                "squared_error",
                format!(
                    "the prediction has shape {:?}, the target {:?}: they must be equal; \
                     use target.reshape({:?}) if it holds one number for each prediction",
                    self.shape(),
                    target.shape(),
                    self.shape()
                ),
            );
        }
        let y = super::broadcast::combine("squared_error", self, target, |a, b| (a - b) * (a - b));
        if !graph::tracks(&[self, target]) {
            return y;
        }
        graph::record("squared_error", &[self, target], y, &[self, target], |ctx, grad| {
            let slope = ctx.saved(0).detach();
            let d = super::broadcast::combine("squared_error", &slope, ctx.saved(1), |a, b| 2.0 * (a - b));
            let d = grad.apply_with(&d, |g, d| g * d);
            let right = ctx.needs(1).then(|| d.apply(|d| -d));
            two(ctx.needs(0).then_some(d), right)
        })
    }

    /// Cross entropy −log softmax(x)ₗ of each sample: `self` holds the logits `[n, classes]`, `labels` `[n]` the right
    /// class of each, counted from 0; the result is `[n]`. Derivative softmax(x) − 1 at the label.
    ///
    /// The largest logit is taken out first, so that nothing overflows.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let loss = Tensor::from([[0.0, 0.0], [1e4, 0.0]]).cross_entropy(&Tensor::from([1.0, 0.0]));
    /// assert_eq!(loss.to_vec(), [2.0_f32.ln(), 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes don't fit, or a label is not a whole number from 0 to classes − 1.
    #[must_use]
    #[track_caller]
    pub fn cross_entropy(&self, labels: &Self) -> Self {
        self.try_cross_entropy(labels).or_fail()
    }

    /// [`cross_entropy`](Self::cross_entropy) for labels that come from outside.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let logits = Tensor::zeros([2, 10]);
    /// assert!(logits.try_cross_entropy(&Tensor::from([0.0, 9.0])).is_ok());
    /// let error = logits.try_cross_entropy(&Tensor::from([0.0, 10.0])).unwrap_err();
    /// assert!(error.to_string().contains("label 10 of sample 1 isn't a class"));
    /// ```
    ///
    /// # Errors
    /// Where [`cross_entropy`](Self::cross_entropy) panics.
    pub fn try_cross_entropy(&self, labels: &Self) -> Result<Self, Error> {
        let [n, classes] = check(self, labels)?;
        // For each sample the largest logit and log Σ e^(x − largest): their sum would round the second away.
        let mut scales = pool::take(2 * n);
        let mut losses = pool::take(n);
        let mut exponentials = pool::take(n * classes);
        self.with_both(labels, |x, labels| {
            let rows = || x.chunks_exact(classes);
            for ((row, scale), out) in
                rows().zip(scales.chunks_exact_mut(2)).zip(exponentials.chunks_exact_mut(classes))
            {
                scale[0] = peak(row);
                out.iter_mut().zip(row).for_each(|(o, &x)| *o = x - scale[0]);
            }
            // All in one go: a row is too short for SIMD.
            kernels::map_in_place(&mut exponentials, real::exp);
            let samples = rows().zip(labels).zip(exponentials.chunks_exact(classes));
            for (((row, &label), exponentials), (scale, loss)) in
                samples.zip(scales.chunks_exact_mut(2).zip(&mut losses))
            {
                scale[1] = exponentials.iter().sum::<Real>().ln();
                *loss = scale[1] - (row[label as usize] - scale[0]);
            }
        });
        pool::give(exponentials);
        let y = Self::from_buffer(losses, &[n]);
        if !graph::tracks(&[self]) {
            pool::give(scales);
            return Ok(y);
        }
        let scales = Self::from_buffer(scales, &[n, 2]);
        Ok(graph::record("cross_entropy", &[self], y, &[self, labels, &scales], move |ctx, grad| {
            let mut out = pool::take(n * classes);
            let (labels, scales, grad) = (ctx.saved(1).to_vec(), ctx.saved(2).to_vec(), grad.to_vec());
            ctx.saved(0).with_data(|x| {
                for (i, (out, row)) in out.chunks_exact_mut(classes).zip(x.chunks_exact(classes)).enumerate() {
                    let (peak, log) = (scales[2 * i], scales[2 * i + 1]);
                    out.iter_mut().zip(row).for_each(|(o, &x)| *o = (x - peak) - log);
                }
            });
            kernels::map_in_place(&mut out, real::exp);
            for (i, out) in out.chunks_exact_mut(classes).enumerate() {
                out.iter_mut().for_each(|o| *o *= grad[i]);
                out[labels[i] as usize] -= grad[i];
            }
            one(Self::from_buffer(out, &[n, classes]))
        }))
    }
}

fn check(logits: &Tensor, labels: &Tensor) -> Result<[usize; 2], Error> {
    let op = "cross_entropy";
    let &[n, classes] = logits.shape() else {
        return Err(Error::new(op, format!("the logits have shape {:?}: they must be [n, classes]", logits.shape())));
    };
    if labels.shape() != [n] {
        return Err(Error::new(
            op,
            format!(
                "logits of shape {:?} need labels of shape [{n}], one class index a sample; they have {:?}",
                logits.shape(),
                labels.shape()
            ),
        ));
    }
    labels.with_data(|labels| {
        match labels.iter().position(|&l| !(l >= 0.0 && l < classes as Real && l.fract() == 0.0)) {
            None => Ok([n, classes]),
            Some(i) => Err(Error::new(
                op,
                format!(
                    "label {} of sample {i} isn't a class: with {classes} logits a sample the labels are whole numbers from \
                     0 to {}",
                    labels[i],
                    classes.saturating_sub(1)
                ),
            )),
        }
    })
}
