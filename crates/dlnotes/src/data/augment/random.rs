//! Random changes, one after the other.

use ndarray_rand::rand::Rng;

use super::change::{crop, mirror, pad};
use super::sizes;
use super::warp::{Map, rotation, translation, warp, zooming};
use crate::Real;
use crate::data::Dataset;
use crate::plot::{Figure, images};
use crate::tensor::error::fail;
use crate::tensor::{Tensor, concat, generator};

/// Random changes of images, drawn again for each image from the crate's generator, so that
/// [`seed`](crate::tensor::seed) repeats them. They are done in the order in which they were asked for.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let augment = Augment::new().mirror(0.5).rotate(15.0).translate(2.0).zoom(0.9, 1.1).noise(0.05);
/// let images = Tensor::rand([10, 1, 28, 28]);
/// assert_eq!(augment.apply(&images).shape(), images.shape());
/// let more = Batches::new((&images, &Tensor::zeros([10])), 5).augmented(&augment);   // new ones in every epoch
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Augment {
    changes: Vec<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Mirror(Real),
    Rotate(Real),
    Zoom(Real, Real),
    Translate(Real),
    Crop(usize),
    Noise(Real),
}

impl Augment {
    /// No change.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let images = Tensor::rand([2, 1, 4, 4]);
    /// assert_eq!(Augment::new().apply(&images).to_vec(), images.to_vec());
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn then(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// Exchanges left and right with probability `p`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let image = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).reshape([1, 1, 2, 2]);
    /// assert_eq!(Augment::new().mirror(1.0).apply(&image).to_vec(), [2.0, 1.0, 4.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// If p lies outside 0..=1.
    #[must_use]
    #[track_caller]
    pub fn mirror(self, p: Real) -> Self {
        if !(0.0..=1.0).contains(&p) {
            fail("Augment", format!("mirror with probability {p}: it must lie in 0..=1"));
        }
        self.then(Change::Mirror(p))
    }

    /// Turns by an angle up to `degrees` either way.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let image = Tensor::rand([1, 1, 8, 8]);
    /// let turned = Augment::new().rotate(30.0).apply(&image);
    /// assert_ne!(turned.to_vec(), image.to_vec());
    /// assert_eq!(Augment::new().rotate(0.0).apply(&image).to_vec(), image.to_vec());
    /// ```
    ///
    /// # Panics
    /// If `degrees` is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn rotate(self, degrees: Real) -> Self {
        self.then(Change::Rotate(size("rotate by up to", degrees)))
    }

    /// Scales by a factor between `least` and `most`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let image = Tensor::ones([1, 1, 8, 8]);
    /// let smaller = Augment::new().zoom(0.5, 0.5).apply(&image);           // always half as large
    /// assert_eq!(smaller.i((0, 0, 0, 0)).item(), 0.0);                     // around it is nothing
    /// assert_eq!(smaller.i((0, 0, 4, 4)).item(), 1.0);
    /// ```
    ///
    /// # Panics
    /// If not 0 < `least` ≤ `most`, or one is not finite.
    #[must_use]
    #[track_caller]
    pub fn zoom(self, least: Real, most: Real) -> Self {
        if !(least > 0.0 && least <= most && most.is_finite()) {
            fail(
                "Augment",
                format!("zoom from {least} to {most}: both must be above 0, the first not above the second"),
            );
        }
        self.then(Change::Zoom(least, most))
    }

    /// Moves by up to this many pixels in each direction.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let images = Tensor::ones([20, 1, 8, 8]);
    /// let moved = Augment::new().translate(2.0).apply(&images);
    /// assert_eq!(moved.i((.., 0, 4, 4)).min().item(), 1.0);                // the middle stays covered
    /// assert_eq!(moved.i((.., 0, 0, 0)).min().item(), 0.0);                // a corner does not
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn translate(self, pixels: Real) -> Self {
        self.then(Change::Translate(size("translate by up to", pixels)))
    }

    /// Adds `padding` zeros on every side and cuts out a part of the old size at a random place.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let images = Tensor::ones([20, 1, 8, 8]);
    /// let cut = Augment::new().random_crop(2).apply(&images);
    /// assert_eq!(cut.shape(), images.shape());
    /// assert!(cut.mean().item() < 1.0);                                    // zeros came in at the sides
    /// ```
    #[must_use]
    pub fn random_crop(self, padding: usize) -> Self {
        self.then(Change::Crop(padding))
    }

    /// Adds noise from N(0, σ²) to every pixel; values may leave 0..1.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let noisy = Augment::new().noise(0.1).apply(&Tensor::zeros([10, 1, 28, 28]));
    /// assert!((noisy.std().item() - 0.1).abs() < 0.01);
    /// ```
    ///
    /// # Panics
    /// If σ is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn noise(self, sigma: Real) -> Self {
        self.then(Change::Noise(size("noise of", sigma)))
    }

    /// The images `[n, channels, height, width]`, each changed in its own way.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let augment = Augment::new().mirror(0.5).rotate(10.0);
    /// let images = Tensor::rand([4, 1, 28, 28]);
    /// let draw = |number| { seed(number); augment.apply(&images).to_vec() };
    /// assert_eq!(draw(1), draw(1));                                        // the seed decides
    /// assert_ne!(draw(1), draw(2));
    /// ```
    ///
    /// # Panics
    /// If the shape is another one.
    #[must_use]
    #[track_caller]
    pub fn apply(&self, images: &Tensor) -> Tensor {
        let [n, _, h, w] = sizes("Augment", images);
        let mut images = images.detach();
        for &change in &self.changes {
            images = match change {
                Change::Mirror(p) => choose(&images, &mirror(&images), n, p),
                Change::Rotate(degrees) => warp(&images, &maps(n, |draw| rotation(degrees * (2.0 * draw() - 1.0)))),
                Change::Zoom(least, most) => warp(&images, &maps(n, |draw| zooming(least + (most - least) * draw()))),
                Change::Translate(most) => warp(
                    &images,
                    &maps(n, |draw| translation(most * (2.0 * draw() - 1.0), most * (2.0 * draw() - 1.0))),
                ),
                Change::Crop(padding) => random_crop(&images, padding, [h, w]),
                Change::Noise(sigma) => &images + Tensor::normal(0.0, sigma, images.shape()),
            };
        }
        images
    }

    /// The samples of `data` and `copies` changed copies of each, with their labels (notes, 训练集的额外副本).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let data = FashionMnist::embedded().test.take(10);
    /// let more = Augment::new().mirror(1.0).enlarge(&data, 2);
    /// assert_eq!(more.len(), 30);
    /// assert_eq!(more.labels().i(10..20).to_vec(), data.labels().to_vec());
    /// ```
    ///
    /// # Panics
    /// If the samples aren't images.
    #[must_use]
    #[track_caller]
    pub fn enlarge(&self, data: &Dataset, copies: usize) -> Dataset {
        let images = data.features();
        let mut all = vec![images.clone()];
        for _ in 0..copies {
            all.push(self.apply(&images));
        }
        Dataset::new(concat(&all, 0), concat(&vec![data.labels().clone(); copies + 1], 0))
    }

    /// A row for each image (of one channel): as it is, then changed `variants` times.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let images = Tensor::rand([3, 1, 28, 28]);
    /// let figure = Augment::new().rotate(20.0).preview(&images, 4);
    /// assert!(figure.summary().contains("15 pictures of 28×28"));          // 3 rows of 1 + 4
    /// ```
    ///
    /// # Panics
    /// If these aren't images `[n, 1, height, width]`.
    #[must_use]
    #[track_caller]
    pub fn preview(&self, originals: &Tensor, variants: usize) -> Figure {
        let [n, c, h, w] = sizes("Augment", originals);
        if c != 1 {
            fail("Augment", format!("images of shape {:?}: a preview shows images of one channel", originals.shape()));
        }
        let mut columns = vec![originals.detach()];
        for _ in 0..variants {
            columns.push(self.apply(originals));
        }
        let rows = crate::tensor::stack(&columns, 1);
        let names = (0..n).flat_map(|_| (0..=variants).map(|i| if i == 0 { "original".into() } else { i.to_string() }));
        images(rows.clamp(0.0, 1.0), [h, w], variants + 1).labels(names.collect::<Vec<String>>())
    }
}

#[track_caller]
fn size(what: &str, value: Real) -> Real {
    if !(value.is_finite() && value >= 0.0) {
        fail("Augment", format!("{what} {value}: it must be a finite number, 0 or more"));
    }
    value
}

/// A map for each image, from numbers in [0, 1).
fn maps(n: usize, map: impl Fn(&mut dyn FnMut() -> Real) -> Map) -> Vec<Map> {
    let mut generator = generator();
    (0..n).map(|_| map(&mut || generator.random())).collect()
}

/// For each image the second one with probability `p`, else the first.
fn choose(first: &Tensor, second: &Tensor, n: usize, p: Real) -> Tensor {
    let take = Tensor::rand([n, 1, 1, 1]).lt(p);
    take.where_(second, first)
}

fn random_crop(images: &Tensor, padding: usize, size: [usize; 2]) -> Tensor {
    let n = images.shape()[0];
    let padded = pad(images, padding);
    let corners: Vec<[usize; 2]> = {
        let mut generator = generator();
        // u64: the same numbers on 32-bit machines.
        let mut place = || generator.random_range(0..=2 * padding as u64) as usize;
        (0..n).map(|_| [place(), place()]).collect()
    };
    let parts: Vec<Tensor> =
        corners.iter().enumerate().map(|(i, &corner)| crop(&padded.narrow(0, i, 1), corner, size)).collect();
    if parts.is_empty() { images.clone() } else { concat(&parts, 0) }
}
