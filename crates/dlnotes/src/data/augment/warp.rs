//! Changes that move pixels by parts of a pixel: rotate, zoom, translate. The value at a place between pixels is the mean
//! of the four around it, weighted by nearness; outside the image it is 0.

use rayon::prelude::*;

use super::sizes;
use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Where the value at a place comes from: (a·x + b·y + c, d·x + e·y + f) for (x, y) in pixels from the image's middle.
pub(super) type Map = [Real; 6];

/// Turns the images about their middle, counter-clockwise for positive `degrees`.
///
/// ```
/// use dlnotes::prelude::*;
/// let image = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).reshape([1, 1, 2, 2]);
/// let turned = augment::rotate(&image, 90.0);
/// assert!((turned.flatten() - Tensor::from([2.0, 4.0, 1.0, 3.0])).abs().max().item() < 1e-5);
/// ```
///
/// # Panics
/// If these aren't images `[n, channels, height, width]`, or the angle is not finite.
#[must_use]
#[track_caller]
pub fn rotate(images: &Tensor, degrees: Real) -> Tensor {
    sizes("rotate", images);
    finite("rotate", "angle", degrees);
    same(images, rotation(degrees))
}

/// Makes what the images show `factor` times as large (below 1: smaller), about their middle; their size stays.
///
/// ```
/// use dlnotes::prelude::*;
/// let image = Tensor::ones([1, 1, 4, 4]);
/// assert_eq!(augment::zoom(&image, 2.0).to_vec(), image.to_vec());     // all of it was 1
/// assert!(augment::zoom(&image, 0.5).sum().item() < 16.0);
/// ```
///
/// # Panics
/// If these aren't images `[n, channels, height, width]`, or the factor is not above 0 and finite.
#[must_use]
#[track_caller]
pub fn zoom(images: &Tensor, factor: Real) -> Tensor {
    sizes("zoom", images);
    if !(factor.is_finite() && factor > 0.0) {
        fail("zoom", format!("the factor is {factor}: it must be a finite number above 0"));
    }
    same(images, zooming(factor))
}

/// Moves the images `right` and `down` by that many pixels, which need not be whole.
///
/// ```
/// use dlnotes::prelude::*;
/// let image = Tensor::from([[1.0, 2.0], [3.0, 4.0]]).reshape([1, 1, 2, 2]);
/// assert_eq!(augment::translate(&image, 1.0, 0.0).to_vec(), [0.0, 1.0, 0.0, 3.0]);
/// assert_eq!(augment::translate(&image, 0.0, 0.5).to_vec(), [0.5, 1.0, 2.0, 3.0]);   // means of two pixels
/// ```
///
/// # Panics
/// If these aren't images `[n, channels, height, width]`, or a distance is not finite.
#[must_use]
#[track_caller]
pub fn translate(images: &Tensor, right: Real, down: Real) -> Tensor {
    sizes("translate", images);
    finite("translate", "distance", right);
    finite("translate", "distance", down);
    same(images, translation(right, down))
}

#[track_caller]
fn finite(op: &'static str, what: &str, value: Real) {
    if !value.is_finite() {
        fail(op, format!("the {what} is {value}: it must be finite"));
    }
}

// The maps lead from a place in the result to where its value comes from: the inverse of what is seen. y grows
// downwards.

pub(super) fn rotation(degrees: Real) -> Map {
    let (sin, cos) = degrees.to_radians().sin_cos();
    [cos, -sin, 0.0, sin, cos, 0.0]
}

pub(super) fn zooming(factor: Real) -> Map {
    [1.0 / factor, 0.0, 0.0, 0.0, 1.0 / factor, 0.0]
}

pub(super) fn translation(right: Real, down: Real) -> Map {
    [1.0, 0.0, -right, 0.0, 1.0, -down]
}

fn same(images: &Tensor, map: Map) -> Tensor {
    warp(images, &vec![map; images.shape()[0]])
}

/// Every image by its own map.
pub(super) fn warp(images: &Tensor, maps: &[Map]) -> Tensor {
    let [_, c, h, w] = sizes("warp", images);
    let size = c * h * w;
    images.with_data(|pixels| {
        Tensor::filled_with(images.shape(), |out| {
            let work = out.par_chunks_exact_mut(size).zip(pixels.par_chunks_exact(size)).zip(maps).with_min_len(8);
            work.for_each(|((out, image), map)| {
                for (out, channel) in out.chunks_exact_mut(h * w).zip(image.chunks_exact(h * w)) {
                    sample(out, channel, [h, w], map);
                }
            });
        })
    })
}

fn sample(out: &mut [Real], image: &[Real], [h, w]: [usize; 2], &[a, b, c, d, e, f]: &Map) {
    let at = |x: isize, y: isize| {
        let inside = (0..w as isize).contains(&x) && (0..h as isize).contains(&y);
        if inside { image[y as usize * w + x as usize] } else { 0.0 }
    };
    let (middle_x, middle_y) = ((w as Real - 1.0) / 2.0, (h as Real - 1.0) / 2.0);
    for (i, row) in out.chunks_exact_mut(w).enumerate() {
        for (j, value) in row.iter_mut().enumerate() {
            let (x, y) = (j as Real - middle_x, i as Real - middle_y);
            let (x, y) = (a * x + b * y + c + middle_x, d * x + e * y + f + middle_y);
            let (left, top) = (x.floor(), y.floor());
            let (right, down) = (x - left, y - top);
            let (left, top) = (left as isize, top as isize);
            *value = (1.0 - down) * ((1.0 - right) * at(left, top) + right * at(left + 1, top))
                + down * ((1.0 - right) * at(left, top + 1) + right * at(left + 1, top + 1));
        }
    }
}
