//! Items as they stand in a source text: names, signatures, documentation, and what they give.

use std::ops::Range;

use super::ty::Ty;

/// What an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum Kind {
    #[default]
    Function,
    Method,
    Struct,
    Enum,
    Union,
    Trait,
    Alias,
    Constant,
    Static,
    Macro,
    Module,
    Field,
    Variant,
    Impl,
    Use,
}

/// An item, or a member of one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) is_public: bool,
    /// `#[macro_export]`.
    pub(crate) is_exported: bool,
    /// The first paragraph of its documentation.
    pub(crate) docs: String,
    pub(crate) signature: String,
    /// Of a small data type: all of it.
    pub(crate) whole: Option<String>,
    pub(crate) generics: Vec<String>,
    /// What a call of it, or the field, or the constant is; what an alias stands for; of what type an `impl` is.
    pub(crate) gives: Ty,
    /// Of a function: its parameters.
    pub(crate) parameters: Vec<(String, Ty)>,
    /// Fields, variants, functions of an `impl`, items of a module.
    pub(crate) members: Vec<Item>,
    /// What it has the methods of: traits, and what it dereferences to.
    pub(crate) supers: Vec<Ty>,
    /// Of a `use`: each name with its path; `*` for all.
    pub(crate) uses: Vec<(String, Vec<String>)>,
    /// Of a module: whether its items are in another file; that file's name if an attribute says so.
    pub(crate) is_elsewhere: bool,
    pub(crate) file: Option<String>,
    /// Where its text is.
    pub(crate) range: Range<usize>,
}
