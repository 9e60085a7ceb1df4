//! The parts of a cell's Rust code.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{ImplItem, MacroDelimiter, Stmt};

use super::edits::{self, Edit};
use super::uses::{self, Import};

/// What an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function.
    Function,
    /// A `struct` with a constructor that is a function, as `Point(f64)` has.
    TupleStruct,
    /// Any other type.
    Type,
    /// A trait.
    Trait,
    /// A constant.
    Constant,
    /// A static.
    Static,
    /// A module.
    Module,
    /// A macro of the reader's.
    Macro,
    /// An implementation, which has no name: its head, in one line, and the names in it.
    Impl {
        /// `impl Trait for Type`.
        head: String,
        /// The functions, constants and types in it.
        names: BTreeSet<String>,
        /// Whether a trait is implemented.
        of_trait: bool,
    },
    /// The use of a macro that defines items, such as `thread_local!`.
    Expansion,
    /// `extern` blocks and the like.
    Other,
}

/// An item of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: Kind,
    /// Its name, if it has one.
    pub name: Option<String>,
    /// Where it stands in the cell.
    pub range: Range<usize>,
    /// What makes it public: text in the place of some bytes of the cell.
    pub edits: Vec<(Range<usize>, &'static str)>,
}

/// A variable that a `let` defines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Its name.
    pub name: String,
    /// Whether it was declared `mut`.
    pub mutable: bool,
    /// Where in the cell it is named.
    pub range: Range<usize>,
}

/// A `let` of the cell's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Let {
    /// The variables that it defines.
    pub names: Vec<Name>,
    /// Where it stands in the cell.
    pub range: Range<usize>,
}

/// The parts of a cell's Rust code; all ranges are bytes of the cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Functions, types and the like, but no `use`.
    pub items: Vec<Item>,
    /// `use` declarations: where, and what they bring in.
    pub uses: Vec<(Range<usize>, Vec<Import>)>,
    /// Statements and the last expression.
    pub statements: Vec<Range<usize>>,
    /// `let` statements.
    pub lets: Vec<Let>,
    /// The last expression, if the cell ends in one.
    pub value: Option<Range<usize>>,
    /// Whether there is any statement or expression.
    pub has_statements: bool,
    /// Whether a statement of the cell's own awaits a future, or needs tokio's runtime.
    pub awaits: bool,
}

impl Split {
    pub(super) fn new(code: &str, statements: &[Stmt]) -> Self {
        let mut split = Self::default();
        let macros: BTreeSet<String> = statements.iter().filter_map(defines_items).collect();
        for (index, statement) in statements.iter().enumerate() {
            let range = statement.span().byte_range();
            let is_last = index + 1 == statements.len();
            match statement {
                Stmt::Item(syn::Item::Use(item)) => split.uses.push((range, uses::imports(item))),
                Stmt::Item(syn::Item::Macro(item)) if item.ident.is_none() => {
                    split.items.push(expansion(range));
                }
                Stmt::Item(item) => split.items.push(Item {
                    kind: kind(item, code),
                    name: name(item),
                    range,
                    edits: edits::publish(item),
                }),
                Stmt::Macro(statement) if expands_to_items(statement, &macros, is_last) => {
                    split.items.push(expansion(range));
                }
                _ => split.statement(statement, code, range, is_last),
            }
        }
        split
    }

    fn statement(&mut self, statement: &Stmt, code: &str, range: Range<usize>, is_last: bool) {
        self.has_statements = true;
        self.statements.push(range.clone());
        let mut awaits = Awaits(false);
        awaits.visit_stmt(statement);
        // What `tokio::spawn` and `tokio::join!` need is there in a future only.
        self.awaits |= awaits.0 || super::words(&code[range.clone()]).contains("tokio");
        match statement {
            Stmt::Local(local) => {
                let mut names = Names(Vec::new());
                names.visit_pat(&local.pat);
                self.lets.push(Let { names: names.0, range });
            }
            Stmt::Expr(_, None) if is_last => self.value = Some(range),
            Stmt::Macro(statement) if is_last && statement.semi_token.is_none() => self.value = Some(range),
            _ => {}
        }
    }

    /// The variables that the cell defines, each once: the last one of a name.
    pub fn variables(&self) -> Vec<&Name> {
        let mut found: Vec<&Name> = Vec::new();
        for name in self.lets.iter().flat_map(|statement| &statement.names) {
            found.retain(|other| other.name != name.name);
            found.push(name);
        }
        found
    }
}

fn expansion(range: Range<usize>) -> Item {
    Item { kind: Kind::Expansion, name: None, range, edits: Vec::<Edit>::new() }
}

fn name(item: &syn::Item) -> Option<String> {
    use syn::Item::*;
    let ident = match item {
        Const(i) => &i.ident,
        Enum(i) => &i.ident,
        Fn(i) => &i.sig.ident,
        Macro(i) => i.ident.as_ref()?,
        Mod(i) => &i.ident,
        Static(i) => &i.ident,
        Struct(i) => &i.ident,
        Trait(i) => &i.ident,
        TraitAlias(i) => &i.ident,
        Type(i) => &i.ident,
        Union(i) => &i.ident,
        ExternCrate(i) => i.rename.as_ref().map_or(&i.ident, |(_, name)| name),
        _ => return None,
    };
    Some(ident.to_string()).filter(|name| name != "_")
}

fn kind(item: &syn::Item, code: &str) -> Kind {
    match item {
        syn::Item::Fn(_) => Kind::Function,
        syn::Item::Struct(i) if matches!(i.fields, syn::Fields::Unnamed(_)) => Kind::TupleStruct,
        syn::Item::Struct(_) | syn::Item::Enum(_) | syn::Item::Union(_) | syn::Item::Type(_) => Kind::Type,
        syn::Item::Trait(_) | syn::Item::TraitAlias(_) => Kind::Trait,
        syn::Item::Const(_) => Kind::Constant,
        syn::Item::Static(_) => Kind::Static,
        syn::Item::Mod(_) => Kind::Module,
        syn::Item::Macro(_) => Kind::Macro,
        syn::Item::Impl(block) => {
            let from = block.unsafety.as_ref().map_or(block.impl_token.span(), |token| token.span()).byte_range().start;
            let to = block.brace_token.span.open().byte_range().start;
            let head = code[from..to].split_whitespace().collect::<Vec<_>>().join(" ");
            let names = block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(f) => Some(f.sig.ident.to_string()),
                ImplItem::Const(c) => Some(c.ident.to_string()),
                ImplItem::Type(t) => Some(t.ident.to_string()),
                _ => None,
            });
            Kind::Impl { head, names: names.collect(), of_trait: block.trait_.is_some() }
        }
        _ => Kind::Other,
    }
}

/// Macros of other crates that define items where they are used.
const DEFINING: [&str; 6] = ["thread_local", "lazy_static", "bitflags", "pin_project", "quick_error", "error_chain"];

/// The name of a macro of the cell's own whose text begins with an item.
fn defines_items(statement: &Stmt) -> Option<String> {
    let Stmt::Item(syn::Item::Macro(item)) = statement else { return None };
    let text = item.mac.tokens.to_string();
    let after = text.split("=>").skip(1);
    let mut bodies = after.map(|body| body.trim_start().trim_start_matches(['{', '(', '[', ' ', '$']).trim_start());
    let begins = |body: &str| {
        const ITEMS: [&str; 12] = [
            "struct ", "enum ", "fn ", "impl ", "trait ", "static ", "const ", "mod ", "type ", "pub ", "union ", "# [",
        ];
        ITEMS.iter().any(|item| body.starts_with(item))
    };
    bodies.any(begins).then(|| item.ident.as_ref().map(ToString::to_string)).flatten()
}

fn expands_to_items(statement: &syn::StmtMacro, macros: &BTreeSet<String>, is_last: bool) -> bool {
    let Some(name) = statement.mac.path.segments.last().map(|segment| segment.ident.to_string()) else { return false };
    let is_value =
        is_last && statement.semi_token.is_none() && !matches!(statement.mac.delimiter, MacroDelimiter::Brace(_));
    DEFINING.contains(&name.as_str()) || (macros.contains(&name) && !is_value)
}

/// Whether a future is awaited outside of blocks and closures that are futures themselves.
struct Awaits(bool);

impl<'ast> Visit<'ast> for Awaits {
    fn visit_expr_await(&mut self, _: &'ast syn::ExprAwait) {
        self.0 = true;
    }

    fn visit_expr_async(&mut self, _: &'ast syn::ExprAsync) {}

    fn visit_expr_closure(&mut self, _: &'ast syn::ExprClosure) {}

    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_macro(&mut self, used: &'ast syn::Macro) {
        // The arguments of `println!` and the like are expressions; what they are isn't known without expanding them.
        self.0 |= used.tokens.to_string().contains(". await") && !used.tokens.to_string().contains("async ");
    }
}

/// The variables in a pattern. A name that begins like a constant's or a variant's is one.
struct Names(Vec<Name>);

impl<'ast> Visit<'ast> for Names {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = pattern.ident.to_string();
        if !name.starts_with(char::is_uppercase) || pattern.subpat.is_some() || pattern.mutability.is_some() {
            let range = pattern.ident.span().byte_range();
            self.0.push(Name { name, mutable: pattern.mutability.is_some(), range });
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_expr(&mut self, _: &'ast syn::Expr) {}
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn a_value_is_an_expression_without_semicolon_at_the_end() {
        for (code, expect) in [
            ("1 + 1", Some("1 + 1")),
            ("let x = 1;\nx", Some("x")),
            ("let x = 1;", None),
            ("x;", None),
            ("fn f() -> i32 { 1 }", None),
            ("x // the end", Some("x")),
            ("vec![1, 2]", Some("vec![1, 2]")),
            ("if a { 1 } else { 2 }", Some("if a { 1 } else { 2 }")),
        ] {
            let value = parse(code).unwrap().value;
            assert_eq!(value.map(|range| &code[range]), expect, "{code}");
        }
    }

    #[test]
    fn variables_are_those_of_the_cells_own_lets() {
        let code =
            "let (a, mut b) = f(); if x { let c = 1; } let P { d, .. } = p; let None = e else { return }; let a = 2;";
        let split = parse(code).unwrap();
        let found: Vec<(&str, bool)> = split.variables().iter().map(|n| (n.name.as_str(), n.mutable)).collect();
        assert_eq!(found, [("b", true), ("d", false), ("a", false)]);
    }

    #[test]
    fn items_are_made_public_where_they_stand() {
        let code = "#[derive(Debug)]\nstruct P { x: f32, pub(crate) y: f32 }\nimpl P { const fn n(&self) {} }\n\
                    async unsafe fn g() {}\nmacro_rules! m { () => {} }\nmod a { fn private() {} pub(crate) fn f() {} }\n\
                    enum E { A(i32) }\nstruct T(f32);";
        let mut text = code.to_owned();
        for (range, with) in parse(code).unwrap().items.into_iter().flat_map(|item| item.edits).rev() {
            text.replace_range(range, with);
        }
        let expect = "#[derive(Debug)]\npub struct P { pub x: f32, pub y: f32 }\nimpl P { pub const fn n(&self) {} }\n\
                      pub async unsafe fn g() {}\n#[macro_export] macro_rules! m { () => {} }\n\
                      pub mod a { fn private() {} pub fn f() {} }\npub enum E { A(i32) }\npub struct T(pub f32);";
        assert_eq!(text, expect);
    }

    #[test]
    fn macros_that_define_items_are_items() {
        let code = "macro_rules! point { ($n:ident) => { struct $n { x: f32 } } }\npoint!(P);\npoint! { Q }\n\
                    thread_local! { static N: u8 = 1; }\nprintln!(\"a\");\nvec![1]";
        let split = parse(code).unwrap();
        let kinds = split.items.iter().filter(|item| item.kind == Kind::Expansion).count();
        assert_eq!((kinds, split.value.is_some()), (3, true));
    }

    #[test]
    fn awaiting_is_seen_where_the_cell_itself_does_it() {
        for (code, expect) in [
            ("f().await", true),
            ("let x = f().await?;", true),
            ("println!(\"{}\", f().await);", true),
            ("let x = async { f().await };", false),
            ("async fn g() { f().await }", false),
            ("let c = async |x: i32| f(x).await;", false),
            ("tokio::spawn(f());", true),
        ] {
            assert_eq!(parse(code).unwrap().awaits, expect, "{code}");
        }
    }
}
