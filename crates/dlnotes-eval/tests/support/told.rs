//! What a reader is told of a failure: whether it has anything of the generated code.

/// Words that nothing but generated code has.
const INTERNAL: [&str; 16] = [
    "__",
    "dlnotes_display::cell",
    "evcxr_display",
    "Keeper",
    "Frame",
    "Left>",
    "take_as",
    "put_back",
    "closure@",
    "block@",
    "no_mangle",
    "cell_now",
    "/tmp/",
    "Fallback",
    "::c1::",
    "it1",
];

/// The words in `text` that are ours and not the cell's.
pub(crate) fn internals(text: &str, cell: &str) -> Vec<&'static str> {
    INTERNAL.into_iter().filter(|word| text.contains(word) && !cell.contains(word)).collect()
}
