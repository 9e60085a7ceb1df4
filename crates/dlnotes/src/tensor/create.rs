//! Making tensors: from values, from a pattern.

use triomphe::Arc;

use super::error::{Error, OrFail, counted, fail};
use super::layout::Layout;
use super::{Tensor, pool};
use crate::real::Real;

/// The number of elements, if it can be held in memory.
pub(super) fn checked_len(op: &'static str, shape: &[usize]) -> Result<usize, Error> {
    let bytes = shape.iter().try_fold(size_of::<Real>(), |n, &size| n.checked_mul(size));
    match bytes {
        Some(bytes) if bytes <= isize::MAX as usize => Ok(bytes / size_of::<Real>()),
        _ => Err(Error::new(op, format!("a tensor of shape {shape:?} does not fit into memory"))),
    }
}

impl Tensor {
    /// A tensor of `values` in row-major order.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [2, 3]);
    /// assert_eq!(x.i((1, 0)).item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// If the shape asks for another number of values.
    #[track_caller]
    pub fn from_vec(values: Vec<Real>, shape: impl AsRef<[usize]>) -> Self {
        from_vec_or_fail(values, shape.as_ref())
    }

    /// [`from_vec`](Self::from_vec) for values that come from outside.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(Tensor::try_from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2]).is_ok());
    /// let error = Tensor::try_from_vec(vec![1.0, 2.0, 3.0], [2, 2]).unwrap_err();
    /// assert_eq!(error.to_string(), "from_vec: 3 values can't fill shape [2, 2], which holds 4");
    /// ```
    ///
    /// # Errors
    /// If the shape asks for another number of values.
    pub fn try_from_vec(values: Vec<Real>, shape: impl AsRef<[usize]>) -> Result<Self, Error> {
        from_vec(values, shape.as_ref())
    }

    /// A scalar: one number, shape `[]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let lr = Tensor::scalar(0.1);
    /// assert_eq!(lr.rank(), 0);
    /// assert_eq!((Tensor::from([1.0, 2.0]) * lr).to_vec(), [0.1, 0.2]);   // broadcasts with every shape
    /// ```
    pub fn scalar(value: Real) -> Self {
        Self::from_buffer(vec![value], &[])
    }

    /// Zeros in any shape: the usual start of a bias.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let bias = Tensor::zeros([3]);
    /// assert_eq!(bias.to_vec(), [0.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn zeros(shape: impl AsRef<[usize]>) -> Self {
        full(shape.as_ref(), 0.0)
    }

    /// Ones in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.matmul(&Tensor::ones([2])).to_vec(), [3.0, 7.0]);   // a product with ones adds up the rows
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn ones(shape: impl AsRef<[usize]>) -> Self {
        full(shape.as_ref(), 1.0)
    }

    /// `value` everywhere, in any shape.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::full([2, 2], 0.5);
    /// assert_eq!(w.to_vec(), [0.5, 0.5, 0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn full(shape: impl AsRef<[usize]>, value: Real) -> Self {
        full(shape.as_ref(), value)
    }

    /// Zeros in the shape of this tensor.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::rand([2, 3]);
    /// let velocity = w.zeros_like();   // momentum starts at rest
    /// assert_eq!(velocity.shape(), w.shape());
    /// assert_eq!(velocity.norm().item(), 0.0);
    /// ```
    #[must_use]
    pub fn zeros_like(&self) -> Self {
        self.full_like(0.0)
    }

    /// Ones in the shape of this tensor: with them as gradient, backward gives dy/dx of an element-wise function
    /// (notes, 1.6: `y.backward(torch.ones_like(x))`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([-1.0, 2.0]).requires_grad();
    /// let y = x.relu();
    /// y.backward_with(&y.ones_like());
    /// assert_eq!(x.grad().unwrap().to_vec(), [0.0, 1.0]);
    /// ```
    #[must_use]
    pub fn ones_like(&self) -> Self {
        self.full_like(1.0)
    }

    /// `value` everywhere, in the shape of this tensor.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0, 3.0]]);
    /// assert_eq!(x.full_like(7.0).shape(), [1, 3]);
    /// assert_eq!(x.full_like(7.0).to_vec(), [7.0, 7.0, 7.0]);
    /// ```
    #[must_use]
    pub fn full_like(&self, value: Real) -> Self {
        Self::new(pool::filled(self.len(), value), self.result_layout())
    }

    /// A tensor whose buffer, in row-major order, `fill` writes in full; what it held before is unspecified.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::filled_with(&[2, 2], |out| out.copy_from_slice(&[1.0, 2.0, 3.0, 4.0]));
    /// assert_eq!(x.i((1, 0)).item(), 3.0);
    /// ```
    ///
    /// # Panics
    /// If a tensor of this shape can't fit into memory.
    #[track_caller]
    pub fn filled_with(shape: &[usize], fill: impl FnOnce(&mut [Real])) -> Self {
        let mut values = pool::take(checked_len("filled_with", shape).or_fail());
        fill(&mut values);
        Self::from_buffer(values, shape)
    }

    /// The identity matrix: n × n, ones on the diagonal.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::eye(2).to_vec(), [1.0, 0.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If a matrix of this size can't fit into memory.
    #[track_caller]
    pub fn eye(n: usize) -> Self {
        let mut values = pool::filled(checked_len("eye", &[n, n]).or_fail(), 0.0);
        values.iter_mut().step_by(n + 1).for_each(|x| *x = 1.0);
        Self::from_buffer(values, &[n, n])
    }

    /// `start`, `start + step`, `start + 2·step`, … up to but without `end`.
    ///
    /// Element i is computed as start + i·step, not by adding up, so that errors don't grow:
    /// `arange(-8.0, 8.0, 0.1)` has 160 elements and number 80 is 0 (notes, 1.6).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-8.0, 8.0, 0.1);
    /// assert_eq!(x.shape(), [160]);
    /// assert_eq!(x.i(80).item(), 0.0);
    /// ```
    ///
    /// # Panics
    /// If `step` is zero, leads away from `end`, or a bound is not finite; if that many numbers can't fit into memory.
    #[track_caller]
    pub fn arange(start: Real, end: Real, step: Real) -> Self {
        let steps = (f64::from(end) - f64::from(start)) / f64::from(step);
        if !steps.is_finite() || steps < 0.0 {
            fail(
                "arange",
                format!(
                    "can't get from {start} to {end} in steps of {step}: bounds must be finite, the step lead to the end"
                ),
            );
        }
        // A quotient a rounding error above a whole number (0.1 is not a tenth) must not add an element.
        let whole = steps.round();
        let close = Real::EPSILON as f64 * (whole + 1.0);
        let count = if (steps - whole).abs() < close { whole } else { steps.ceil() } as usize;
        let mut values = pool::take(checked_len("arange", &[count]).or_fail());
        values.iter_mut().enumerate().for_each(|(i, x)| *x = start + i as Real * step);
        Self::from_buffer(values, &[count])
    }

    /// `count` numbers from `start` to `end`, both included, at equal distances: shape `[count]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::linspace(0.0, 1.0, 5).to_vec(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If that many numbers can't fit into memory.
    #[track_caller]
    pub fn linspace(start: Real, end: Real, count: usize) -> Self {
        let step = if count > 1 { (end - start) / (count - 1) as Real } else { 0.0 };
        // From both ends, so that the last element is exactly `end`.
        let value = |i: usize| {
            if i < count / 2 { start + i as Real * step } else { end - (count - 1 - i) as Real * step }
        };
        let mut values = pool::take(checked_len("linspace", &[count]).or_fail());
        values.iter_mut().enumerate().for_each(|(i, x)| *x = value(i));
        if let Some(first) = values.first_mut() {
            *first = start;
        }
        Self::from_buffer(values, &[count])
    }
}

fn from_vec(values: Vec<Real>, shape: &[usize]) -> Result<Tensor, Error> {
    let len = checked_len("from_vec", shape)?;
    if len != values.len() {
        return Err(Error::new(
            "from_vec",
            format!("{} can't fill shape {shape:?}, which holds {len}", counted(values.len(), "value")),
        ));
    }
    Ok(Tensor::new(values, Arc::new(Layout::contiguous(shape))))
}

#[track_caller]
fn from_vec_or_fail(values: Vec<Real>, shape: &[usize]) -> Tensor {
    from_vec(values, shape).or_fail()
}

#[track_caller]
fn full(shape: &[usize], value: Real) -> Tensor {
    let len = checked_len("full", shape).or_fail();
    Tensor::from_buffer(pool::filled(len, value), shape)
}
