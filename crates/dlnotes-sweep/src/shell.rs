//! Command lines as a shell reads them.

/// Words as a command line that a shell takes apart again.
pub(crate) fn words(words: &[String]) -> String {
    words.iter().map(|text| word(text)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=+./:,@%".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn a_shell_reads_each_word_back() {
        for text in ["plain/path-1.json", "", "two words", "it's", "$HOME", "a;b", "*", "~", "Größe", "a\nb"] {
            let echo = std::process::Command::new("sh").arg("-c").arg(format!("printf %s {}", word(text))).output();
            assert_eq!(String::from_utf8(echo.unwrap().stdout).unwrap(), text);
        }
        assert_eq!(word("plain/path-1.json"), "plain/path-1.json");
    }
}
