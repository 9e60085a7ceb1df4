//! One sentence for what surprises a beginner: a notebook is not one program.

use super::Diagnostic;
use crate::cell::Source;

/// How cargo says that it reached nobody.
const NO_NETWORK: [&str; 4] =
    ["failed to download", "Could not resolve host", "Could not connect", "spurious network error"];

/// What to do, in a notebook, about a compiler's error in `cell`; `None` where rustc's own help says it all.
pub(super) fn for_error(error: &Diagnostic, cell: &str) -> Option<String> {
    let (code, message) = (error.code.as_deref(), error.message.as_str());
    if message.contains("closure, which cannot be persisted") {
        return Some(
            "a closure can't be kept from cell to cell: write it as `fn name(…) { … }`, or box it as \
             `let f: Box<dyn Fn(f32) -> f32> = Box::new(…);`"
                .into(),
        );
    }
    if message.contains("without a name, which cannot be persisted") {
        return Some(
            "finish what it is for in this cell, as an iterator is by `.collect::<Vec<_>>()`, or put it and its use together in \
             braces, `{ … }`"
                .into(),
        );
    }
    if message.contains("no matching package named") {
        return Some("look the crate's name up on https://crates.io".into());
    }
    if message.contains("reference with a non-static lifetime") || matches!(code, Some("E0597" | "E0716" | "E0515")) {
        return Some(
            "a borrow can't be kept from cell to cell: keep an owned value (`.clone()`, `.to_owned()`, `.to_vec()`), or \
             put the borrow and its use together in braces, `{ … }`"
                .into(),
        );
    }
    if message.contains("Couldn't automatically determine type") {
        return Some("name the type: `let x: Type = …;`".into());
    }
    if NO_NETWORK.iter().any(|sign| message.contains(sign)) {
        return Some(
            "the crate could not be fetched: check the network connection; crates that were used before on this machine \
             can be had without one, with `:offline 1` in the line above `:dep`"
                .into(),
        );
    }
    let texts = || std::iter::once(message).chain(error.labels.iter().map(|label| label.text.as_str()));
    match code? {
        // And not of a name that a crate doesn't have.
        "E0432" | "E0433" if texts().any(|text| text.contains("crate `")) => {
            let name = quoted(message)?.split("::").next()?.to_owned();
            Some(format!("if `{name}` is a crate, add it in the first line of a cell: `:dep {name} = \"*\"`"))
        }
        "E0382" => Some("a value that was moved is gone, also for later cells: use `.clone()` where it is moved".into()),
        "E0384" | "E0596" => {
            let name = quoted(message)?;
            (!Source::new(cell).binds(name)).then(|| format!("make the variable of an earlier cell changeable with `let mut {name} = {name};`"))
        }
        "E0592" | "E0119" => Some(
            "the same thing is defined in another cell with other items beside it: run that cell again with this one's \
             items moved into it, or restart the kernel"
                .into(),
        ),
        _ => None,
    }
}

fn quoted(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}

#[cfg(test)]
mod tests {
    use super::super::Label;
    use super::*;

    fn advice(code: Option<&str>, message: &str, label: &str, cell: &str) -> Option<String> {
        let labels = vec![Label { text: label.into(), ..Label::default() }];
        for_error(
            &Diagnostic { code: code.map(str::to_owned), message: message.into(), labels, help: Vec::new() },
            cell,
        )
    }

    #[test]
    fn what_surprises_in_a_notebook_has_its_sentence() {
        for (code, message, label, expect) in [
            (None, "The variable `f` is a closure, which cannot be persisted.", "", "fn name"),
            (None, "the variable `i` has a type without a name, which cannot be persisted", "", "collect"),
            (None, "no matching package named `nothing` found", "", "crates.io"),
            (None, "The variable `s` contains a reference with a non-static lifetime so", "", "owned value"),
            (Some("E0597"), "`x` does not live long enough", "", "owned value"),
            (Some("E0432"), "unresolved import `rand::Rng`", "unlinked crate `rand`", ":dep rand = \"*\""),
            (Some("E0433"), "use of unresolved module or unlinked crate `rand`", "", ":dep rand = \"*\""),
            (Some("E0382"), "borrow of moved value: `v`", "", ".clone()"),
            (None, "download of config.json failed\n[6] Could not resolve host: index.crates.io", "", ":offline 1"),
            (Some("E0384"), "cannot assign twice to immutable variable `x`", "", "let mut x = x;"),
        ] {
            let advice = advice(code, message, label, "x = 2;").unwrap_or_default();
            assert!(advice.contains(expect), "{message}: {advice}");
        }
        for (code, message, label) in [
            (Some("E0308"), "mismatched types", ""),
            (Some("E0432"), "unresolved import `dlnotes::nothing`", "no `nothing` in the root"),
            (Some("E0433"), "cannot find type `Tensr` in this scope", "use of undeclared type `Tensr`"),
            (Some("E0384"), "cannot assign twice to immutable variable `x`", "first assignment to `x`"),
        ] {
            assert_eq!(advice(code, message, label, "let x = 1;\nx = 2;"), None);
        }
    }
}
