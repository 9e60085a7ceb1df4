//! rustc's words without the names of generated code.

/// What only generated code is called.
const INTERNAL: [&str; 11] = [
    "__",
    "::std::include",
    "dlnotes_display::cell",
    "evcxr_display",
    "Keeper",
    "requirement that the value outlives",
    "defined in crate `it",
    "defined in the current crate",
    "defined here in crate `it",
    "required for `Left`",
    "redundant requirement",
];

/// Whether a note or a suggestion is about generated code, and nothing for a reader.
pub(super) fn is_internal(text: &str) -> bool {
    INTERNAL.iter().any(|word| text.contains(word))
}

/// `text` with paths as a cell would write them, and closures without the file that they are in.
pub(super) fn clean(text: &str) -> String {
    let text = without_places(text);
    let text = without_crates(&text);
    let text = RESULTS.iter().fold(text, |text, (long, short)| text.replace(long, short));
    without_folder(&text)
}

/// A file that a cell includes, as the cell calls it.
fn without_folder(text: &str) -> String {
    let Some(rest) = text.strip_prefix("couldn't read `") else { return text.to_owned() };
    let Some((path, rest)) = rest.split_once('`') else { return text.to_owned() };
    format!("couldn't read `{}`{rest}", path.rsplit('/').next().unwrap_or(path))
}

/// The type of a cell's body, as rustc writes it, and the sentences that mention it.
const RESULTS: [(&str, &str); 13] = [
    (" in a closure that returns `Result`", " at the top of a cell"),
    (" in a closure that returns `std::result::Result<(), dlnotes_display::cell::Left>`", " at the top of a cell"),
    (
        " to provide an error compatible with `std::result::Result<(), dlnotes_display::cell::Left>`",
        " to give it an error",
    ),
    (" to provide an error compatible with `Result<(), dlnotes_display::cell::Left>`", " to give it an error"),
    (" to provide an error compatible with `Result<(), Left>`", " to give it an error"),
    ("::std::result::Result<(), ::dlnotes_display::cell::Left>", "Result<(), Box<dyn Error>>"),
    ("std::result::Result<(), dlnotes_display::cell::Left>", "Result<(), Box<dyn Error>>"),
    ("Result<(), dlnotes_display::cell::Left>", "Result<(), Box<dyn Error>>"),
    ("Result<(), Left>", "Result<(), Box<dyn Error>>"),
    ("dlnotes_display::cell::Left", "Box<dyn Error>"),
    ("which is owned by the current function", "which ends with the cell"),
    ("closure may outlive the current function", "closure may outlive the cell"),
    ("in this function", "in this cell"),
];

/// `{closure@cell [7]:1:13: 1:16}` is `{closure}`.
fn without_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, inside) = rest.split_at(open);
        out.push_str(before);
        let is_place = |at: &usize| inside[1..*at].chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '#' | '`'));
        match (inside.find('@').filter(is_place), inside.find('}')) {
            (Some(at), Some(close)) if at < close => {
                out.push_str(&inside[..at]);
                out.push('}');
                rest = &inside[close + 1..];
            }
            _ => {
                out.push('{');
                rest = &inside[1..];
            }
        }
    }
    out + rest
}

/// Without `it3::c7::`, `crate::c7::` and `cell_7::` in front of names.
fn without_crates(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let Some(start) = rest.find(word) else { break out + rest };
        let end = rest[start..].find(|c| !word(c)).map_or(rest.len(), |length| start + length);
        let name = &rest[start..end];
        let is_ours = numbered(name, "it") || numbered(name, "cell_") || numbered(name, "c");
        // Everything of the notes' crate that a reader meets is in its prelude.
        let is_import = &rest[..start] == " " && out.ends_with("use");
        let is_prelude = name == "dlnotes" && !is_import;
        if is_prelude && rest[end..].starts_with("::") {
            out.push_str(&rest[..start]);
            rest = behind_modules(&rest[end + 2..]);
            continue;
        }
        let is_crate = name == "crate" && rest[end..].strip_prefix("::c").is_some_and(starts_with_number_and_path);
        if (is_ours || is_crate) && rest[end..].starts_with("::") {
            // Also the `::` of a path that begins with one.
            let before = rest[..start].strip_suffix("::").unwrap_or(&rest[..start]);
            out.push_str(before);
            rest = &rest[end + 2..];
        } else {
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        }
    }
}

/// A path's last name and what follows, without the modules in front of it.
fn behind_modules(mut path: &str) -> &str {
    loop {
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        let is_module = path.starts_with(|c: char| c.is_lowercase()) && path[end..].starts_with("::");
        if !is_module {
            return path;
        }
        path = &path[end + 2..];
    }
}

fn numbered(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

fn starts_with_number_and_path(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && text[digits..].starts_with("::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_go() {
        for (text, expect) in [
            ("`{closure@cell [7]:1:13: 1:16}` and `{closure@src/lib.rs:1:1: 2:3}`", "`{closure}` and `{closure}`"),
            ("`{async block@cell [7]:1:1: 1:6}`, { a: 1 }", "`{async block}`, { a: 1 }"),
            ("found `it3::c7::Point`, not `::it3::c7::Other`", "found `Point`, not `Other`"),
            ("`crate::c7::Point` and `c12::f` of crate::it", "`Point` and `f` of crate::it"),
            (
                "`dlnotes::nn::Linear` and `&dlnotes::Tensor` in use dlnotes::nn::x",
                "`Linear` and `&Tensor` in use dlnotes::nn::x",
            ),
            ("items c7, it3 and unit::c", "items c7, it3 and unit::c"),
            ("损 `it1::c1::损`", "损 `损`"),
            (
                "use `.ok_or(...)?` to provide an error compatible with `std::result::Result<(), dlnotes_display::cell::Left>`",
                "use `.ok_or(...)?` to give it an error",
            ),
        ] {
            assert_eq!(clean(text), expect);
        }
        assert!(is_internal("expected `__keeper`") && !is_internal("Side::Left is not covered"));
    }
}
