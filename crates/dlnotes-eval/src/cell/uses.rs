//! `use` declarations, one by one.

use syn::UseTree;

/// One name that a `use` declaration brings in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The name that it is known under; `None` for `*` and `as _`, which bring in no name of their own.
    pub name: Option<String>,
    /// What follows `use`, such as `std::fs::read as read_file`.
    pub path: String,
}

/// The names that a declaration brings in.
pub(super) fn imports(item: &syn::ItemUse) -> Vec<Import> {
    let mut found = Vec::new();
    let start = if item.leading_colon.is_some() { "::" } else { "" };
    walk(&item.tree, start, &mut found);
    found
}

/// Whether an `extern crate` says no more than a `use`: every crate of the session can be named without it.
pub(super) fn is_import(item: &syn::ItemExternCrate) -> bool {
    item.attrs.iter().all(brings_macros) && item.ident != "self" && item.ident != "alloc"
}

/// Whether an attribute is `#[macro_use]`, which may stand at a crate's root only, where a cell has nothing.
pub(super) fn brings_macros(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("macro_use")
}

/// What it brings in: a name that the crate hasn't anyway, and its macros, which are at hand by their names where all that
/// is public there is.
pub(super) fn of_crate(item: &syn::ItemExternCrate) -> Vec<Import> {
    let renamed = item.rename.as_ref().map(|(_, name)| name.to_string()).filter(|name| name != "_");
    let import = |name| Import { path: format!("::{} as {name}", item.ident), name: Some(name) };
    let macros = || Import { path: format!("::{}::*", item.ident), name: None };
    renamed.map(import).into_iter().chain((!item.attrs.is_empty()).then(macros)).collect()
}

fn walk(tree: &UseTree, before: &str, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(path) => walk(&path.tree, &format!("{before}{}::", path.ident), found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, before, found)),
        UseTree::Glob(_) => found.push(Import { name: None, path: format!("{before}*") }),
        UseTree::Name(name) if name.ident == "self" => {
            let path = before.trim_end_matches("::").to_owned();
            let name = path.rsplit("::").next().map(str::to_owned);
            // `self` keeps it to modules and types, as it was written.
            found.push(Import { name, path: format!("{before}{{self}}") });
        }
        UseTree::Name(name) => {
            found.push(Import { name: Some(name.ident.to_string()), path: format!("{before}{}", name.ident) });
        }
        UseTree::Rename(rename) => {
            let name = Some(rename.rename.to_string()).filter(|name| name != "_");
            let path = match rename.ident == "self" {
                true => format!("{before}{{self as {}}}", rename.rename),
                false => format!("{before}{} as {}", rename.ident, rename.rename),
            };
            found.push(Import { name, path });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_its_leaves() {
        let item = syn::parse_str("use ::std::{fs, io::{self, Read as _, prelude::*}, fmt::Result as Done};").unwrap();
        let found: Vec<(Option<String>, String)> =
            imports(&item).into_iter().map(|import| (import.name, import.path)).collect();
        let expect = [
            (Some("fs"), "::std::fs"),
            (Some("io"), "::std::io::{self}"),
            (None, "::std::io::Read as _"),
            (None, "::std::io::prelude::*"),
            (Some("Done"), "::std::fmt::Result as Done"),
        ];
        assert_eq!(found, expect.map(|(name, path)| (name.map(str::to_owned), path.to_owned())));
    }
}
