//! Phrases that are grammatical and that nobody says; `docs/style.md` has them with what to say instead.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex_lite::Regex;

/// One line for each phrase in a source file, a document or a text cell. In documents what stands in backticks is a quotation.
pub(super) fn check(name: &str, text: &str) -> Vec<String> {
    let is_document = name.ends_with(".md");
    let lines: Vec<Cow<'_, str>> =
        text.lines().map(|line| if is_document { QUOTED.replace_all(line, "``") } else { line.into() }).collect();
    let mut findings = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        // A phrase may go on in the next line, behind the mark of a comment or a quotation.
        let next = lines.get(index + 1).map_or("", |next| next.trim_start().trim_start_matches(['/', '!', '>']));
        let both = format!("{} {}", line.trim_end(), next.trim_start());
        let begins_here = |found: &(usize, &str)| found.0 < line.trim_end().len();
        let found = found(&both).filter(begins_here);
        findings.extend(found.map(|(_, phrase)| format!("line {}: {phrase:?} (docs/style.md)", index + 1)));
    }
    findings
}

static QUOTED: LazyLock<Regex> = LazyLock::new(|| Regex::new("`[^`]*`").expect("valid"));

/// Phrases, each with where it begins.
fn found(text: &str) -> impl Iterator<Item = (usize, &str)> {
    static STIFF: LazyLock<Regex> = LazyLock::new(|| {
        // A letter in brackets, so that this file has none of them.
        let words = [
            "[Mm]end(?:s|ed|ing)?|[Aa]new|of the reade[r]|[Tt]he reader's",
            "belong[s]? into|by turn[s]|gone on wit[h]|looks? ou[t] for|and the way ou[t]",
            "also[ ](?:while|where|when|if|after)|(?:is|are) told at (?:the|you[r])",
        ]
        .join("|");
        Regex::new(&format!(r"\b(?:{words})\b|(\w+)?[ ]?\b(?:is|are|was|were) no (\w+)")).expect("valid")
    });
    STIFF.captures_iter(text).filter_map(|found| {
        let word = |group: usize| found.get(group).map_or("", |word| word.as_str());
        let phrase = found.get(0)?;
        let as_spoken = matches!(word(1), "there" | "There" | "where")
            || matches!(word(2), "longer" | "more" | "less" | "fewer" | "better" | "worse" | "one" | "use");
        (!as_spoken).then(|| (phrase.start(), phrase.as_str().trim_start()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // The phrases in two pieces, so that this file has none.
    const NOT: &str = concat!("is n", "o error");

    #[test]
    fn stiff_phrases_are_found() {
        for phrase in [
            NOT,
            concat!("Me", "nd it"),
            concat!("begins an", "ew"),
            concat!("the rea", "der's line"),
            concat!("belongs ", "into it"),
            concat!("runs by tu", "rns"),
            concat!("also wh", "ile it runs"),
            concat!("is told ", "at the line"),
        ] {
            assert_eq!(check("a.rs", &format!("// That {phrase}.\n")).len(), 1, "{phrase}");
        }
    }

    #[test]
    fn a_phrase_that_goes_on_in_the_next_line_is_found_once() {
        let split = NOT.replacen(' ', "\n    /// ", 1);
        assert_eq!(check("a.rs", &format!("/// That {split}.\n")).len(), 1);
        assert_eq!(check("a.md", &format!("That {}.\n", NOT.replacen(' ', "\n", 1))).len(), 1);
    }

    #[test]
    fn what_natives_say_is_not() {
        for phrase in [
            "there is no error",
            "it is no longer so",
            "it is no better",
            "a recommendation",
            "where there are no files",
        ] {
            assert_eq!(check("a.rs", phrase), [""; 0]);
        }
        assert_eq!(check("docs/style.md", &format!("not `{NOT}` but")), [""; 0]);
    }
}
