//! Tensors with reverse-mode autograd.
//!
//! A [`Tensor`] is a handle: cloning it copies three pointers, and views (`reshape`, `transpose`, `i`, `detach`, …)
//! share its storage. Operations on a tensor that [`requires_grad`](Tensor::requires_grad) are recorded in a graph, and
//! [`backward`](Tensor::backward) walks that graph. Semantics and names are PyTorch's.

mod backward;
mod convert;
mod create;
pub(crate) mod display;
pub(crate) mod error;
mod grad;
pub(crate) mod grad_mode;
mod graph;
mod index;
mod kernels;
mod layout;
pub(crate) mod memory;
mod moments;
mod nodes;
pub(crate) mod ops;
mod pool;
mod random;
mod storage;

pub use error::Error;
pub use grad_mode::{enable_grad, is_grad_enabled, no_grad};
pub use graph::live_graph_nodes;
pub use index::{Dim, IndexArg, Indices, ReshapeArg};
pub use nodes::GraphNode;
pub use ops::activation::functions::*;
pub use ops::activation::{Activation, prelu};
pub use ops::compare::Operand;
pub use ops::dropout::dropout_layer;
pub use ops::join::{concat, stack};
pub(crate) use random::with_seed;
pub use random::{Generator, generator, permutation, seed, with_stream};

use triomphe::Arc;

use crate::dropped::{Field, drops_here};
use crate::real::Real;
use error::fail;
use graph::Node;
use layout::Layout;
use storage::{Buffer, Storage};

/// An n-dimensional array of numbers that can record what is computed from it.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::arange(0.0, 4.0, 1.0).requires_grad();
/// let y = (&x * &x).sum();                       // y = Σ xᵢ²
/// y.backward();
/// assert_eq!(y.item(), 14.0);
/// assert_eq!(x.grad().unwrap().to_vec(), [0.0, 2.0, 4.0, 6.0]);
/// ```
pub struct Tensor {
    storage: Field<Arc<Storage>>,
    layout: Field<Arc<Layout>>,
    /// Where this tensor stands in the graph, if it is recorded.
    node: Field<Option<Arc<Node>>>,
}
drops_here!(Tensor: storage, layout, node);

// By hand, for a derived `clone` is compiled again in each cell that calls it.
impl Clone for Tensor {
    fn clone(&self) -> Self {
        Self { storage: self.storage.clone(), layout: self.layout.clone(), node: self.node.clone() }
    }
}

impl Tensor {
    /// A view of `storage`, off the record.
    fn of(storage: Arc<Storage>, layout: Arc<Layout>) -> Self {
        Self { storage: Field::new(storage), layout: Field::new(layout), node: Field::new(None) }
    }

    /// A fresh row-major tensor. The buffer must have the length that the shape asks for.
    fn new(buffer: impl Into<Buffer>, layout: Arc<Layout>) -> Self {
        let buffer = buffer.into();
        debug_assert!(layout.is_contiguous() && layout.offset() == 0 && layout.len() == buffer.len());
        Self::of(Arc::new(Storage::new(buffer)), layout)
    }

    fn from_buffer(buffer: impl Into<Buffer>, shape: &[usize]) -> Self {
        Self::new(buffer, Arc::new(Layout::contiguous(shape)))
    }

    /// A layout for results with the shape of this tensor.
    fn result_layout(&self) -> Arc<Layout> {
        if self.layout.is_contiguous() && self.layout.offset() == 0 {
            Arc::clone(&self.layout)
        } else {
            Arc::new(Layout::contiguous(self.shape()))
        }
    }

    /// Whether both have the same shape; results share the layout of their inputs, so that a glance mostly tells.
    fn same_shape(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.layout, &other.layout) || self.shape() == other.shape()
    }

    /// Another view of the same storage, off the record.
    fn view(&self, layout: Layout) -> Self {
        Self::of(Arc::clone(&self.storage), Arc::new(layout))
    }

    /// The sizes, outermost dimension first; `[]` for a scalar.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::zeros([2, 8]).shape(), [2, 8]);        // 2 samples of 8 features
    /// assert_eq!(Tensor::zeros([2, 8]).sum().shape(), [0; 0]);   // a scalar has none
    /// ```
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    /// The number of dimensions: 0 for a scalar, 1 for a vector, 2 for a matrix.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::zeros([64, 28, 28]).rank(), 3);
    /// ```
    pub fn rank(&self) -> usize {
        self.layout.rank()
    }

    /// The number of elements: the product of the sizes.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Tensor::zeros([64, 28, 28]).len(), 64 * 28 * 28);
    /// assert_eq!(Tensor::scalar(3.0).len(), 1);
    /// ```
    pub fn len(&self) -> usize {
        self.layout.len()
    }

    /// Whether there are no elements, because one of the sizes is 0.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(Tensor::zeros([0, 3]).is_empty());
    /// assert!(!Tensor::scalar(0.0).is_empty());   // one element, though its shape is []
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in row-major order, copied.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.to_vec(), [1.0, 2.0, 3.0, 4.0]);
    /// assert_eq!(x.t().to_vec(), [1.0, 3.0, 2.0, 4.0]);   // in the order of the view
    /// ```
    pub fn to_vec(&self) -> Vec<Real> {
        self.with_data(<[Real]>::to_vec)
    }

    /// The value of a tensor with one element, as a plain number: off the record, so that a loss added up by it keeps
    /// no graph.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let loss = Tensor::from([1.0, 2.0, 6.0]).mean();
    /// assert_eq!(loss.item(), 3.0);
    /// ```
    ///
    /// # Panics
    /// If there are more elements, or none.
    #[track_caller]
    pub fn item(&self) -> Real {
        if self.len() != 1 {
            fail(
                "item",
                format!(
                    "the tensor has {} elements (shape {:?}), not one: reduce it (.sum(), .mean()) or pick one (.i(…))",
                    self.len(),
                    self.shape()
                ),
            );
        }
        self.storage.read()[self.layout.offset()]
    }

    /// Runs `f` on the elements in row-major order; they are copied first only where this is a strided view.
    ///
    /// `f` runs under the storage's lock: it must not edit tensors that share it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([3.0, -4.0, 1.0]);
    /// let positive = x.with_data(|data| data.iter().filter(|&&v| v > 0.0).count());   // nothing is copied
    /// assert_eq!(positive, 2);
    /// ```
    pub fn with_data<R>(&self, f: impl FnOnce(&[Real]) -> R) -> R {
        let data = self.storage.read();
        if self.layout.is_contiguous() {
            return f(&data[self.layout.range()]);
        }
        let packed = kernels::pack(&data, &self.layout);
        drop(data);
        let result = f(&packed);
        pool::give(packed);
        result
    }

    /// [`with_data`](Self::with_data) for two tensors, which may share storage.
    fn with_both<R>(&self, other: &Self, f: impl FnOnce(&[Real], &[Real]) -> R) -> R {
        if self.layout.is_contiguous() && other.layout.is_contiguous() {
            return self.storage.read_both(&other.storage, |a, b| f(&a[self.layout.range()], &b[other.layout.range()]));
        }
        let (a, b) = (self.packed(), other.packed());
        a.storage.read_both(&b.storage, |x, y| f(&x[a.layout.range()], &y[b.layout.range()]))
    }

    /// The same values in row-major order, off the record: this storage if it is so already, else a copy.
    fn packed(&self) -> Self {
        if self.layout.is_contiguous() {
            return self.detach();
        }
        let buffer = kernels::pack(&self.storage.read(), &self.layout);
        Self::from_buffer(buffer, self.shape())
    }

    /// The same values in a storage that nobody else holds, off the record.
    fn into_owned(mut self) -> Self {
        if Arc::get_mut(&mut self.storage).is_some() && self.layout.is_contiguous() && self.layout.offset() == 0 {
            *self.node = None;
            self
        } else {
            self.clone_data()
        }
    }

    /// A copy of the values in a storage of its own, off the record (PyTorch: `detach().clone()`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2]);
    /// let (handle, copy) = (x.clone(), x.clone_data());
    /// x.fill_(1.0);
    /// assert_eq!(handle.to_vec(), [1.0, 1.0]);   // clone is another handle on the same storage
    /// assert_eq!(copy.to_vec(), [0.0, 0.0]);
    /// ```
    #[must_use]
    pub fn clone_data(&self) -> Self {
        let mut buffer = pool::take(self.len());
        self.with_data(|data| buffer.copy_from_slice(data));
        Self::new(buffer, self.result_layout())
    }

    /// How often the storage was changed in place; views and detached tensors count together. Backward compares it with
    /// the version it saved, and refuses where a value that it needs was changed (notes, 1.6).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([4]);
    /// assert_eq!(x.version(), 0);
    /// x.detach().fill_(1.0);
    /// x.i(0).add_(&Tensor::scalar(1.0));
    /// assert_eq!(x.version(), 2);
    /// ```
    pub fn version(&self) -> u64 {
        self.storage.version()
    }

    /// Whether both tensors look at the same storage, so that a change of one in place is seen in the other.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 3]);
    /// assert!(x.shares_storage(&x.detach()));        // notes, 1.6: one piece of memory
    /// assert!(x.shares_storage(&x.t().i(0)));
    /// assert!(!x.shares_storage(&x.clone_data()));
    /// ```
    pub fn shares_storage(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.storage, &other.storage)
    }

    /// Whether the elements lie in row-major order without gaps. Any operation takes either kind; PyTorch's
    /// `contiguous()` is never needed.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::zeros([2, 3]);
    /// assert!(x.is_contiguous() && x.i(1).is_contiguous());
    /// assert!(!x.t().is_contiguous() && !x.i((.., 1)).is_contiguous());
    /// ```
    pub fn is_contiguous(&self) -> bool {
        self.layout.is_contiguous()
    }
}
