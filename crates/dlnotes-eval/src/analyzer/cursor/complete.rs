//! What could stand at the cursor.

use std::collections::BTreeMap;

use super::chain::chain_start;
use super::scope::Scope;
use super::{KEYWORDS, kind_name, session, variables, world};
use crate::analyzer::document::Document;
use crate::analyzer::index::{Entry, Found, Index, World};
use crate::analyzer::text::item::Kind;
use crate::analyzer::text::lexer::{Kind as Token, Tokens, is_word};
use crate::analyzer::text::ty::{FUNCTION, SLICE, TUPLE, Ty};
use crate::analyzer::{Completion, Completions};

/// As many as are worth sending.
const MOST: usize = 300;

/// Whether anything can be completed at the byte `at` of the document's cell.
pub(crate) fn can_complete(document: &Document, at: usize) -> bool {
    Place::new(&Tokens::new(&document.cell), at).is_some()
}

/// Where the cursor is in a text.
struct Place {
    /// The byte at which the typed word begins.
    typed: usize,
    /// The first token from there on.
    here: usize,
}

impl Place {
    /// `None` where nothing can be completed: in texts and comments, and where somebody gives a new name.
    fn new(t: &Tokens<'_>, at: usize) -> Option<Self> {
        let before = t.text[..at].rfind(|c| !is_word(c));
        let typed = before.map_or(0, |before| before + t.text[before..].chars().next().map_or(1, char::len_utf8));
        let here = t.list.partition_point(|token| token.range.end <= typed);
        let is_inside = t.list.get(here).is_some_and(|token| token.range.start < typed && token.kind != Token::Sign);
        let is_number = t.text[typed..at].starts_with(|c: char| c.is_ascii_digit());
        if t.is_silent(at) || t.is_silent(typed) || is_inside || is_number {
            return None;
        }
        if let Some(before) = here.checked_sub(1) {
            let is_new =
                NAMING.contains(&t.word(before)) || (t.is(before, "mut") && before > 0 && t.is(before - 1, "let"));
            let is_float = t.kind(before) == Some(Token::Number) && t.list[before].range.end == typed;
            if is_new || is_float {
                return None;
            }
        }
        Some(Self { typed, here })
    }
}

/// Behind these stands a new name, or none.
const NAMING: [&str; 12] =
    ["let", "fn", "struct", "enum", "trait", "mod", "type", "const", "static", "for", "macro_rules", "#"];

/// What could stand at the byte `at` of the document's cell.
pub(crate) fn complete(document: &Document, at: usize, libraries: &Index) -> Completions {
    let t = Tokens::new(&document.cell);
    let Some(Place { typed, here }) = Place::new(&t, at) else { return Completions::default() };
    let prefix = &document.cell[typed..at];
    let session = session(document);
    let world = world(&session, libraries);
    let mut offers = Offers { prefix, found: BTreeMap::new() };
    let before = here.checked_sub(1).map_or("", |before| t.word(before));
    if let Some(path) = use_path(&t, here) {
        offers.path(&world, &path);
    } else if before == "." {
        let scope = Scope::new(&t, world, variables(document), here);
        if let Some(start) = chain_start(&t, here - 1) {
            offers.members(&world, &scope.chain(start, here - 1));
        }
    } else if before == "::" {
        let scope = Scope::new(&t, world, variables(document), here);
        offers.associated(&world, &scope, &path_before(&t, here - 1), here);
    } else {
        let scope = Scope::new(&t, world, variables(document), here);
        offers.fields(&world, &t, here);
        offers.names(&world, &scope, document, here);
    }
    Completions { start: typed, end: at, items: offers.sorted() }
}

/// The path before a `::`, without its arguments.
fn path_before(t: &Tokens<'_>, separator: usize) -> Vec<String> {
    let Some(start) = chain_start(t, separator) else { return Vec::new() };
    let ty = Ty::read(t, &mut start.clone(), separator);
    ty.path.into_iter().chain([ty.name]).collect()
}

/// The path up to the token `here`, if that is in a `use`.
fn use_path(t: &Tokens<'_>, here: usize) -> Option<Vec<String>> {
    let start = (0..here).rev().find(|i| matches!(t.word(*i), ";" | "use"))?;
    if !t.is(start, "use") {
        return None;
    }
    let (mut path, mut groups) = (Vec::new(), vec![0]);
    for at in start + 1..here {
        match t.word(at) {
            "{" => groups.push(path.len()),
            "}" => path.truncate(groups.pop().unwrap_or(0)),
            "," => path.truncate(groups.last().copied().unwrap_or(0)),
            word if t.is_word(at) && t.is(at + 1, "::") => path.push(word.to_owned()),
            _ => {}
        }
    }
    Some(path)
}

/// What is offered: by name, with a rank.
struct Offers<'a> {
    prefix: &'a str,
    found: BTreeMap<String, (u8, Completion)>,
}

impl Offers<'_> {
    fn offer(&mut self, name: &str, rank: u8, kind: &str, signature: String) {
        let is_near = name.starts_with(self.prefix);
        let is_far = || name.get(..self.prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(self.prefix));
        let is_hidden = name.starts_with('_') && !self.prefix.starts_with('_');
        if is_hidden || !(is_near || is_far()) {
            return;
        }
        let text = if kind == "macro" { format!("{name}!") } else { name.to_owned() };
        let rank = rank + if is_near { 0 } else { 100 };
        if self.found.get(&text).is_none_or(|(known, _)| rank < *known) {
            self.found.insert(text.clone(), (rank, Completion { text, kind: kind.to_owned(), signature }));
        }
    }

    fn entry(&mut self, name: &str, rank: u8, entry: &Entry) {
        self.offer(name, rank, kind_name(entry.kind), entry.signature.clone());
    }

    /// Of what a name stands for, what isn't a module first.
    fn named(&mut self, name: &str, rank: u8, found: &[Found<'_>]) {
        let best = found.iter().find(|found| found.entry.kind != Kind::Module).or(found.first());
        if let Some(best) = best {
            self.entry(name, rank, best.entry);
        }
    }

    /// Fields and methods of a value.
    fn members(&mut self, world: &World<'_>, ty: &Ty) {
        if ty.name == TUPLE {
            for (number, arg) in ty.args.iter().enumerate() {
                self.offer(&number.to_string(), 0, "field", format!("{number}: {}", shown(arg)));
            }
        }
        for (member, owner, _) in world.members(ty) {
            let is_own = owner == *ty;
            match member.kind {
                Kind::Field => self.entry(&member.name, 0, member),
                Kind::Method => self.entry(&member.name, if is_own { 1 } else { 2 }, member),
                _ => {}
            }
        }
    }

    /// What stands behind `path::`.
    fn associated(&mut self, world: &World<'_>, scope: &Scope<'_>, path: &[String], here: usize) {
        self.path(world, path);
        let Some((name, owner)) = path.split_last() else { return };
        let ty = match name.as_str() {
            "Self" => scope.variable("self", here).unwrap_or_else(Ty::unknown),
            _ => Ty { name: name.clone(), path: owner.to_vec(), args: Vec::new() },
        };
        let is_type = !world.resolve(path).iter().all(|found| !found.entry.is_type()) || !world.types(&ty).is_empty();
        if !is_type || (name.starts_with(char::is_lowercase) && !is_primitive(name)) {
            return;
        }
        for (member, owner, _) in world.members(&ty) {
            let rank = if owner == ty { 0 } else { 3 };
            match member.kind {
                Kind::Variant => self.entry(&member.name, rank, member),
                Kind::Function | Kind::Constant => self.entry(&member.name, rank + 1, member),
                Kind::Method => self.entry(&member.name, rank + 2, member),
                _ => {}
            }
        }
    }

    /// The names in a module; without a path those of the crates.
    fn path(&mut self, world: &World<'_>, path: &[String]) {
        if path.is_empty() {
            for found in world.crates() {
                self.entry(&found.entry.name, 1, found.entry);
            }
            return;
        }
        for module in world.resolve(path).into_iter().filter(|found| found.entry.kind == Kind::Module) {
            for (name, found) in world.names(module) {
                self.named(&name, 1, &found);
            }
        }
    }

    /// The fields of the literal that the cursor is in.
    fn fields(&mut self, world: &World<'_>, t: &Tokens<'_>, here: usize) {
        let is_open = |i: &usize| t.kind(*i) == Some(Token::Open) && t.list[*i].partner >= here;
        let Some(open) = (0..here).rev().find(is_open).filter(|open| *open > 0 && t.is(*open, "{")) else { return };
        let begins = here.checked_sub(1).is_some_and(|before| before == open || t.is(before, ","));
        if !begins || !t.is_word(open - 1) || !t.word(open - 1).starts_with(char::is_uppercase) {
            return;
        }
        let path = path_before(t, open);
        let defines = chain_start(t, open).and_then(|start| start.checked_sub(1));
        if defines.is_some_and(|i| matches!(t.word(i), "struct" | "enum" | "impl" | "for" | "trait" | "union" | "->")) {
            return;
        }
        let Some((name, owner)) = path.split_last() else { return };
        for (member, ..) in world.members(&Ty { name: name.clone(), path: owner.to_vec(), args: Vec::new() }) {
            if member.kind == Kind::Field {
                self.entry(&member.name, 0, member);
            }
        }
    }

    /// Everything that needs no path.
    fn names(&mut self, world: &World<'_>, scope: &Scope<'_>, document: &Document, here: usize) {
        for binding in scope.visible(here) {
            let written = document.variables.iter().find(|variable| variable.name == binding.name);
            let ty = match written.filter(|_| !scope.is_of_cell(&binding.name, here)) {
                Some(variable) if !variable.type_name.is_empty() => variable.type_name.clone(),
                _ => shown(&binding.ty),
            };
            self.offer(&binding.name, 1, "variable", format!("{}: {ty}", binding.name));
        }
        for (name, found) in world.names_in_scope() {
            let is_module = found.iter().all(|found| found.entry.kind == Kind::Module);
            let is_ours = found.iter().any(|found| std::ptr::eq(found.index, world.session));
            let rank = if is_ours {
                2
            } else if is_module {
                5
            } else {
                3
            };
            self.named(&name, rank, &found);
        }
        if self.prefix.is_empty() {
            return;
        }
        for keyword in KEYWORDS {
            self.offer(keyword, 4, "keyword", String::new());
        }
        for primitive in PRIMITIVES {
            self.offer(primitive, 4, "type", String::new());
        }
        for found in world.crates() {
            self.entry(&found.entry.name, 6, found.entry);
        }
    }

    fn sorted(self) -> Vec<Completion> {
        let mut found: Vec<(u8, Completion)> = self.found.into_values().collect();
        found.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| x.text.cmp(&y.text)));
        found.into_iter().map(|(_, completion)| completion).take(MOST).collect()
    }
}

const PRIMITIVES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128",
    "usize",
];

fn is_primitive(name: &str) -> bool {
    PRIMITIVES.contains(&name)
}

/// A type as it is written, as far as it is known.
pub(super) fn shown(ty: &Ty) -> String {
    let list = || ty.args.iter().map(shown).collect::<Vec<_>>().join(", ");
    match ty.name.as_str() {
        SLICE => format!("[{}]", list()),
        TUPLE => format!("({})", list()),
        FUNCTION => "a function or closure".to_owned(),
        name if ty.args.is_empty() => name.to_owned(),
        name => format!("{name}<{}>", list()),
    }
}
