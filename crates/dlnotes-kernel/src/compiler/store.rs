//! How evcxr keeps variables between cells, made cheap to compile.
//!
//! The source that evcxr generates for a cell takes every variable of the session out of a store and puts it back
//! afterwards, also in a cell that only says `1 + 1`. The store is compiled anew with each cell, for each type; its calls
//! are inlined, and could unwind, so that the optimizer meets code that drops all variables taken so far once for each
//! variable. With 70 of them that takes half a second. So each cell gets another store: the one in `dlnotes-display`, most
//! of which is compiled already.

use std::ffi::OsStr;
use std::path::Path;

/// The crates through which a cell can name the store, and how; the first one that it has.
const PLACES: [(&str, &str); 2] =
    [("dlnotes=", "::dlnotes::dlnotes_display::store"), ("dlnotes_display=", "::dlnotes_display::store")];
/// The lines around evcxr's own store.
const OPENING: &str = "mod evcxr_internal_runtime {\n";
const CLOSING: &str = "\n}\n#[unsafe(no_mangle)]\n";
/// What evcxr generates behind the cell's code, and what could unwind in it.
const AFTER_PANIC: &str = "  Err(_) => {\n    println!(\"EVCXR_PANIC_NOTIFICATION\");\n";
const LIGHTER: &str = "  Err(payload) => {std::mem::forget(payload);\n    evcxr_internal_runtime::panicked();\n";

/// Changes the store in the source that `arguments` tell rustc to compile.
///
/// # Errors
/// If the source can't be read or written: a cell with another store would misread the variables.
pub(super) fn lighten(arguments: &[impl AsRef<OsStr>]) -> std::io::Result<()> {
    let mut paths = arguments.iter().map(|argument| Path::new(argument.as_ref()));
    let Some(source) = paths.find(|path| path.extension().is_some_and(|extension| extension == "rs")) else {
        return Ok(());
    };
    let has =
        |name: &str| arguments.iter().any(|argument| argument.as_ref().to_str().is_some_and(|a| a.starts_with(name)));
    let place = PLACES.into_iter().find(|(name, _)| has(name)).map(|(_, place)| place);
    lightened(&std::fs::read_to_string(source)?, place).map_or(Ok(()), |text| std::fs::write(source, text))
}

/// `source` with our store, if it has one: the one at `place`, or its text where no crate has it (after a `:clear` that
/// could not load it again). No line moves: evcxr finds the reader's lines by their numbers.
fn lightened(source: &str, place: Option<&str>) -> Option<String> {
    let start = source.find(OPENING)? + OPENING.len();
    let end = start + source[start..].find(CLOSING)?;
    let line_ends = source[start..end].matches('\n').count();
    let store = place.map_or_else(on_one_line, |place| format!("pub use {place}::*;"));
    let padding = "\n".repeat(line_ends);
    let mut rest = source[end..].to_owned();
    if let Some(at) = rest.rfind(AFTER_PANIC) {
        rest.replace_range(at..at + AFTER_PANIC.len(), LIGHTER);
    }
    Some(format!("{}{store}{padding}{rest}", &source[..start]))
}

/// The store's text, without comments.
fn on_one_line() -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    dlnotes_display::STORE.lines().filter(is_code).map(str::trim).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_where_they_are() {
        let stock = "    // a line of evcxr's\n".repeat(90);
        let source = format!("use a::b;\n{OPENING}{stock}{CLOSING}let x = 1;\n{AFTER_PANIC}}}}}\nlast");
        let numbered = |text: &str, line: &str| text.lines().position(|other| other == line);
        for (place, store) in [(None, "fn take_variable<T: 'static>"), (Some("::a::store"), "pub use ::a::store::*;")] {
            let light = lightened(&source, place).unwrap();
            assert_eq!(light.lines().count(), source.lines().count());
            for line in ["use a::b;", "let x = 1;", "last"] {
                assert_eq!(numbered(&light, line), numbered(&source, line));
            }
            assert!(light.contains(store) && light.contains(LIGHTER) && !light.contains("evcxr's"));
            assert_eq!(lightened("pub fn without_variables() {}", place), None);
        }
    }
}
