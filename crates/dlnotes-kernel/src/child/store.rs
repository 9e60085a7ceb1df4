//! How evcxr keeps variables between cells, made cheap to compile.
//!
//! The source that evcxr generates for a cell takes every variable of the session out of a store and puts it back
//! afterwards, also in a cell that only says `1 + 1`. Each of these calls is inlined, and could unwind, so that the
//! optimizer meets code that drops all variables taken so far, once for each variable: with 70 of them it takes half a
//! second. Calls that are not inlined and can't unwind leave a tenth of that.

use std::ffi::OsStr;
use std::path::Path;

/// The store's functions, and what stands before each, which then bears another name.
///
/// To unwind out of an `extern "C"` function ends the process, as it does from the function that evcxr puts around the
/// cell; the store panics only where evcxr itself went wrong. Values go through references, as not every type can be a
/// parameter of such a function.
const FUNCTIONS: [(&str, &str); 3] = [
    (
        "pub fn put_variable<T: 'static>(&mut self, name: &str, value: T) {",
        "#[inline(always)] pub fn put_variable<T: 'static>(&mut self, name: &str, value: T) { \
         self.put_apart(name, &std::mem::MaybeUninit::new(value)); } \
         #[inline(never)] #[allow(improper_ctypes_definitions)] \
         extern \"C\" fn put_apart<T: 'static>(&mut self, name: &str, value: &std::mem::MaybeUninit<T>) { \
         self.put_inlined(name, unsafe { value.assume_init_read() }); } \
         #[inline(always)] fn put_inlined<T: 'static>(&mut self, name: &str, value: T) {",
    ),
    (
        "pub fn check_variable<T: 'static>(&mut self, name: &str) -> bool {",
        "#[inline(never)] #[allow(improper_ctypes_definitions)] \
         pub extern \"C\" fn check_variable<T: 'static>(&mut self, name: &str) -> bool {",
    ),
    (
        "pub fn take_variable<T: 'static>(&mut self, name: &str) -> T {",
        "#[inline(always)] pub fn take_variable<T: 'static>(&mut self, name: &str) -> T { \
         let mut value = std::mem::MaybeUninit::uninit(); self.take_apart(name, &mut value); \
         unsafe { value.assume_init() } } \
         #[inline(never)] #[allow(improper_ctypes_definitions)] \
         extern \"C\" fn take_apart<T: 'static>(&mut self, name: &str, value: &mut std::mem::MaybeUninit<T>) { \
         value.write(self.take_inlined(name)); } \
         #[inline(always)] fn take_inlined<T: 'static>(&mut self, name: &str) -> T {",
    ),
];

/// Changes the functions in the source that `arguments` tell rustc to compile. No line moves: evcxr finds the reader's
/// lines by their numbers.
pub(super) fn lighten(arguments: &[impl AsRef<OsStr>]) {
    let mut paths = arguments.iter().map(|argument| Path::new(argument.as_ref()));
    let Some(source) = paths.find(|path| path.extension().is_some_and(|extension| extension == "rs")) else { return };
    // Whatever fails, the cell compiles as it is.
    if let Ok(text) = std::fs::read_to_string(source) {
        let _ = std::fs::write(source, lightened(&text));
    }
}

fn lightened(source: &str) -> String {
    FUNCTIONS.iter().fold(source.to_owned(), |text, (generated, light)| text.replacen(generated, light, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_where_they_are() {
        let functions = FUNCTIONS.map(|(generated, _)| format!("    {generated}\n    }}\n")).concat();
        let source = format!("mod evcxr_internal_runtime {{\n{functions}}}\nlet x = 1;");
        let light = lightened(&source);
        assert!(
            ["put_apart", "check_variable", "take_apart"]
                .iter()
                .all(|f| light.contains(&format!("extern \"C\" fn {f}<")))
        );
        assert_eq!(light.lines().count(), source.lines().count());
        assert_eq!(light.lines().last(), source.lines().last());
        assert_eq!(lightened("fn main() {}"), "fn main() {}");
    }
}
