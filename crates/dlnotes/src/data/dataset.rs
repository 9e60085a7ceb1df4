//! Samples in memory.

use std::sync::Arc;

use super::prefetch::prefetch;
use crate::Real;
use crate::dropped::{Field, drops_here};
use crate::share::share_out;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Features and labels of a number of samples, held in memory; cloning copies handles only.
///
/// Images stay bytes until a batch asks for them: a quarter of the memory, and less of it to read in every epoch.
///
/// ```
/// use dlnotes::prelude::*;
/// let data = Dataset::from((Tensor::arange(0.0, 6.0, 1.0).reshape([3, 2]), Tensor::from([0.0, 1.0, 2.0])));
/// let (x, y) = data.select(&[2, 0]);
/// assert_eq!(x.to_vec(), [4.0, 5.0, 0.0, 1.0]);
/// assert_eq!(y.to_vec(), [2.0, 0.0]);
/// ```
#[derive(Clone, Debug)]
pub struct Dataset {
    features: Field<Features>,
    labels: Field<Tensor>,
    /// What must be known to read results that rest on these samples.
    note: Option<&'static str>,
}
drops_here!(Dataset: features, labels);

#[derive(Clone, Debug)]
enum Features {
    Numbers(Tensor),
    /// Pixels 0..=255, which become 0..=1, of images of `shape`.
    Bytes {
        pixels: Arc<Vec<u8>>,
        shape: Vec<usize>,
    },
}

impl Dataset {
    /// Features and labels whose first sizes are the number of samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([100, 3]), Tensor::zeros([100]));
    /// assert_eq!(data.len(), 100);
    /// ```
    ///
    /// # Panics
    /// If these sizes differ.
    #[must_use]
    #[track_caller]
    pub fn new(features: Tensor, labels: Tensor) -> Self {
        if features.rank() == 0 || labels.rank() == 0 || features.shape()[0] != labels.shape()[0] {
            let (x, y) = (features.shape(), labels.shape());
            fail(
                "Dataset",
                format!("features of shape {x:?} and labels of shape {y:?}: the first sizes must be equal"),
            );
        }
        // In row-major order once, not again for every batch.
        let packed = |t: Tensor| if t.is_contiguous() { t.detach() } else { t.clone_data() };
        Self::of(Features::Numbers(packed(features)), packed(labels), None)
    }

    fn of(features: Features, labels: Tensor, note: Option<&'static str>) -> Self {
        Self { features: Field::new(features), labels: Field::new(labels), note }
    }

    /// Images of `shape` (channels, height, width), one after the other, and their classes.
    pub(super) fn images(pixels: Vec<u8>, shape: [usize; 3], labels: Vec<u8>) -> Self {
        let labels = labels.into_iter().map(Real::from).collect::<Vec<_>>().into();
        Self::of(Features::Bytes { pixels: Arc::new(pixels), shape: shape.into() }, labels, None)
    }

    /// The same samples with a note that goes where results are shown.
    pub(super) fn with_note(mut self, note: Option<&'static str>) -> Self {
        self.note = note;
        self
    }

    /// What must be known to read results that rest on these samples: that they are the embedded subset, say.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let subset = FashionMnist::embedded();
    /// assert_eq!(subset.test.note(), Some("embedded subset of 5,800 + 1,000 images"));
    /// assert_eq!(Dataset::new(Tensor::zeros([1, 1]), Tensor::zeros([1])).note(), None);
    /// ```
    pub fn note(&self) -> Option<&'static str> {
        self.note
    }

    /// The number of samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Dataset::from((Tensor::zeros([60, 2]), Tensor::zeros([60]))).len(), 60);
    /// ```
    pub fn len(&self) -> usize {
        self.labels.shape()[0]
    }

    /// Whether there are no samples.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([0, 2]), Tensor::zeros([0]));
    /// assert!(data.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The labels of all samples, `[n]` or `[n, …]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([3, 2]), Tensor::from([0.0, 1.0, 1.0]));
    /// assert_eq!(data.labels().eq(1.0).sum().item(), 2.0);                 // how many belong to class 1
    /// ```
    pub fn labels(&self) -> &Tensor {
        &self.labels
    }

    /// The features of all samples, `[n, …]`, as numbers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::from([[1.0, 2.0], [3.0, 6.0]]), Tensor::zeros([2]));
    /// assert_eq!(data.features().mean_dim(0, false).to_vec(), [2.0, 4.0]);
    /// ```
    pub fn features(&self) -> Tensor {
        match &*self.features {
            Features::Numbers(x) => x.clone(),
            Features::Bytes { .. } => self.select(&(0..self.len()).collect::<Vec<_>>()).0,
        }
    }

    /// How many bytes the features take.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let images = FashionMnist::embedded().test;
    /// assert_eq!(images.bytes(), 1000 * 28 * 28);                          // a byte for a pixel
    /// assert_eq!(Dataset::new(images.features(), images.labels().clone()).bytes(), 4 * images.bytes());
    /// ```
    pub fn bytes(&self) -> usize {
        match &*self.features {
            Features::Numbers(x) => x.len() * size_of::<Real>(),
            Features::Bytes { pixels, .. } => pixels.len(),
        }
    }

    /// The samples with these numbers, in this order.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::arange(0.0, 3.0, 1.0), Tensor::from([10.0, 11.0, 12.0]));
    /// let (x, y) = data.select(&[2, 0, 0]);
    /// assert_eq!((x.to_vec(), y.to_vec()), (vec![2.0, 0.0, 0.0], vec![12.0, 10.0, 10.0]));
    /// ```
    ///
    /// # Panics
    /// If one is out of range.
    #[must_use]
    #[track_caller]
    pub fn select(&self, indices: &[usize]) -> (Tensor, Tensor) {
        let y = self.labels.index_select(0, indices);
        match &*self.features {
            Features::Numbers(x) => (x.index_select(0, indices), y),
            Features::Bytes { pixels, shape } => (decode(pixels, shape, indices), y),
        }
    }

    /// A data set of the samples with these numbers, in this order; images stay bytes.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::from((&Tensor::eye(4), &Tensor::arange(0.0, 4.0, 1.0)));
    /// assert_eq!(data.subset(&[3, 0]).labels().to_vec(), [3.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If one is out of range.
    #[must_use]
    #[track_caller]
    pub fn subset(&self, indices: &[usize]) -> Self {
        let labels = self.labels.index_select(0, indices);
        let features = match &*self.features {
            Features::Numbers(x) => Features::Numbers(x.index_select(0, indices)),
            Features::Bytes { pixels, shape } => {
                let size: usize = shape.iter().product();
                let chosen = indices.iter().flat_map(|i| &pixels[i * size..][..size]).copied().collect();
                Features::Bytes { pixels: Arc::new(chosen), shape: shape.clone() }
            }
        };
        Self::of(features, labels, self.note)
    }

    /// Samples `start..end`, in order; numbers are shared, not copied.
    #[track_caller]
    pub(super) fn range(&self, start: usize, end: usize) -> (Tensor, Tensor) {
        match &*self.features {
            Features::Numbers(x) => (x.narrow(0, start, end - start), self.labels.narrow(0, start, end - start)),
            Features::Bytes { .. } => self.select(&(start..end).collect::<Vec<_>>()),
        }
    }

    /// The first `count` samples, or all where there are fewer.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = Dataset::new(Tensor::zeros([100, 3]), Tensor::zeros([100]));
    /// assert_eq!(data.take(10).len(), 10);
    /// assert_eq!(data.take(1000).len(), 100);
    /// ```
    #[must_use]
    pub fn take(&self, count: usize) -> Self {
        let (x, y) = self.range(0, count.min(self.len()));
        Self::new(x, y).with_note(self.note)
    }
}

/// How many images a thread decodes at a time.
const PART: usize = 64;

/// How many images before it is decoded an image is fetched: a shuffled one is seldom in the cache, and the processor
/// can't guess which one is next.
const AHEAD: usize = 6;

fn decode(pixels: &[u8], shape: &[usize], indices: &[usize]) -> Tensor {
    let size: usize = shape.iter().product();
    let mut whole = vec![indices.len()];
    whole.extend(shape);
    Tensor::filled_with(&whole, |out| {
        let parts = out.chunks_mut(PART * size).zip(indices.chunks(PART));
        share_out(parts, &|(rows, indices)| {
            let image = |i: usize| &pixels[i * size..][..size];
            for (k, (row, &i)) in rows.chunks_exact_mut(size).zip(indices).enumerate() {
                if let Some(&soon) = indices.get(k + AHEAD) {
                    prefetch(image(soon));
                }
                pulp::Arch::new().dispatch(
                    #[inline(always)]
                    || row.iter_mut().zip(image(i)).for_each(|(o, &p)| *o = share_of_255(p)),
                );
            }
        });
    })
}

/// p/255 without a division, which takes longer than all the rest: 1/255 = 257/2¹⁶ + 1/(255·2¹⁶), the product of a byte
/// with the first is exact, and so the sum is rounded as the quotient is.
#[inline(always)]
fn share_of_255(p: u8) -> Real {
    const UNIT: Real = 1.0 / 65_536.0;
    let p = Real::from(p);
    p * (257.0 * UNIT) + p * (UNIT / 255.0)
}

impl From<(Tensor, Tensor)> for Dataset {
    #[track_caller]
    fn from((features, labels): (Tensor, Tensor)) -> Self {
        Self::new(features, labels)
    }
}

impl From<(&Tensor, &Tensor)> for Dataset {
    #[track_caller]
    fn from((features, labels): (&Tensor, &Tensor)) -> Self {
        Self::new(features.clone(), labels.clone())
    }
}

impl From<&(Tensor, Tensor)> for Dataset {
    #[track_caller]
    fn from((features, labels): &(Tensor, Tensor)) -> Self {
        Self::new(features.clone(), labels.clone())
    }
}

impl From<&Dataset> for Dataset {
    fn from(data: &Dataset) -> Self {
        data.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_its_quotient() {
        for p in 0..=u8::MAX {
            assert_eq!(share_of_255(p), Real::from(p) / 255.0);
        }
    }
}
