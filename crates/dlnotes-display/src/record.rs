//! The display record, version 1: what a cell's process writes for `dlnotes-kernel`.
//!
//! A record travels on standard output among ordinary text, so that its order with printed text holds:
//!
//! ```text
//! ESC _ dlnotes;1;LENGTH; JSON ESC \
//! ```
//!
//! In the process that [`cells`](crate::cells) run in, the same JSON goes to a descriptor of its own, and only a mark to
//! standard output.
//!
//! `LENGTH` is the number of bytes of `JSON`, in decimal; the frame is the terminal's "application program command",
//! which a terminal that gets it by accident does not print. `JSON` is one object; `kind` says what it is:
//!
//! | kind | other fields | meaning |
//! |---|---|---|
//! | `display` | `data`, `alt`?, `id`? | show a bundle; `data` maps MIME type to text |
//! | `update` | `data`, `alt`?, `id` | replace the bundle shown under `id` |
//! | `result` | `data`, `alt`? | the value of the cell |
//! | `clear` | `wait` | remove the cell's outputs |
//! | `panic` | `message`, `file`, `line`, `column`, `thread` | a thread panics |
//! | `interrupted` | | the cell unwinds because the reader asked it to stop |
//! | `ready` | | [`init`](crate::init) has run |
//! | `flushed` | | everything printed before the kernel's request has been written |
//!
//! A reader ignores fields that it does not know. A change that an older reader would misunderstand gets the next
//! version; the kernel names the newest one that it understands in the variable `DLNOTES_KERNEL`.

use std::fmt::Write as _;

use crate::Bundle;

/// The version that this crate writes.
///
/// ```
/// use dlnotes_display::record::{PREFIX, Record, VERSION, encode};
/// let record = encode(&Record::Ready);
/// assert!(record.starts_with(format!("{PREFIX}{VERSION};").as_bytes()));
/// ```
pub const VERSION: u32 = 1;

/// What every record begins with, up to its version.
///
/// ```
/// use dlnotes_display::record::PREFIX;
/// let printed = "epoch 1\n\x1b_dlnotes;1;16;{\"kind\":\"ready\"}\x1b\\";
/// assert_eq!(printed.split_once(PREFIX).unwrap().0, "epoch 1\n");   // ordinary text goes before
/// ```
pub const PREFIX: &str = "\x1b_dlnotes;";

/// What every record ends with.
///
/// ```
/// use dlnotes_display::record::{Record, SUFFIX, encode};
/// assert!(encode(&Record::Flushed).ends_with(SUFFIX.as_bytes()));
/// ```
pub const SUFFIX: &str = "\x1b\\";

/// One message from a cell's process to the kernel.
///
/// ```
/// use dlnotes_display::Bundle;
/// use dlnotes_display::record::{Record, encode};
/// let bundle = Bundle::new("text/plain", "loss 0.25");
/// let record = encode(&Record::Display { bundle: &bundle, id: Some("progress") });
/// let json = br#"{"kind":"display","data":{"text/plain":"loss 0.25"},"id":"progress"}"#;
/// assert!(record.windows(json.len()).any(|part| part == json));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Record<'a> {
    /// Show a bundle.
    Display {
        /// What to show.
        bundle: &'a Bundle,
        /// The name under which it can be replaced.
        id: Option<&'a str>,
    },
    /// Replace a bundle.
    Update {
        /// What to show instead.
        bundle: &'a Bundle,
        /// The name under which it was shown.
        id: &'a str,
    },
    /// The value of the cell.
    Result {
        /// What to show.
        bundle: &'a Bundle,
    },
    /// Remove the cell's outputs.
    Clear {
        /// Only when the next output arrives.
        wait: bool,
    },
    /// A thread panics.
    Panic {
        /// The panic's message.
        message: &'a str,
        /// The source file of the place that panicked.
        file: &'a str,
        /// Its line, from 1.
        line: u32,
        /// Its column, from 1.
        column: u32,
        /// The thread's name; `main` runs the cells.
        thread: &'a str,
    },
    /// The cell unwinds because the reader asked it to stop.
    Interrupted,
    /// The cells' side is set up.
    Ready,
    /// Everything printed before the kernel's request has been written.
    Flushed,
}

/// The bytes of `record`, frame included.
///
/// ```
/// use dlnotes_display::record::{Record, encode};
/// let bytes = encode(&Record::Clear { wait: true });
/// assert_eq!(bytes, b"\x1b_dlnotes;1;28;{\"kind\":\"clear\",\"wait\":true}\x1b\\");
/// ```
pub fn encode(record: &Record<'_>) -> Vec<u8> {
    let json = json(record);
    format!("{PREFIX}{VERSION};{};{json}{SUFFIX}", json.len()).into_bytes()
}

/// The JSON of `record`, without a frame.
pub(crate) fn json(record: &Record<'_>) -> String {
    let mut out = String::from("{\"kind\":");
    match *record {
        Record::Display { bundle, id } => {
            out.push_str("\"display\"");
            put_bundle(&mut out, bundle);
            if let Some(id) = id {
                put_text(&mut out, "id", id);
            }
        }
        Record::Update { bundle, id } => {
            out.push_str("\"update\"");
            put_bundle(&mut out, bundle);
            put_text(&mut out, "id", id);
        }
        Record::Result { bundle } => {
            out.push_str("\"result\"");
            put_bundle(&mut out, bundle);
        }
        Record::Clear { wait } => {
            let _ = write!(out, "\"clear\",\"wait\":{wait}");
        }
        Record::Panic { message, file, line, column, thread } => {
            out.push_str("\"panic\"");
            put_text(&mut out, "message", message);
            put_text(&mut out, "file", file);
            let _ = write!(out, ",\"line\":{line},\"column\":{column}");
            put_text(&mut out, "thread", thread);
        }
        Record::Interrupted => out.push_str("\"interrupted\""),
        Record::Ready => out.push_str("\"ready\""),
        Record::Flushed => out.push_str("\"flushed\""),
    }
    out.push('}');
    out
}

fn put_bundle(out: &mut String, bundle: &Bundle) {
    out.push_str(",\"data\":{");
    for (i, (mime, content)) in bundle.data.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        put_string(out, mime);
        out.push(':');
        put_string(out, content);
    }
    out.push('}');
    if let Some(alt) = &bundle.alt {
        put_text(out, "alt", alt);
    }
}

fn put_text(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, ",\"{name}\":");
    put_string(out, value);
}

fn put_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        out.push_str(&rest[..at]);
        match rest.as_bytes()[at] {
            b'\n' => out.push_str("\\n"),
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            control => {
                let _ = write!(out, "\\u{control:04x}");
            }
        }
        rest = &rest[at + 1..]; // all of these are one byte long
    }
    out.push_str(rest);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(record: Record<'_>, expect: &str) {
        let text = String::from_utf8(encode(&record)).unwrap();
        assert_eq!(text, format!("\x1b_dlnotes;1;{};{expect}\x1b\\", expect.len()));
    }

    #[test]
    fn bundles_keep_their_order_their_id_and_their_alternative_text() {
        let bundle = Bundle::new("image/svg+xml", "<svg/>").with("text/plain", "loss").alt("falls");
        let data = r#""data":{"image/svg+xml":"<svg/>","text/plain":"loss"},"alt":"falls""#;
        check(Record::Display { bundle: &bundle, id: None }, &format!(r#"{{"kind":"display",{data}}}"#));
        check(Record::Display { bundle: &bundle, id: Some("a") }, &format!(r#"{{"kind":"display",{data},"id":"a"}}"#));
        check(Record::Update { bundle: &bundle, id: "a" }, &format!(r#"{{"kind":"update",{data},"id":"a"}}"#));
        check(Record::Result { bundle: &bundle }, &format!(r#"{{"kind":"result",{data}}}"#));
    }

    #[test]
    fn text_is_escaped_as_json_demands_and_the_length_counts_bytes() {
        let bundle = Bundle::new("text/plain", "a\"b\\c\nd\u{1}\u{1b}损失");
        let expect = r#"{"kind":"result","data":{"text/plain":"a\"b\\c\nd\u0001\u001b损失"}}"#;
        check(Record::Result { bundle: &bundle }, expect);
    }

    #[test]
    fn a_panic_names_its_place() {
        let record = Record::Panic { message: "no", file: "src/lib.rs", line: 3, column: 9, thread: "main" };
        let expect = r#"{"kind":"panic","message":"no","file":"src/lib.rs","line":3,"column":9,"thread":"main"}"#;
        check(record, expect);
        check(Record::Interrupted, r#"{"kind":"interrupted"}"#);
        check(Record::Ready, r#"{"kind":"ready"}"#);
        check(Record::Flushed, r#"{"kind":"flushed"}"#);
    }
}
