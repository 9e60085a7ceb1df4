//! A signature and its documentation in the forms that front ends show.

use crate::MimeBundle;

/// `code` with `docs`, which are Markdown, below it.
pub(super) fn bundle(code: &str, docs: &str) -> MimeBundle {
    let plain = if docs.is_empty() { code.to_owned() } else { format!("{code}\n\n{}", plain(docs)) };
    let below = if docs.is_empty() { String::new() } else { format!("\n\n{}", unlinked(docs)) };
    let mut bundle = MimeBundle::new("text/plain", &plain);
    bundle.insert("text/markdown", &format!("```rust\n{code}\n```{below}"));
    bundle
}

/// What rust-analyzer says, which is Markdown.
pub(super) fn shown(markdown: &str) -> MimeBundle {
    let mut bundle = MimeBundle::new("text/plain", &plain(markdown));
    bundle.insert("text/markdown", &unlinked(markdown));
    bundle
}

/// Markdown as it reads without its signs.
pub(super) fn plain(markdown: &str) -> String {
    let text = unlinked(markdown);
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("```"));
    let lines: Vec<String> = lines.filter(|line| *line != "---").map(|line| line.replace('`', "")).collect();
    let mut text = lines.join("\n");
    while text.contains("\n\n\n") {
        text = text.replace("\n\n\n", "\n\n");
    }
    text.trim().to_owned()
}

/// Without links between items, which lead nowhere in a notebook: ``[`relu`](Tensor::relu)`` is `relu`.
fn unlinked(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(open) = rest.find('[') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let Some(close) = rest.find(']').filter(|close| !rest[1..*close].contains('[')) else {
            out.push('[');
            rest = &rest[1..];
            continue;
        };
        let (text, behind) = (&rest[1..close], &rest[close + 1..]);
        let target = behind.strip_prefix('(').and_then(|target| target.split_once(')'));
        match target {
            // A page on the web stays a link.
            Some((target, after)) if !target.starts_with("http") => {
                out.push_str(text);
                rest = after;
            }
            None if text.starts_with('`') && text.ends_with('`') => {
                out.push_str(text);
                rest = behind;
            }
            _ => {
                out.push_str(&rest[..=close]);
                rest = behind;
            }
        }
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_items_are_only_their_text() {
        let docs = "[`Tensor::relu`] as a [function](crate::f): x\u{2080} in [0, 1], see [web](https://a.b).";
        assert_eq!(unlinked(docs), "`Tensor::relu` as a function: x\u{2080} in [0, 1], see [web](https://a.b).");
        assert_eq!(plain("```rust\nfn f()\n```\n\n`f` it"), "fn f()\n\nf it");
    }
}
