//! Types that don't fit together.

use super::Case;

const INTEGERS: [&str; 13] =
    ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "{integer}"];
/// Methods of numbers with a point alone.
const ROOTS: [&str; 10] = ["sqrt", "exp", "ln", "sin", "cos", "tan", "tanh", "floor", "round", "powf"];
const FLOATS: [&str; 3] = ["f32", "f64", "{float}"];

pub(super) fn advice(case: &Case<'_>) -> Option<String> {
    match case.code {
        "E0277" => bound(case),
        "E0308" => mismatch(case),
        "E0282" | "E0283" | "E0284" if case.line().contains(".sum()") || case.line().contains(".product()") => {
            Some("say which type the sum has: `.sum::<f32>()`".into())
        }
        "E0282" | "E0283" | "E0284" if !case.error.says("consider") => {
            Some("nothing says yet which type it is: name it, `let x: Type = …;`, or use it in this cell".into())
        }
        "E0689" if case.error.message.contains("{integer}") && ROOTS.contains(&case.pointed_to()) => {
            let name = case.pointed_to();
            Some(format!("write the number with a point and its type, `4.0_f32.{name}()`"))
        }
        "E0369" if case.error.message.contains("`&str`") && case.error.message.contains("{integer}") => {
            Some("text and numbers are put together with `format!(\"{a}{b}\")`".into())
        }
        "E0600" if case.line().contains("[-") => {
            Some("an index counts from the front: the last element is `v[v.len() - 1]` or `v.last()`".into())
        }
        _ => None,
    }
}

/// An operation that a type doesn't have.
fn bound(case: &Case<'_>) -> Option<String> {
    let message = case.error.message.as_str();
    let (left, right) = (case.quoted(0)?, case.quoted(1).unwrap_or_default());
    if message.contains("cannot be indexed by") {
        return (INTEGERS.contains(&right) && left != "str")
            .then(|| "an index is a `usize`: write `v[i as usize]`, or count with `usize` from the start".into());
    }
    if message.contains(": Ord` is not satisfied") && FLOATS.iter().any(|name| left.starts_with(name)) {
        return Some(
            "numbers with a point have no order of their own, because of NaN: `v.sort_by(f64::total_cmp)`, \
             `v.iter().copied().fold(f64::MIN, f64::max)`"
                .into(),
        );
    }
    if message.contains(" an integer ") && message.contains("float") || message.contains("a float to an integer") {
        return (!case.error.says("consider"))
            .then(|| "numbers of different types don't mix by themselves: write `1.0` for `1`".into());
    }
    let is_operation = ["cannot add", "cannot subtract", "cannot multiply", "cannot divide", "cannot calculate"]
        .iter()
        .any(|start| message.starts_with(start));
    if (is_operation || message.starts_with("can't compare"))
        && is_number(left)
        && is_number(right)
        && !case.error.says("consider")
    {
        return Some(mixed(left, right));
    }
    None
}

fn mismatch(case: &Case<'_>) -> Option<String> {
    let text =
        case.error.labels.iter().map(|label| label.mark.text.as_str()).find(|text| text.contains("expected `"))?;
    let mut quoted = text.split('`').skip(1).step_by(2);
    let (expected, found) = (quoted.next()?, quoted.next().unwrap_or_default());
    let found = match found {
        "" if text.contains("found integer") => "{integer}",
        "" if text.contains("found floating-point number") => "{float}",
        found => found,
    };
    let is_literal = found.starts_with('{');
    if expected == "bool" && is_number(found) {
        return Some("a condition is true or false, and no number: `x != 0`".into());
    }
    if is_number(expected) && matches!(found, "&str" | "String") {
        return Some(format!("text becomes a number with `\"5\".parse::<{expected}>()?`"));
    }
    (is_number(expected) && is_number(found) && !is_literal && case.error.help.iter().all(|help| help.code.is_empty()))
        .then(|| mixed(expected, found))
}

fn is_number(name: &str) -> bool {
    INTEGERS.contains(&name) || FLOATS.contains(&name)
}

/// What to do about two kinds of numbers.
fn mixed(left: &str, right: &str) -> String {
    let named = FLOATS.into_iter().find(|name| [left, right].contains(name) && !name.starts_with('{'));
    let target = named.unwrap_or(if FLOATS.contains(&left) || FLOATS.contains(&right) { "f32" } else { left });
    let target = if target.starts_with('{') { "f32" } else { target };
    format!("numbers of different types don't mix by themselves: convert one of them, `x as {target}`")
}
