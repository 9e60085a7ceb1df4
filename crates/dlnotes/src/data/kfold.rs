//! K folds for cross-validation (notes, K 折交叉验证).

use std::collections::BTreeMap;

use super::Dataset;
use crate::Real;
use crate::tensor::error::{counted, fail};
use crate::tensor::{permutation, with_stream};

/// How samples are cut into K parts of (nearly) equal size, each of which is once held back for validation.
///
/// ```
/// use dlnotes::prelude::*;
/// for fold in KFold::new(3).shuffled(42).folds(7) {
///     println!("train on {:?}, validate on {:?}", fold.train, fold.valid);
///     assert_eq!(fold.train.len() + fold.valid.len(), 7);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KFold {
    k: usize,
    seed: Option<u64>,
    stratified: bool,
}

/// The samples of one round, by their numbers in ascending order.
///
/// ```
/// use dlnotes::prelude::*;
/// let folds = KFold::new(3).folds(6);
/// assert_eq!((&folds[0].train[..], &folds[0].valid[..]), (&[2, 3, 4, 5][..], &[0, 1][..]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Those to train on.
    pub train: Vec<usize>,
    /// Those held back.
    pub valid: Vec<usize>,
}

impl KFold {
    /// `k` folds of neighbouring samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let held_back: Vec<Vec<usize>> = KFold::new(2).folds(5).into_iter().map(|fold| fold.valid).collect();
    /// assert_eq!(held_back, [vec![0, 1, 2], vec![3, 4]]);
    /// ```
    ///
    /// # Panics
    /// If `k` is below 2.
    #[must_use]
    #[track_caller]
    pub fn new(k: usize) -> Self {
        if k < 2 {
            fail("KFold", format!("k is {k}: at least 2 folds are needed, one to validate on and one to train on"));
        }
        Self { k, seed: None, stratified: false }
    }

    /// The samples in random order first, which `seed` alone determines: data are often sorted.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let folds = KFold::new(5).shuffled(1).folds(100);
    /// assert_ne!(folds[0].valid, (0..20).collect::<Vec<_>>());
    /// assert_eq!(folds, KFold::new(5).shuffled(1).folds(100));             // again, and on every machine
    /// ```
    #[must_use]
    pub fn shuffled(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Gives every fold the same share of each class (as nearly as numbers allow); the labels must be classes.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([6, 1]), Tensor::from([0.0, 0.0, 0.0, 0.0, 1.0, 1.0]));
    /// for (_, valid) in KFold::new(2).stratified().split(&data) {
    ///     assert_eq!(valid.labels().sum().item(), 1.0);                    // one sample of the rare class in each
    /// }
    /// ```
    #[must_use]
    pub fn stratified(mut self) -> Self {
        self.stratified = true;
        self
    }

    /// The number of folds.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(KFold::new(10).k(), 10);
    /// ```
    pub fn k(&self) -> usize {
        self.k
    }

    /// The folds of `n` samples: each sample is held back exactly once.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let folds = KFold::new(4).shuffled(7).folds(10);
    /// let mut held_back: Vec<usize> = folds.into_iter().flat_map(|fold| fold.valid).collect();
    /// held_back.sort();
    /// assert_eq!(held_back, (0..10).collect::<Vec<_>>());
    /// ```
    ///
    /// # Panics
    /// If there are fewer samples than folds, or folds are to be stratified (that needs the labels:
    /// [`folds_of`](Self::folds_of)).
    #[must_use]
    #[track_caller]
    pub fn folds(&self, n: usize) -> Vec<Fold> {
        if self.stratified {
            fail("KFold", "stratified folds need the classes: call folds_of(&data) instead of folds(n)");
        }
        self.check(n);
        let order = self.order(n);
        // The first n mod k folds get one sample more.
        let (size, larger) = (n / self.k, n % self.k);
        let start = |i: usize| i * size + i.min(larger);
        self.complete(n, (0..self.k).map(|i| order[start(i)..start(i + 1)].to_vec()).collect())
    }

    /// The folds of `data`, stratified by its labels where that was asked for.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([4, 1]), Tensor::from([0.0, 1.0, 0.0, 1.0]));
    /// let folds = KFold::new(2).stratified().folds_of(&data);
    /// assert!(folds.iter().all(|fold| fold.valid.len() == 2));
    /// ```
    ///
    /// # Panics
    /// If there are fewer samples than folds, or for stratified folds the labels aren't whole numbers, are all of one
    /// class, or a class has fewer samples than there are folds.
    #[must_use]
    #[track_caller]
    pub fn folds_of(&self, data: &Dataset) -> Vec<Fold> {
        if !self.stratified {
            return self.folds(data.len());
        }
        self.check(data.len());
        if data.labels().len() != data.len() {
            let shape = data.labels().shape();
            fail("KFold", format!("labels of shape {shape:?}: stratified folds need one class number for each sample"));
        }
        let classes = classes(&data.labels().to_vec());
        if classes.len() < 2 {
            fail("KFold", "all samples have one class: there is nothing to stratify by; leave stratified() out");
        }
        if let Some((class, members)) = classes.iter().find(|(_, members)| members.len() < self.k) {
            fail(
                "KFold",
                format!(
                    "class {class} has {}, too few for {} folds: some would have none; use fewer folds, or leave \
                     stratified() out",
                    counted(members.len(), "sample"),
                    self.k
                ),
            );
        }
        let place: Vec<usize> = {
            let order = self.order(data.len());
            let mut place = vec![0; order.len()];
            order.iter().enumerate().for_each(|(at, &sample)| place[sample] = at);
            place
        };
        // Dealt like cards, and on where the last class ended: sizes of folds differ by one at most.
        let mut held_back = vec![Vec::new(); self.k];
        let mut next = 0;
        for mut members in classes.into_values() {
            members.sort_by_key(|&sample| place[sample]);
            for sample in members {
                held_back[next].push(sample);
                next = (next + 1) % self.k;
            }
        }
        self.complete(data.len(), held_back)
    }

    /// The training and validation sets of `data`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([10, 3]), Tensor::zeros([10]));
    /// let sets = KFold::new(5).split(&data);
    /// let sizes: Vec<_> = sets.iter().map(|(train, valid)| (train.len(), valid.len())).collect();
    /// assert_eq!(sizes, [(8, 2); 5]);
    /// ```
    ///
    /// # Panics
    /// As [`folds_of`](Self::folds_of).
    #[must_use]
    #[track_caller]
    pub fn split(&self, data: &Dataset) -> Vec<(Dataset, Dataset)> {
        self.folds_of(data).iter().map(|fold| (data.subset(&fold.train), data.subset(&fold.valid))).collect()
    }

    #[track_caller]
    fn check(&self, n: usize) {
        if n < self.k {
            fail(
                "KFold",
                format!(
                    "{} for {} folds: some would be empty; use no more folds than samples",
                    counted(n, "sample"),
                    self.k
                ),
            );
        }
    }

    fn order(&self, n: usize) -> Vec<usize> {
        match self.seed {
            Some(seed) => with_stream(seed, 0, || permutation(n)),
            None => (0..n).collect(),
        }
    }

    fn complete(&self, n: usize, held_back: Vec<Vec<usize>>) -> Vec<Fold> {
        let fold = |mut valid: Vec<usize>| {
            valid.sort_unstable();
            let mut held = vec![false; n];
            valid.iter().for_each(|&i| held[i] = true);
            Fold { train: (0..n).filter(|&i| !held[i]).collect(), valid }
        };
        held_back.into_iter().map(fold).collect()
    }
}

/// The samples of each class.
#[track_caller]
fn classes(labels: &[Real]) -> BTreeMap<i64, Vec<usize>> {
    let mut classes: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    for (i, &label) in labels.iter().enumerate() {
        if label.fract() != 0.0 {
            fail("KFold", format!("label {label} of sample {i} isn't a class: stratified folds need whole numbers"));
        }
        classes.entry(label as i64).or_default().push(i);
    }
    classes
}
