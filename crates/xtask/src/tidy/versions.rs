//! The oldest compiler that works is said the same everywhere, and tested: CI uses exactly that one.

use anyhow::{Context, Result};

use super::read;
use crate::project::Project;

/// Where it is said, and with which words around it.
const PLACES: [(&str, &str); 6] = [
    (".github/workflows/ci.yml", "rustup toolchain install {}"),
    ("Dockerfile", "FROM rust:{}-"),
    ("README.md", "{} or newer"),
    ("crates/dlnotes-kernel/README.md", "Rust {} or newer"),
    ("python/README.md", "{} or newer"),
    ("docs/xtask.md", "Rust {} or newer"),
];

/// One line for each place that says something else.
pub(super) fn check(project: &Project) -> Result<Vec<String>> {
    let manifest: toml::Table = read(&project.path("Cargo.toml"))?.parse().context("Cargo.toml")?;
    let package = &manifest["workspace"]["package"];
    let oldest = package["rust-version"].as_str().context("Cargo.toml has no rust-version")?;
    let mut findings = Vec::new();
    for (name, words) in PLACES {
        findings.extend(differs(name, &read(&project.path(name))?, &words.replace("{}", oldest)));
    }
    Ok(findings)
}

fn differs(name: &str, text: &str, words: &str) -> Option<String> {
    // Lines are broken anywhere.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.contains(words))
        .then(|| format!("{name}: does not say {words:?}, as rust-version in Cargo.toml would have it"))
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn words_are_found_over_the_ends_of_lines() {
        assert_eq!(differs("a", "Rust 1.95\nor newer", "Rust 1.95 or newer"), None);
        let found = differs("a", "Rust 1.94 or newer", "Rust 1.95 or newer").unwrap();
        assert!(found.starts_with("a: does not say \"Rust 1.95 or newer\""), "{found}");
    }
}
