//! Data augmentation: new images from old ones (notes, 数据集增强).
//!
//! The functions of this module change images in a given way; [`Augment`] draws the way at random, again for each image.
//! All take images `[n, channels, height, width]` and return as many; nothing is recorded for backward.

mod change;
mod random;
mod warp;

pub use change::{crop, mirror, pad};
pub use random::Augment;
pub use warp::{rotate, translate, zoom};

use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// [n, channels, height, width].
#[track_caller]
fn sizes(op: &'static str, images: &Tensor) -> [usize; 4] {
    match *images.shape() {
        [n, c, h, w] if c * h * w > 0 => [n, c, h, w],
        ref shape => fail(
            op,
            format!(
                "images of shape {shape:?}: [n, channels, height, width] is needed; .reshape([-1, 1, 28, 28]) makes it of \
                 grey images of 28 × 28"
            ),
        ),
    }
}
