//! Words in a figure: whatever a reader writes as title, label, name of a line or of a mark.
//!
//! Must hold: no panic; the SVG is well-formed; no label adds an element of its own.
#![no_main]

use arbitrary::Arbitrary;
use dlnotes::prelude::*;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Words<'a> {
    title: &'a str,
    x: &'a str,
    y: &'a str,
    names: [&'a str; 2],
    mark: &'a str,
}

fuzz_target!(|words: Words<'_>| {
    let x = [0.0, 1.0, 2.0];
    let figure = plot(x, [x, [1.0, 0.5, 0.0]]).title(words.title).xlabel(words.x).ylabel(words.y);
    let svg = figure.legend(words.names).hline(0.5, words.mark).to_svg();
    let document = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{e}: {svg}"));
    let known = ["svg", "title", "desc", "style", "path", "text", "tspan", "g", "line", "rect", "clipPath", "defs"];
    for element in document.descendants().filter(roxmltree::Node::is_element) {
        assert!(known.contains(&element.tag_name().name()), "a label made an element {:?}", element.tag_name());
    }
});
