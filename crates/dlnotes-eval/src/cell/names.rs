//! The names in a piece of text.

use std::collections::BTreeSet;

/// Everything in `text` that could be a name, also in strings, whose braces may hold variables, and in macros.
pub fn words(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let words = text.split(|c: char| !is_part(c)).filter(|word| word.starts_with(|c: char| !c.is_ascii_digit()));
    // `r#type` is a name of its own.
    let raw = text.match_indices("r#").filter_map(|(at, _)| {
        let rest = &text[at + 2..];
        let end = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
        (end > 0).then(|| &text[at..at + 2 + end])
    });
    words.chain(raw).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_found_in_strings_too() {
        let found = words("println!(\"{loss:.3} {}\", r#type + 损失.len() * 1e5)");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["len", "loss", "println", "r", "r#type", "type", "损失"]);
    }
}
