//! The parts of a cell's Rust code.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{ImplItem, MacroDelimiter, Stmt};

use super::edit::Edit;
use super::extent::extent;
use super::literal;
use super::macros::{self, Rules};
use super::publish::publish;
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
    /// One of the user's macros.
    Macro(Rules),
    /// An implementation, which has no name: its head, in one line, and the names in it.
    Impl {
        /// `impl Trait for Type`.
        head: String,
        /// The functions, constants and types in it.
        names: BTreeSet<String>,
        /// The name of the type that it is of, without what it is borrowed or boxed in.
        target: Option<String>,
        /// The name of the trait.
        of: Option<String>,
        /// The names in the trait's arguments.
        about: Vec<String>,
    },
    /// The use of a macro that defines items, such as `thread_local!`.
    Expansion,
    /// An `extern` block: the functions, statics and types in it.
    Foreign(BTreeSet<String>),
    /// `extern crate` and the like.
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
    pub edits: Vec<Edit>,
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
    /// Of one that names a single variable, where its value is, if that is a literal.
    pub literal: Option<Range<usize>>,
}

/// The parts of a cell's Rust code; all ranges are bytes of the cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// Functions, types and the like, but no `use`.
    pub items: Vec<Item>,
    /// `use` declarations: where, and what they bring in.
    pub uses: Vec<(Range<usize>, Vec<Import>)>,
    /// What is not for rustc.
    pub blank: Vec<Range<usize>>,
    /// Statements and the last expression.
    pub statements: Vec<Range<usize>>,
    /// `let` statements.
    pub lets: Vec<Let>,
    /// The numbers in statements such as `seed(3);`.
    pub seeds: Vec<Range<usize>>,
    /// The last expression, if the cell ends in one.
    pub value: Option<Range<usize>>,
    /// Whether there is any statement or expression.
    pub has_statements: bool,
    /// Whether a statement of the cell's own awaits a future, or needs tokio's runtime.
    pub awaits: bool,
}

impl Split {
    pub(super) fn new(code: &str, statements: &[Stmt], macros: &BTreeMap<String, Rules>) -> Self {
        let mut split = Self::default();
        let mut macros = macros.clone();
        macros.extend(statements.iter().filter_map(|statement| match statement {
            Stmt::Item(syn::Item::Macro(item)) => {
                Some((item.ident.as_ref()?.to_string(), macros::rules(&item.mac.tokens).0))
            }
            _ => None,
        }));
        for (index, statement) in statements.iter().enumerate() {
            let range = extent(statement.to_token_stream());
            let is_last = index + 1 == statements.len();
            if let Some(edits) = expansion(statement, &macros, is_last) {
                split.items.push(Item { kind: Kind::Expansion, name: None, range, edits });
                continue;
            }
            match statement {
                Stmt::Item(syn::Item::Use(item)) => split.uses.push((range, uses::imports(item))),
                Stmt::Item(syn::Item::ExternCrate(item)) if uses::is_import(item) => {
                    split.blank.extend(item.attrs.iter().map(|attribute| attribute.span().byte_range()));
                    split.uses.push((range, uses::of_crate(item)));
                }
                Stmt::Item(item) => {
                    split.items.push(Item { kind: kind(item, code), name: name(item), range, edits: publish(item) })
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
        self.seeds.extend(literal::of_seed(statement));
        match statement {
            Stmt::Local(local) => {
                let mut names = Names(Vec::new());
                names.visit_pat(&local.pat);
                self.lets.push(Let { names: names.0, range, literal: literal::of_let(local) });
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

/// What makes public that which the use of a macro defines; `None` if it defines nothing, as far as that can be seen.
fn expansion(statement: &Stmt, macros: &BTreeMap<String, Rules>, is_last: bool) -> Option<Vec<Edit>> {
    let used = macros::used(statement)?;
    let rules = used.path.segments.last().and_then(|segment| macros.get(&segment.ident.to_string()));
    let is_brace = matches!(used.delimiter, MacroDelimiter::Brace(_));
    let is_value =
        matches!(statement, Stmt::Macro(statement) if is_last && statement.semi_token.is_none() && !is_brace);
    match rules {
        Some(rules) if rules.defines && !is_value => {
            Some(if rules.takes_visibility { macros::given(used) } else { Vec::new() })
        }
        Some(rules) if rules.takes_visibility && macros::is_given_items(used) => Some(macros::given(used)),
        None if macros::is_given_items(used) => Some(macros::given(used)),
        None if matches!(statement, Stmt::Item(_)) => Some(Vec::new()),
        _ => None,
    }
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

/// What an item of an `extern` block defines that syn doesn't know, such as `safe fn`.
fn named(tokens: &proc_macro2::TokenStream) -> Option<String> {
    let mut words = tokens.clone().into_iter().filter_map(|token| match token {
        proc_macro2::TokenTree::Ident(word) => Some(word.to_string()),
        _ => None,
    });
    words.find(|word| matches!(word.as_str(), "fn" | "static" | "type"))?;
    words.find(|word| word != "mut")
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
        syn::Item::Macro(i) => Kind::Macro(macros::rules(&i.mac.tokens).0),
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
            let of = block.trait_.as_ref().map(|(path, _)| path);
            let about =
                of.and_then(|path| path.segments.last()).map(|last| arguments(&last.arguments)).unwrap_or_default();
            let of = of.map(|path| first_of(path).unwrap_or_default());
            Kind::Impl { head, names: names.collect(), target: target(&block.self_ty), of, about }
        }
        syn::Item::ForeignMod(block) => Kind::Foreign(
            block
                .items
                .iter()
                .filter_map(|item| match item {
                    syn::ForeignItem::Fn(f) => Some(f.sig.ident.to_string()),
                    syn::ForeignItem::Static(s) => Some(s.ident.to_string()),
                    syn::ForeignItem::Type(t) => Some(t.ident.to_string()),
                    syn::ForeignItem::Verbatim(tokens) => named(tokens),
                    _ => None,
                })
                .collect(),
        ),
        _ => Kind::Other,
    }
}

/// The name of a type that an `impl` may be of: of `&mut Box<geo::Point>`, `geo`, which is the item.
fn target(of: &syn::Type) -> Option<String> {
    match of {
        syn::Type::Reference(reference) => target(&reference.elem),
        syn::Type::Paren(inner) => target(&inner.elem),
        syn::Type::Group(inner) => target(&inner.elem),
        syn::Type::TraitObject(object) => object.bounds.iter().find_map(|bound| match bound {
            syn::TypeParamBound::Trait(bound) => first_of(&bound.path),
            _ => None,
        }),
        syn::Type::Path(path) => {
            let last = path.path.segments.last()?;
            match (last.ident.to_string().as_str(), &last.arguments) {
                ("Box" | "Pin", syn::PathArguments::AngleBracketed(inner)) => inner.args.iter().find_map(|argument| {
                    let syn::GenericArgument::Type(of) = argument else { return None };
                    target(of)
                }),
                _ => first_of(&path.path),
            }
        }
        _ => None,
    }
}

fn first_of(path: &syn::Path) -> Option<String> {
    let mut names = path.segments.iter().map(|segment| segment.ident.to_string());
    names.find(|name| name != "crate" && name != "self")
}

fn arguments(of: &syn::PathArguments) -> Vec<String> {
    let syn::PathArguments::AngleBracketed(of) = of else { return Vec::new() };
    let types = of.args.iter().filter_map(|argument| match argument {
        syn::GenericArgument::Type(of) => target(of),
        _ => None,
    });
    types.collect()
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
#[path = "split_tests.rs"]
mod tests;
