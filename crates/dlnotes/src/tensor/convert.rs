//! Between tensors, nested arrays and ndarray.

use ndarray::{ArrayBase, ArrayD, ArrayViewD, Data, Dimension, IxDyn, ShapeBuilder};

use super::Tensor;
use crate::real::Real;

impl Tensor {
    /// Runs `f` on an ndarray view of the elements, without copying them, whatever the strides.
    ///
    /// `f` runs under the storage's lock: it must not edit tensors that share it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 6.0, 1.0).reshape([2, 3]).t();
    /// let last_row = x.with_ndarray(|view| view.index_axis(dlnotes::ndarray::Axis(0), 2).sum());
    /// assert_eq!(last_row, 7.0);
    /// ```
    pub fn with_ndarray<R>(&self, f: impl FnOnce(ArrayViewD<'_, Real>) -> R) -> R {
        let (mut f, mut result) = (Some(f), None);
        self.lend(&mut |view| result = f.take().map(|f| f(view)));
        result.expect("the view was lent once")
    }

    /// Calls `f` once. Not generic: what makes a view is not compiled again in each cell.
    fn lend(&self, f: &mut dyn FnMut(ArrayViewD<'_, Real>)) {
        if self.is_empty() {
            // Its strides may point outside the storage: there is nothing that they could reach.
            return f(ArrayViewD::from_shape(IxDyn(self.shape()), &[]).expect("no elements for none"));
        }
        let data = self.storage.read();
        let shape = IxDyn(self.shape()).strides(IxDyn(self.layout.strides()));
        f(ArrayViewD::from_shape(shape, &data[self.layout.offset()..]).expect("a layout lies inside its storage"))
    }

    /// The elements as an ndarray array of its own.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let a = dlnotes::ndarray::array![[1.0, 2.0], [3.0, 4.0]];
    /// let x = Tensor::from(a.clone());
    /// assert_eq!(x.to_ndarray(), a.into_dyn());
    /// ```
    pub fn to_ndarray(&self) -> ArrayD<Real> {
        ArrayD::from_shape_vec(IxDyn(self.shape()), self.to_vec()).expect("as many elements as the shape says")
    }
}

/// From an ndarray array of any rank; an owned one in row-major order gives its memory, others are copied.
impl<S: Data<Elem = Real>, D: Dimension> From<ArrayBase<S, D>> for Tensor {
    fn from(array: ArrayBase<S, D>) -> Self {
        // into_owned moves where the array owns its elements.
        from_array(array.into_owned().into_dyn())
    }
}

fn from_array(array: ArrayD<Real>) -> Tensor {
    let shape = array.shape().to_vec();
    let array = if array.is_standard_layout() { array } else { array.as_standard_layout().into_owned() };
    // It may begin inside a larger buffer.
    let (values, start) = array.into_raw_vec_and_offset();
    let len = shape.iter().product();
    let start = start.unwrap_or(0);
    let values = if start == 0 && values.len() == len { values } else { values[start..start + len].to_vec() };
    Tensor::from_buffer(values, &shape)
}

impl From<Tensor> for ArrayD<Real> {
    fn from(tensor: Tensor) -> Self {
        tensor.to_ndarray()
    }
}

impl From<Real> for Tensor {
    fn from(value: Real) -> Self {
        Self::scalar(value)
    }
}

impl From<Vec<Real>> for Tensor {
    fn from(values: Vec<Real>) -> Self {
        let len = values.len();
        Self::from_buffer(values, &[len])
    }
}

impl<const A: usize> From<[Real; A]> for Tensor {
    fn from(values: [Real; A]) -> Self {
        from_slice(&values, &[A])
    }
}

/// A matrix from rows.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// assert_eq!(x.shape(), [2, 3]);
/// ```
impl<const A: usize, const B: usize> From<[[Real; B]; A]> for Tensor {
    fn from(values: [[Real; B]; A]) -> Self {
        from_slice(values.as_flattened(), &[A, B])
    }
}

impl<const A: usize, const B: usize, const C: usize> From<[[[Real; C]; B]; A]> for Tensor {
    fn from(values: [[[Real; C]; B]; A]) -> Self {
        from_slice(values.as_flattened().as_flattened(), &[A, B, C])
    }
}

fn from_slice(values: &[Real], shape: &[usize]) -> Tensor {
    Tensor::from_buffer(values.to_vec(), shape)
}
