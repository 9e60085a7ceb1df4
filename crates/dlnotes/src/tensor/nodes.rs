//! A look at the graph behind a tensor, for drawing it and for counting what it keeps.

use std::collections::{BTreeMap, BinaryHeap};

use triomphe::Arc;

use super::Tensor;
use super::graph::{Kind, Node, lock};

/// A node of the graph: a recorded operation, or a leaf that requires grad.
///
/// ```
/// use dlnotes::prelude::*;
/// let x = Tensor::from([1.0, 2.0]).requires_grad();
/// let y = (&x * &x).sum();
/// let nodes = y.graph_nodes(10);
/// assert_eq!((nodes[1].op, &nodes[1].inputs), (Some("mul"), &vec![Some(nodes[0].id); 2]));
/// y.backward();
/// assert!(y.graph_nodes(10)[1].kept.is_none());                        // backward has freed it
/// ```
#[derive(Clone, Debug)]
pub struct GraphNode {
    /// Its number; inputs have smaller numbers than what is computed from them.
    pub id: u64,
    /// The operation's name; `None` for a leaf.
    pub op: Option<&'static str>,
    /// The shape of its value.
    pub shape: Vec<usize>,
    /// The numbers of its inputs' nodes, in their order; `None` for inputs that need no gradient.
    pub inputs: Vec<Option<u64>>,
    /// The values that it keeps for backward; `None` once backward has freed them.
    pub kept: Option<Vec<Tensor>>,
    /// The gradient so far, where it is kept: leaves, and results that asked with [`Tensor::retain_grad`].
    pub grad: Option<Tensor>,
}

impl Tensor {
    /// The number of this tensor's node in the graph; `None` if it is not recorded.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([2]).requires_grad();
    /// let y = x.exp();
    /// assert!(x.node_id() < y.node_id());                                  // numbers count up
    /// assert_eq!(y.detach().node_id(), None);
    /// ```
    pub fn node_id(&self) -> Option<u64> {
        self.node.as_ref().map(|node| node.number)
    }

    /// The nodes of the graph behind this tensor, inputs before what is computed from them; of more than `most` those
    /// nearest to this tensor in time.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::from([1.0, 2.0]).requires_grad();
    /// let nodes = x.exp().sum().graph_nodes(100);
    /// let ops: Vec<_> = nodes.iter().map(|node| node.op).collect();
    /// assert_eq!(ops, [None, Some("exp"), Some("sum")]);
    /// assert_eq!(nodes[1].kept.as_ref().unwrap().len(), 1);    // exp keeps its result
    /// assert_eq!(nodes[2].inputs, [Some(nodes[1].id)]);
    /// ```
    pub fn graph_nodes(&self, most: usize) -> Vec<GraphNode> {
        let mut found: BTreeMap<u64, Arc<Node>> = BTreeMap::new();
        let mut pending: BinaryHeap<u64> = BinaryHeap::new();
        let mut known: BTreeMap<u64, Arc<Node>> = BTreeMap::new();
        let meet = |node: &Arc<Node>, pending: &mut BinaryHeap<u64>, known: &mut BTreeMap<u64, Arc<Node>>| {
            if known.insert(node.number, node.clone()).is_none() {
                pending.push(node.number);
            }
        };
        if let Some(root) = &*self.node {
            meet(root, &mut pending, &mut known);
        }
        while let Some(number) = pending.pop().filter(|_| found.len() < most) {
            let node = known[&number].clone();
            if let Kind::Op(op) = &node.kind {
                op.inputs.iter().flatten().for_each(|input| meet(input, &mut pending, &mut known));
            }
            found.insert(number, node);
        }
        found.into_values().map(|node| node.look()).collect()
    }
}

impl Node {
    fn look(&self) -> GraphNode {
        let (op, inputs, kept, grad) = match &self.kind {
            Kind::Leaf(grad) => (None, Vec::new(), Some(Vec::new()), lock(grad).clone()),
            Kind::Op(op) => {
                let saved = lock(&op.saved);
                let values = |saved: &smallvec::SmallVec<[Option<super::graph::Saved>; 2]>| {
                    saved.iter().flatten().map(|saved| saved.value.clone()).collect()
                };
                (
                    Some(op.name),
                    op.inputs.iter().map(|input| input.as_ref().map(|node| node.number)).collect(),
                    saved.as_ref().map(values),
                    op.retained.get().and_then(|slot| lock(slot).clone()),
                )
            }
        };
        GraphNode { id: self.number, op, shape: self.layout.shape().to_vec(), inputs, kept, grad }
    }
}
