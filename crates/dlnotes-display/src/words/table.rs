//! A table of words and sentences, and how a text is looked up in it.

use std::collections::BTreeMap;

/// A table from the words of the code to those of an edition.
///
/// ```
/// let words = dlnotes_display::words::Words::parse(
///     "[words]\n\"degree\" = \"次数\"\n\"degree {}\" = \"{} 次\"\n[sentences]\n\"falls from {} to {}\" = \"从 {} 降到 {}\"\n",
/// )?;
/// assert_eq!(words.say("degree"), "次数");
/// assert_eq!(words.say("degree 3"), "3 次");
/// assert_eq!(words.tell("falls from {} to {}", &["2".into(), "1".into()]), "从 2 降到 1");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Words {
    words: BTreeMap<String, String>,
    /// Rows of words with holes, in the order of the file: the first that fits is taken.
    patterns: Vec<(String, String)>,
    sentences: BTreeMap<String, String>,
}

impl Words {
    /// Reads a table: rows `"English" = "中文"` below `[words]`, for what cells say, and `[sentences]`, for what the crate
    /// says.
    ///
    /// `{}` stands for any text. What stands there in a cell's words is looked up by itself; `{1}`, `{2}`, … put several
    /// into another order.
    ///
    /// ```
    /// let error = dlnotes_display::words::Words::parse("[words]\nepoch = \"轮\"\n").unwrap_err();
    /// assert_eq!(error, "line 2 isn't a row like \"epoch\" = \"轮\"");
    /// ```
    ///
    /// # Errors
    /// If a line is neither a row nor a comment, stands below neither heading, or repeats a row; the message names it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut table = Self::default();
        let mut is_sentence = None;
        for (number, line) in text.lines().enumerate() {
            let wrong = |what: &str| format!("line {} {what}", number + 1);
            let line = line.trim();
            match line {
                "" => continue,
                "[words]" => is_sentence = Some(false),
                "[sentences]" => is_sentence = Some(true),
                _ if line.starts_with('#') => continue,
                _ => {
                    let (from, to) = row(line).ok_or_else(|| wrong("isn't a row like \"epoch\" = \"轮\""))?;
                    let is_sentence =
                        is_sentence.ok_or_else(|| wrong("stands below neither [words] nor [sentences]"))?;
                    if !table.add(from, to, is_sentence) {
                        return Err(wrong("repeats a row"));
                    }
                }
            }
        }
        Ok(table)
    }

    fn add(&mut self, from: String, to: String, is_sentence: bool) -> bool {
        if is_sentence {
            return self.sentences.insert(from, to).is_none();
        }
        if from.contains(HOLE) {
            let is_new = self.patterns.iter().all(|(known, _)| *known != from);
            self.patterns.push((from, to));
            return is_new;
        }
        self.words.insert(from, to).is_none()
    }

    /// `text` by its row, else by the first row with holes that fits; itself where there is none.
    ///
    /// ```
    /// let words = dlnotes_display::words::Words::parse("[words]\n\"bag\" = \"包\"\n\"{} ({})\" = \"{}（{}）\"\n")?;
    /// assert_eq!(words.say("bag (coat)"), "包（coat）");
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn say(&self, text: &str) -> String {
        if let Some(said) = self.words.get(text) {
            return said.clone();
        }
        let found = self.patterns.iter().find_map(|(from, to)| Some((to, holes(from, text)?)));
        found.map_or_else(
            || text.to_owned(),
            |(to, parts)| fill(to, &parts.into_iter().map(|part| self.say(part)).collect::<Vec<_>>()),
        )
    }

    /// The sentence that the crate knows as `template`, with `parts` in its holes.
    ///
    /// ```
    /// let words = dlnotes_display::words::Words::parse("[sentences]\n\"{} of {}\" = \"{2}的{1}\"\n")?;
    /// assert_eq!(words.tell("{} of {}", &["variance".into(), "W".into()]), "W 的 variance");
    /// # Ok::<(), String>(())
    /// ```
    #[must_use]
    pub fn tell(&self, template: &str, parts: &[String]) -> String {
        fill(self.sentences.get(template).map_or(template, String::as_str), parts)
    }

    /// All rows for what cells say.
    ///
    /// ```
    /// let words = dlnotes_display::words::Words::parse("[words]\n\"degree {}\" = \"{} 次\"\n\"bag\" = \"包\"\n")?;
    /// assert_eq!(words.words().collect::<Vec<_>>(), [("bag", "包"), ("degree {}", "{} 次")]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn words(&self) -> impl Iterator<Item = (&str, &str)> {
        let plain = self.words.iter().map(|(from, to)| (from.as_str(), to.as_str()));
        plain.chain(self.patterns.iter().map(|(from, to)| (from.as_str(), to.as_str())))
    }

    /// All rows for what the crate says.
    ///
    /// ```
    /// let words = dlnotes_display::words::Words::parse("[sentences]\n\"no data\" = \"没有数据\"\n")?;
    /// assert_eq!(words.sentences().collect::<Vec<_>>(), [("no data", "没有数据")]);
    /// # Ok::<(), String>(())
    /// ```
    pub fn sentences(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sentences.iter().map(|(from, to)| (from.as_str(), to.as_str()))
    }
}

const HOLE: &str = "{}";

/// Both texts of a row.
fn row(line: &str) -> Option<(String, String)> {
    let (from, rest) = quoted(line)?;
    let (to, rest) = quoted(rest.trim_start().strip_prefix('=')?.trim_start())?;
    let rest = rest.trim_start();
    (rest.is_empty() || rest.starts_with('#')).then_some((from, to))
}

/// The string that `text` begins with, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut said = String::new();
    let mut chars = text.strip_prefix('"')?.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((said, &text[at + 2..])),
            '\\' => said.push(chars.next().map(|(_, c)| c).filter(|c| matches!(c, '"' | '\\'))?),
            c => said.push(c),
        }
    }
    None
}

/// What stands in the holes of `pattern`, if `text` fits it. No hole is empty.
fn holes<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut pieces = pattern.split(HOLE);
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let second = rest.chars().next()?.len_utf8();
        let end = match pieces.peek() {
            None => rest.len().checked_sub(piece.len()).filter(|&end| end >= second && rest.ends_with(piece))?,
            Some(_) => second + rest[second..].find(piece)?,
        };
        found.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(found)
}

/// `template` with `parts` in its holes, which are `{}` in turn or `{1}`, `{2}`, ….
pub(super) fn fill(template: &str, parts: &[String]) -> String {
    let mut out = String::new();
    let mut turn = 0;
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let hole = after.split_once('}').filter(|(number, _)| number.chars().all(|c| c.is_ascii_digit()));
        let Some((number, after)) = hole else {
            out.push('{');
            rest = after;
            continue;
        };
        let place = number.parse().unwrap_or_else(|_| {
            turn += 1;
            turn
        });
        out.push_str(parts.get(place - 1).map_or("", String::as_str));
        rest = after;
    }
    out.push_str(rest);
    spaced(&out)
}

/// A space between Chinese characters and letters or digits of other scripts, and none between Chinese ones, as
/// typographers set it.
fn spaced(text: &str) -> String {
    let is_chinese = |c: char| matches!(c, '\u{4e00}'..='\u{9fff}');
    let is_full = |c: char| is_chinese(c) || matches!(c, '。' | '，' | '、' | '；' | '：' | '（' | '）');
    let is_raised = |c: char| matches!(c, '¹' | '²' | '³' | '⁰'..='⁹');
    let is_other = |c: char| (c.is_alphanumeric() && !is_chinese(c)) || matches!(c, '−' | '‖' | '∂' | '∇' | '#' | '[');
    let begins = |c: char| is_other(c) && !is_raised(c);
    let ends = |c: char| is_other(c) || matches!(c, '%' | ']' | ')');
    let mut out = String::with_capacity(text.len());
    let mut before = '\0';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ' ' && is_full(before) && chars.peek().is_some_and(|&after| is_full(after)) {
            continue;
        }
        if is_chinese(before) && begins(c) || ends(before) && is_chinese(c) {
            out.push(' ');
        }
        out.push(c);
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_what_stands_there() {
        assert_eq!(holes("degree {}", "degree 3"), Some(vec!["3"]));
        assert_eq!(holes("{} ({})", "coat (dress)"), Some(vec!["coat", "dress"]));
        assert_eq!(holes("a {} b {} c", "a 1 b 2 c"), Some(vec!["1", "2"]));
        assert_eq!(holes("{} layers", "8 layers"), Some(vec!["8"]));
        for text in ["degree ", "degrees 3", "the degree 3", ""] {
            assert_eq!(holes("degree {}", text), None, "{text}");
        }
        assert_eq!(holes("{} b", " b"), None, "no hole is empty");
        assert_eq!(holes("é{}é", "éé"), None);
    }

    #[test]
    fn a_sentence_takes_its_parts_in_any_order_and_keeps_other_braces() {
        let parts = ["1".to_owned(), "2".to_owned()];
        assert_eq!(fill("{} to {}", &parts), "1 to 2");
        assert_eq!(fill("{2} to {1}", &parts), "2 to 1");
        assert_eq!(fill("{x} {", &parts), "{x} {");
    }

    #[test]
    fn chinese_and_other_scripts_stand_apart() {
        assert_eq!(spaced("从2降到1"), "从 2 降到 1");
        assert_eq!(spaced("ReLU的导数，x为0"), "ReLU 的导数，x 为 0");
        assert_eq!(spaced("从 −2 升到 3 %的"), "从 −2 升到 3 % 的");
        assert_eq!(spaced("训练 从 2 降到 1。 测试"), "训练从 2 降到 1。测试");
        assert_eq!(spaced("偏差²从 1 降到 0"), "偏差² 从 1 降到 0");
        assert_eq!(spaced("falls from 2 to 1"), "falls from 2 to 1");
    }

    #[test]
    fn a_line_that_is_no_row_is_named() {
        let problem = |text: &str| Words::parse(text).unwrap_err();
        assert_eq!(problem("\"a\" = \"b\""), "line 1 stands below neither [words] nor [sentences]");
        assert_eq!(problem("[words]\n\n\"a\" = \"b\n"), "line 3 isn't a row like \"epoch\" = \"轮\"");
        assert_eq!(problem("[words]\n\"a\" = \"b\" c"), "line 2 isn't a row like \"epoch\" = \"轮\"");
        assert_eq!(problem("[words]\n\"a\" = \"b\"\n\"a\" = \"c\""), "line 3 repeats a row");
        assert_eq!(problem("[words]\n\"{}a\" = \"b\"\n\"{}a\" = \"c\""), "line 3 repeats a row");
    }

    #[test]
    fn quotes_and_comments_are_read_as_toml_reads_them() {
        let words = Words::parse("# head\n[words]\n\"say \\\"a\\\"\" = \"说\\\\\" # why\n").unwrap();
        assert_eq!(words.say("say \"a\""), "说\\");
    }
}
