//! Running a cell again, or an edited one: what replaces what.
//!
//! evcxr replaces an item by its name; an `impl` has none, so that running the cell again gives rustc two of them. Here
//! each `impl` gets a name of its own (a constant in front of it, on the same line), and a new `impl` that says
//! something again takes the name of the old one.
//!
//! evcxr also keeps a variable whose type was redefined with another layout, which would be read as something that it
//! isn't: [`Definitions::rewrite`] names the types whose variables have to go first.

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_syntax::ast::{self, HasName as _};
use ra_ap_syntax::{AstNode as _, SyntaxKind};

use super::source::{WRAPPER, body};

/// Begins the constant that names an `impl`; completions leave it out.
pub const MARKER: &str = "DLNOTES_IMPL_";

/// The types, traits and implementations that the session has defined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definitions {
    /// Name to text, for items that a variable's layout can depend on.
    types: BTreeMap<String, String>,
    impls: Vec<Impl>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Impl {
    /// `impl Trait for Type`, in one line.
    header: String,
    /// The functions, constants and types in it.
    names: BTreeSet<String>,
    is_trait: bool,
}

/// A cell as it is given to the compiler, and what running it means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// The code, with a name in front of each `impl`.
    pub code: String,
    /// Columns that were inserted: line from 1, column from 1 in the cell, number of characters.
    inserted: Vec<(usize, usize, usize)>,
    /// The session's definitions after the cell.
    pub definitions: Definitions,
    /// Types that change: a variable whose type names one of them can't be kept.
    pub changed: BTreeSet<String>,
}

impl Definitions {
    /// Prepares `code` for running after everything that was defined so far.
    pub fn rewrite(&self, code: &str) -> Rewritten {
        let mut definitions = self.clone();
        let mut changed = BTreeSet::new();
        let mut insertions = Vec::new();
        for item in body(code).into_iter().flat_map(|list| list.statements()) {
            let ast::Stmt::Item(item) = item else { continue };
            if let ast::Item::Impl(block) = &item {
                let at = usize::from(block.syntax().text_range().start()) - WRAPPER.len();
                insertions.push((at, definitions.name(block)));
            } else if let Some((name, text)) = layout(&item) {
                let old = definitions.types.insert(name.clone(), text.clone());
                if old.is_some_and(|old| old != text) {
                    changed.insert(name);
                }
            }
        }
        definitions.spread(&mut changed);
        let (code, inserted) = insert(code, &insertions);
        Rewritten { code, inserted, definitions, changed }
    }

    /// Adds the types that contain a changed one.
    fn spread(&self, changed: &mut BTreeSet<String>) {
        loop {
            let more: Vec<String> = self
                .types
                .iter()
                .filter(|(name, text)| !changed.contains(*name) && mentions(text, changed))
                .map(|(name, _)| name.clone())
                .collect();
            if more.is_empty() || changed.is_empty() {
                return;
            }
            changed.extend(more);
        }
    }

    /// The constants to put in front of `block`: the one that names it, and empty ones for others that it replaces.
    fn name(&mut self, block: &ast::Impl) -> String {
        let new = Impl::new(block);
        let mut replaced = (0..self.impls.len()).filter(|i| self.impls[*i].is_replaced_by(&new)).collect::<Vec<_>>();
        let index = match replaced.pop() {
            Some(index) => {
                self.impls[index] = new;
                index
            }
            None => {
                self.impls.push(new);
                self.impls.len() - 1
            }
        };
        let mut constants = String::new();
        for other in replaced {
            self.impls[other].names.clear();
            self.impls[other].header.clear();
            constants += &format!("const {MARKER}{other}: () = (); ");
        }
        constants + &format!("const {MARKER}{index}: () = (); ")
    }
}

impl Impl {
    fn new(block: &ast::Impl) -> Self {
        let items = block.assoc_item_list();
        let from = block.impl_token().map_or(block.syntax().text_range().start(), |t| t.text_range().start());
        let to = items.as_ref().map_or(block.syntax().text_range().end(), |list| list.syntax().text_range().start());
        let start = block.syntax().text_range().start();
        let text = block.syntax().text().to_string();
        let header =
            text[usize::from(from - start)..usize::from(to - start)].split_whitespace().collect::<Vec<_>>().join(" ");
        let names = items
            .into_iter()
            .flat_map(|list| list.assoc_items())
            .filter_map(|item| match item {
                ast::AssocItem::Fn(f) => f.name(),
                ast::AssocItem::Const(c) => c.name(),
                ast::AssocItem::TypeAlias(t) => t.name(),
                ast::AssocItem::MacroCall(_) => None,
            })
            .map(|name| name.to_string())
            .collect();
        Self { header, names, is_trait: block.for_token().is_some() }
    }

    fn is_replaced_by(&self, new: &Self) -> bool {
        self.header == new.header && (self.is_trait || !self.names.is_disjoint(&new.names) || self.names == new.names)
    }
}

impl Rewritten {
    /// The column in the reader's cell of a column in [`code`](Self::code); both from 1, in characters.
    pub fn column(&self, line: usize, column: usize) -> usize {
        let before = self.inserted.iter().filter(|(l, _, _)| *l == line);
        before.fold(
            column,
            |column, (_, at, length)| if column > *at { column.saturating_sub(*length).max(*at) } else { column },
        )
    }
}

/// Name and text of an item that the layout or the meaning of a value can depend on.
fn layout(item: &ast::Item) -> Option<(String, String)> {
    let name = match item {
        ast::Item::Struct(i) => i.name(),
        ast::Item::Enum(i) => i.name(),
        ast::Item::Union(i) => i.name(),
        ast::Item::Trait(i) => i.name(),
        ast::Item::TypeAlias(i) => i.name(),
        _ => None,
    }?;
    // Without comments and spaces: they change nothing.
    let tokens = item.syntax().descendants_with_tokens().filter_map(|element| element.into_token());
    let tokens = tokens.filter(|token| !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT));
    Some((name.to_string(), tokens.map(|token| token.text().to_owned()).collect::<Vec<_>>().join(" ")))
}

/// Whether `text` names one of `types` as a whole word.
pub fn mentions(text: &str, types: &BTreeSet<String>) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| types.contains(word))
}

fn insert(code: &str, insertions: &[(usize, String)]) -> (String, Vec<(usize, usize, usize)>) {
    let mut out = String::with_capacity(code.len());
    let mut inserted = Vec::new();
    let mut done = 0;
    for (at, text) in insertions {
        out.push_str(&code[done..*at]);
        out.push_str(text);
        let line_start = code[..*at].rfind('\n').map_or(0, |newline| newline + 1);
        let line = code[..*at].matches('\n').count() + 1;
        inserted.push((line, code[line_start..*at].chars().count() + 1, text.chars().count()));
        done = *at;
    }
    out.push_str(&code[done..]);
    (out, inserted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(cells: &[&str]) -> Definitions {
        cells.iter().fold(Definitions::default(), |definitions, cell| definitions.rewrite(cell).definitions)
    }

    #[test]
    fn an_impl_that_is_run_again_or_edited_takes_the_name_of_the_old_one() {
        let first = "impl Net { fn forward(&self) {} }";
        let named = format!("const {MARKER}0: () = (); ");
        assert_eq!(after(&[]).rewrite(first).code, format!("{named}{first}"));
        assert_eq!(after(&[first]).rewrite(first).code, format!("{named}{first}"));
        let edited = "impl  Net\n{ fn forward(&self) -> i32 { 1 } fn new() {} }";
        assert_eq!(after(&[first]).rewrite(edited).code, format!("{named}{edited}"));
    }

    #[test]
    fn impls_that_say_different_things_stay_side_by_side() {
        let cells =
            ["impl Net { fn a() {} }", "impl Net { fn b() {} }", "impl Show for Net {}", "impl Show for Other {}"];
        let second = after(&cells[..1]).rewrite(cells[1]).code;
        assert!(second.contains("_1:") && !second.contains("_0:"), "{second}");
        let merged = after(&cells).rewrite("impl Net { fn a() {} fn b() {} }").code;
        assert!(merged.contains("_0:") && merged.contains("_1:") && !merged.contains("_2:"), "{merged}");
        assert!(after(&cells).rewrite(cells[3]).code.contains("_3:"));
    }

    #[test]
    fn a_changed_type_takes_along_the_types_that_contain_it() {
        let session = after(&["struct A { x: i32 }", "struct B(Vec<A>);\nstruct C;", "struct Ab;"]);
        let unchanged = session.rewrite("/// A comment.\nstruct  A {\n  x: i32 }");
        assert!(unchanged.changed.is_empty());
        let changed = session.rewrite("struct A { x: i64 }").changed;
        assert_eq!(changed.iter().collect::<Vec<_>>(), ["A", "B"]);
        assert!(mentions("Vec<A>", &changed) && !mentions("Ab", &changed));
    }

    #[test]
    fn columns_are_those_of_the_cell() {
        let rewritten = after(&[]).rewrite("let x = 1; impl Net {}\nlet y = 2;");
        let shifted = rewritten.code.lines().next().unwrap().find("impl").unwrap() + 1;
        assert_eq!(rewritten.column(1, shifted), 12);
        assert_eq!(rewritten.column(1, 5), 5);
        assert_eq!(rewritten.column(2, 5), 5);
    }
}
