//! Where a tensor stands in the graph: recording it, taking it off the record, its gradient.

use std::sync::Mutex;

use triomphe::Arc;

use super::Tensor;
use super::graph::{Kind, Node, lock};

impl Tensor {
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
        Self::of(Arc::clone(&self.storage), Arc::clone(&self.layout))
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
            *leaf.tape = Some(Node::new(Arc::clone(&self.layout), Kind::Leaf(Mutex::new(None))));
        }
        leaf
    }

    /// Whether operations on this tensor are recorded (PyTorch's attribute `requires_grad`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([2]);
    /// assert!(!(&x * 2.0).is_tracked());
    /// assert!((x.requires_grad() * 2.0).is_tracked());   // what is computed from a recorded tensor is recorded
    /// ```
    pub fn is_tracked(&self) -> bool {
        self.tape.is_some()
    }

    /// Whether this tensor was made by the user, not by a recorded operation.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::ones([2]).requires_grad();
    /// assert!(w.is_leaf());
    /// assert!(!(&w * 2.0).is_leaf());
    /// ```
    pub fn is_leaf(&self) -> bool {
        !matches!(self.tape.as_deref(), Some(Node { kind: Kind::Op(_), .. }))
    }

    /// The gradient that backward has added up so far: `None` before the first backward and after
    /// [`zero_grad`](Self::zero_grad). Only leaves have one, and results that asked with
    /// [`retain_grad`](Self::retain_grad). It has the shape of this tensor, and shares its storage with the one that
    /// backward adds to.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([1.0, 2.0]).requires_grad();
    /// assert!(w.grad().is_none());
    /// w.square().sum().backward();
    /// assert_eq!(w.grad().unwrap().to_vec(), [2.0, 4.0]);   // d/dw Σw² = 2w
    /// ```
    pub fn grad(&self) -> Option<Self> {
        self.grad_slot().and_then(|slot| lock(slot).clone())
    }

    /// Forgets the gradient, so that the next backward starts from none (notes, 1.7: 清除以前的梯度).
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

    /// The name of the operation that made this tensor, where it was recorded (PyTorch's `grad_fn`).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([2]).requires_grad();
    /// assert_eq!(x.sigmoid().grad_fn(), Some("sigmoid"));
    /// assert_eq!(x.grad_fn(), None);                       // a leaf was made by no operation
    /// assert_eq!(x.sigmoid().detach().grad_fn(), None);    // and a detached tensor has forgotten it
    /// ```
    pub fn grad_fn(&self) -> Option<&'static str> {
        match self.tape.as_deref() {
            Some(Node { kind: Kind::Op(op), .. }) => Some(op.name),
            _ => None,
        }
    }
}
