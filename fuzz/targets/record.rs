//! The display record: what the helper crate writes is what the kernel reads, whatever is shown.
//!
//! Must hold: one record and nothing else arrives, as JSON with the same words; its mark is found between other text.
#![no_main]

use arbitrary::Arbitrary;
use dlnotes_display::Bundle;
use dlnotes_display::cells::protocol::{self, Place};
use dlnotes_display::record::{Record, json};
use dlnotes_fuzz::output::{Seen, TOKEN, found, record};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

#[derive(Arbitrary, Debug)]
struct Shown<'a> {
    data: Vec<(&'a str, &'a str)>,
    alt: Option<&'a str>,
    id: Option<&'a str>,
    place: (u32, u32),
    number: u64,
    cut: u8,
}

fuzz_target!(|shown: Shown<'_>| {
    let mut bundle = Bundle::default();
    let mut data = serde_json::Map::new();
    for (mime, content) in &shown.data {
        if data.insert((*mime).to_owned(), (*content).into()).is_none() {
            bundle = bundle.with(*mime, *content);
        } else {
            data.insert((*mime).to_owned(), bundle.get(mime).into());
        }
    }
    let mut display = serde_json::json!({ "kind": "display", "data": data });
    if let Some(alt) = shown.alt {
        bundle = bundle.alt(alt);
        display["alt"] = alt.into();
    }
    if let Some(id) = shown.id {
        display["id"] = id.into();
    }
    check(&Record::Display { bundle: &bundle, id: shown.id }, &display, shown.number, shown.cut);

    let text = |i: usize| shown.data.get(i).map_or("", |pair| pair.1);
    let (message, file, thread) = (text(0), text(1), text(2));
    let (line, column) = shown.place;
    let panic = serde_json::json!({
        "kind": "panic", "message": message, "file": file, "line": line, "column": column, "thread": thread,
    });
    check(&Record::Panic { message, file, line, column, thread }, &panic, shown.number, shown.cut);
});

fn check(shown: &Record<'_>, expect: &Value, number: u64, cut: u8) {
    let cut = usize::from(cut) + 1;
    let frame = protocol::encode_record(Place { number, out: true, err: false }, &json(shown));
    assert_eq!(record(frame.chunks(cut)), Some((number, expect.clone())));
    let printed = [b"before".as_slice(), protocol::mark(TOKEN, number).as_bytes(), b"after"].concat();
    let text = |text: &[u8]| Seen::Text(text.to_vec());
    assert_eq!(found(printed.chunks(cut)), [text(b"before"), Seen::Mark(number), text(b"after")]);
}
