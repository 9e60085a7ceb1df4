//! The header: `{"__metadata__":{"epoch":"3"},"0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}, …}`.

use std::str::CharIndices;

/// What a header says.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) entries: Vec<Entry>,
    pub(super) metadata: Vec<(String, String)>,
}

/// One tensor in the file.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) dtype: String,
    pub(super) shape: Vec<usize>,
    /// Its first byte, and the one after its last, in the part after the header.
    pub(super) place: [usize; 2],
}

/// The header for f32 tensors one after the other, padded so that the numbers begin at a multiple of 8 bytes.
pub(super) fn write<'a>(
    tensors: impl Iterator<Item = (&'a str, &'a [usize])>,
    metadata: &[(&'static str, String)],
) -> String {
    let mut members = Vec::new();
    if !metadata.is_empty() {
        let pairs: Vec<String> =
            metadata.iter().map(|(key, value)| format!("{}:{}", quoted(key), quoted(value))).collect();
        members.push(format!(r#""__metadata__":{{{}}}"#, pairs.join(",")));
    }
    let mut start = 0;
    for (name, shape) in tensors {
        let end = start + 4 * shape.iter().product::<usize>();
        let name = quoted(name);
        members.push(format!(r#"{name}:{{"dtype":"F32","shape":{shape:?},"data_offsets":[{start},{end}]}}"#));
        start = end;
    }
    let mut header = format!("{{{}}}", members.join(","));
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    header
}

fn quoted(text: &str) -> String {
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

/// The tensors that a header lists, and its metadata.
pub(super) fn read(text: &str) -> Result<Header, String> {
    let mut json = Json { rest: text };
    let mut header = Header::default();
    json.object(|json, name| {
        if name == "__metadata__" {
            return json.object(|json, key| {
                header.metadata.push((key, json.string()?));
                Ok(())
            });
        }
        let mut entry = Entry { name, ..Entry::default() };
        json.object(|json, key| {
            match key.as_str() {
                "dtype" => entry.dtype = json.string()?,
                "shape" => entry.shape = json.numbers()?,
                "data_offsets" => {
                    entry.place = json.numbers()?.try_into().map_err(|_| "data_offsets must be two numbers")?;
                }
                other => return Err(format!("unknown key {other:?}")),
            }
            Ok(())
        })?;
        header.entries.push(entry);
        Ok(())
    })?;
    Ok(header)
}

/// As much of JSON as these headers use.
struct Json<'a> {
    rest: &'a str,
}

impl Json<'_> {
    fn take(&mut self, token: char) -> bool {
        self.rest = self.rest.trim_start();
        let found = self.rest.strip_prefix(token);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn expect(&mut self, token: char) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(format!("the header lacks a {token:?}")) }
    }

    fn object(&mut self, mut member: impl FnMut(&mut Self, String) -> Result<(), String>) -> Result<(), String> {
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

    fn string(&mut self) -> Result<String, String> {
        self.expect('"')?;
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((i, c)) = characters.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[i + 1..];
                    return Ok(text);
                }
                '\\' => text.push(escaped(&mut characters)?),
                c => text.push(c),
            }
        }
        Err("the header ends inside a string".into())
    }

    fn numbers(&mut self) -> Result<Vec<usize>, String> {
        self.expect('[')?;
        let mut numbers = Vec::new();
        if self.take(']') {
            return Ok(numbers);
        }
        loop {
            self.rest = self.rest.trim_start();
            let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
            numbers.push(self.rest[..end].parse().map_err(|_| "the header has a size that isn't a number")?);
            self.rest = &self.rest[end..];
            if !self.take(',') {
                self.expect(']')?;
                return Ok(numbers);
            }
        }
    }
}

/// The character that stands for what follows a backslash.
fn escaped(characters: &mut CharIndices<'_>) -> Result<char, String> {
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
                _ => Err("the header has half of a character".into()),
            }
        }
        _ => Err("the header has an escape that JSON doesn't have".into()),
    }
}

/// Four hexadecimal digits.
fn unit(characters: &mut CharIndices<'_>) -> Result<u16, String> {
    let digits: Option<Vec<u32>> = (0..4).map(|_| characters.next()?.1.to_digit(16)).collect();
    let digits = digits.ok_or("the header has an escape without its four digits")?;
    // Four digits are 16 bits.
    Ok(digits.iter().fold(0, |unit, &digit| unit * 16 + digit as u16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_can_be_a_name() {
        let names = ["0.weight", "\"\\/", "\u{1}\n\t\u{1f}", "权重 😀", ""];
        let tensors = names.iter().map(|&name| (name, &[2, 3][..]));
        let header = read(&write(tensors, &[("epoch", "3\n".to_owned())])).unwrap();
        assert!(header.entries.iter().map(|entry| entry.name.as_str()).eq(names));
        assert_eq!(header.metadata, [("epoch".to_owned(), "3\n".to_owned())]);
        let name = |text: &str| {
            let entry = format!(r#"{{"{text}":{{"dtype":"F32","shape":[],"data_offsets":[0,4]}}}}"#);
            read(&entry).map(|header| header.entries[0].name.clone())
        };
        assert_eq!(name(r"\b\f\n\r\t\/\u0041\u6743\ud83d\ude00").unwrap(), "\x08\x0c\n\r\t/A权😀");
        for wrong in [r"\x", r"\u12", r"\u12g4", r"\ud83d", r"\ud83d\u0041", r"\ude00", r"\ud83d\ud83d"] {
            assert!(name(wrong).is_err_and(|message| message.contains("the header")), "{wrong}");
        }
    }
}
