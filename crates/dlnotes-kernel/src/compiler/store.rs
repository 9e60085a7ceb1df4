//! How evcxr keeps variables between cells, made cheap to compile.
//!
//! The source that evcxr generates for a cell takes every variable of the session out of a store and puts it back
//! afterwards, also in a cell that only says `1 + 1`. The store is compiled anew with each cell, for each type; its calls
//! are inlined, and could unwind, so that the optimizer meets code that drops all variables taken so far once for each
//! variable. With 70 of them that takes half a second. So each cell gets another store, `store/runtime.rs`.

use std::ffi::OsStr;
use std::path::Path;

#[cfg(test)]
#[allow(dead_code, unreachable_pub, reason = "cells use what the tests don't")]
mod runtime;

const RUNTIME: &str = include_str!("store/runtime.rs");
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
    lightened(&std::fs::read_to_string(source)?).map_or(Ok(()), |text| std::fs::write(source, text))
}

/// `source` with our store, if it has one. No line moves: evcxr finds the reader's lines by their numbers.
fn lightened(source: &str) -> Option<String> {
    let start = source.find(OPENING)? + OPENING.len();
    let end = start + source[start..].find(CLOSING)?;
    let line_ends = source[start..end].matches('\n').count();
    // All on one line, without comments.
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let code: Vec<&str> = RUNTIME.lines().filter(is_code).map(str::trim).collect();
    let padding = "\n".repeat(line_ends);
    let mut rest = source[end..].to_owned();
    if let Some(at) = rest.rfind(AFTER_PANIC) {
        rest.replace_range(at..at + AFTER_PANIC.len(), LIGHTER);
    }
    Some(format!("{}{}{padding}{rest}", &source[..start], code.join(" ")))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    #[test]
    fn lines_stay_where_they_are() {
        let stock = "    // a line of evcxr's\n".repeat(90);
        let source = format!("use a::b;\n{OPENING}{stock}{CLOSING}let x = 1;\n{AFTER_PANIC}}}}}\nlast");
        let light = lightened(&source).unwrap();
        assert_eq!(light.lines().count(), source.lines().count());
        let numbered = |text: &str, line: &str| text.lines().position(|other| other == line);
        for line in ["use a::b;", "let x = 1;", "last"] {
            assert_eq!(numbered(&light, line), numbered(&source, line));
        }
        assert!(
            light.contains("fn take_variable<T: 'static>") && light.contains(LIGHTER) && !light.contains("evcxr's")
        );
        assert_eq!(lightened("pub fn without_variables() {}"), None);
    }

    #[test]
    fn values_come_back_as_they_were() {
        // SAFETY: it was just made, and it is the only reference.
        #[allow(unsafe_code)]
        let mut store = unsafe { Box::from_raw(runtime::create_variable_store()) };
        #[repr(align(64))]
        #[derive(Debug, PartialEq)]
        struct Wide([u8; 100]);
        let counted = Rc::new(5);
        store.put_variable("counted", counted.clone());
        store.put_variable("nothing", ());
        store.put_variable("wide", Wide([7; 100]));
        assert!(store.check_variable::<Wide>("wide") && store.check_variable::<()>("nothing"));
        assert!(store.check_variable::<i32>("unknown") && !store.check_variable::<i32>("counted"));
        assert_eq!(store.take_variable::<Wide>("wide"), Wide([7; 100]));
        // One of another type takes the place of what could not be taken out.
        store.put_variable("changed", 1_i32);
        assert!(!store.check_variable::<String>("changed"));
        store.put_variable("changed", String::from("new"));
        assert!(store.check_variable::<String>("changed"));
        assert_eq!(store.take_variable::<String>("changed"), "new");
        store.take_variable::<()>("nothing");
        let shared = store.lazy_arc("shared", || 8);
        assert_eq!(*store.lazy_arc("shared", || 9), 8);
        assert_eq!(std::sync::Arc::strong_count(&shared), 2);
        assert_eq!(Rc::strong_count(&counted), 2);
        drop(store.take_variable::<Rc<i32>>("counted"));
        assert_eq!(Rc::strong_count(&counted), 1);
    }
}
