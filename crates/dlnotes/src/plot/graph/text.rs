//! What the boxes of a graph say, and the graph in words.

use super::Graph;
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
use crate::plot::page::words::{list, told};
use crate::tensor::{GraphNode, Tensor};

/// Tensors with more elements are told by their norm.
const MOST_NUMBERS: usize = 3;

/// The lines of a box.
pub(crate) type Lines = Vec<(String, Ink)>;

/// The box of a node: name and operation; shape and value; gradient; what is kept.
pub(crate) fn lines(graph: &Graph, node: &GraphNode) -> Lines {
    let named = graph.named(node);
    let name = named.map(|(name, _)| name.as_str());
    let mut lines = vec![match (name, node.op) {
        (Some(name), Some(op)) => (format!("{name} = {op}"), Ink::Title),
        (Some(name), None) => (name.to_owned(), Ink::Title),
        (None, Some(op)) => (op.to_owned(), Ink::Title),
        (None, None) => (told!("leaf"), Ink::Title),
    }];
    let is_root = graph.root.node_id() == Some(node.id);
    let value = named.map(|(_, tensor)| tensor).or(is_root.then_some(&graph.root));
    lines.push((shape_and_value(&node.shape, value), Ink::Tick));
    if let Some(grad) = &node.grad {
        lines.push((format!("∇ {}", numbers(grad)), Ink::Name(1)));
    }
    match &node.kept {
        Some(kept) if !kept.is_empty() => lines.push((told!("keeps {}", kept_names(graph, kept)), Ink::Name(2))),
        None => lines.push((told!("freed"), Ink::Note)),
        _ => {}
    }
    lines
}

/// The box of an input that requires no grad.
pub(crate) fn constant(name: &str, tensor: &Tensor) -> Lines {
    vec![(name.to_owned(), Ink::Title), (shape_and_value(tensor.shape(), Some(tensor)), Ink::Tick)]
}

fn shape_and_value(shape: &[usize], value: Option<&Tensor>) -> String {
    let shape = if shape.is_empty() { told!("scalar") } else { format!("{shape:?}") };
    match value {
        Some(value) if value.len() <= MOST_NUMBERS => format!("{shape} = {}", numbers(value)),
        Some(value) => format!("{shape}, {}", numbers(value)),
        None => shape,
    }
}

pub(super) fn numbers(tensor: &Tensor) -> String {
    let values = tensor.detach().to_vec();
    match &values[..] {
        [value] => number(f64::from(*value)),
        few if few.len() <= MOST_NUMBERS => {
            let told: Vec<String> = few.iter().map(|&v| number(f64::from(v))).collect();
            format!("({})", told.join(", "))
        }
        _ => told!("norm {}", number(f64::from(tensor.detach().norm().item()))),
    }
}

/// The names of values kept; those without one by shape.
fn kept_names(graph: &Graph, kept: &[Tensor]) -> String {
    let name = |value: &Tensor| {
        let named = graph.names.iter().find(|(_, tensor)| tensor.shares_storage(value));
        named.map_or_else(
            || if value.rank() == 0 { told!("a scalar") } else { format!("{:?}", value.shape()) },
            |(name, _)| name.clone(),
        )
    };
    list(&kept.iter().map(name).collect::<Vec<_>>())
}

pub(crate) fn summary(graph: &Graph) -> String {
    let root = graph.nodes.last().map_or_else(|| told!("nothing"), |node| name(graph, node.id));
    let leaves = graph.nodes.iter().filter(|node| node.op.is_none()).count();
    let operations = graph.nodes.len() - leaves;
    let leaves = if leaves == 1 { told!("1 leaf") } else { told!("{} leaves", leaves) };
    let operations = if operations == 1 { told!("1 operation") } else { told!("{} operations", operations) };
    let mut counts = told!("{}, {}; {} bytes kept for backward", leaves, operations, graph.kept);
    if graph.left_out {
        counts = told!("{}; more above are not shown", counts);
    }
    let told: Vec<String> = graph.nodes.iter().filter_map(|node| statement(graph, node)).collect();
    let mut text = told!("Graph of {} ({}): {}.", root, counts, told.join(&told!("; ")));
    if !graph.title.is_empty() {
        text = told!("{}. {}", graph.title.as_str(), text);
    }
    let lines = graph.step.iter().flat_map(|step| &step.caption).filter(|line| !line.is_empty());
    lines.fold(text, |text, line| told!("{} {}.", text, line))
}

/// `h = tanh(z) keeps h`; nothing of a leaf.
fn statement(graph: &Graph, node: &GraphNode) -> Option<String> {
    let computed = computed(graph, node)?;
    Some(match &node.kept {
        Some(kept) if !kept.is_empty() => told!("{} keeps {}", computed, kept_names(graph, kept)),
        _ => computed,
    })
}

/// `h = tanh(z)`; nothing of a leaf.
pub(super) fn computed(graph: &Graph, node: &GraphNode) -> Option<String> {
    let op = node.op?;
    let constants = graph.constants();
    let mut unrecorded = constants.iter().filter(|(_, keeper)| *keeper == node.id).map(|(named, _)| named.0.clone());
    let inputs = node.inputs.iter().map(|input| match input {
        Some(id) => name(graph, *id),
        None => unrecorded.next().unwrap_or_else(|| "·".into()),
    });
    let inputs: Vec<String> = inputs.collect();
    Some(format!("{} = {op}({})", name(graph, node.id), inputs.join(", ")))
}

/// The name of a node, or its place among those that have none.
pub(super) fn name(graph: &Graph, id: u64) -> String {
    let nameless = |node: &&GraphNode| graph.named(node).is_none();
    let node = graph.nodes.iter().find(|node| node.id == id);
    match node.and_then(|node| graph.named(node)) {
        Some((name, _)) => name.clone(),
        None => format!("#{}", graph.nodes.iter().filter(nameless).take_while(|node| node.id <= id).count()),
    }
}
