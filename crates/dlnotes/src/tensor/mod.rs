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
mod grad_mode;
mod graph;
mod index;
mod kernels;
mod layout;
mod memory;
mod nodes;
mod ops;
mod pool;
mod random;
mod storage;

use std::sync::Mutex;

pub use error::Error;
pub use grad_mode::{enable_grad, is_grad_enabled, no_grad};
pub use graph::live_graph_nodes;
pub use index::{Dim, IndexArg, Indices, ReshapeArg};
pub use nodes::GraphNode;
pub use ops::activation::{Activation, elu, gelu, leaky_relu, prelu, relu, sigmoid, softplus, tanh};
pub use ops::compare::Operand;
pub use ops::dropout::dropout_layer;
pub use ops::join::{concat, stack};
pub use random::{Generator, generator, permutation, seed, with_stream};

use triomphe::Arc;

use crate::real::Real;
use error::fail;
use graph::{Kind, Node, lock};
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
#[derive(Clone)]
pub struct Tensor {
    storage: Arc<Storage>,
    layout: Arc<Layout>,
    /// Where this tensor stands in the graph, if it is recorded.
    tape: Option<Arc<Node>>,
}

impl Tensor {
    /// A fresh row-major tensor. The buffer must have the length that the shape asks for.
    fn new(buffer: impl Into<Buffer>, layout: Arc<Layout>) -> Self {
        let buffer = buffer.into();
        debug_assert!(layout.is_contiguous() && layout.offset() == 0 && layout.len() == buffer.len());
        Self { storage: Arc::new(Storage::new(buffer)), layout, tape: None }
    }

    fn from_buffer(buffer: impl Into<Buffer>, shape: &[usize]) -> Self {
        Self::new(buffer, Arc::new(Layout::contiguous(shape)))
    }

    /// A layout for results with the shape of this tensor.
    fn result_layout(&self) -> Arc<Layout> {
        if self.layout.is_contiguous() && self.layout.offset() == 0 {
            self.layout.clone()
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
        Self { storage: self.storage.clone(), layout: Arc::new(layout), tape: None }
    }

    /// The sizes, outermost dimension first; `[]` for a scalar.
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    /// The number of dimensions.
    pub fn rank(&self) -> usize {
        self.layout.rank()
    }

    /// The number of elements.
    pub fn len(&self) -> usize {
        self.layout.len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements in row-major order, copied.
    pub fn to_vec(&self) -> Vec<Real> {
        self.with_data(<[Real]>::to_vec)
    }

    /// The value of a tensor with one element.
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
            self.tape = None;
            self
        } else {
            self.clone_data()
        }
    }

    /// The same values off the record: shares the storage, requires no grad (notes, 1.6).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([2]).requires_grad();
    /// let y = x.sigmoid();
    /// let d = y.detach();
    /// assert!(!d.is_tracked());
    /// d.fill_(0.0);                        // the same memory: y changes, too …
    /// assert_eq!(y.to_vec(), [0.0, 0.0]);
    /// assert!(y.sum().try_backward(None, false).is_err());   // … and sigmoid's derivative needed y
    /// ```
    #[must_use]
    pub fn detach(&self) -> Self {
        Self { storage: self.storage.clone(), layout: self.layout.clone(), tape: None }
    }

    /// A copy of the values in a storage of its own, off the record (PyTorch: `detach().clone()`).
    #[must_use]
    pub fn clone_data(&self) -> Self {
        let mut buffer = pool::take(self.len());
        self.with_data(|data| buffer.copy_from_slice(data));
        Self::new(buffer, self.result_layout())
    }

    /// Starts recording: the tensor returned is a leaf over the same storage, and backward adds into its
    /// [`grad`](Self::grad). A tensor that is recorded already is returned as it is.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::zeros([3]).requires_grad();
    /// assert!(w.is_leaf() && w.grad().is_none());
    /// ```
    #[must_use = "the tensor returned is the one that is recorded"]
    pub fn requires_grad(&self) -> Self {
        let mut leaf = self.clone();
        if leaf.tape.is_none() {
            leaf.tape = Some(Node::new(self.layout.clone(), Kind::Leaf(Mutex::new(None))));
        }
        leaf
    }

    /// Whether operations on this tensor are recorded (PyTorch's attribute `requires_grad`).
    pub fn is_tracked(&self) -> bool {
        self.tape.is_some()
    }

    /// Whether this tensor was made by the user, not by a recorded operation.
    pub fn is_leaf(&self) -> bool {
        !matches!(self.tape.as_deref(), Some(Node { kind: Kind::Op(_), .. }))
    }

    /// The gradient that backward has added up so far: `None` before the first backward and after
    /// [`zero_grad`](Self::zero_grad). Only leaves have one, and results that asked with
    /// [`retain_grad`](Self::retain_grad). The tensor returned shares its storage with the one that backward adds to.
    pub fn grad(&self) -> Option<Self> {
        self.grad_slot().and_then(|slot| lock(slot).clone())
    }

    /// Forgets the gradient, so that the next backward starts anew.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::full([], 3.0).requires_grad();
    /// (&x * 2.0).backward();
    /// (&x * 2.0).backward();
    /// assert_eq!(x.grad().unwrap().item(), 4.0);   // gradients add up
    /// x.zero_grad();
    /// assert!(x.grad().is_none());
    /// ```
    pub fn zero_grad(&self) {
        if let Some(slot) = self.grad_slot() {
            *lock(slot) = None;
        }
    }

    /// Keeps the gradient of this result of a recorded operation when backward comes by (leaves always keep theirs).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::full([], 3.0).requires_grad();
    /// let h = &x * &x;
    /// h.retain_grad();
    /// (&h * 5.0).backward();
    /// assert_eq!(h.grad().unwrap().item(), 5.0);
    /// ```
    pub fn retain_grad(&self) {
        if let Some(Node { kind: Kind::Op(op), .. }) = self.tape.as_deref() {
            op.retained.get_or_init(Default::default);
        }
    }

    fn grad_slot(&self) -> Option<&Mutex<Option<Self>>> {
        match &self.tape.as_deref()?.kind {
            Kind::Leaf(slot) => Some(slot),
            Kind::Op(op) => op.retained.get().map(Box::as_ref),
        }
    }

    /// The name of the operation that made this tensor, where it was recorded.
    pub fn grad_fn(&self) -> Option<&'static str> {
        match self.tape.as_deref() {
            Some(Node { kind: Kind::Op(op), .. }) => Some(op.name),
            _ => None,
        }
    }

    /// How often the storage was changed in place; views and detached tensors count together.
    pub fn version(&self) -> u64 {
        self.storage.version()
    }

    /// Whether both tensors look at the same storage.
    pub fn shares_storage(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.storage, &other.storage)
    }

    /// Whether the elements lie in row-major order without gaps.
    pub fn is_contiguous(&self) -> bool {
        self.layout.is_contiguous()
    }
}
