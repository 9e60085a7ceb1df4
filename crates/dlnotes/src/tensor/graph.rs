//! The graph that autograd walks: one node for every recorded operation, and one for every leaf that requires grad.
//!
//! A node points to its inputs' nodes, never the other way round, and holds values without their history: there are no
//! cycles, and dropping the last tensor of a graph frees it.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use smallvec::SmallVec;
use triomphe::Arc;

use super::layout::Layout;
use super::{Tensor, grad_mode};
use crate::interrupt;

/// Gradients for the inputs of an operation, in their order; `None` where an input needs none.
pub(crate) type Grads = SmallVec<[Option<Tensor>; 2]>;

/// The derivative of an operation: from the gradient of its output to those of its inputs.
type Derivative = dyn Fn(&Context<'_>, Tensor) -> Grads + Send + Sync;

/// A value kept for backward, and the version that it had then.
pub(crate) struct Saved {
    pub(crate) value: Tensor,
    pub(crate) version: u64,
}

impl Saved {
    fn new(tensor: &Tensor) -> Self {
        Self { value: tensor.detach(), version: tensor.storage.version() }
    }
}

pub(crate) struct Node {
    /// Counts up: a node's inputs always have smaller numbers.
    pub(crate) number: u64,
    /// The layout of the tensor that this node belongs to.
    pub(crate) layout: Arc<Layout>,
    pub(crate) kind: Kind,
    /// Whether dropping it is still to be counted.
    counts: bool,
}

pub(crate) enum Kind {
    /// A tensor that the user wants the gradient of.
    Leaf(Mutex<Option<Tensor>>),
    /// A recorded operation.
    Op(Op),
}

pub(crate) struct Op {
    pub(crate) name: &'static str,
    pub(crate) inputs: SmallVec<[Option<Arc<Node>>; 2]>,
    /// `None` once backward has freed them.
    pub(crate) saved: Mutex<Option<SmallVec<[Option<Saved>; 2]>>>,
    pub(crate) derivative: Box<Derivative>,
    /// Where the gradient of the output is kept if the user asked for it with `retain_grad`.
    pub(crate) retained: OnceLock<Box<Mutex<Option<Tensor>>>>,
}

// What a node changes, it changes under a lock and in one piece: a panic leaves nothing half-done behind.
impl UnwindSafe for Op {}
impl RefUnwindSafe for Op {}

/// What a derivative sees besides the gradient.
pub(crate) struct Context<'a> {
    pub(crate) inputs: &'a [Option<Arc<Node>>],
    pub(crate) saved: &'a [Option<Saved>],
}

impl Context<'_> {
    /// Whether input `i` wants a gradient.
    pub(crate) fn needs(&self, i: usize) -> bool {
        self.inputs[i].is_some()
    }

    /// The shape of input `i`, which needs a gradient.
    pub(crate) fn shape(&self, i: usize) -> &[usize] {
        self.inputs[i].as_ref().expect("asked only for inputs that need a gradient").layout.shape()
    }

    /// The `i`-th saved value, which [`record`] or [`record_some`] was asked to keep.
    pub(crate) fn saved(&self, i: usize) -> &Tensor {
        &self.saved[i].as_ref().expect("kept for this derivative").value
    }
}

/// Nodes made so far, each numbered by it, and nodes dropped: what is alive is the difference. A counter in each direction
/// costs half of what a third one would.
static MADE: AtomicU64 = AtomicU64::new(0);
static DROPPED: AtomicU64 = AtomicU64::new(0);

/// How many nodes of autograd graphs are alive in this process, leaves included.
///
/// A loop whose number grows keeps graphs alive, usually by adding up `loss` instead of `loss.item()`.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::ones([2]).requires_grad();
/// let before = live_graph_nodes();
/// let y = (&x * 2.0).sum();
/// assert_eq!(live_graph_nodes(), before + 2);
/// drop(y);
/// assert_eq!(live_graph_nodes(), before);
/// ```
pub fn live_graph_nodes() -> usize {
    // Dropped first: a node made and dropped between the two loads must not make it negative.
    let dropped = DROPPED.load(Ordering::Acquire);
    (MADE.load(Ordering::Acquire) - dropped) as usize
}

impl Node {
    pub(crate) fn new(layout: Arc<Layout>, kind: Kind) -> Arc<Self> {
        Arc::new(Self { number: MADE.fetch_add(1, Ordering::Relaxed), layout, kind, counts: true })
    }
}

impl Drop for Node {
    /// Frees a graph without recursion: one of 100,000 operations would overflow the stack.
    fn drop(&mut self) {
        if !self.counts {
            return;
        }
        let mut dropped = 1;
        let mut pending = SmallVec::<[Arc<Self>; 4]>::new();
        let take_inputs = |node: &mut Self, pending: &mut SmallVec<[Arc<Self>; 4]>| {
            let Kind::Op(op) = &mut node.kind else { return };
            for node in op.inputs.iter_mut().filter_map(Option::take) {
                pending.push(node);
            }
        };
        take_inputs(self, &mut pending);
        while let Some(mut node) = pending.pop() {
            // Where another handle lives, or is dropped at this moment, the last one frees what is behind.
            if let Some(last) = Arc::get_mut(&mut node) {
                take_inputs(last, &mut pending);
                last.counts = false;
                dropped += 1;
            }
        }
        DROPPED.fetch_add(dropped, Ordering::Release);
    }
}

/// Nothing in this crate panics while it holds one of the graph's locks, and a half-done change of an `Option` can't be.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether an operation on these inputs is recorded; a reader's interrupt takes effect here, whether it is or not.
pub(crate) fn tracks(inputs: &[&Tensor]) -> bool {
    if !grad_mode::is_enabled() {
        // Nor an interrupt: a step of an optimizer is never cut in two.
        return false;
    }
    interrupt::poll();
    inputs.iter().any(|t| t.node.is_some())
}

/// Records an operation: gives `output` a node that knows its inputs, what to keep, and the derivative.
///
/// Call it only where [`tracks`] said yes. Keep in `saved` what the derivative reads and nothing else.
pub(crate) fn record(
    name: &'static str,
    inputs: &[&Tensor],
    output: Tensor,
    saved: &[&Tensor],
    derivative: impl Fn(&Context<'_>, Tensor) -> Grads + Send + Sync + 'static,
) -> Tensor {
    let mut kept = SmallVec::new();
    for value in saved {
        kept.push(Some(Saved::new(value)));
    }
    attach(name, inputs, output, kept, Box::new(derivative))
}

/// [`record`] where some of the values are needed only if another input wants a gradient.
pub(crate) fn record_some(
    name: &'static str,
    inputs: &[&Tensor],
    output: Tensor,
    saved: &[Option<&Tensor>],
    derivative: impl Fn(&Context<'_>, Tensor) -> Grads + Send + Sync + 'static,
) -> Tensor {
    let mut kept = SmallVec::new();
    for value in saved {
        kept.push(value.map(Saved::new));
    }
    attach(name, inputs, output, kept, Box::new(derivative))
}

fn attach(
    name: &'static str,
    inputs: &[&Tensor],
    mut output: Tensor,
    saved: SmallVec<[Option<Saved>; 2]>,
    derivative: Box<Derivative>,
) -> Tensor {
    // Pushed one by one: collecting takes three times as long for the one or two that there are.
    let mut nodes = SmallVec::new();
    for input in inputs {
        nodes.push(Option::clone(&input.node));
    }
    let op = Op { name, inputs: nodes, saved: Mutex::new(Some(saved)), derivative, retained: OnceLock::new() };
    *output.node = Some(Node::new(Arc::clone(&output.layout), Kind::Op(op)));
    output
}

/// The gradient of an operation with one input.
pub(crate) fn one(grad: Tensor) -> Grads {
    let mut grads = Grads::new();
    grads.push(Some(grad));
    grads
}

/// The gradients of an operation with two inputs.
pub(crate) fn two(a: Option<Tensor>, b: Option<Tensor>) -> Grads {
    let mut grads = Grads::new();
    grads.push(a);
    grads.push(b);
    grads
}
