//! The display record: what a cell's process says to `dlnotes-kernel`.
//!
//! A record is one JSON object; `kind` says what it is:
//!
//! | kind | other fields | meaning |
//! |---|---|---|
//! | `display` | `data`, `alt`?, `id`? | show a bundle; `data` maps MIME type to text |
//! | `update` | `data`, `alt`?, `id` | replace the bundle shown under `id` |
//! | `result` | `data`, `alt`? | the value of the cell |
//! | `clear` | `wait` | remove the cell's outputs |
//! | `panic` | `message`, `file`, `line`, `column`, `thread` | a thread panics |
//! | `interrupted` | | the cell unwinds because the reader asked it to stop |
//! | `controls` | `panel`, `steers`, `controls`, `views` | show controls, and below them a list of bundles; with `steers` their numbers are read while cells run, and otherwise a closure is called |
//! | `view` | `panel`, `views` | what a closure gives: replaces the bundles below the controls |
//!
//! Records travel on a descriptor of their own. A mark on the standard streams, written with each one, says what was
//! printed before it and what after. The program that runs cells is built with its kernel, so the two always speak the
//! same version; a reader passes over a kind and ignores a field that it doesn't know.

use std::fmt::Write as _;

use crate::Bundle;
use crate::controls::{Click, Control, Kind};

/// One message from a cell's process to the kernel.
///
/// ```
/// use dlnotes_display::Bundle;
/// use dlnotes_display::record::{Record, json};
/// let bundle = Bundle::new("text/plain", "loss 0.25");
/// let record = Record::Display { bundle: &bundle, id: Some("progress") };
/// assert_eq!(json(&record), r#"{"kind":"display","data":{"text/plain":"loss 0.25"},"id":"progress"}"#);
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
    /// Show controls, and what they move below them.
    Controls {
        /// The number under which they are known.
        panel: u64,
        /// Whether their numbers are read while cells run; otherwise a closure is called.
        steers: bool,
        /// From top to bottom.
        controls: &'a [Control],
        /// From top to bottom.
        views: &'a [Bundle],
    },
    /// What a closure gives.
    View {
        /// The number of its controls.
        panel: u64,
        /// From top to bottom.
        views: &'a [Bundle],
    },
}

/// The JSON of `record`.
///
/// ```
/// use dlnotes_display::record::{Record, json};
/// assert_eq!(json(&Record::Clear { wait: true }), r#"{"kind":"clear","wait":true}"#);
/// ```
pub fn json(record: &Record<'_>) -> String {
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
        Record::Controls { panel, steers, controls, views } => {
            let _ = write!(out, "\"controls\",\"panel\":{panel},\"steers\":{steers}");
            put_list(&mut out, "controls", controls, put_control);
            put_list(&mut out, "views", views, put_view);
        }
        Record::View { panel, views } => {
            let _ = write!(out, "\"view\",\"panel\":{panel}");
            put_list(&mut out, "views", views, put_view);
        }
    }
    out.push('}');
    out
}

fn put_list<T>(out: &mut String, name: &str, all: &[T], put: fn(&mut String, &T)) {
    let _ = write!(out, ",\"{name}\":[");
    for (i, one) in all.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        put(out, one);
    }
    out.push(']');
}

fn put_view(out: &mut String, bundle: &Bundle) {
    out.push_str("{\"kind\":\"view\"");
    put_bundle(out, bundle);
    out.push('}');
}

fn put_control(out: &mut String, control: &Control) {
    let _ = write!(out, "{{\"kind\":\"{}\",\"start\":{:?}", control.kind.name(), control.start);
    put_text(out, "label", &control.label);
    match &control.kind {
        Kind::Slider { from, to, step, whole } => {
            let _ = write!(out, ",\"from\":{from:?},\"to\":{to:?},\"step\":{step:?},\"whole\":{whole}");
        }
        Kind::LogSlider { from, to, step } => {
            let _ = write!(out, ",\"from\":{from:?},\"to\":{to:?},\"step\":{step:?}");
        }
        Kind::Play { from, to, step, interval } => {
            let _ = write!(out, ",\"from\":{from:?},\"to\":{to:?},\"step\":{step:?},\"interval\":{interval:?}");
        }
        Kind::Choice { options } => put_list(out, "options", options, |out, option| put_string(out, option)),
        Kind::Toggle => {}
    }
    if let Some(digits) = control.digits {
        let _ = write!(out, ",\"digits\":{digits}");
    }
    if let Some(click) = control.click {
        put_text(out, "click", if click == Click::X { "x" } else { "y" });
    }
    out.push('}');
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

pub(crate) fn put_string(out: &mut String, text: &str) {
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
        assert_eq!(json(&record), expect);
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
    fn text_is_escaped_as_json_demands() {
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
    }

    #[test]
    fn controls_are_described_as_data() {
        let controls = [
            Control::slider(0.0, 19.0, true).label("degree").click(Click::Y),
            Control::log_slider(1e-8, 10.0).digits(2),
            Control::choice(vec!["L\"1".into(), "L2".into()]),
            Control::toggle(true),
            Control::play(0.0, 9.0),
        ];
        let views = [Bundle::new("text/plain", "a").alt("b"), Bundle::new("text/plain", "c")];
        let expect = r#"{"kind":"controls","panel":7,"steers":false,"controls":[
            {"kind":"slider","start":0.0,"label":"degree","from":0.0,"to":19.0,"step":1.0,"whole":true,"click":"y"},
            {"kind":"log_slider","start":1e-8,"label":"","from":1e-8,"to":10.0,"step":0.1,"digits":2},
            {"kind":"choice","start":0.0,"label":"","options":["L\"1","L2"]},
            {"kind":"toggle","start":1.0,"label":""},
            {"kind":"play","start":0.0,"label":"","from":0.0,"to":9.0,"step":1.0,"interval":100.0}],
            "views":[{"kind":"view","data":{"text/plain":"a"},"alt":"b"},{"kind":"view","data":{"text/plain":"c"}}]}"#;
        let expect: String = expect.lines().map(str::trim).collect();
        check(Record::Controls { panel: 7, steers: false, controls: &controls, views: &views }, &expect);
        check(Record::View { panel: 7, views: &[] }, r#"{"kind":"view","panel":7,"views":[]}"#);
    }
}
