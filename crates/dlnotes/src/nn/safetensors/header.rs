//! The header: `{"__metadata__":{"epoch":"3"},"0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}, …}`.

use crate::json::{Json, quoted};

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

/// The tensors that a header lists, and its metadata.
pub(super) fn read(text: &str) -> Result<Header, String> {
    let mut json = Json::new("the header", text);
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
