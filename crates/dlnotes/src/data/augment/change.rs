//! Changes that move whole pixels: mirror, pad, crop.

use super::sizes;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Exchanges left and right.
///
/// ```
/// use dlnotes::prelude::*;
/// let image = Tensor::from([1.0, 2.0, 3.0, 4.0]).reshape([1, 1, 2, 2]);
/// assert_eq!(augment::mirror(&image).to_vec(), [2.0, 1.0, 4.0, 3.0]);
/// ```
///
/// # Panics
/// If these aren't images `[n, channels, height, width]`.
#[must_use]
#[track_caller]
pub fn mirror(images: &Tensor) -> Tensor {
    let [.., w] = sizes("mirror", images);
    images.with_data(|pixels| {
        Tensor::filled_with(images.shape(), |out| {
            for (out, row) in out.chunks_exact_mut(w).zip(pixels.chunks_exact(w)) {
                out.iter_mut().zip(row.iter().rev()).for_each(|(o, &p)| *o = p);
            }
        })
    })
}

/// Zeros around the images, `by` pixels on every side.
///
/// ```
/// use dlnotes::prelude::*;
/// assert_eq!(augment::pad(&Tensor::ones([2, 1, 28, 28]), 4).shape(), [2, 1, 36, 36]);
/// ```
///
/// # Panics
/// If these aren't images `[n, channels, height, width]`.
#[must_use]
#[track_caller]
pub fn pad(images: &Tensor, by: usize) -> Tensor {
    let [n, c, h, w] = sizes("pad", images);
    let wide = w + 2 * by;
    images.with_data(|pixels| {
        Tensor::filled_with(&[n, c, h + 2 * by, wide], |out| {
            out.fill(0.0);
            for (image, from) in out.chunks_exact_mut((h + 2 * by) * wide).zip(pixels.chunks_exact(h * w)) {
                for (row, from) in image.chunks_exact_mut(wide).skip(by).zip(from.chunks_exact(w)) {
                    row[by..by + w].copy_from_slice(from);
                }
            }
        })
    })
}

/// The part of `height` × `width` pixels whose upper left corner is at (`top`, `left`).
///
/// ```
/// use dlnotes::prelude::*;
/// let image = Tensor::arange(0.0, 9.0, 1.0).reshape([1, 1, 3, 3]);
/// assert_eq!(augment::crop(&image, [1, 0], [2, 2]).to_vec(), [3.0, 4.0, 6.0, 7.0]);
/// ```
///
/// # Panics
/// If these aren't images `[n, channels, height, width]`, or the part is empty or reaches over their edge.
#[must_use]
#[track_caller]
pub fn crop(images: &Tensor, [top, left]: [usize; 2], [height, width]: [usize; 2]) -> Tensor {
    let [_, _, h, w] = sizes("crop", images);
    if height == 0 || width == 0 || top + height > h || left + width > w {
        fail(
            "crop",
            format!(
                "{height} × {width} pixels from row {top}, column {left} of images of {h} × {w}: that is not inside"
            ),
        );
    }
    images.detach().narrow(2, top, height).narrow(3, left, width).clone_data()
}
