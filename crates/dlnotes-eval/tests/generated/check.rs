//! What must hold of the code that is made of a cell, whatever the cell is. The fuzz target `cell` calls it too.

use dlnotes_eval::cell::{Kind, Source as Cell, Split, parse};
use dlnotes_eval::generate::{Body, How, Items, Origin, Source, Taken, body, part};

/// Room for the parser, which calls itself for each level.
const STACK: usize = 256 << 20;

/// Splits a cell and makes code of it: what parses still does, and each byte that is said to be the cell's is.
#[allow(unreachable_pub)] // the fuzz target includes this file by path
pub fn check(text: &str) {
    let code = Cell::new(text, |_| false).code;
    assert_eq!(code.len(), text.len(), "the head is blanked and nothing moves");
    let Ok(split) = parse(&code) else { return };
    std::thread::scope(|scope| {
        let thread =
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || generated(text, &code, &split));
        if let Err(panic) = thread.expect("a thread").join() {
            std::panic::resume_unwind(panic);
        }
    });
}

fn generated(text: &str, code: &str, split: &Split) {
    let kept: Vec<String> = split.variables().iter().map(|name| name.name.clone()).collect();
    let taken = [Taken { name: "earlier".into(), mutable: true, how: How::Type("u8".into()), back: true }];
    let uses = ["use ::std::fmt::Debug;".to_owned()];
    let whole = Body {
        cell: text,
        code,
        count: 1,
        split,
        uses: &uses,
        taken: &taken,
        kept: &kept,
        runtimes: &["other".to_owned()],
        shows: true,
    };
    let (start, inner) = body(&whole);
    syn::parse_file(&start.text).unwrap_or_else(|error| panic!("{error}: {}", start.text));
    syn::parse_str::<syn::Block>(&inner.text).unwrap_or_else(|error| panic!("{error}: {}", inner.text));
    check_map(&start, code);
    check_map(&inner, code);
    let imports: Vec<_> = split.uses.iter().map(|(range, _)| range.clone()).collect();
    let items = part(&Items { cell: text, code, count: 1, items: &split.items, imports: &imports, uses: &uses });
    // What a macro is given may be anything.
    let parsed = syn::parse_file(&items.text);
    assert!(
        parsed.is_ok() || split.items.iter().any(|item| item.kind == Kind::Expansion),
        "{:?}: {}",
        parsed.err(),
        items.text
    );
    check_map(&items, code);
}

fn check_map(source: &Source, code: &str) {
    let mut end = 0;
    for (range, origin) in source.map.parts() {
        assert_eq!(range.start, end, "parts follow each other");
        end = range.end;
        if let Origin::Cell(at) = origin {
            let (ours, theirs) = (&source.text[range.clone()], &code[*at..*at + range.len()]);
            assert!(ours == theirs || ours.trim().is_empty(), "{ours:?} is not {theirs:?}");
        }
    }
    assert_eq!(end, source.text.len(), "parts cover the file");
}
