//! What no compiler checks: links in documents, module headers, notebooks' names and form, paths of this machine.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use anyhow::{Context, Result, bail};
use duct::cmd;
use regex::Regex;

use crate::project::Project;

/// A source file longer than this holds a second thing that wants a file of its own.
const LINES: usize = 350;
/// A notebook larger than this is slow to open and to review.
const NOTEBOOK_BYTES: u64 = 1_500_000;

/// Looks through every file that git knows or would add; fails with one line for each finding.
pub(crate) fn check(project: &Project) -> Result<String> {
    let list = cmd!("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").dir(&project.root).read();
    let list = list.context("tidy asks git which files belong to the project: run it in a clone")?;
    let mut findings = Vec::new();
    let mut count = 0;
    for name in list.split('\0').filter(|name| !name.is_empty()) {
        let path = project.path(name);
        if !path.is_file() {
            continue; // removed, and not yet committed
        }
        count += 1;
        let found = match path.extension().and_then(|extension| extension.to_str()) {
            Some("md") => links(&project.root, &path, &read(&path)?),
            Some("rs") => source(&read(&path)?),
            Some("ipynb") => notebook(&path)?,
            _ => Vec::new(),
        };
        findings.extend(found.into_iter().map(|finding| format!("{name}: {finding}")));
    }
    if !project.path("CHANGELOG.md").is_file() {
        findings.push("CHANGELOG.md is missing".to_owned());
    }
    if !findings.is_empty() {
        bail!("{}", findings.join("\n"));
    }
    Ok(format!("{count} files"))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Links to files that aren't there, and to headings that their file doesn't have.
fn links(root: &Path, path: &Path, text: &str) -> Vec<String> {
    static LINK: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\]\(([^)\s]+)[^)]*\)").expect("valid"));
    let mut findings = Vec::new();
    for (number, line) in outside_code(text) {
        for link in LINK.captures_iter(line).map(|captures| captures[1].to_owned()) {
            if link.contains("://") || link.starts_with("mailto:") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
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
        }
    }
    findings
}

fn outside_code(text: &str) -> impl Iterator<Item = (usize, &str)> {
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

/// Every source file begins by saying what it is, and stays short enough to be read at one sitting.
fn source(text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let first = text.lines().find(|line| !line.starts_with("#!") && !line.trim().is_empty()).unwrap_or_default();
    if !first.starts_with("//!") {
        findings.push("begins without a `//!` line that says what it is".to_owned());
    }
    let lines = text.lines().count();
    if lines > LINES {
        findings.push(format!("has {lines} lines; above {LINES}, split it"));
    }
    findings
}

fn notebook(path: &Path) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !name.as_bytes().iter().take(2).all(u8::is_ascii_digit) || name.as_bytes().get(2) != Some(&b'-') {
        findings.push("is not called NN-title.ipynb".to_owned());
    }
    let size = fs::metadata(path)?.len();
    if size > NOTEBOOK_BYTES {
        findings.push(format!("has {size} bytes, {NOTEBOOK_BYTES} are allowed"));
    }
    let notebook: serde_json::Value = serde_json::from_str(&read(path)?).context(name.into_owned())?;
    for (index, cell) in notebook["cells"].as_array().into_iter().flatten().enumerate() {
        let source = crate::notebooks::joined(&cell["source"]);
        if cell["cell_type"] == "code" && source.lines().any(|line| line.starts_with(":dep")) {
            findings.push(format!("cell {} has a :dep; dependencies stand in notebooks/evcxr.toml", index + 1));
        }
        if cell["cell_type"] == "code" && cell["execution_count"].is_null() {
            findings.push(format!("cell {} was never executed; run: cargo xtask notebooks", index + 1));
        }
    }
    Ok(findings)
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
        let found = links(folder.path(), &path, text);
        assert_eq!(found, ["line 5: the link c.md leads nowhere", "line 5: b.md has no heading #one"]);
    }

    #[test]
    fn a_source_file_says_what_it_is() {
        assert_eq!(source("//! This.\n"), [""; 0]);
        assert_eq!(source("#![allow(unsafe_code)]\n\n//! This.\n"), [""; 0]);
        assert_eq!(source("fn main() {}\n").len(), 1);
        assert_eq!(source(&format!("//! Long.\n{}", "//\n".repeat(LINES))).len(), 1);
    }
}
