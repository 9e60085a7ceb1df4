//! What rustc says, in the form of `--error-format=json`.

use serde::{Deserialize, Serialize};

/// One diagnostic.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, Eq)]
#[serde(default)]
pub struct Message {
    /// The first line.
    pub message: String,
    /// Such as `E0382`, or a lint's name.
    pub code: Option<Code>,
    /// `error`, `warning`, `note`, `help`, `failure-note`.
    pub level: String,
    /// Places.
    pub spans: Vec<Span>,
    /// Notes and suggestions.
    pub children: Vec<Message>,
    /// As rustc would print it.
    pub rendered: Option<String>,
}

/// The name of an error.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, Eq)]
#[serde(default)]
pub struct Code {
    /// Such as `E0382`.
    pub code: String,
}

/// A place in a source file.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, Eq)]
#[serde(default)]
pub struct Span {
    /// As rustc names the file.
    pub file_name: String,
    /// Offset of the first byte in the file.
    pub byte_start: usize,
    /// Offset behind the last byte.
    pub byte_end: usize,
    /// From 1.
    pub line_start: usize,
    /// From 1.
    pub line_end: usize,
    /// From 1, in characters.
    pub column_start: usize,
    /// From 1, in characters; not included.
    pub column_end: usize,
    /// Whether this is where the error is.
    pub is_primary: bool,
    /// What is said about the place.
    pub label: Option<String>,
    /// The lines that it lies in.
    pub text: Vec<Line>,
    /// Code to put there.
    pub suggested_replacement: Option<String>,
    /// The macro whose expansion it lies in.
    pub expansion: Option<Box<Expansion>>,
}

/// A line of a source file.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(default)]
pub struct Line {
    /// The whole of it.
    pub text: String,
    /// Where the place begins in it, from 1, in characters.
    pub highlight_start: usize,
    /// Where it ends; not included.
    pub highlight_end: usize,
}

/// The use of a macro from which a place comes.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize, Eq)]
#[serde(default)]
pub struct Expansion {
    /// Where the macro is used.
    pub span: Span,
    /// Its name, such as `vec!`.
    pub macro_decl_name: String,
}
