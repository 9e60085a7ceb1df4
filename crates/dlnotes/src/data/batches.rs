//! Samples in batches.

use dlnotes_display::poll_interrupt;

use super::{Augment, Dataset};
use crate::dropped::{Field, drops_here};
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
    data: Field<Dataset>,
    size: usize,
    shuffled: bool,
    augment: Field<Option<Augment>>,
}
drops_here!(Batches: data, augment);

impl Batches {
    /// Batches of `size` samples, in the order of the data: of a [`Dataset`], or of features and labels.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, y) = (Tensor::arange(0.0, 6.0, 1.0).reshape([3, 2]), Tensor::from([0.0, 1.0, 0.0]));
    /// let test_iter = Batches::new((&x, &y), 2);
    /// let (x1, y1) = test_iter.iter().next().unwrap();
    /// assert_eq!((x1.shape(), y1.to_vec()), (&[2, 2][..], vec![0.0, 1.0]));
    /// ```
    ///
    /// # Panics
    /// If `size` is 0, there are no samples, or features and labels differ in their number.
    #[must_use]
    #[track_caller]
    pub fn new(data: impl Into<Dataset>, size: usize) -> Self {
        Self::of(data.into(), size)
    }

    #[track_caller]
    fn of(data: Dataset, size: usize) -> Self {
        if size == 0 {
            fail("Batches", "the batch size is 0: it must be at least 1");
        }
        if data.is_empty() {
            fail("Batches", "the data set has no samples: there is nothing to train on");
        }
        Self { data: Field::new(data), size, shuffled: false, augment: Field::new(None) }
    }

    /// The same batches, with the samples in a new order in every epoch, drawn from the crate's generator.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(3);
    /// let x = Tensor::arange(0.0, 100.0, 1.0);
    /// let train_iter = Batches::new((&x, &x), 100).shuffled();
    /// let first = train_iter.iter().next().unwrap().0;
    /// let second = train_iter.iter().next().unwrap().0;
    /// assert_ne!(first.to_vec(), second.to_vec());                         // another order,
    /// assert_eq!(first.sum().item(), second.sum().item());                 // the same samples
    /// ```
    #[must_use]
    pub fn shuffled(mut self) -> Self {
        self.shuffled = true;
        self
    }

    /// The same batches with their images changed at random, again in every epoch.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let images = Tensor::rand([4, 1, 8, 8]);
    /// let data = Batches::new((&images, &Tensor::zeros([4])), 4).augmented(&Augment::new().rotate(30.0));
    /// let [first, second] = [1, 2].map(|_| data.iter().next().unwrap().0.to_vec());
    /// assert_ne!(first, second);
    /// ```
    #[must_use]
    pub fn augmented(mut self, augment: &Augment) -> Self {
        *self.augment = Some(augment.clone());
        self
    }

    /// One epoch: every sample once. `for (x, y) in &train_iter` does the same.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::arange(0.0, 5.0, 1.0);
    /// let data = Batches::new((&y, &y), 2);
    /// let mut seen = Vec::new();
    /// for (x, _) in &data {
    ///     seen.extend(x.to_vec());
    /// }
    /// assert_eq!(seen, [0.0, 1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(data.iter().count(), 3);
    /// ```
    pub fn iter(&self) -> BatchesIter<'_> {
        BatchesIter { batches: self, order: self.shuffled.then(|| permutation(self.data.len())), at: 0 }
    }

    /// The number of batches in an epoch: ⌈samples / size⌉.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::zeros([25]);
    /// assert_eq!(Batches::new((&y, &y), 10).len(), 3);                     // 10, 10 and 5
    /// ```
    pub fn len(&self) -> usize {
        self.data.len().div_ceil(self.size)
    }

    /// Never: there is at least one sample.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::zeros([1]);
    /// assert!(!Batches::new((&y, &y), 10).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        false
    }

    /// What the batches are made of.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::zeros([25]);
    /// let train_iter = Batches::new((&y, &y), 10);
    /// assert_eq!(train_iter.data().len(), 25);                             // samples, where len() counts batches
    /// ```
    pub fn data(&self) -> &Dataset {
        &self.data
    }
}

/// The batches of an epoch, as (features, labels): what [`Batches::iter`] returns.
///
/// ```
/// use dlnotes::prelude::*;
/// let y = Tensor::arange(0.0, 4.0, 1.0);
/// let data = Batches::new((&y, &y), 3);
/// let mut epoch = data.iter();
/// assert_eq!(epoch.next().unwrap().0.to_vec(), [0.0, 1.0, 2.0]);
/// assert_eq!(epoch.next().unwrap().0.to_vec(), [3.0]);
/// assert!(epoch.next().is_none());
/// ```
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
        let x = match &*self.batches.augment {
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
