//! Backward: from a result to the gradients of the leaves that it was computed from.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::sync::Mutex;

use super::error::{Error, OrFail};
use super::graph::{Context, Grads, Kind, Node, Op, Saved, lock};
use super::{Tensor, grad_mode};
use crate::interrupt;

/// A gradient on its way to a node. A heap of them pops the youngest node first, so that each node is reached only
/// after everything computed from it: a topological order without a search, and without recursion.
struct Pending<'a> {
    node: &'a Node,
    grad: Tensor,
}

impl Ord for Pending<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.node.number.cmp(&other.node.number)
    }
}

impl PartialOrd for Pending<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pending<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Pending<'_> {}

impl Tensor {
    /// Computes the gradient of this scalar with respect to every leaf that requires grad, *adds* it to the leaf's
    /// [`grad`](Tensor::grad), and frees what the graph kept.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from_vec(vec![1.0, 2.0], [2]).requires_grad();
    /// (&x * &x).sum().backward();
    /// assert_eq!(x.grad().unwrap().to_vec(), [2.0, 4.0]);   // d/dx x² = 2x
    /// ```
    ///
    /// # Panics
    /// If this tensor is not a scalar ([`backward_with`](Tensor::backward_with) takes any shape), was not computed
    /// from a leaf that requires grad, was already used for a backward that freed the graph (see
    /// [`backward_retain`](Tensor::backward_retain)), or if a value that backward needs was changed in place.
    #[track_caller]
    pub fn backward(&self) {
        self.try_backward(None, false).or_fail();
    }

    /// [`backward`](Tensor::backward) from a tensor of any shape: `gradient`, of the same shape, is the derivative of
    /// the final result with respect to it (ones give the derivative of the sum; notes, 1.6).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([0.0, 1.0]).requires_grad();
    /// let y = x.square();
    /// y.backward_with(&Tensor::from([10.0, 100.0]));
    /// assert_eq!(x.grad().unwrap().to_vec(), [0.0, 200.0]);   // gradient · 2x
    /// ```
    ///
    /// # Panics
    /// As [`backward`](Tensor::backward), and if the shapes differ.
    #[track_caller]
    pub fn backward_with(&self, gradient: &Tensor) {
        self.try_backward(Some(gradient), false).or_fail();
    }

    /// [`backward`](Tensor::backward) that keeps the graph, so that another one can follow (PyTorch's
    /// `retain_graph=True`; notes, 1.6–1.8).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::scalar(2.0).requires_grad();
    /// let y = x.square();
    /// y.backward_retain();
    /// y.backward();                                     // a third one would find the graph freed
    /// assert_eq!(x.grad().unwrap().item(), 4.0 + 4.0);
    /// ```
    ///
    /// # Panics
    /// As [`backward`](Tensor::backward).
    #[track_caller]
    pub fn backward_retain(&self) {
        self.try_backward(None, true).or_fail();
    }

    /// Backward for programs that want the error: `gradient` as in [`backward_with`](Tensor::backward_with) (`None`
    /// for a scalar), `retain_graph` as in [`backward_retain`](Tensor::backward_retain).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let y = Tensor::ones([3]).requires_grad().exp();
    /// let error = y.try_backward(None, false).unwrap_err();   // which of the three is meant?
    /// assert!(error.to_string().contains("only a scalar has a gradient by itself, this tensor has shape [3]"));
    /// assert!(y.try_backward(Some(&Tensor::ones([3])), false).is_ok());
    /// ```
    ///
    /// # Errors
    /// Where [`backward`](Tensor::backward) panics.
    pub fn try_backward(&self, gradient: Option<&Tensor>, retain_graph: bool) -> Result<(), Error> {
        let (root, grad) = self.root(gradient)?;
        grad_mode::no_grad(|| run(root, grad, retain_graph, |_, _| {}))
    }

    /// [`backward`](Tensor::backward) that tells the number of each node that it comes to, and the whole gradient that
    /// has arrived there.
    pub(crate) fn watched_backward(&self, watch: impl FnMut(u64, &Tensor)) -> Result<(), Error> {
        let (root, grad) = self.root(None)?;
        grad_mode::no_grad(|| run(root, grad, false, watch))
    }

    /// Where backward begins, and with what.
    fn root(&self, gradient: Option<&Tensor>) -> Result<(&Node, Tensor), Error> {
        let op = "backward";
        let Some(root) = &*self.node else {
            return Err(Error::new(
                op,
                "this tensor does not require grad: it was computed from no leaf that does, or under no_grad, or \
                 detach cut it off. Call .requires_grad() on the inputs, and backward on what was computed from them",
            ));
        };
        let grad = match gradient {
            Some(gradient) if gradient.shape() == self.shape() => gradient.detach(),
            Some(gradient) => {
                return Err(Error::new(
                    op,
                    format!(
                        "the gradient has shape {:?}, the tensor {:?}: they must be equal",
                        gradient.shape(),
                        self.shape()
                    ),
                ));
            }
            None if self.len() == 1 => Tensor::ones(self.shape()),
            None => {
                return Err(Error::new(
                    op,
                    format!(
                        "only a scalar has a gradient by itself, this tensor has shape {:?}: call .sum().backward() or \
                         .mean().backward(), or backward_with(&gradient) with a gradient of this shape",
                        self.shape()
                    ),
                ));
            }
        };
        Ok((root, grad))
    }
}

/// The root holds all nodes behind it for as long as this runs: none needs another handle.
fn run(root: &Node, grad: Tensor, retain_graph: bool, mut watch: impl FnMut(u64, &Tensor)) -> Result<(), Error> {
    let mut pending = BinaryHeap::new();
    pending.push(Pending { node: root, grad });
    while let Some(Pending { node, mut grad }) = pending.pop() {
        interrupt::poll();
        while pending.peek().is_some_and(|next| next.node.number == node.number) {
            let next = pending.pop().expect("just seen");
            grad = grad.accumulate(next.grad);
        }
        watch(node.number, &grad);
        match &node.kind {
            Kind::Leaf(slot) => deposit(slot, grad),
            Kind::Op(op) => {
                if let Some(slot) = op.retained.get() {
                    deposit(slot, grad.clone());
                }
                let grads = differentiate(node, op, grad, retain_graph)?;
                for (input, grad) in op.inputs.iter().zip(grads) {
                    if let (Some(node), Some(grad)) = (input, grad) {
                        pending.push(Pending { node, grad });
                    }
                }
            }
        }
    }
    Ok(())
}

/// The gradients of an operation's inputs; frees what it saved, unless the graph is retained.
fn differentiate(node: &Node, op: &Op, grad: Tensor, retain_graph: bool) -> Result<Grads, Error> {
    let mut slot = lock(&op.saved);
    let Some(saved) = slot.as_ref() else {
        return Err(Error::new(
            "backward",
            format!(
                "a second time through a graph that is already freed (at `{}`, shape {:?}): backward frees what the \
                 graph kept. Compute the result again, or use backward_retain (PyTorch: retain_graph=True) the first time",
                op.name,
                node.layout.shape()
            ),
        ));
    };
    check_versions(op, saved)?;
    let grads = (op.derivative)(&Context { inputs: &op.inputs, saved }, grad);
    if !retain_graph {
        *slot = None;
    }
    Ok(grads)
}

fn check_versions(op: &Op, saved: &[Option<Saved>]) -> Result<(), Error> {
    for Saved { value, version } in saved.iter().flatten() {
        let now = value.storage.version();
        if now != *version {
            return Err(Error::new(
                "backward",
                format!(
                    "one of the values needed for the gradient has been modified by an in-place operation: `{}` saved a \
                     tensor of shape {:?} at version {version}; it is at version {now}. Edit a copy instead \
                     (.clone_data()), or edit after backward",
                    op.name,
                    value.shape()
                ),
            ));
        }
    }
    Ok(())
}

/// Adds a gradient to what a leaf already has.
fn deposit(slot: &Mutex<Option<Tensor>>, grad: Tensor) {
    let mut slot = lock(slot);
    match &*slot {
        // In place, as PyTorch: who holds `x.grad()` sees it grow.
        Some(sum) => sum.add_scaled_(&grad, 1.0),
        None => *slot = Some(grad.into_owned()),
    }
}
