//! The computational graph as a drawing (notes, 前向传播、反向传播和计算图).

mod draw;
mod layers;
mod steps;
mod text;

pub use steps::{BackwardSteps, backward_steps};

use crate::dropped::{Field, drops_here};
use crate::plot::figure::show::shows;
use crate::plot::page::words::say;
use crate::tensor::{GraphNode, Tensor};

/// More boxes than anyone reads: of a larger graph the part nearest to the result is drawn.
const MOST: usize = 300;

/// The graph behind a result, as it was when [`graph`] was called: what was computed from what, the shapes, and what is
/// kept for backward; values and gradients of the tensors that were given a name.
///
/// It is a figure: it shows itself below a cell, saves itself, and tells itself in words.
///
/// ```
/// use dlnotes::prelude::*;
/// let w = Tensor::from([3.0]).requires_grad();
/// let figure = graph(&w.square().sum());
/// assert_eq!(figure.summary().matches("square").count(), 1);
/// ```
#[derive(Clone)]
pub struct Graph {
    root: Field<Tensor>,
    nodes: Field<Vec<GraphNode>>,
    left_out: bool,
    names: Field<Vec<(String, Tensor)>>,
    /// Bytes kept for backward when it was drawn.
    kept: usize,
    title: Field<String>,
    /// Where backward is, in a drawing of one of its steps.
    step: Field<Option<Step>>,
}
drops_here!(Graph: root, nodes, names, title, step);

/// A step of backward in a drawing.
#[derive(Clone)]
struct Step {
    /// The node that is looked at.
    here: Option<u64>,
    /// What is said below the drawing.
    caption: Vec<String>,
    /// Width of the widest line that is said at any step, so that the page is as wide at each.
    widest: f64,
    /// The nodes before backward, when they kept everything.
    first: Vec<GraphNode>,
    /// The nodes when backward is done, so that the boxes have room for what comes and stay where they are.
    last: Vec<GraphNode>,
}

/// The graph behind `result`, for drawing.
///
/// Draw it before backward to see what is kept for it, and after to see gradients (of results in between only where
/// [`retain_grad`](Tensor::retain_grad) asked for them); what was kept is freed by then.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, w) = (Tensor::from([[1.0, 2.0]]), Tensor::from([[0.5], [0.25]]).requires_grad());
/// let o = x.matmul(&w);
/// let loss = o.square().sum();
/// let figure = graph(&loss).name(&x, "x").name(&w, "w").name(&o, "o").name(&loss, "L");
/// assert_eq!(figure.summary(), "Graph of L (1 leaf, 3 operations; 12 bytes kept for backward): \
///     o = matmul(x, w) keeps x; #1 = square(o) keeps o; L = sum(#1).");
/// assert!(figure.to_svg().starts_with("<svg"));
/// ```
///
/// # Panics
/// If `result` is not recorded: it was computed from nothing that requires grad, or under `no_grad`.
#[must_use]
#[track_caller]
pub fn graph(result: &Tensor) -> Graph {
    if !result.is_tracked() {
        panic!(
            "graph: this tensor is not recorded: it was computed from nothing that requires grad, or under no_grad. Call \
             .requires_grad() on the inputs and compute it again"
        );
    }
    let mut nodes = result.graph_nodes(MOST + 1);
    let left_out = nodes.len() > MOST;
    if left_out {
        nodes.remove(0);
    }
    let kept = result.bytes_kept_for_backward(&[]);
    Graph {
        root: Field::new(result.clone()),
        nodes: Field::new(nodes),
        left_out,
        names: Field::default(),
        kept,
        title: Field::default(),
        step: Field::default(),
    }
}

impl Graph {
    /// Gives a tensor of the graph its name in the drawing, and shows its value and gradient. An input that requires no
    /// grad appears where an operation keeps it.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([3.0]).requires_grad();
    /// let loss = w.square().sum();
    /// assert!(graph(&loss).name(&w, "w").name(&loss, "L").summary().starts_with("Graph of L (1 leaf"));
    /// ```
    pub fn name(mut self, tensor: &Tensor, name: &str) -> Graph {
        self.add_name(tensor, name);
        self
    }

    /// Names several tensors: `.names([("x", &x), ("W", &w)])`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (a, b) = (Tensor::scalar(2.0).requires_grad(), Tensor::scalar(3.0).requires_grad());
    /// let figure = graph(&(&a * &b)).names([("a", &a), ("b", &b)]);
    /// assert!(figure.summary().contains("mul(a, b)"));
    /// ```
    pub fn names<'a>(mut self, names: impl IntoIterator<Item = (&'a str, &'a Tensor)>) -> Graph {
        for (name, tensor) in names {
            self.add_name(tensor, name);
        }
        self
    }

    fn add_name(&mut self, tensor: &Tensor, name: &str) {
        self.names.push((name.to_owned(), tensor.clone()));
    }

    /// The title above the drawing.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([3.0]).requires_grad();
    /// let svg = graph(&w.square()).title("One operation").to_svg();
    /// assert!(svg.contains("One operation"));
    /// ```
    pub fn title(mut self, title: &str) -> Graph {
        *self.title = say(title);
        self
    }

    /// The graph in words: each operation with its inputs and what it keeps.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, w) = (Tensor::from([[1.0, 2.0]]), Tensor::from([[0.5], [0.25]]).requires_grad());
    /// let told = graph(&x.matmul(&w)).names([("x", &x), ("w", &w)]).summary();
    /// assert!(told.contains("matmul(x, w) keeps x"));              // dW = xᵀ·dy is all that backward needs
    /// ```
    pub fn summary(&self) -> String {
        text::summary(self)
    }

    /// The drawing as an SVG document, with title and description for screen readers.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::from([3.0]).requires_grad();
    /// let svg = graph(&w.sigmoid()).to_svg();
    /// assert!(svg.starts_with("<svg") && svg.contains("sigmoid"));
    /// ```
    pub fn to_svg(&self) -> String {
        draw::svg(self)
    }

    /// The name given to a node, and the tensor that came with it.
    fn named(&self, node: &GraphNode) -> Option<&(String, Tensor)> {
        self.names.iter().find(|(_, tensor)| tensor.node_id() == Some(node.id))
    }

    /// Named inputs that require no grad, each with the node that keeps it.
    fn constants(&self) -> Vec<(&(String, Tensor), u64)> {
        let untracked = self.names.iter().filter(|(_, tensor)| !tensor.is_tracked());
        let keeps = |node: &GraphNode, tensor: &Tensor| {
            node.inputs.contains(&None) && node.kept.iter().flatten().any(|kept| kept.shares_storage(tensor))
        };
        // A constant stays in the drawing after backward has freed it.
        let nodes = self.step.as_ref().map_or(&*self.nodes, |step| &step.first);
        untracked
            .flat_map(|named| {
                let keepers = nodes.iter().filter(move |node| keeps(node, &named.1));
                keepers.map(move |node| (named, node.id))
            })
            .collect()
    }
}

shows!(
    Graph,
    "let x = Tensor::from([3.0]).requires_grad();\nlet figure = graph(&x.square()).name(&x, \"x\");",
    "Graph of #1 (1 leaf, 1 operation; 4 bytes kept for backward): #1 = square(x) keeps x."
);
