//! Every public function, type, trait method and constant of the crates that readers call has an example in its
//! documentation.

use std::sync::LazyLock;

use regex_lite::Regex;

/// The sources of those crates.
const SOURCES: [&str; 2] = ["crates/dlnotes/src/", "crates/dlnotes-display/src/"];

/// The items of the source file `name` without an example.
pub(super) fn check(name: &str, text: &str) -> Vec<String> {
    if !SOURCES.iter().any(|source| name.starts_with(source)) {
        return Vec::new();
    }
    let told = |(line, item)| format!("line {line}: {item} has no example in its documentation");
    missing(text).into_iter().map(told).collect()
}

/// Line and name of each public item without an example, but in a module that is not shown. Tests stand at the end of a
/// file.
fn missing(text: &str) -> Vec<(usize, String)> {
    static ITEM: LazyLock<Regex> = LazyLock::new(|| {
        let kinds = "fn|struct|enum|union|trait|type|const|static";
        Regex::new(&format!(r"^\s*pub (?:(?:const|unsafe) )*(?:{kinds}) (\$?\w+)")).expect("valid")
    });
    static METHOD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^    fn (\w+)").expect("valid"));
    let lines: Vec<&str> = text.lines().take_while(|line| *line != "#[cfg(test)]").collect();
    let mut found = Vec::new();
    if lines.contains(&"#![doc(hidden)]") {
        return found;
    }
    let mut trait_ends = 0;
    for (at, line) in lines.iter().enumerate() {
        if line.starts_with("pub trait ") {
            trait_ends = at + block(&lines[at..]).len();
        }
        let method = METHOD.captures(line).filter(|_| at < trait_ends);
        let Some(item) = ITEM.captures(line).or(method).map(|item| item[1].to_owned()) else { continue };
        let above = above(&lines[..at]);
        let hidden = above.iter().any(|line| line.contains("doc(hidden)"));
        // A macro's item whose documentation stands where the macro is called; `called` looks there.
        let passed_in = above.iter().any(|line| passes_on(line));
        if !hidden && !passed_in && !above.iter().any(|line| line.contains("```")) {
            found.push((at + 1, item));
        }
    }
    found.extend(called(&lines));
    found.sort();
    found
}

/// Whether a macro puts the attributes here that it was called with, documentation among them.
fn passes_on(line: &str) -> bool {
    line.trim_start().starts_with('$') && line.contains("$(#[$")
}

/// The documentation and attributes that end where an item begins.
fn above<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let mut from = lines.len();
    while let Some(line) = from.checked_sub(1).map(|last| lines[last].trim()) {
        if line.starts_with("///") || line.starts_with("#[") || passes_on(line) {
            from -= 1;
        } else if line == ")]" {
            let Some(opening) = lines[..from].iter().rposition(|line| line.trim().starts_with("#[")) else { break };
            from = opening;
        } else {
            break;
        }
    }
    &lines[from..]
}

/// Members without an example where a macro that takes their documentation is called: one of this file, or one that a
/// macro of this file is given (`$form! {`).
fn called(lines: &[&str]) -> Vec<(usize, String)> {
    let macros: Vec<&str> = lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| Some((at, line.strip_prefix("macro_rules! ")?.strip_suffix(" {")?)))
        .filter(|(at, _)| block(&lines[*at..]).iter().any(|line| passes_on(line)))
        .map(|(_, name)| name)
        .collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let name = line.trim().strip_suffix("! {").filter(|name| name.starts_with('$') || macros.contains(name));
        if name.is_none() {
            continue;
        }
        let (mut documented, mut example) = (false, false);
        let block = block(&lines[at..]);
        // What is documented deeper inside is a member's parameter.
        let outer = block.iter().find(|line| line.trim().starts_with("///")).map(|line| indentation(line));
        for (offset, line) in block.iter().enumerate().filter(|(_, line)| Some(indentation(line)) == outer) {
            let line = line.trim();
            if line.starts_with("///") {
                documented = true;
                example |= line.contains("```");
            } else if documented {
                if !example {
                    let end = line.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(line.len());
                    found.push((at + offset + 1, line[..end].to_owned()));
                }
                (documented, example) = (false, false);
            }
        }
    }
    found
}

/// The lines up to the one that closes what the first opens: the first again without more indentation.
fn block<'a>(lines: &'a [&'a str]) -> &'a [&'a str] {
    let outer = lines.first().map_or(0, |first| indentation(first));
    let end = lines.iter().skip(1).position(|line| !line.is_empty() && indentation(line) <= outer);
    &lines[..end.map_or(lines.len(), |end| end + 2)]
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        missing(text).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn an_item_without_an_example_is_found_by_line_and_name() {
        let text = "/// Adds.\n///\n/// ```\n/// add();\n/// ```\n#[must_use]\npub fn add() {}\n\n/// Subtracts.\npub fn sub() {}\n";
        assert_eq!(missing(text), [(10, "sub".to_owned())]);
        assert_eq!(check("crates/dlnotes/src/a.rs", text), ["line 10: sub has no example in its documentation"]);
        assert_eq!(check("crates/xtask/src/a.rs", text), [""; 0]);
    }

    #[test]
    fn all_kinds_of_public_items_count_and_no_others() {
        let text = "pub struct A;\npub const fn b() {}\npub const C: u8 = 0;\npub(crate) fn d() {}\nfn e() {}\n";
        assert_eq!(names(text), ["A", "b", "C"]);
        assert_eq!(names("pub trait A {\n    fn b();\n}\n\nimpl A for u8 {\n    fn b() {}\n}\n"), ["A", "b"]);
        assert_eq!(
            names("#[doc(hidden)]\npub fn a() {}\npub mod b {}\npub use c::d;\n#[cfg(test)]\npub fn e() {}\n"),
            [""; 0]
        );
        assert_eq!(names("#![doc(hidden)]\npub fn a() {}\n"), [""; 0]);
    }

    #[test]
    fn attributes_of_several_lines_do_not_hide_the_example_above() {
        let attribute = "#[diagnostic::on_unimplemented(\n    message = \"no\",\n)]\n";
        assert_eq!(names(&format!("/// ```\n/// ```\n{attribute}pub trait A {{}}\n")), [""; 0]);
        assert_eq!(names(&format!("/// Nothing.\n{attribute}pub trait A {{}}\n")), ["A"]);
    }

    #[test]
    fn a_family_made_by_a_macro_has_an_example_for_each_member() {
        let family = "macro_rules! family {\n    ($($(#[$doc:meta])* $name:ident;)*) => {$(\n        $(#[$doc])*\n        pub fn $name() {}\n    )*};\n}\n";
        let call = "family! {\n    /// One.\n    ///\n    /// ```\n    /// one();\n    /// ```\n    one;\n    /// Two.\n    two;\n}\n";
        assert_eq!(names(&format!("{family}\n{call}")), ["two"]);
        assert_eq!(names(&call.replace("family", "$form")), ["two"]);
        let fixed = "macro_rules! fixed {\n    ($example:literal) => {\n        #[doc = \"```\"]\n        #[doc = $example]\n        pub fn a() {}\n        pub fn b() {}\n    };\n}\n";
        assert_eq!(names(fixed), ["b"]);
    }
}
