//! What is so in a notebook, and in no program: variables and items of other cells.

use super::{Case, tensors};
use crate::failure::{kept, names};

/// How cargo says that it reached nobody.
const NO_NETWORK: [&str; 4] =
    ["failed to download", "Could not resolve host", "Could not connect", "spurious network error"];

pub(super) fn advice(case: &Case<'_>) -> Option<String> {
    let message = case.error.message.as_str();
    if message.contains("no matching package named") {
        return Some("look the crate's name up on https://crates.io".into());
    }
    if NO_NETWORK.iter().any(|sign| message.contains(sign)) {
        return Some(
            "the crate could not be fetched: check the network connection; crates that were used before on this machine \
             can be had without one, with `:offline 1` in the line above `:dep`"
                .into(),
        );
    }
    if message.contains("a borrow can't be kept") {
        return Some(borrowed(case));
    }
    older_cell(case).or_else(|| match case.code {
        "E0425" | "E0424" | "E0434" | "E0423" => variable(case).or_else(|| similar(case)),
        "E0107" => imported_by_another(case),
        "E0412" | "E0422" | "E0574" => similar(case),
        "E0432" | "E0433" => missing_crate(case).or_else(|| similar(case)),
        "E0382" if !case.error.says("clon") => {
            Some("a value that was moved is gone, also for later cells: use `.clone()` where it is moved".into())
        }
        "E0384" | "E0594" | "E0596" => changeable(case),
        "E0592" | "E0119" | "E0428" if case.error.labels.len() < 2 => Some(
            "the same thing is defined in another cell with other items beside it: run that cell again with this one's \
             items moved into it, or restart the kernel"
                .into(),
        ),
        "E0572" => Some("a cell isn't a function: leave `return` out; the last expression, without `;`, is the cell's value".into()),
        "E0277" if message.ends_with("not `Option`s, at the top of a cell") => Some(
            "say what the error is, `.ok_or(\"nothing there\")?`, or stop the cell with `.unwrap()`".into(),
        ),
        "E0277" | "E0369" | "E0599" => derive(case),
        "E0597" | "E0373" if case.line().contains('|') && case.error.says("'static") => Some(
            "write `move` in front of the closure's `|…|`: it then owns what it uses; clone before what you need besides".into(),
        ),
        "E0583" => Some("a cell has no files beside it: write what is in the module here, `mod name { … }`".into()),
        "" if message == "an inner attribute is not permitted in this context" => Some(
            "a cell isn't a crate of its own: leave `#![…]` out; `#[…]`, without `!`, is about the item behind it".into(),
        ),
        "" if message.starts_with("couldn't read `") => Some(
            "a cell is compiled in a folder of its own: give the file's whole path, or read it when the cell runs, \
             `std::fs::read_to_string(\"name\")?`"
                .into(),
        ),
        _ => None,
    })
}

/// What a type of an earlier cell can be told to do.
fn derive(case: &Case<'_>) -> Option<String> {
    if case.error.says("derive") {
        return None;
    }
    let message = case.error.message.as_str();
    let is_own = |name: &&str| case.facts.items.contains_key(*name) || defines_item(case, name);
    let name = message.split('`').skip(1).step_by(2).find(is_own)?;
    let what = match message {
        _ if message.contains("doesn't implement `Debug`") => "Debug",
        _ if message.contains("operation `==`") || message.contains("operation `!=`") => "PartialEq",
        _ if message.contains("no method named `clone`") => "Clone",
        _ => return None,
    };
    let place = match case.facts.items.get(name) {
        Some(cell) if !defines_item(case, name) => format!(" in cell [{cell}], and run that cell again"),
        _ => String::new(),
    };
    Some(format!("write `#[derive({what})]` in front of the definition of `{name}`{place}"))
}

/// A borrow that was to be kept.
fn borrowed(case: &Case<'_>) -> String {
    let name = case.quoted(0).unwrap_or_default();
    if kept::is_closure(case.cell, name) {
        return "write `move` in front of the closure's `|…|`: it then owns what it uses, and is kept; clone before what you need \
                besides"
            .into();
    }
    "keep an owned value (`.clone()`, `.to_owned()`, `.to_vec()`), or put the borrow and its use together in braces, `{ … }`".into()
}

/// Items of an older cell that no longer compile beside this one.
fn older_cell(case: &Case<'_>) -> Option<String> {
    let (source, _) = case.error.pointed_to(case.sources)?;
    if source.count == case.count {
        return None;
    }
    let older = source.count;
    if let Some(name) = imported(case) {
        return Some(format!(
            "the import of `{name}` in this cell gives `{name}` another meaning in cell [{older}]: leave it out and write the path \
             where it is used, or import it under another name with `as`"
        ));
    }
    let changed = case.facts.items.keys().filter(|name| defines_item(case, name));
    let changed = changed.filter(|name| names::word(&source.cell, name).is_some()).map(|name| format!("`{name}`"));
    let changed: Vec<String> = changed.collect();
    let what = if changed.is_empty() {
        "what this cell changes".to_owned()
    } else {
        changed.join(", ") + ", which this cell changes"
    };
    Some(format!(
        "cell [{older}] uses {what}: write its new version into this cell too, or edit cell [{older}] and run it after this one"
    ))
}

/// A name that this cell imports and that the line with the error uses.
fn imported<'a>(case: &'a Case<'_>) -> Option<&'a str> {
    let mut inside = false;
    let mut found = Vec::new();
    for pair in case.tokens.windows(2) {
        let (text, next) = (pair[0].text.as_str(), pair[1].text.as_str());
        match text {
            "use" => inside = true,
            ";" => inside = false,
            _ if inside && matches!(next, ";" | "," | "}") => found.push(text),
            _ => {}
        }
    }
    let line = case.line();
    found.into_iter().find(|name| names::word(line, name).is_some())
}

/// Whether the cell defines an item of this name.
fn defines_item(case: &Case<'_>, name: &str) -> bool {
    let words = ["struct", "enum", "fn", "trait", "type", "const", "static", "union", "mod"];
    case.tokens.windows(2).any(|pair| pair[1].text == *name && words.contains(&pair[0].text.as_str()))
}

/// A variable that isn't there, or that a function can't see.
fn variable(case: &Case<'_>) -> Option<String> {
    let name = case.pointed_to();
    let name = if case.error.message.contains(&format!("`{name}`")) { name } else { case.quoted(0)? };
    let facts = case.facts;
    let of_cell = names::defines(case.cell, name);
    if case.code == "E0434" || in_function(case) && (of_cell || facts.variables.contains_key(name)) {
        let name = if case.code == "E0434" { case.pointed_to() } else { name };
        let parameter = match facts.variables.get(name) {
            Some(of) if of.len() < 40 => format!("`{name}: {}`", parameter(of)),
            _ => format!("`{name}`"),
        };
        return Some(format!(
            "a function can't see a notebook's variables: pass `{name}` to it as a parameter, {parameter}, or make it a `const`"
        ));
    }
    if let Some(gone) = facts.gone.get(name) {
        return Some(gone.sentence(name));
    }
    if of_cell && case.code == "E0425" && !case.error.says("similar") && !case.error.says("different scope") {
        return Some(format!(
            "`{name}` is there from its `let` on, to the end of the block `{{ … }}` that it stands in"
        ));
    }
    None
}

/// A name of another cell that is nearly the one that isn't there; rustc sees only those that a cell mentions.
fn similar(case: &Case<'_>) -> Option<String> {
    let name = case.pointed_to();
    if case.error.says("similar") || name.chars().count() < 3 || !case.error.message.contains("cannot find") {
        return None;
    }
    let most = if name.chars().count() < 6 { 1 } else { 2 };
    let near = |known: &&String| *known != name && distance(known, name) <= most;
    if let Some(known) = case.facts.variables.keys().find(near) {
        return Some(format!("there is a variable `{known}`"));
    }
    let known = case.facts.items.keys().find(near)?;
    Some(format!("cell [{}] defines `{known}`", case.facts.items.get(known)?))
}

/// How many letters are added, left out, exchanged or in the wrong order.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

/// How a variable is best passed to a function.
fn parameter(of: &str) -> String {
    const COPIED: [&str; 15] =
        ["i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128", "usize", "f32", "f64", "bool"];
    match of {
        "String" => "&str".into(),
        of if COPIED.contains(&of) || of == "char" || of.starts_with('&') => of.into(),
        of => match of.strip_prefix("Vec<").and_then(|of| of.strip_suffix('>')) {
            Some(of) => format!("&[{of}]"),
            None => format!("&{of}"),
        },
    }
}

/// Whether the error is inside a function that the cell defines.
fn in_function(case: &Case<'_>) -> bool {
    let Some(label) = case.error.labels.first() else { return false };
    let mut depth = 0_usize;
    let mut function: Option<usize> = None;
    let mut waiting = false;
    for token in case.tokens.iter().take_while(|token| token.range.start < label.mark.range.start) {
        match token.text.as_str() {
            "fn" => waiting = true,
            ";" if waiting => waiting = false,
            "{" => {
                depth += 1;
                if waiting && function.is_none() {
                    function = Some(depth);
                }
                waiting = false;
            }
            "}" => {
                if function == Some(depth) {
                    function = None;
                }
                depth = depth.saturating_sub(1);
            }
            _ => {}
        }
    }
    function.is_some()
}

/// A crate that the session doesn't have; not a name that a crate doesn't have.
fn missing_crate(case: &Case<'_>) -> Option<String> {
    if !case.error.says("crate `") {
        return None;
    }
    let pointed = case.pointed_to();
    let quoted = case.quoted(0)?.split("::").next()?;
    let name = if !pointed.is_empty() && case.error.says(&format!("crate `{pointed}`")) { pointed } else { quoted };
    if case.facts.variables.contains_key(name) || names::defines(case.cell, name) {
        return Some(format!("`{name}` is a variable: its methods are called with a dot, `{name}.…`"));
    }
    if let Some(text) = tensors::other_library(name) {
        return Some(text.to_owned());
    }
    match name {
        "random" => {
            Some("random numbers come as tensors, `Tensor::randn([3])`, or from a crate: `:dep rand = \"*\"`".into())
        }
        _ if case.facts.crates.contains(name) => None,
        _ => Some(format!("if `{name}` is a crate, add it in the first line of a cell: `:dep {name} = \"*\"`")),
    }
}

/// A name that an earlier cell's import gave another meaning.
fn imported_by_another(case: &Case<'_>) -> Option<String> {
    let name = case.pointed_to();
    let (path, cell) = case.facts.imports.get(name)?;
    let usual = match name {
        "Result" => "std::result::Result",
        "Option" => "std::option::Option",
        "Box" => "std::boxed::Box",
        "Vec" => "std::vec::Vec",
        _ => return Some(format!("`{name}` is `{path}` since cell [{cell}], which imports it")),
    };
    Some(format!(
        "`{name}` is `{path}` since cell [{cell}], which imports it: `use {usual};` makes it the usual one again"
    ))
}

/// A variable that an earlier cell has made unchangeable.
fn changeable(case: &Case<'_>) -> Option<String> {
    let last = case.error.message.split('`').skip(1).step_by(2).last()?;
    // Of `p.x` and `v[0]`, the variable.
    let part = |c: char| !c.is_alphanumeric() && c != '_';
    let names = [case.quoted(0)?, last].map(|name| name.split(part).next().unwrap_or_default());
    let name = names.into_iter().find(|name| case.facts.variables.contains_key(*name))?;
    (!names::defines(case.cell, name) && !in_function(case))
        .then(|| format!("make the variable of an earlier cell changeable with `let mut {name} = {name};`"))
}
