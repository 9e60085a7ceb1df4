//! Backward, one node at a time (notes, 反向传播).

use super::text::{computed, name};
use super::{Graph, MOST, Step, graph};
use crate::Real;
use crate::dropped::{Field, drops_here};
use crate::plot::page::ink::Ink;
use crate::plot::page::space::width;
use crate::plot::page::text::number;
use crate::plot::page::words::told;
use crate::tensor::error::{OrFail, fail};
use crate::tensor::memory::bytes_behind;
use crate::tensor::{GraphNode, Tensor, enable_grad, no_grad, with_stream};
use std::cell::RefCell;

/// How far a value is moved each way for a finite difference: what its square and the rounding of single precision cost
/// is about the same there.
const NUDGE: Real = 1e-2;
/// Tensors with more elements are told by their first ones.
const TOLD: usize = 5;

/// Every step that backward takes, to be looked at in any order; [`backward_steps`] makes them.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::from([3.0]).requires_grad();
/// let steps = backward_steps(|name| name("L", &name("w", &w).square().sum()));
/// assert_eq!(steps.len(), 3);                                  // sum, square and w
/// steps.figure(3).display();
/// ```
#[derive(Clone)]
pub struct BackwardSteps {
    before: Field<Graph>,
    visits: Field<Vec<Visit>>,
    /// The nodes when backward is done.
    last: Field<Vec<GraphNode>>,
}
drops_here!(BackwardSteps: before, visits, last);

/// Backward comes to a node.
#[derive(Clone)]
struct Visit {
    /// Its place among the graph's nodes.
    node: usize,
    gradient: Tensor,
    /// The same by finite differences, for a node that has a name.
    difference: Option<Tensor>,
}

/// Runs backward through what `compute` computes and keeps every step. `compute` gets a function that gives tensors their
/// names; where it names one, its gradient is also found by finite differences: the value is moved a little, element
/// by element, and everything behind it computed again.
///
/// Tensors that require grad are copied, so nobody's [`grad`](Tensor::grad) changes.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, w) = (Tensor::from([1.0, 2.0]), Tensor::from([[0.5, 0.25]]).requires_grad());
/// let steps = backward_steps(|name| {
///     let w = name("w", &w);
///     let h = name("h", &w.matmul(&x).tanh());
///     name("L", &h.square().sum())
/// });
/// let [by_autograd, by_differences] = steps.gradients("w").unwrap();
/// assert!((by_autograd - by_differences).abs().max().item() < 1e-3);
/// assert!(w.grad().is_none());
/// ```
///
/// # Panics
/// If the result isn't a number that depends on a tensor that requires grad, two tensors get the same name, or the graph
/// has more than 300 nodes.
#[must_use]
#[track_caller]
pub fn backward_steps(compute: impl Fn(&dyn Fn(&str, &Tensor) -> Tensor) -> Tensor) -> BackwardSteps {
    walk(&compute)
}

type Compute<'a> = dyn Fn(&dyn Fn(&str, &Tensor) -> Tensor) -> Tensor + 'a;

#[track_caller]
fn walk(compute: &Compute<'_>) -> BackwardSteps {
    let named: RefCell<Vec<(String, Tensor)>> = RefCell::default();
    let naming = |name: &str, tensor: &Tensor| {
        // A copy takes the gradient, and the caller's leaf stays without one.
        let is_leaf = tensor.is_tracked() && tensor.graph_nodes(1)[0].op.is_none();
        let own = if is_leaf { tensor.detach().requires_grad() } else { tensor.clone() };
        named.borrow_mut().push((name.to_owned(), own.clone()));
        own
    };
    let result = enable_grad(|| with_stream(0, 0, || compute(&naming)));
    let named = named.into_inner();
    if let Some((i, (name, _))) =
        named.iter().enumerate().find(|(i, (name, _))| named[..*i].iter().any(|n| n.0 == *name))
    {
        fail("backward_steps", format!("tensor {i} is called {name}, as another one is: give each a name of its own"));
    }
    let before = graph(&result).names(named.iter().map(|(name, tensor)| (name.as_str(), tensor)));
    if before.left_out {
        fail("backward_steps", format!("the graph has more than {MOST} nodes: take a smaller net"));
    }
    let mut visits = Vec::new();
    let place = |id: u64| before.nodes.binary_search_by_key(&id, |node| node.id).expect("all nodes are there");
    let watch = |id: u64, gradient: &Tensor| {
        visits.push(Visit { node: place(id), gradient: gradient.clone_data(), difference: None });
    };
    result.watched_backward(watch).or_fail();
    let mut last = (*before.nodes).clone();
    for visit in &mut visits {
        arrive(&mut last[visit.node], &visit.gradient);
        let named = before.named(&before.nodes[visit.node]);
        visit.difference = named.map(|(name, tensor)| no_grad(|| differences(compute, name, tensor)));
    }
    BackwardSteps { before: Field::new(before), visits: Field::new(visits), last: Field::new(last) }
}

/// What a node looks like once backward was there.
fn arrive(node: &mut GraphNode, gradient: &Tensor) {
    node.grad = Some(gradient.clone());
    if node.kept.as_ref().is_some_and(|kept| !kept.is_empty()) {
        node.kept = None;
    }
}

/// The derivative of the result by the tensor of this name, element by element.
fn differences(compute: &Compute<'_>, moved: &str, tensor: &Tensor) -> Tensor {
    let values = tensor.detach().to_vec();
    let at = |i: usize, by: Real| {
        let naming = |name: &str, tensor: &Tensor| {
            if name != moved {
                return tensor.detach();
            }
            let mut values = values.clone();
            values[i] += by;
            Tensor::from_vec(values, tensor.shape())
        };
        with_stream(0, 0, || compute(&naming)).item()
    };
    let slopes = (0..values.len()).map(|i| (at(i, NUDGE) - at(i, -NUDGE)) / (2.0 * NUDGE)).collect();
    Tensor::from_vec(slopes, tensor.shape())
}

impl BackwardSteps {
    /// How many steps there are: one for each node.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([3.0]).requires_grad();
    /// assert_eq!(backward_steps(|name| name("w", &w).square().sum()).len(), 3);
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "a result that is recorded has a node")]
    pub fn len(&self) -> usize {
        self.visits.len()
    }

    /// The gradient of the tensor with this name by backward, and by finite differences; `None` if backward doesn't come
    /// to it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([3.0]).requires_grad();
    /// let steps = backward_steps(|name| name("w", &w).square().sum());
    /// assert_eq!(steps.gradients("w").unwrap()[0].item(), 6.0);
    /// assert!(steps.gradients("v").is_none());
    /// ```
    pub fn gradients(&self, name: &str) -> Option<[Tensor; 2]> {
        let is_it = |visit: &&Visit| self.before.named(&self.before.nodes[visit.node]).is_some_and(|n| n.0 == name);
        let visit = self.visits.iter().find(is_it)?;
        Some([visit.gradient.clone(), visit.difference.clone()?])
    }

    /// The graph after this many steps: with the gradients that have arrived, and without what is freed by then. The node
    /// of this step is framed; below stands what came to it, the finite difference beside it, and what it frees.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([3.0]).requires_grad();
    /// let steps = backward_steps(|name| name("L", &name("w", &w).square().sum()));
    /// let told = steps.figure(2).summary();
    /// assert!(told.contains("∂L/∂#1 = (1). #1 frees 4 bytes, 0 are still kept."));    // 1 arrives at w²
    /// ```
    ///
    /// # Panics
    /// If there are fewer steps.
    #[must_use]
    #[track_caller]
    pub fn figure(&self, step: usize) -> Graph {
        let count = self.visits.len();
        if step > count {
            fail("figure", format!("step {step} of {count}: 0 is before the first, {count} the last"));
        }
        let mut drawn = (*self.before).clone();
        for visit in &self.visits[..step] {
            arrive(&mut drawn.nodes[visit.node], &visit.gradient);
        }
        drawn.kept = bytes_kept(&drawn.nodes);
        let mut said = self.said();
        let lines = said.iter().flat_map(|(title, lines)| {
            lines.iter().map(|line| width(line, Ink::Label)).chain([width(title, Ink::Title)])
        });
        let widest = lines.fold(0.0, f64::max);
        let (title, caption) = said.swap_remove(step);
        let here = step.checked_sub(1).map(|i| self.before.nodes[self.visits[i].node].id);
        let (first, last) = ((*self.before.nodes).clone(), (*self.last).clone());
        *drawn.step = Some(Step { here, caption, widest, first, last });
        *drawn.title = title;
        drawn
    }

    /// The title and the lines below the drawing at each step: as many at each, so that nothing jumps.
    fn said(&self) -> Vec<(String, Vec<String>)> {
        let (count, mut nodes) = (self.visits.len(), (*self.before.nodes).clone());
        let mut kept = bytes_kept(&nodes);
        let start = vec![String::new(), String::new(), told!("{} bytes are kept", kept)];
        let mut said = vec![(format!("0 / {count}"), start)];
        for (i, visit) in self.visits.iter().enumerate() {
            arrive(&mut nodes[visit.node], &visit.gradient);
            let before = std::mem::replace(&mut kept, bytes_kept(&nodes));
            let place = format!("{} / {count}", i + 1);
            said.push((told!("{}: {}", place, self.told(visit)), self.caption(visit, before, kept)));
        }
        said
    }

    /// `h = tanh(z)`, or the name of a leaf.
    fn told(&self, visit: &Visit) -> String {
        let node = &self.before.nodes[visit.node];
        computed(&self.before, node).unwrap_or_else(|| name(&self.before, node.id))
    }

    /// What came to a node, the finite difference beside it, and what it frees.
    fn caption(&self, visit: &Visit, before: usize, left: usize) -> Vec<String> {
        let node = &self.before.nodes[visit.node];
        let (root, name) = (name(&self.before, self.last[self.last.len() - 1].id), name(&self.before, node.id));
        let difference = visit.difference.as_ref().map(|by| told!("by differences: {}", listed(by)));
        vec![
            format!("∂{root}/∂{name} = {}", listed(&visit.gradient)),
            difference.unwrap_or_default(),
            told!("{} frees {} bytes, {} are still kept", name, before - left, left),
        ]
    }
}

/// What the nodes keep for backward.
fn bytes_kept(nodes: &[GraphNode]) -> usize {
    bytes_behind(nodes.iter().filter_map(|node| node.kept.as_ref()).flatten())
}

/// All numbers of a tensor, or its first ones.
fn listed(tensor: &Tensor) -> String {
    let mut told: Vec<String> = tensor.to_vec().iter().take(TOLD).map(|&value| number(f64::from(value))).collect();
    if tensor.len() > TOLD {
        told.push("…".into());
    }
    format!("({})", told.join(", "))
}
