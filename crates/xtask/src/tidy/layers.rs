//! Imports that go up. Where folders or files stand in an order, each may name only those after it.

/// A folder, and parts of it from the top down: files or folders in it.
const LAYERS: [(&str, &[&str]); 2] = [
    ("crates/dlnotes/src/plot/", &["marks", "figure", "axes", "page"]),
    ("crates/dlnotes/src/", &["train", "optim", "nn", "tensor", "gemm", "share", "real"]),
];

/// One line for each import of a part above the one that the file `name` belongs to.
pub(super) fn check(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (folder, parts) in LAYERS {
        let Some(inside) = name.strip_prefix(folder) else { continue };
        let part = inside.split(['/', '.']).next().unwrap_or_default();
        let Some(at) = parts.iter().position(|other| *other == part) else { continue };
        let path = folder.strip_prefix("crates/dlnotes/src/").unwrap_or_default().replace('/', "::");
        for above in &parts[..at] {
            let named = [format!("crate::{path}{above}::"), format!("crate::{path}{above};")];
            let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"));
            for (number, _) in lines.filter(|(_, line)| named.iter().any(|named| line.contains(named.as_str()))) {
                findings.push(format!("line {}: {part} is below {above} and must not use it", number + 1));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_goes_up_is_found() {
        let text = "//! Axes.\nuse crate::plot::figure::Figure;\nuse crate::plot::page::ink::Ink;\n";
        let told = check("crates/dlnotes/src/plot/axes/axis.rs", text);
        assert_eq!(told, ["line 2: axes is below figure and must not use it"]);
        assert_eq!(check("crates/dlnotes/src/plot/marks/line.rs", text), [""; 0]);
        assert_eq!(check("crates/dlnotes/src/share.rs", "use crate::tensor::Tensor;\n").len(), 1);
        assert_eq!(check("crates/dlnotes/src/nn/linear.rs", "use crate::tensor::Tensor;\n"), [""; 0]);
    }
}
