//! What the boxes of a graph say, and the graph in words.

use super::Graph;
use crate::plot::page::ink::Ink;
use crate::plot::page::text::number;
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
        (None, None) => ("leaf".to_owned(), Ink::Title),
    }];
    let is_root = graph.root.node_id() == Some(node.id);
    let value = named.map(|(_, tensor)| tensor).or(is_root.then_some(&graph.root));
    lines.push((shape_and_value(&node.shape, value), Ink::Tick));
    if let Some(grad) = &node.grad {
        lines.push((format!("∇ {}", numbers(grad)), Ink::Name(1)));
    }
    match &node.kept {
        Some(kept) if !kept.is_empty() => lines.push((format!("keeps {}", kept_names(graph, kept)), Ink::Name(2))),
        None => lines.push(("freed".to_owned(), Ink::Note)),
        _ => {}
    }
    lines
}

/// The box of an input that requires no grad.
pub(crate) fn constant(name: &str, tensor: &Tensor) -> Lines {
    vec![(name.to_owned(), Ink::Title), (shape_and_value(tensor.shape(), Some(tensor)), Ink::Tick)]
}

fn shape_and_value(shape: &[usize], value: Option<&Tensor>) -> String {
    let shape = if shape.is_empty() { "scalar".to_owned() } else { format!("{shape:?}") };
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
        _ => format!("norm {}", number(f64::from(tensor.detach().norm().item()))),
    }
}

/// The names of values kept; those without one by shape.
fn kept_names(graph: &Graph, kept: &[Tensor]) -> String {
    let name = |value: &Tensor| {
        let named = graph.names.iter().find(|(_, tensor)| tensor.shares_storage(value));
        named.map_or_else(
            || if value.rank() == 0 { "a scalar".into() } else { format!("{:?}", value.shape()) },
            |(name, _)| name.clone(),
        )
    };
    kept.iter().map(name).collect::<Vec<_>>().join(", ")
}

pub(crate) fn summary(graph: &Graph) -> String {
    let title = if graph.title.is_empty() { String::new() } else { format!("{}. ", graph.title) };
    let root = graph.nodes.last().map_or_else(|| "nothing".into(), |node| name(graph, node.id));
    let leaves = graph.nodes.iter().filter(|node| node.op.is_none()).count();
    let plural = |n: usize, what: &str, many: &str| format!("{n} {}", if n == 1 { what } else { many });
    let counts =
        [plural(leaves, "leaf", "leaves"), plural(graph.nodes.len() - leaves, "operation", "operations")].join(", ");
    let more = if graph.left_out { "; more above are not shown" } else { "" };
    let told: Vec<String> = graph.nodes.iter().filter_map(|node| statement(graph, node)).collect();
    let lines = graph.step.iter().flat_map(|step| &step.caption).filter(|line| !line.is_empty());
    let said = lines.map(|line| format!(" {line}.")).collect::<String>();
    format!("{title}Graph of {root} ({counts}; {} bytes kept for backward{more}): {}.", graph.kept, told.join("; "))
        + &said
}

/// `z = matmul(x, W) keeps x, W`
pub(super) fn statement(graph: &Graph, node: &GraphNode) -> Option<String> {
    let op = node.op?;
    let constants = graph.constants();
    let mut unrecorded = constants.iter().filter(|(_, keeper)| *keeper == node.id).map(|(named, _)| named.0.clone());
    let inputs = node.inputs.iter().map(|input| match input {
        Some(id) => name(graph, *id),
        None => unrecorded.next().unwrap_or_else(|| "·".into()),
    });
    let inputs: Vec<String> = inputs.collect();
    let keeps = match &node.kept {
        Some(kept) if !kept.is_empty() => format!(" keeps {}", kept_names(graph, kept)),
        _ => String::new(),
    };
    Some(format!("{} = {op}({}){keeps}", name(graph, node.id), inputs.join(", ")))
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
