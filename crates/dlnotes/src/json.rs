//! As much of JSON as the crate's files have: headers of parameter files, and what came of a sweep's trials.

use std::str::CharIndices;

/// A text as JSON has it.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\0'..'\x20' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A text in JSON that is read from the front.
pub(crate) struct Json<'a> {
    /// What it is, in messages.
    what: &'static str,
    rest: &'a str,
}

impl<'a> Json<'a> {
    pub(crate) fn new(what: &'static str, text: &'a str) -> Self {
        Self { what, rest: text }
    }

    fn take(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn expect(&mut self, token: char) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(format!("{} lacks a {token:?}", self.what)) }
    }

    /// Calls `member` behind each key of an object.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, String) -> Result<(), String>,
    ) -> Result<(), String> {
        self.expect('{')?;
        if self.take('}') {
            return Ok(());
        }
        loop {
            let key = self.string()?;
            self.expect(':')?;
            member(self, key)?;
            if !self.take(',') {
                return self.expect('}');
            }
        }
    }

    pub(crate) fn string(&mut self) -> Result<String, String> {
        self.expect('"')?;
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((i, c)) = characters.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[i + 1..];
                    return Ok(text);
                }
                '\\' => text.push(escaped(&mut characters).map_err(|wrong| format!("{} {wrong}", self.what))?),
                c => text.push(c),
            }
        }
        Err(format!("{} ends inside a string", self.what))
    }

    /// A list of whole numbers.
    pub(crate) fn numbers(&mut self) -> Result<Vec<usize>, String> {
        let mut numbers = Vec::new();
        self.list(|json| {
            json.rest = json.rest.trim_start();
            let end = json.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(json.rest.len());
            numbers
                .push(json.rest[..end].parse().map_err(|_| format!("{} has a size that isn't a number", json.what))?);
            json.rest = &json.rest[end..];
            Ok(())
        })?;
        Ok(numbers)
    }

    /// Calls `item` at each item of a list.
    pub(crate) fn list(&mut self, mut item: impl FnMut(&mut Self) -> Result<(), String>) -> Result<(), String> {
        self.expect('[')?;
        if self.take(']') {
            return Ok(());
        }
        loop {
            item(self)?;
            if !self.take(',') {
                return self.expect(']');
            }
        }
    }

    /// A text, a number, or another word: `true`, `false`, `null`.
    pub(crate) fn scalar(&mut self) -> Result<Scalar, String> {
        self.rest = self.rest.trim_start();
        if self.rest.starts_with('"') {
            return self.string().map(Scalar::Text);
        }
        let end = self.rest.find([',', '}', ']', ' ', '\t', '\n', '\r']).unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        let scalar = match word {
            "true" => Scalar::Bool(true),
            "false" => Scalar::Bool(false),
            "null" => Scalar::Null,
            _ => match word.parse() {
                Ok(number) if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => Scalar::Number(number),
                _ => return Err(format!("{} has {word:?} where a value is meant", self.what)),
            },
        };
        self.rest = &self.rest[end..];
        Ok(scalar)
    }

    /// Passes over whatever comes.
    pub(crate) fn skip(&mut self) -> Result<(), String> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next() {
            Some('{') => self.object(|json, _| json.skip()),
            Some('[') => self.list(Self::skip),
            _ => self.scalar().map(drop),
        }
    }
}

/// A value that isn't made of others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Text(String),
    Number(f64),
    Bool(bool),
    Null,
}

/// The character that stands for what follows a backslash.
fn escaped(characters: &mut CharIndices<'_>) -> Result<char, &'static str> {
    match characters.next().map(|(_, c)| c) {
        Some(c @ ('"' | '\\' | '/')) => Ok(c),
        Some('b') => Ok('\x08'),
        Some('f') => Ok('\x0c'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('t') => Ok('\t'),
        Some('u') => {
            let first = unit(characters)?;
            // What doesn't fit into 16 bits is written as a pair.
            let second = match first {
                0xd800..0xdc00 if characters.as_str().starts_with("\\u") => {
                    characters.nth(1);
                    Some(unit(characters)?)
                }
                _ => None,
            };
            let mut decoded = char::decode_utf16(std::iter::once(first).chain(second));
            match (decoded.next(), decoded.next()) {
                (Some(Ok(c)), None) => Ok(c),
                _ => Err("has half of a character"),
            }
        }
        _ => Err("has an escape that JSON doesn't have"),
    }
}

/// Four hexadecimal digits.
fn unit(characters: &mut CharIndices<'_>) -> Result<u16, &'static str> {
    let digits: Option<Vec<u32>> = (0..4).map(|_| characters.next()?.1.to_digit(16)).collect();
    let digits = digits.ok_or("has an escape without its four digits")?;
    // Four digits are 16 bits.
    Ok(digits.iter().fold(0, |unit, &digit| unit * 16 + digit as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_value_is_read_or_passed_over() {
        let mut found = Vec::new();
        let text = r#" {"a": [1, {"b": null}, []], "c": "x\n", "d": -2.5e-3, "e": {}, "f": true, "g": [ ] } "#;
        let read = Json::new("the text", text).object(|json, key| {
            match key.as_str() {
                "a" | "e" | "g" => json.skip()?,
                _ => found.push(json.scalar()?),
            }
            Ok(())
        });
        assert_eq!(read, Ok(()));
        assert_eq!(found, [Scalar::Text("x\n".into()), Scalar::Number(-0.0025), Scalar::Bool(true)]);
        for wrong in ["", "{\"a\":}", "[1 2]", "[nan]", "[inf]", "[1", "{\"a\" 1}", "\"\\q\""] {
            assert!(Json::new("the text", wrong).skip().is_err_and(|told| told.starts_with("the text")), "{wrong}");
        }
    }
}
