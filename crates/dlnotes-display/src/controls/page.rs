//! The HTML of [`Frames`]: one picture that any page shows, the rest as data, and a script that swaps them.
//!
//! Where scripts are taken out, as in an untrusted notebook, the first picture stays, without a slider.
//! What several pictures have in common is there once: an SVG is cut at its elements, and each picture is a list of
//! numbers of pieces.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::made::Made;
use crate::Bundle;
use crate::record::put_string;

/// Reveals the slider; a picture takes the place of the last one when it has been decoded, so nothing flickers.
const SCRIPT: &str = r#"(() => {
const root = document.currentScript.parentElement;
const [view, label, data] = [root.querySelector('div'), root.querySelector('label'), root.querySelector('script')];
const [input, output] = [label.querySelector('input'), label.querySelector('output')];
const { pieces, texts, frames } = JSON.parse(data.textContent);
const element = ([kind, alt, parts]) => {
  const text = parts.map(part => pieces[part]).join('');
  const made = document.createElement(kind === 'svg' || kind === 'png' ? 'img' : kind === 'text' ? 'pre' : 'div');
  if (kind === 'svg' || kind === 'png') {
    made.style.maxWidth = '100%';
    made.alt = alt;
    made.src = kind === 'svg' ? 'data:image/svg+xml,' + encodeURIComponent(text) : 'data:image/png;base64,' + text;
  } else if (kind === 'text') made.textContent = text;
  else made.innerHTML = text;
  return made;
};
let newest = 0;
const show = () => {
  const turn = ++newest;
  output.value = texts[input.value];
  input.setAttribute('aria-valuetext', texts[input.value]);
  const made = frames[input.value].map(element);
  Promise.allSettled(made.filter(one => one.decode).map(one => one.decode())).then(() => {
    if (turn === newest) view.replaceChildren(...made);
  });
};
input.addEventListener('input', show);
label.style.display = '';
})()"#;

/// The frames as a part of a page.
pub(super) fn html(frames: &Made) -> String {
    let at = frames.first;
    let mut out = String::from("<div><div>");
    for bundle in &frames.views[at] {
        still(bundle, &mut out);
    }
    out.push_str("</div>");
    if !frames.others.is_empty() {
        out.push_str("<small>");
        escape(&frames.others, &mut out);
        out.push_str("</small><br>");
    }
    out.push_str("<label style=\"display:none\">");
    escape(&frames.control.label, &mut out);
    let text = frames.control.text(frames.positions[at]);
    // JupyterLab would take the arrow keys for commands of its own.
    out.push_str(" <input data-lm-suppress-shortcuts=\"true\" type=\"range\"");
    let _ = write!(out, " min=\"0\" max=\"{}\" value=\"{at}\" aria-valuetext=\"", frames.views.len() - 1);
    escape(&text, &mut out);
    out.push_str("\" style=\"vertical-align:middle;width:20em;max-width:60%\"> <output>");
    escape(&text, &mut out);
    out.push_str("</output></label><script type=\"application/json\">");
    out.push_str(&data(frames));
    let _ = write!(out, "</script><script>{SCRIPT}</script></div>");
    out
}

/// A page of its own.
pub(super) fn whole(frames: &Made) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>",
    );
    escape(if frames.control.label.is_empty() { "frames" } else { &frames.control.label }, &mut out);
    let _ = writeln!(out, "</title></head><body>{}</body></html>", html(frames));
    out
}

/// How a bundle is shown: its kind, its text.
fn shown(bundle: &Bundle) -> (&'static str, &str) {
    let kinds = [("svg", "image/svg+xml"), ("html", "text/html"), ("png", "image/png"), ("text", "text/plain")];
    kinds.into_iter().find_map(|(kind, mime)| Some((kind, bundle.get(mime)?))).unwrap_or(("text", ""))
}

/// What is there without a script.
fn still(bundle: &Bundle, out: &mut String) {
    let (kind, text) = shown(bundle);
    match kind {
        "html" => {
            let _ = write!(out, "<div>{text}</div>");
        }
        "text" => {
            out.push_str("<pre>");
            escape(text, out);
            out.push_str("</pre>");
        }
        _ => {
            out.push_str("<img style=\"max-width:100%\" alt=\"");
            escape(bundle.alt.as_deref().unwrap_or_default(), out);
            out.push_str("\" src=\"data:image/");
            match kind {
                "svg" => {
                    out.push_str("svg+xml,");
                    in_address(text, out);
                }
                _ => {
                    out.push_str("png;base64,");
                    escape(text, out);
                }
            }
            out.push_str("\">");
        }
    }
}

/// Pieces, names of positions, and for each position its outputs: kind, alternative text, numbers of pieces.
fn data(frames: &Made) -> String {
    let mut pieces = Pieces::default();
    let mut lists = String::new();
    for (i, view) in frames.views.iter().enumerate() {
        lists.push_str(if i > 0 { ",[" } else { "[" });
        for (j, bundle) in view.iter().enumerate() {
            let (kind, text) = shown(bundle);
            let _ = write!(lists, "{}[\"{kind}\",", if j > 0 { "," } else { "" });
            put_string(&mut lists, bundle.alt.as_deref().unwrap_or_default());
            lists.push_str(",[");
            for (k, part) in cut(text).enumerate() {
                let _ = write!(lists, "{}{}", if k > 0 { "," } else { "" }, pieces.number(part));
            }
            lists.push_str("]]");
        }
        lists.push(']');
    }
    let mut out = String::from("{\"pieces\":");
    list(&mut out, pieces.all.iter().copied());
    out.push_str(",\"texts\":");
    let texts: Vec<String> = frames.positions.iter().map(|position| frames.control.text(*position)).collect();
    list(&mut out, texts.iter().map(String::as_str));
    let _ = write!(out, ",\"frames\":[{lists}]}}");
    // Nothing in it ends the script, or begins a comment.
    out.replace('<', "\\u003c")
}

fn list<'a>(out: &mut String, texts: impl Iterator<Item = &'a str>) {
    out.push('[');
    for (i, text) in texts.enumerate() {
        if i > 0 {
            out.push(',');
        }
        put_string(out, text);
    }
    out.push(']');
}

/// Texts that occur more than once are there once.
#[derive(Default)]
struct Pieces<'a> {
    all: Vec<&'a str>,
    numbers: HashMap<&'a str, usize>,
}

impl<'a> Pieces<'a> {
    fn number(&mut self, piece: &'a str) -> usize {
        *self.numbers.entry(piece).or_insert_with(|| {
            self.all.push(piece);
            self.all.len() - 1
        })
    }
}

/// `text` in pieces that begin at its elements.
fn cut(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest.char_indices().skip(1).find(|(_, c)| *c == '<').map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

/// As part of an address that stands between double quotes.
fn in_address(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '%' | '#' | '"' | '<' | '>' | '&' | '\'' | '\\' | '`' | '{' | '}' | '|' | '^' | ' ' | '\n' | '\r'
            | '\t' => {
                let _ = write!(out, "%{:02X}", c as u32);
            }
            c if c.is_ascii() => out.push(c),
            c => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(out, "%{byte:02X}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Control, Frames, View as _};
    use super::*;

    fn svg(at: f64) -> Vec<Bundle> {
        let svg =
            format!("<svg width=\"9\"><style>.a{{fill:#fff}}</style><path d=\"M0 {at}\"/><text>y & z</text></svg>");
        vec![Bundle::new("image/svg+xml", svg).alt(format!("a \"line\" at {at}"))]
    }

    #[test]
    fn what_pictures_have_in_common_is_there_once() {
        let frames = Frames::new(Control::slider(0.0, 9.0, true), svg);
        let data = data(frames.made());
        for (part, times) in [("fill:#fff", 1), ("y & z", 1), ("M0 ", 10), ("a \\\"line\\\" at", 10)] {
            assert_eq!(data.matches(part).count(), times, "{part} in {data}");
        }
        assert!(!data.contains('<'));
    }

    #[test]
    fn pieces_make_the_text_again() {
        for text in ["", "<a><b>", "no element", "x<y>é<z", "<"] {
            assert_eq!(cut(text).collect::<String>(), text);
        }
    }

    #[test]
    fn the_first_picture_needs_no_script_and_nothing_breaks_out() {
        let frames = Frames::new(Control::toggle(true).label("</script><b>"), svg);
        let html = frames.html();
        let img = &html[html.find("<img").unwrap()..];
        let img = &img[..img.find('>').unwrap()];
        assert!(img.contains("alt=\"a &quot;line&quot; at 1\""), "{img}");
        assert!(img.contains("svg+xml,%3Csvg%20width=%229%22%3E%3Cstyle%3E.a%7Bfill:%23fff%7D"), "{img}");
        assert_eq!(html.matches("</script>").count(), 2, "the label ends no script");
        let text = Frames::new(Control::toggle(false), |_| "</pre><script>".view()).html();
        assert!(text.contains("<pre>&lt;/pre&gt;&lt;script&gt;</pre>"));
    }

    #[test]
    fn other_controls_are_named() {
        let controls = [Control::toggle(false), Control::log_slider(0.01, 1.0).label("λ").start(0.1)];
        let frames = Frames::of(&controls, 0, &mut |at| at[1].view());
        assert!(frames.html().contains("<small>λ = 0.1</small><br><label"));
        assert_eq!(frames.summary(), "off, λ = 0.1 (2 positions, off to on): 0.1");
    }
}
