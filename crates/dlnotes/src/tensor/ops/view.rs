//! Other shapes over the same storage: no element moves, unless a reshape has to.

use smallvec::SmallVec;

use crate::tensor::Tensor;
use crate::tensor::error::{Error, OrFail, counted, fail};
use crate::tensor::graph::{self, one};
use crate::tensor::index::ReshapeArg;
use crate::tensor::layout::{Dims, Layout, broadcast_shape, resolve_dim};

/// A view that gives its gradient back through `undo`, the inverse view.
fn rearranged(
    name: &'static str,
    x: &Tensor,
    layout: Layout,
    undo: impl Fn(Tensor) -> Tensor + Send + Sync + 'static,
) -> Tensor {
    let y = x.view(layout);
    if !graph::tracks(&[x]) {
        return y;
    }
    graph::record(name, &[x], y, &[], move |_, grad| one(undo(grad)))
}

impl Tensor {
    /// The same elements in another shape; one size may be −1 and follows from the others. Shares the storage where
    /// the elements lie in order, else copies.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(0.0, 6.0, 1.0).reshape([2, -1]);
    /// assert_eq!(x.shape(), [2, 3]);
    /// ```
    ///
    /// # Panics
    /// If the shape asks for another number of elements, or more than one size is negative.
    #[must_use]
    #[track_caller]
    pub fn reshape(&self, shape: impl ReshapeArg) -> Self {
        reshape_or_fail(self, shape.sizes())
    }

    /// [`reshape`](Self::reshape) for programs that want the error.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 3]);
    /// assert_eq!(x.try_reshape([3, -1]).unwrap().shape(), [3, 2]);
    /// let error = x.try_reshape([4, -1]).unwrap_err();
    /// assert!(error.to_string().starts_with("reshape: shape [2, 3] to [4, -1]"));
    /// ```
    ///
    /// # Errors
    /// Where [`reshape`](Self::reshape) panics.
    pub fn try_reshape(&self, shape: impl ReshapeArg) -> Result<Self, Error> {
        try_reshape(self, shape.sizes())
    }

    /// All dimensions in one: shape `[len]`. (The layer `Flatten` keeps the samples of a batch apart.)
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let image = Tensor::zeros([28, 28]);
    /// assert_eq!(image.flatten().shape(), [784]);
    /// ```
    #[must_use]
    pub fn flatten(&self) -> Self {
        self.reshape([self.len()])
    }

    /// Dimensions `a` and `b` exchanged, as a view; negative ones count from the end.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 3, 4]);
    /// assert_eq!(x.transpose(0, 1).shape(), [3, 2, 4]);
    /// assert_eq!(x.transpose(-1, -2).shape(), [2, 4, 3]);       // each matrix of a batch
    /// ```
    ///
    /// # Panics
    /// If there is no such dimension.
    #[must_use]
    #[track_caller]
    pub fn transpose(&self, a: isize, b: isize) -> Self {
        let a = resolve_dim("transpose", a, self.shape()).or_fail();
        let b = resolve_dim("transpose", b, self.shape()).or_fail();
        let (mut shape, mut strides): (Dims, Dims) = (self.shape().into(), self.layout.strides().into());
        shape.swap(a, b);
        strides.swap(a, b);
        let layout = Layout::view(shape, strides, self.layout.offset());
        rearranged("transpose", self, layout, move |grad| grad.transpose(a as isize, b as isize))
    }

    /// The transposed matrix, as a view: `[m, n]` → `[n, m]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.t().shape(), [3, 2]);
    /// assert_eq!(x.t().i(0).to_vec(), [1.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If this is not a matrix.
    #[must_use]
    #[track_caller]
    pub fn t(&self) -> Self {
        if self.rank() != 2 {
            fail("t", format!("shape {:?} is not a matrix: say which dimensions with .transpose(a, b)", self.shape()));
        }
        self.transpose(0, 1)
    }

    /// The dimensions in another order, as a view: dimension i of the result is dimension `dims[i]` of this tensor.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let image = Tensor::zeros([3, 28, 32]);                   // channel, row, column
    /// assert_eq!(image.permute([1, 2, 0]).shape(), [28, 32, 3]);
    /// ```
    ///
    /// # Panics
    /// If `dims` does not name each dimension once.
    #[must_use]
    #[track_caller]
    pub fn permute(&self, dims: impl AsRef<[isize]>) -> Self {
        permute(self, dims.as_ref())
    }

    /// A new dimension of size 1 in front of dimension `dim` (−1: at the end), as a view.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]);
    /// assert_eq!(x.unsqueeze(0).shape(), [1, 2]);               // a row
    /// assert_eq!(x.unsqueeze(-1).shape(), [2, 1]);              // a column
    /// assert_eq!((x.unsqueeze(-1) * &x).to_vec(), [1.0, 2.0, 2.0, 4.0]);   // the outer product
    /// ```
    ///
    /// # Panics
    /// If `dim` is out of range.
    #[must_use]
    #[track_caller]
    pub fn unsqueeze(&self, dim: isize) -> Self {
        let mut wider: Dims = self.shape().into();
        wider.push(1);
        let d = resolve_dim("unsqueeze", dim, &wider).or_fail();
        let mut shape: Dims = self.shape().into();
        shape.insert(d, 1);
        relabelled("unsqueeze", self, shape, d, true)
    }

    /// Without dimension `dim`, which has size 1, as a view.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let prediction = Tensor::zeros([64, 1]);
    /// assert_eq!(prediction.squeeze(-1).shape(), [64]);         // like targets of shape [64]
    /// ```
    ///
    /// # Panics
    /// If that dimension has another size, or does not exist.
    #[must_use]
    #[track_caller]
    pub fn squeeze(&self, dim: isize) -> Self {
        let d = resolve_dim("squeeze", dim, self.shape()).or_fail();
        if self.shape()[d] != 1 {
            fail("squeeze", format!("dimension {dim} of shape {:?} has size {}, not 1", self.shape(), self.shape()[d]));
        }
        let mut shape: Dims = self.shape().into();
        shape.remove(d);
        relabelled("squeeze", self, shape, d, false)
    }

    /// Stretched to `shape` without copying: sizes of 1 repeat, missing dimensions come in front. The gradient is
    /// summed over what was stretched.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let row = Tensor::from([1.0, 2.0]).requires_grad();
    /// let rows = row.broadcast_to([3, 2]);
    /// assert_eq!(rows.to_vec(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
    /// rows.sum().backward();
    /// assert_eq!(row.grad().unwrap().to_vec(), [3.0, 3.0]);     // each was used three times
    /// ```
    ///
    /// # Panics
    /// If the shapes don't fit.
    #[must_use]
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl AsRef<[usize]>) -> Self {
        broadcast_to(self, shape.as_ref())
    }
}

#[track_caller]
fn reshape_or_fail(x: &Tensor, sizes: Vec<isize>) -> Tensor {
    reshape(x, &sizes).or_fail()
}

fn try_reshape(x: &Tensor, sizes: Vec<isize>) -> Result<Tensor, Error> {
    reshape(x, &sizes)
}

fn reshape(x: &Tensor, sizes: &[isize]) -> Result<Tensor, Error> {
    let fail = |why: String| Err(Error::new("reshape", format!("shape {:?} to {sizes:?}: {why}", x.shape())));
    let known: usize = match sizes.iter().filter(|&&s| s >= 0).try_fold(1usize, |n, &s| n.checked_mul(s as usize)) {
        Some(known) => known,
        None => return fail("too many elements".into()),
    };
    let shape: Dims = match sizes.iter().filter(|&&s| s < 0).count() {
        0 => sizes.iter().map(|&s| s as usize).collect(),
        1 if known > 0 && x.len().is_multiple_of(known) => {
            sizes.iter().map(|&s| if s < 0 { x.len() / known } else { s as usize }).collect()
        }
        1 => return fail(format!("{} can't be divided by the other sizes ({known})", counted(x.len(), "element"))),
        _ => return fail("only one size may be left open (−1)".into()),
    };
    if shape.iter().product::<usize>() != x.len() {
        return fail(format!("{} can't become {}", counted(x.len(), "element"), shape.iter().product::<usize>()));
    }
    let y = match x.layout.reshape(&shape) {
        Some(layout) => x.view(layout),
        None => x.packed().view(Layout::contiguous(&shape)),
    };
    if !graph::tracks(&[x]) {
        return Ok(y);
    }
    Ok(graph::record("reshape", &[x], y, &[], |ctx, grad| one(grad.reshape(ctx.shape(0)))))
}

#[track_caller]
fn permute(x: &Tensor, dims: &[isize]) -> Tensor {
    let order: Result<Dims, Error> = dims.iter().map(|&d| resolve_dim("permute", d, x.shape())).collect();
    // Not inside the closure: the panic would name this file instead of the caller's.
    let order = order.or_fail();
    let mut place: SmallVec<[Option<isize>; 4]> = SmallVec::from_elem(None, x.rank());
    for (to, &from) in order.iter().enumerate() {
        place[from] = Some(to as isize);
    }
    let inverse: Option<SmallVec<[isize; 4]>> = place.into_iter().collect();
    let Some(inverse) = inverse.filter(|_| dims.len() == x.rank()) else {
        fail(
            "permute",
            format!("{dims:?} must name each of the {} dimensions of shape {:?} once", x.rank(), x.shape()),
        );
    };
    let pick = |values: &[usize]| order.iter().map(|&d| values[d]).collect::<Dims>();
    let layout = Layout::view(pick(x.shape()), pick(x.layout.strides()), x.layout.offset());
    rearranged("permute", x, layout, move |grad| permute(&grad, &inverse))
}

/// A view with a dimension of size 1 more or less at `d`.
fn relabelled(name: &'static str, x: &Tensor, shape: Dims, d: usize, wider: bool) -> Tensor {
    let mut strides: Dims = x.layout.strides().into();
    if wider {
        strides.insert(d, 0);
    } else {
        strides.remove(d);
    }
    let layout = Layout::view(shape, strides, x.layout.offset());
    rearranged(name, x, layout, move |grad| if wider { grad.squeeze(d as isize) } else { grad.unsqueeze(d as isize) })
}

#[track_caller]
fn broadcast_to(x: &Tensor, shape: &[usize]) -> Tensor {
    let fits = broadcast_shape("broadcast_to", x.shape(), shape).or_fail();
    if fits[..] != *shape {
        fail(
            "broadcast_to",
            format!("shape {:?} would become {fits:?}, not {shape:?}: only sizes of 1 stretch", x.shape()),
        );
    }
    let y = super::broadcast::stretched(x, shape);
    if !graph::tracks(&[x]) {
        return y;
    }
    graph::record("broadcast_to", &[x], y, &[], |ctx, grad| one(super::arithmetic::sum_to(grad, ctx.shape(0))))
}
