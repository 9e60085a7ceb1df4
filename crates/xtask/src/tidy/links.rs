//! Links in documents and notebooks: to files, to headings in them, and to the tests and cells named behind a link, as in
//! `[values.rs](../crates/dlnotes/tests/values.rs): \`relu_is_zero_at_zero\``.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex_lite::Regex;

/// Links to files that aren't there, and to headings, tests and cells that their file doesn't have.
pub(super) fn in_document(root: &Path, path: &Path, text: &str) -> Vec<String> {
    // The target, and the names behind it: `](tests/values.rs): `a_test`, `another``.
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\]\(([^)\s]+)[^)]*\)(?:: ((?:`[\w-]+`(?:, )?)+))?").expect("valid"));
    let mut findings = Vec::new();
    for (number, line) in outside_code(text) {
        for captures in LINK.captures_iter(line) {
            let link = &captures[1];
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file.strip_prefix('/') {
                Some(from_root) => root.join(from_root),
                None if file.is_empty() => path.to_owned(),
                None => path.parent().unwrap_or(root).join(file),
            };
            if !target.exists() {
                findings.push(format!("line {number}: the link {link} leads nowhere"));
            } else if !heading.is_empty() && fs::read_to_string(&target).is_ok_and(|text| !has_heading(&text, heading))
            {
                findings.push(format!("line {number}: {file} has no heading #{heading}"));
            }
            if let (Some(names), Ok(text)) = (captures.get(2), fs::read_to_string(&target)) {
                let missing =
                    names.as_str().split('`').skip(1).step_by(2).filter(|name| !has_name(&target, &text, name));
                findings.extend(missing.map(|name| format!("line {number}: {file} has no `{name}`")));
            }
        }
    }
    findings
}

pub(super) fn outside_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!fence && !in_code).then_some((index + 1, line))
    })
}

fn has_heading(text: &str, anchor: &str) -> bool {
    outside_code(text).filter_map(|(_, line)| line.strip_prefix('#')).any(|line| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let slug: String = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect();
        slug.replace(' ', "-") == anchor
    })
}

/// Whether a file of tests has this function, a notebook this cell.
fn has_name(path: &Path, text: &str, name: &str) -> bool {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("rs") => text.contains(&format!("fn {name}(")),
        Some("ipynb") => text.contains(&format!("\"id\": \"{name}\"")),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_links_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(folder.path().join("b.md"), "# Two words\n").unwrap();
        let text =
            "[x](b.md) [y](b.md#two-words) [z](https://example.org)\n```\n[code](no.md)\n```\n[p](c.md) [q](b.md#one)";
        let found = in_document(folder.path(), &path, text);
        assert_eq!(found, ["line 5: the link c.md leads nowhere", "line 5: b.md has no heading #one"]);
    }

    #[test]
    fn tests_and_cells_named_behind_a_link_exist() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.md");
        fs::write(folder.path().join("t.rs"), "fn it_holds() {}\n").unwrap();
        fs::write(folder.path().join("n.ipynb"), "\"id\": \"relu-curve\"").unwrap();
        let text =
            "[t.rs](t.rs): `it_holds`, `it_fails`; [02](n.ipynb): `relu-curve` and `code`\n[02](n.ipynb): `relu`";
        let found = in_document(folder.path(), &path, text);
        assert_eq!(found, ["line 1: t.rs has no `it_fails`", "line 2: n.ipynb has no `relu`"]);
    }
}
