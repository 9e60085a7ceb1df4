//! Reads the items of a source text.

use super::expand::{Macros, expand, macro_gives, macro_signature};
use super::item::{Item, Kind};
use super::lexer::{Kind as Token, Tokens};
use super::parts;
use super::ty::Ty;

/// The items in a text, with what its macros make of it.
pub(crate) fn read(text: &str, macros: &Macros) -> Vec<Item> {
    let tokens = Tokens::new(text);
    read_tokens(&tokens, 0, tokens.list.len(), macros, 0)
}

/// As deep as macros are expanded.
const DEPTH: usize = 8;

/// The items between two tokens; anything else there is passed over.
pub(crate) fn read_tokens(t: &Tokens<'_>, from: usize, to: usize, macros: &Macros, depth: usize) -> Vec<Item> {
    let (mut items, mut at) = (Vec::new(), from);
    while at < to {
        let start = at;
        let head = parts::head(t, &mut at, to);
        let mut reader = Reader { t, at, to, macros, depth, head, start, items: &mut items };
        at = reader.item().max(start + 1);
    }
    items
}

struct Reader<'a, 't> {
    t: &'a Tokens<'t>,
    at: usize,
    to: usize,
    macros: &'a Macros,
    depth: usize,
    head: parts::Head,
    start: usize,
    items: &'a mut Vec<Item>,
}

impl Reader<'_, '_> {
    /// Reads one item; the index behind it.
    fn item(&mut self) -> usize {
        let (t, at) = (self.t, self.at);
        let named = t.is_word(at + 1);
        match t.word(at) {
            "struct" | "enum" | "union" if named => self.data(),
            "trait" if named => self.block(Kind::Trait, at + 1),
            "unsafe" if t.is(at + 1, "trait") => self.block(Kind::Trait, at + 2),
            "impl" => self.implementation(at + 1),
            "unsafe" if t.is(at + 1, "impl") => self.implementation(at + 2),
            "mod" if named => self.module(),
            "use" => self.uses(),
            "type" if named => self.simple(Kind::Alias, "="),
            "static" if named => self.simple(Kind::Static, ":"),
            "const" if named && t.is(at + 2, ":") => self.simple(Kind::Constant, ":"),
            "macro_rules" if t.is(at + 1, "!") => self.macro_rules(),
            "fn" | "const" | "async" | "unsafe" | "extern" => match parts::function_keyword(t, at, self.to) {
                Some(keyword) => self.function(keyword),
                None => self.other(),
            },
            _ => self.other(),
        }
    }

    fn push(&mut self, mut item: Item, behind: usize) -> usize {
        item.is_public = self.head.is_public;
        item.is_exported = self.head.is_exported;
        item.docs = std::mem::take(&mut self.head.docs);
        item.file = self.head.file.take();
        item.supers.extend(self.head.derives.iter().map(|name| Ty::named(name)));
        let end =
            behind.checked_sub(1).and_then(|last| self.t.list.get(last)).map_or(self.t.text.len(), |t| t.range.end);
        item.range = self.t.list.get(self.start).map_or(0, |t| t.range.start)..end;
        if !self.head.is_hidden {
            self.items.push(item);
        }
        behind
    }

    fn named(&self, kind: Kind, name: usize) -> Item {
        Item { kind, name: self.t.word(name).trim_start_matches("r#").to_owned(), ..Item::default() }
    }

    fn function(&mut self, keyword: usize) -> usize {
        let (t, to) = (self.t, self.to);
        let mut item = self.named(Kind::Function, keyword + 1);
        let mut at = keyword + 2;
        item.generics = parts::generics(t, &mut at, to, &mut Vec::new());
        let parameters = at + 1..t.behind(at, to).saturating_sub(1);
        let is_method;
        (item.parameters, is_method) = parts::parameters(t, parameters);
        if is_method {
            item.kind = Kind::Method;
        }
        at = t.behind(at, to);
        item.gives = Ty::returned(t, &mut at, to);
        let end = (at..to).find(|i| matches!(t.word(*i), "{" | ";")).unwrap_or(to);
        item.signature = parts::one_line(t.between(self.at, end));
        self.push(item, t.behind(end, to))
    }

    fn data(&mut self) -> usize {
        let (t, to) = (self.t, self.to);
        let kind = match t.word(self.at) {
            "struct" => Kind::Struct,
            "enum" => Kind::Enum,
            _ => Kind::Union,
        };
        let mut item = self.named(kind, self.at + 1);
        let mut at = self.at + 2;
        item.generics = parts::generics(t, &mut at, to, &mut Vec::new());
        let head = t.between(self.at, at);
        let open = (at..to).find(|i| matches!(t.word(*i), "{" | "(" | ";")).unwrap_or(to);
        let behind = t.behind(open, to);
        let inner = open + 1..behind.saturating_sub(1);
        item.members = match t.word(open) {
            "{" if kind == Kind::Enum => parts::variants(t, inner),
            "{" => parts::fields(t, inner),
            "(" => parts::tuple_fields(t, inner),
            _ => Vec::new(),
        };
        item.gives = Ty::named(&item.name);
        let whole = parts::one_line(t.between(self.at, behind));
        let is_plain = whole.len() < 160 && !whole.contains("#[") && !whole.contains("//");
        item.signature = parts::one_line(head);
        item.whole = is_plain.then_some(whole);
        let ends_with = if t.is(open, "(") { t.is(behind, ";").into() } else { 0 };
        self.push(item, behind + ends_with)
    }

    /// A trait, whose name is the token `name`.
    fn block(&mut self, kind: Kind, name: usize) -> usize {
        let (t, to) = (self.t, self.to);
        let mut item = self.named(kind, name);
        let mut at = name + 1;
        item.generics = parts::generics(t, &mut at, to, &mut Vec::new());
        let head = at;
        if t.is(at, ":") {
            at += 1;
            item.supers = parts::bounds(t, &mut at, to);
        }
        let open = (at..to).find(|i| matches!(t.word(*i), "{" | ";")).unwrap_or(to);
        let behind = t.behind(open, to);
        item.members = read_tokens(t, open + 1, behind.saturating_sub(1).max(open + 1), self.macros, self.depth);
        item.members.iter_mut().for_each(|member| member.is_public = true);
        item.signature = parts::one_line(t.between(self.at, if t.is(head, ":") { at } else { head }));
        item.gives = Ty::named(&item.name);
        self.push(item, behind)
    }

    fn implementation(&mut self, at: usize) -> usize {
        let (t, to) = (self.t, self.to);
        let mut at = at;
        let mut item = Item { kind: Kind::Impl, ..Item::default() };
        let mut bounds = Vec::new();
        item.generics = parts::generics(t, &mut at, to, &mut bounds);
        let mut first = Ty::read(t, &mut at, to);
        item.gives = first.clone();
        if t.is(at, "for") {
            at += 1;
            item.gives = Ty::read(t, &mut at, to);
        }
        let open = (at..to).find(|i| matches!(t.word(*i), "{" | ";")).unwrap_or(to);
        let behind = t.behind(open, to);
        let mut members = read_tokens(t, open + 1, behind.saturating_sub(1).max(open + 1), self.macros, self.depth);
        if item.gives != first {
            // What `Deref` and `Iterator` are about is their associated type.
            let is_about = |member: &&Item| matches!(member.name.as_str(), "Target" | "Item");
            let about = members.iter().find(is_about).map(|member| member.gives.clone());
            match (first.name.as_str(), about) {
                ("Deref", Some(target)) => first = target,
                (_, Some(item)) => first.args = vec![item],
                _ => {}
            }
            item.supers.push(first);
            // The trait describes them.
            members.clear();
        }
        item.members = members;
        self.push(item, behind)
    }

    fn module(&mut self) -> usize {
        let (t, to) = (self.t, self.to);
        let mut item = self.named(Kind::Module, self.at + 1);
        item.signature = format!("mod {}", item.name);
        let open = self.at + 2;
        item.is_elsewhere = !t.is(open, "{");
        let behind = t.behind(open, to);
        if !item.is_elsewhere {
            let end = behind.saturating_sub(1).max(open + 1);
            item.members = read_tokens(t, open + 1, end, self.macros, self.depth);
        }
        self.push(item, if item_ends(t, open) { open + 1 } else { behind })
    }

    fn uses(&mut self) -> usize {
        let (t, to) = (self.t, self.to);
        let end = (self.at..to).find(|i| t.is(*i, ";")).unwrap_or(to);
        let mut item = Item { kind: Kind::Use, ..Item::default() };
        parts::uses(t, self.at + 1, end, &mut Vec::new(), &mut item.uses);
        self.push(item, end + 1)
    }

    /// An alias, a constant or a static variable; its type is behind `sign`.
    fn simple(&mut self, kind: Kind, sign: &str) -> usize {
        let (t, to) = (self.t, self.to);
        let name = if t.is(self.at + 1, "mut") { self.at + 2 } else { self.at + 1 };
        let mut item = self.named(kind, name);
        let mut at = name + 1;
        item.generics = parts::generics(t, &mut at, to, &mut Vec::new());
        let mut end = at;
        while end < to && !t.is(end, ";") {
            end = if t.kind(end) == Some(Token::Open) { t.behind(end, to) } else { end + 1 };
        }
        if let Some(sign) = (at..end).find(|i| t.is(*i, sign)) {
            at = sign + 1;
            item.gives = Ty::read(t, &mut at, end);
        }
        let whole = parts::one_line(t.between(self.at, end));
        item.signature = if whole.len() < 100 { whole } else { parts::one_line(t.between(self.at, at)) };
        self.push(item, end + 1)
    }

    fn macro_rules(&mut self) -> usize {
        let (t, to) = (self.t, self.to);
        let mut item = self.named(Kind::Macro, self.at + 2);
        let open = self.at + 3;
        let behind = t.behind(open, to);
        let inner = open + 1..behind.saturating_sub(1).max(open + 1);
        item.signature = macro_signature(t, &item.name, inner.clone());
        item.gives = macro_gives(t, inner);
        self.push(item, behind)
    }

    /// A macro's call, or nothing that is an item.
    fn other(&mut self) -> usize {
        let (t, to) = (self.t, self.to);
        if !(t.is_word(self.at) && t.is(self.at + 1, "!") && t.kind(self.at + 2) == Some(Token::Open)) {
            return if t.kind(self.at) == Some(Token::Open) { t.behind(self.at, to) } else { self.at + 1 };
        }
        let open = self.at + 2;
        let behind = t.behind(open, to);
        if self.depth < DEPTH
            && let Some(rules) = self.macros.get(t.word(self.at))
            && let Some(text) = expand(rules, t.between(open + 1, behind.saturating_sub(1)))
        {
            let made = Tokens::new(&text);
            self.items.extend(read_tokens(&made, 0, made.list.len(), self.macros, self.depth + 1));
        }
        behind
    }
}

fn item_ends(t: &Tokens<'_>, at: usize) -> bool {
    t.is(at, ";")
}
