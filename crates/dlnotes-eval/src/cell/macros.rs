//! Macros that define items: what they define has to be public, too.
//!
//! Only rustc knows what a macro expands to. What its text looks like is enough here: `pub` is written where an item, a
//! method or a field begins in the text of a macro's rules, or in what a macro is given.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{MacroDelimiter, Stmt};

use super::edit::Edit;

/// What is known of one of the user's macros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// It defines items where it is used.
    pub defines: bool,
    /// It takes an item's visibility, or a whole item.
    pub takes_visibility: bool,
}

/// Looks at a macro's rules, and says where `pub` belongs in them.
pub(super) fn rules(tokens: &TokenStream) -> (Rules, Vec<Edit>) {
    let mut found = Rules::default();
    let mut publish = Publish::default();
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let is_body = index >= 2 && is(&tokens[index - 2], '=') && is(&tokens[index - 1], '>');
        if is_body {
            publish.items(&trees(group));
        } else {
            let text = group.stream().to_string();
            found.takes_visibility |= text.contains(": vis") || text.contains(": item");
            found.takes_visibility |= text.contains(":vis") || text.contains(":item");
        }
    }
    found.defines = publish.items > 0;
    (found, publish.edits)
}

/// Whether what a macro of another crate is given, in braces, begins as an item does: as in `thread_local! { static …`.
pub(super) fn is_given_items(used: &syn::Macro) -> bool {
    matches!(used.delimiter, MacroDelimiter::Brace(_)) && {
        let mut publish = Publish::default();
        let tokens: Vec<TokenTree> = used.tokens.clone().into_iter().collect();
        publish.item(&tokens, skip_attributes(&tokens, 0), false);
        publish.items > 0
    }
}

/// Where `pub` belongs in what a macro is given.
pub(super) fn given(used: &syn::Macro) -> Vec<Edit> {
    let mut publish = Publish::default();
    let tokens: Vec<TokenTree> = used.tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        at = skip_attributes(&tokens, at);
        publish.item(&tokens, at, false);
        at = next_item(&tokens, at);
    }
    publish.edits
}

/// The macro that a statement uses.
pub(super) fn used(statement: &Stmt) -> Option<&syn::Macro> {
    match statement {
        Stmt::Macro(statement) => Some(&statement.mac),
        Stmt::Item(syn::Item::Macro(item)) if item.ident.is_none() => Some(&item.mac),
        _ => None,
    }
}

#[derive(Default)]
struct Publish {
    edits: Vec<Edit>,
    /// How many items there are.
    items: usize,
    /// In an `impl` of a type's own methods.
    inherent: bool,
}

impl Publish {
    /// Items one after the other, in a rule's text.
    fn items(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            at = skip_attributes(tokens, at);
            // `$( … )*`
            if let (Some(token), Some(TokenTree::Group(group))) = (tokens.get(at), tokens.get(at + 1))
                && is(token, '$')
                && group.delimiter() == Delimiter::Parenthesis
            {
                self.items(&trees(group));
                at += 2;
                continue;
            }
            self.item(tokens, at, true);
            at = next_item(tokens, at);
        }
    }

    /// An item that begins at `at`; with `inside`, its fields and methods too.
    fn item(&mut self, tokens: &[TokenTree], at: usize, inside: bool) {
        let (start, is_public) = match tokens.get(at) {
            Some(token) if word(token) == "pub" => match tokens.get(at + 1) {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => (at + 2, true),
                _ => (at + 1, true),
            },
            // `$vis struct …`
            Some(token) if is(token, '$') => (at + 2, true),
            _ => (at, false),
        };
        let words: Vec<String> = tokens.iter().skip(start).take(6).map(word).collect();
        let mut rest = words.iter().map(String::as_str).skip_while(|word| QUALIFIERS.contains(word));
        let (first, second) = (rest.next().unwrap_or_default(), rest.next().unwrap_or_default());
        let kind = match (words.first().map(String::as_str), first) {
            (Some("const"), first) if first != "fn" && first != "impl" => "const",
            (_, first) => first,
        };
        // A method, which may be one of a trait's.
        let is_method = kind == "fn" && !self.inherent && tokens[start..].iter().find_map(group).is_some_and(has_self);
        match kind {
            "impl" => {
                self.items += 1;
                let head = tokens[start..]
                    .iter()
                    .take_while(|token| group(token).is_none_or(|g| g.delimiter() != Delimiter::Brace));
                if inside && !head.clone().any(|token| word(token) == "for") {
                    let outer = std::mem::replace(&mut self.inherent, true);
                    self.body(tokens, start, Self::items);
                    self.inherent = outer;
                }
                return;
            }
            "const"
                if words
                    .get(1)
                    .is_some_and(|name| name == "_" || name.is_empty() && !starts_variable(tokens, start + 1)) =>
            {
                return;
            }
            "fn" | "const" | "static" | "struct" | "enum" | "union" | "type" | "trait" | "mod" => {}
            _ => return,
        }
        // `union` and the like are names elsewhere.
        if second.is_empty() && kind != "const" && !tokens.iter().skip(start).take(6).any(|token| is(token, '$')) {
            return;
        }
        self.items += usize::from(!is_method);
        if let (false, false, Some(token)) = (is_public, is_method, tokens.get(at)) {
            self.insert(token);
        }
        if inside && matches!(kind, "struct" | "union") {
            self.body(tokens, start, Self::fields);
        }
    }

    /// What is in the first braces, or in the parentheses of a tuple struct.
    fn body(&mut self, tokens: &[TokenTree], start: usize, mut each: impl FnMut(&mut Self, &[TokenTree])) {
        let ends = |token: &&TokenTree| !is(token, ';');
        let mut groups = tokens[start..].iter().take_while(ends).filter_map(group);
        if let Some(body) = groups.find(|group| group.delimiter() != Delimiter::Bracket) {
            each(self, &trees(body));
        }
    }

    fn fields(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while at < tokens.len() {
            at = skip_attributes(tokens, at);
            let Some(token) = tokens.get(at) else { return };
            match (is(token, '$'), tokens.get(at + 1)) {
                (true, Some(TokenTree::Group(group))) if group.delimiter() == Delimiter::Parenthesis => {
                    self.fields(&trees(group));
                    at += 2;
                }
                // `$vis $name: …`
                (true, Some(_)) if tokens.get(at + 2).is_some_and(|next| is(next, '$') || !word(next).is_empty()) => {}
                (true, Some(_)) => self.insert(token),
                _ if word(token) == "pub" => {}
                _ => self.insert(token),
            }
            while tokens.get(at).is_some_and(|token| !is(token, ',')) {
                at += 1;
            }
            at += 1;
        }
    }

    fn insert(&mut self, before: &TokenTree) {
        let at = before.span().byte_range().start;
        self.edits.push((at..at, "pub "));
    }
}

const QUALIFIERS: [&str; 5] = ["const", "async", "unsafe", "extern", "auto"];

/// Whether a macro's variable, such as `$name`, stands there.
fn starts_variable(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| is(token, '$'))
}

fn has_self(parameters: &Group) -> bool {
    parameters.delimiter() == Delimiter::Parenthesis
        && parameters.stream().into_iter().take(4).any(|token| word(&token) == "self")
}

fn skip_attributes(tokens: &[TokenTree], mut at: usize) -> usize {
    loop {
        match (tokens.get(at), tokens.get(at + 1)) {
            (Some(hash), Some(TokenTree::Group(_))) if is(hash, '#') => at += 2,
            // `$(#[$attribute])*`
            (Some(dollar), Some(TokenTree::Group(group)))
                if is(dollar, '$') && trees(group).first().is_some_and(|first| is(first, '#')) =>
            {
                at += 3;
            }
            _ => return at,
        }
    }
}

/// Behind the `;` or the braces that end an item.
fn next_item(tokens: &[TokenTree], mut at: usize) -> usize {
    while let Some(token) = tokens.get(at) {
        at += 1;
        if is(token, ';') || group(token).is_some_and(|group| group.delimiter() == Delimiter::Brace) {
            break;
        }
    }
    at
}

fn group(token: &TokenTree) -> Option<&Group> {
    if let TokenTree::Group(group) = token { Some(group) } else { None }
}

fn trees(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn word(token: &TokenTree) -> String {
    if let TokenTree::Ident(ident) = token { ident.to_string() } else { String::new() }
}

fn is(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(code: &str) -> (Rules, String) {
        let item: syn::ItemMacro = syn::parse_str(code).unwrap();
        let (rules, edits) = rules(&item.mac.tokens);
        let mut text = code.to_owned();
        for (range, with) in edits.into_iter().rev() {
            text.replace_range(range, with);
        }
        (rules, text)
    }

    #[test]
    fn what_rules_define_becomes_public() {
        for (code, expect) in [
            (
                "macro_rules! m { ($n:ident, $t:ty) => { #[derive(Debug)] struct $n { a: $t, $b: u8 } \
                 impl $n { fn get(&self) {} fn new() -> Self { Self } } }; }",
                "macro_rules! m { ($n:ident, $t:ty) => { #[derive(Debug)] pub struct $n { pub a: $t, pub $b: u8 } \
                 impl $n { pub fn get(&self) {} pub fn new() -> Self { Self } } }; }",
            ),
            (
                "macro_rules! m { ($($n:ident),*) => { $( fn $n() -> u8 { 1 } const X: u8 = 2; )* } }",
                "macro_rules! m { ($($n:ident),*) => { $( pub fn $n() -> u8 { 1 } pub const X: u8 = 2; )* } }",
            ),
            (
                "macro_rules! m { ($v:vis $n:ident) => { $v struct $n($v u8, u16); pub enum E {} impl T for $n { fn f() {} } } }",
                "macro_rules! m { ($v:vis $n:ident) => { $v struct $n($v u8, pub u16); pub enum E {} impl T for $n { fn f() {} } } }",
            ),
        ] {
            let (rules, text) = published(code);
            assert_eq!(text, expect);
            assert!(rules.defines);
        }
    }

    #[test]
    fn what_gives_a_value_stays() {
        for code in [
            "macro_rules! sum { ($a:expr) => { $a }; ($a:expr, $($r:expr),*) => { $a + sum!($($r),*) } }",
            "macro_rules! m { () => { unsafe { f() } }; (a) => { const { 1 } }; (b) => { async { 2 } } }",
            "macro_rules! m { ($x:ident) => { let $x = 1; }; (b) => { union + static_ } }",
        ] {
            let (rules, text) = published(code);
            assert_eq!((text.as_str(), rules.defines), (code, false));
        }
    }
}
