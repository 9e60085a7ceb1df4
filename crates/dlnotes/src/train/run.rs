//! The loop behind [`Fit`].

use std::path::Path;
use std::time::{Duration, Instant};

use super::history::over_epochs;
use super::progress::Progress;
use super::{Fit, History, Metrics, checkpoint, epoch, evaluate_accuracy, evaluate_loss};
use crate::Real;
use crate::nn::{named_state, safetensors, save_parameters};
use crate::optim::Optimizer;
use crate::plot::Animator;
use crate::tensor::{Error, Tensor, no_grad};

/// A run and what has come of it so far.
pub(super) struct Run<'a> {
    fit: Fit<'a>,
    history: History,
    best: Best,
    /// Epochs done.
    epoch: usize,
    /// The time that a run took which this one resumes.
    earlier: Duration,
}

struct Best {
    loss: Real,
    epoch: usize,
    parameters: Vec<(String, Tensor)>,
}

impl<'a> Run<'a> {
    /// A run at its beginning, or where the one that it resumes stopped.
    pub(super) fn new(fit: Fit<'a>) -> Result<Self, Error> {
        let note = fit.train.data().note().or_else(|| fit.test?.data().note());
        let animator = Animator::new().xlabel("epoch").title(note.unwrap_or_default());
        let mut history = History::new(over_epochs(animator, 1, fit.epochs));
        history.note = note;
        let best = Best { loss: Real::INFINITY, epoch: 0, parameters: Vec::new() };
        let mut run = Self { fit, history, best, epoch: 0, earlier: Duration::ZERO };
        if let Some(path) = run.fit.resume.clone() {
            run.resume(&path)?;
        }
        Ok(run)
    }

    fn resume(&mut self, path: &Path) -> Result<(), Error> {
        let mut saved = checkpoint::load(path, self.fit.net, self.fit.optimizer)?;
        self.epoch = saved.epoch;
        let number = |key: &str| saved.text(key).and_then(|text| text.parse::<f64>().ok());
        self.earlier = Duration::from_secs_f64(number("seconds").unwrap_or(0.0).max(0.0));
        if let (Some(loss), Some(epoch)) = (number("best_loss"), number("best_epoch")) {
            (self.best.loss, self.best.epoch) = (loss as Real, epoch as usize);
        }
        self.best.parameters = saved.take("best.");
        if !self.best.parameters.is_empty() {
            safetensors::matching(&named_state(self.fit.net), &self.best.parameters)
                .map_err(|e| safetensors::at("resume", path, e))?;
        }
        for (name, curve) in saved.take("history.") {
            let numbers = curve.to_vec();
            let (epochs, values) = numbers.split_at(numbers.len() / 2);
            for (&epoch, &value) in epochs.iter().zip(values) {
                self.history.push(&name, epoch as usize, value);
            }
        }
        self.history.time = self.earlier;
        if !self.knows_best() {
            // What was lowest before doesn't count: the best epoch is looked for from here on.
            self.best = Best { loss: Real::INFINITY, epoch: self.epoch, parameters: Vec::new() };
        }
        Ok(())
    }

    /// Whether what a resumed run says of its best epoch is what this one asks for: a loss on the same data, and with
    /// patience the parameters to return to, which are kept only by a run that had patience.
    fn knows_best(&self) -> bool {
        let validated = !self.history.values("validation loss").is_empty();
        let asked = self.fit.patience.is_some() || self.fit.save_best.is_some();
        !asked
            || validated == self.fit.valid.is_some()
                && (self.fit.patience.is_none() || !self.best.parameters.is_empty())
    }

    #[track_caller]
    pub(super) fn train(mut self) -> Result<History, Error> {
        let start = Instant::now();
        let mut progress = Progress::new(self.epoch, self.fit.epochs, self.fit.train.len());
        while self.epoch < self.fit.epochs && !self.is_stuck() {
            let epoch = self.epoch + 1;
            let metrics = self.train_epoch(epoch, &mut progress)?;
            self.epoch = epoch;
            let loss = self.evaluate(metrics);
            self.history.time = self.earlier + start.elapsed();
            if loss < self.best.loss {
                self.keep(loss)?;
            }
            self.save()?;
        }
        if self.is_stuck() {
            self.history.stop_early(self.epoch);
            let parameters = named_state(self.fit.net);
            let best = &self.best.parameters;
            no_grad(|| parameters.iter().zip(best).for_each(|((_, parameter), (_, best))| parameter.copy_(best)));
        }
        progress.finish(self.history.to_string());
        Ok(self.history)
    }

    /// Whether early stopping says that this is enough.
    fn is_stuck(&self) -> bool {
        self.fit.patience.is_some_and(|patience| self.epoch >= self.best.epoch + patience)
    }

    #[track_caller]
    fn train_epoch(&mut self, number: usize, progress: &mut Progress) -> Result<Metrics, Error> {
        let fit = &mut self.fit;
        let rate = Rate::set(fit.optimizer, fit.schedule.factor(number - 1));
        epoch::run(fit.net, fit.train, fit.loss, rate.0, fit.clip_norm, &mut |batch| progress.batch(number, batch))
            .map_err(|e| Error::new("fit", format!("epoch {number}: {e}")))
    }

    /// Adds the epoch's numbers to the curves; returns the loss that decides which epoch is best.
    #[track_caller]
    fn evaluate(&mut self, metrics: Metrics) -> Real {
        let (fit, history, epoch) = (&self.fit, &mut self.history, self.epoch);
        history.push("train loss", epoch, metrics.loss);
        if let Some(accuracy) = metrics.accuracy {
            history.push("train acc", epoch, accuracy);
        }
        let classifies = metrics.accuracy.is_some();
        let mut decides = metrics.loss;
        if let Some(valid) = fit.valid {
            decides = evaluate_loss(fit.net, valid, fit.loss);
            history.push("validation loss", epoch, decides);
            if classifies {
                history.push("validation acc", epoch, evaluate_accuracy(fit.net, valid));
            }
        }
        match fit.test {
            Some(test) if classifies => history.push("test acc", epoch, evaluate_accuracy(fit.net, test)),
            Some(test) => history.push("test loss", epoch, evaluate_loss(fit.net, test, fit.loss)),
            None => {}
        }
        decides
    }

    fn keep(&mut self, loss: Real) -> Result<(), Error> {
        (self.best.loss, self.best.epoch) = (loss, self.epoch);
        if self.fit.patience.is_some() {
            let parameters = named_state(self.fit.net).into_iter();
            self.best.parameters = parameters.map(|(name, p)| (name, p.clone_data())).collect();
        }
        match &self.fit.save_best {
            Some(path) => save_parameters(self.fit.net, path),
            None => Ok(()),
        }
    }

    fn save(&self) -> Result<(), Error> {
        let Some(path) = &self.fit.checkpoint else { return Ok(()) };
        let mut more = Vec::new();
        for (name, parameter) in &self.best.parameters {
            more.push((format!("best.{name}"), parameter.clone()));
        }
        for curve in self.history.curves() {
            let mut numbers: Vec<Real> = curve.epochs.iter().map(|&epoch| epoch as Real).collect();
            numbers.extend(&curve.values);
            more.push((format!("history.{}", curve.name), Tensor::from_vec(numbers, [2, curve.values.len()])));
        }
        let words = vec![
            ("best_loss", self.best.loss.to_string()),
            ("best_epoch", self.best.epoch.to_string()),
            ("seconds", self.history.time.as_secs_f64().to_string()),
        ];
        checkpoint::save(path, self.fit.net, self.fit.optimizer, self.epoch, more, words)
    }
}

/// An optimizer whose learning rate follows a schedule; it returns to its own even when an interrupt unwinds.
struct Rate<'a>(&'a mut dyn Optimizer);

impl<'a> Rate<'a> {
    fn set(optimizer: &'a mut dyn Optimizer, factor: Real) -> Self {
        optimizer.set_lr_factor(factor);
        Self(optimizer)
    }
}

impl Drop for Rate<'_> {
    fn drop(&mut self) {
        self.0.set_lr_factor(1.0);
    }
}
