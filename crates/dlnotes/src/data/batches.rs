//! Samples in batches.

use dlnotes_display::poll_interrupt;

use super::{Augment, Dataset};
use crate::tensor::error::fail;
use crate::tensor::{Tensor, permutation};

/// A data set in batches, to run through as often as wanted (the notes' `load_array`).
///
/// The last batch is short where the size does not divide the number of samples. A reader's interrupt takes effect
/// between two batches.
///
/// ```
/// use dlnotes::prelude::*;
/// let train_iter = Batches::new((&Tensor::ones([25, 3]), &Tensor::zeros([25])), 10).shuffled();
/// let sizes: Vec<usize> = train_iter.iter().map(|(x, _)| x.shape()[0]).collect();
/// assert_eq!(sizes, [10, 10, 5]);
/// ```
#[derive(Clone, Debug)]
pub struct Batches {
    data: Dataset,
    size: usize,
    shuffled: bool,
    augment: Option<Augment>,
}

impl Batches {
    /// Batches of `size` samples, in the order of the data: of a [`Dataset`], or of features and labels.
    ///
    /// # Panics
    /// If `size` is 0, there are no samples, or features and labels differ in their number.
    #[must_use]
    #[track_caller]
    pub fn new(data: impl Into<Dataset>, size: usize) -> Self {
        let data = data.into();
        if size == 0 {
            fail("Batches", "the batch size is 0: it must be at least 1");
        }
        if data.is_empty() {
            fail("Batches", "the data set has no samples: there is nothing to train on");
        }
        Self { data, size, shuffled: false, augment: None }
    }

    /// The same batches, with the samples in a new order in every epoch, drawn from the crate's generator.
    #[must_use]
    pub fn shuffled(mut self) -> Self {
        self.shuffled = true;
        self
    }

    /// The same batches with their images changed at random, anew in every epoch.
    #[must_use]
    pub fn augmented(mut self, augment: &Augment) -> Self {
        self.augment = Some(augment.clone());
        self
    }

    /// One epoch: every sample once.
    pub fn iter(&self) -> BatchesIter<'_> {
        BatchesIter { batches: self, order: self.shuffled.then(|| permutation(self.data.len())), at: 0 }
    }

    /// The number of batches in an epoch.
    pub fn len(&self) -> usize {
        self.data.len().div_ceil(self.size)
    }

    /// Never: there is at least one sample.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// What the batches are made of.
    pub fn data(&self) -> &Dataset {
        &self.data
    }
}

/// The batches of an epoch.
#[derive(Debug)]
pub struct BatchesIter<'a> {
    batches: &'a Batches,
    order: Option<Vec<usize>>,
    at: usize,
}

impl Iterator for BatchesIter<'_> {
    type Item = (Tensor, Tensor);

    fn next(&mut self) -> Option<Self::Item> {
        poll_interrupt();
        let data = &self.batches.data;
        let (start, end) = (self.at, (self.at + self.batches.size).min(data.len()));
        if start >= end {
            return None;
        }
        self.at = end;
        let (x, y) = match &self.order {
            Some(order) => data.select(&order[start..end]),
            None => data.range(start, end),
        };
        let x = match &self.batches.augment {
            Some(augment) => augment.apply(&x),
            None => x,
        };
        Some((x, y))
    }
}

impl<'a> IntoIterator for &'a Batches {
    type Item = (Tensor, Tensor);
    type IntoIter = BatchesIter<'a>;

    fn into_iter(self) -> BatchesIter<'a> {
        self.iter()
    }
}
