//! Gradient descent on a function of two variables, to be watched (notes, 为什么要用梯度更新).

use crate::Real;
use crate::plot::{Figure, surface};
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

/// Points along each axis at which a surface is computed.
const POINTS: usize = 81;

/// The values of `f` over a rectangle as a surface seen from above. `f` gets x and y as tensors and computes element by
/// element.
///
/// ```
/// use dlnotes::prelude::*;
/// let f = |x: &Tensor, y: &Tensor| x.square() * 0.1 + y.square() * 2.0;
/// let path = descent(f, [-5.0, -2.0], 0.4, 20);
/// loss_surface(f, (-5.5, 1.0), (-3.0, 1.0)).path(&path.x, &path.y).xlabel("w₁").ylabel("w₂").display();
/// ```
///
/// # Panics
/// If `f` returns another number of values, or a range is empty or not finite.
#[track_caller]
pub fn loss_surface(f: impl Fn(&Tensor, &Tensor) -> Tensor, x: (f64, f64), y: (f64, f64)) -> Figure {
    surface_of(&f, x, y)
}

#[track_caller]
fn surface_of(f: &dyn Fn(&Tensor, &Tensor) -> Tensor, x: (f64, f64), y: (f64, f64)) -> Figure {
    let axis = |(from, to): (f64, f64)| Tensor::linspace(from as Real, to as Real, POINTS);
    let across = axis(x).reshape([1, POINTS]).broadcast_to([POINTS, POINTS]).clone_data();
    let up = axis(y).reshape([POINTS, 1]).broadcast_to([POINTS, POINTS]).clone_data();
    let values = no_grad(|| f(&across, &up));
    if values.len() != POINTS * POINTS {
        let (values, points) = (values.shape(), across.shape());
        fail(
            "loss_surface",
            format!("f returned shape {values:?} for x and y of shape {points:?}: it must compute element by element"),
        );
    }
    surface(values.reshape([POINTS, POINTS]), x, y)
}

/// Where gradient descent went, and the function's value at each place; the first is the start.
///
/// ```
/// use dlnotes::prelude::*;
/// let path = descent(|x, y| x + y, [0.0, 1.0], 0.5, 2);                // the slope is (1, 1) everywhere
/// assert_eq!((path.x, path.y), (vec![0.0, -0.5, -1.0], vec![1.0, 0.5, 0.0]));
/// assert_eq!(path.loss, [1.0, 0.0, -1.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Descent {
    /// x at the start and after each step.
    pub x: Vec<Real>,
    /// y at the start and after each step.
    pub y: Vec<Real>,
    /// f(x, y) there.
    pub loss: Vec<Real>,
}

/// Gradient descent on `f` (a scalar function of two scalars, such as a loss of two weights): (x, y) ← (x, y) − lr·∇f.
///
/// ```
/// use dlnotes::prelude::*;
/// let path = descent(|x, y| x.square() + y.square() * 2.0, [1.0, 1.0], 0.1, 100);
/// assert_eq!(path.loss.len(), 101);
/// assert!(path.loss[100] < 1e-6);
/// ```
///
/// # Panics
/// If `f` does not return a scalar that depends on both.
#[track_caller]
pub fn descent(f: impl Fn(&Tensor, &Tensor) -> Tensor, start: [Real; 2], lr: Real, steps: usize) -> Descent {
    descend(&f, start, lr, steps)
}

#[track_caller]
fn descend(f: &dyn Fn(&Tensor, &Tensor) -> Tensor, start: [Real; 2], lr: Real, steps: usize) -> Descent {
    let mut path = Descent { x: Vec::new(), y: Vec::new(), loss: Vec::new() };
    let [x, y] = start.map(|value| Tensor::scalar(value).requires_grad());
    for step in 0..=steps {
        let loss = f(&x, &y);
        path.x.push(x.item());
        path.y.push(y.item());
        path.loss.push(loss.item());
        if step < steps {
            loss.backward();
            // One step of plain SGD; a variable that the loss does not depend on has no gradient, and it says so.
            crate::optim::sgd([&x, &y], lr, 1);
        }
    }
    path
}
