//! What figures and controls say, in the language of the edition that a notebook belongs to.
//!
//! Code is the same in every edition, and so are the labels in it. Where a file `figure-words.toml` lies in the folder
//! that the process starts in, which for a kernel is the notebook's, labels are looked up there before they are drawn;
//! the environment variable `DLNOTES_FIGURE_WORDS` names another file. Without either everything stays as it is.

mod table;

pub use table::Words;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The environment variable with the path of a table.
///
/// ```
/// assert_eq!(dlnotes_display::words::VARIABLE, "DLNOTES_FIGURE_WORDS");
/// ```
pub const VARIABLE: &str = "DLNOTES_FIGURE_WORDS";

/// The name of the table beside a notebook.
///
/// ```
/// assert_eq!(dlnotes_display::words::FILE, "figure-words.toml");
/// ```
pub const FILE: &str = "figure-words.toml";

/// Read once, so that a cell that changes the folder doesn't change the language.
static WORDS: LazyLock<Option<Words>> = LazyLock::new(|| {
    let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
    let path = named.or_else(|| Some(PathBuf::from(FILE)).filter(|path| path.is_file()))?;
    read(&path).map_err(|problem| eprintln!("{}: {problem}; figures stay as they are", path.display())).ok()
});

fn read(path: &Path) -> Result<Words, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    Words::parse(&text)
}

/// `text` in the edition's language; the text itself if the table has no row for it, or if no table was found.
///
/// ```
/// assert_eq!(dlnotes_display::words::say("epoch"), "epoch");
/// ```
#[must_use]
pub fn say(text: &str) -> String {
    WORDS.as_ref().map_or_else(|| text.to_owned(), |words| words.say(text))
}

/// The sentence `template` with `parts` in place of each `{}`, in the edition's language; the parts stay as they are.
///
/// ```
/// assert_eq!(dlnotes_display::words::tell("falls from {} to {}", &[&20, &0.5]), "falls from 20 to 0.5");
/// ```
#[must_use]
pub fn tell(template: &str, parts: &[&dyn Display]) -> String {
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    match &*WORDS {
        Some(words) => words.tell(template, &parts),
        None => table::fill(template, &parts),
    }
}
