//! The names in a piece of text.

use std::collections::BTreeSet;

/// Everything in `text` that could be a name, also in strings, whose braces may hold variables, and in macros.
pub fn words(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c: char| !is_part(c)).filter(|word| word.starts_with(|c: char| !c.is_ascii_digit())).collect()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_found_in_strings_too() {
        let found = words("println!(\"{loss:.3} {}\", r#type + 损失.len() * 1e5)");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["len", "loss", "println", "r", "type", "损失"]);
    }
}
