//! Tensors and layers, as the notes' crate has them.

use super::Case;

/// How other libraries are called in the notebooks of others.
pub(super) fn other_library(name: &str) -> Option<&'static str> {
    Some(match name {
        "numpy" | "np" | "torch" | "tf" | "tensorflow" | "jnp" => {
            "`Tensor` is there without an import: `Tensor::zeros([2, 3])`, `Tensor::randn([2, 3])`"
        }
        "plt" | "matplotlib" | "pyplot" => "`plot(…)` is there without an import: `plot(&x, &y)`",
        "math" => "mathematical functions are methods: `x.sqrt()`, `x.exp()`; π is `std::f32::consts::PI`",
        "pd" | "pandas" => {
            "a table is read with a crate, such as `:dep csv = \"1\"`, or line by line with `std::fs::read_to_string`"
        }
        _ => return None,
    })
}

pub(super) fn advice(case: &Case<'_>) -> Option<String> {
    let message = case.error.message.as_str();
    if case.code == "E0425"
        && let Some(text) = other_library(case.pointed_to())
    {
        return Some(text.to_owned());
    }
    if message.contains("AsRef<[usize]>` is not satisfied") {
        return Some("a shape is one argument, in brackets: `[3, 4]`, for a vector `[3]`".into());
    }
    if case.code == "E0618" && case.line().contains("(&") && LAYERS.iter().any(|layer| message.contains(layer)) {
        return Some("a layer or a model is applied with `.forward(&x)`".into());
    }
    if !case.error.says("Tensor`") {
        return None;
    }
    let is_of = |name: &str| message.contains(&format!("`{name}`"));
    let text = match case.code {
        "E0608" => {
            "a part of a tensor is `x.i(0)`, `x.i((0, 1))` or `x.i((.., 2..5))`; as a number, with `.item()` behind it"
        }
        "E0277" | "E0369" if is_operation(message) && is_of("f64") => {
            "tensors hold `f32`: convert the number, `x as f32`, or define it as `0.1_f32`"
        }
        "E0277" | "E0369" if is_operation(message) && is_of("{integer}") => {
            "tensors hold `f32`: write the number with a point, `1.0`"
        }
        "E0369" if message.contains("operation `") => {
            "a comparison of tensors is a tensor, `x.gt(0.0)`; the number in a tensor of one element is `x.item()`"
        }
        "E0308" if case.error.says("found `Tensor`") && (case.error.says("`f32`") || case.error.says("`f64`")) => {
            "the number in a tensor of one element is `x.item()`"
        }
        "E0277" if message.contains("is not an iterator") => {
            "the numbers in a tensor are `x.to_vec()`, its first row is `x.i(0)`"
        }
        "E0599" if case.pointed_to() == "size" => {
            "the shape of a tensor is `x.shape()`, how many elements it has `x.len()`"
        }
        "E0624" if case.pointed_to() == "new" => {
            "a tensor of given numbers is `Tensor::from([1.0, 2.0])`, of zeros `Tensor::zeros([2, 3])`"
        }
        _ => return None,
    };
    Some(text.to_owned())
}

const LAYERS: [&str; 6] = ["`Linear`", "`Sequential`", "`Dropout`", "`Relu`", "`BatchNorm1d`", "`Flatten`"];

fn is_operation(message: &str) -> bool {
    ["cannot add", "cannot subtract", "cannot multiply", "cannot divide"].iter().any(|start| message.starts_with(start))
}
