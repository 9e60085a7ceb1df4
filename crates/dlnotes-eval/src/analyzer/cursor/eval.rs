//! The type of an expression, as far as signatures tell it.

use crate::analyzer::index::World;
use crate::analyzer::text::item::Kind;
use crate::analyzer::text::lexer::{Kind as Token, Tokens};
use crate::analyzer::text::parts::next_comma;
use crate::analyzer::text::ty::{FUNCTION, SLICE, TUPLE, Ty};

/// Gives the type of a variable that is visible at a token.
pub(super) type Variables<'a> = dyn Fn(&str, usize) -> Option<Ty> + 'a;

/// Finds out types of expressions in a text.
pub(super) struct Eval<'a> {
    pub(super) t: &'a Tokens<'a>,
    pub(super) world: World<'a>,
    pub(super) variables: &'a Variables<'a>,
}

/// What `new` puts its argument into.
const WRAPPERS: [&str; 8] = ["Box", "Rc", "Arc", "Cell", "RefCell", "Mutex", "RwLock", "Reverse"];

/// As deep as expressions are followed.
const DEPTH: usize = 40;

impl Eval<'_> {
    /// The type of the expression that begins at the token `at`, which moves behind it.
    pub(super) fn expression(&self, at: &mut usize, end: usize, depth: usize) -> Ty {
        if depth > DEPTH {
            *at = end;
            return Ty::unknown();
        }
        let mut ty = self.unary(at, end, depth);
        while *at < end {
            let sign = self.t.word(*at);
            match sign {
                "==" | "!=" | "<" | ">" | "<=" | ">=" | "&&" | "||" => {
                    self.operand(at, end, depth);
                    ty = Ty::named("bool");
                }
                ".." | "..=" => {
                    let other = self.operand(at, end, depth);
                    let name = if sign == ".." { "Range" } else { "RangeInclusive" };
                    let ty_of_both =
                        if is_number(&ty) && is_number(&other) && other.name != "i32" { other } else { ty };
                    ty = Ty { path: vec!["std".to_owned()], ..Ty::with(name, vec![ty_of_both]) };
                }
                "+" | "-" | "*" | "/" | "%" | "&" | "|" | "^" => {
                    let other = self.operand(at, end, depth);
                    // A number and a tensor give a tensor; a plain number takes the other's type.
                    let is_weak = !ty.is_known()
                        || (is_number(&ty) && (!is_number(&other) || matches!(ty.name.as_str(), "i32" | "f64")));
                    ty = if is_weak && other.is_known() { other } else { ty };
                }
                "as" => {
                    *at += 1;
                    ty = Ty::read(self.t, at, end);
                }
                _ => break,
            }
        }
        ty
    }

    fn operand(&self, at: &mut usize, end: usize, depth: usize) -> Ty {
        *at += 1;
        self.unary(at, end, depth + 1)
    }

    fn unary(&self, at: &mut usize, end: usize, depth: usize) -> Ty {
        while *at < end && matches!(self.t.word(*at), "&" | "&&" | "mut" | "*" | "-" | "!" | "return" | "break") {
            *at += 1;
        }
        self.chain(at, end, depth)
    }

    /// A name, a literal or something in brackets, with the calls, fields and indices behind it.
    pub(super) fn chain(&self, at: &mut usize, end: usize, depth: usize) -> Ty {
        if depth > DEPTH || *at >= end {
            *at = end;
            return Ty::unknown();
        }
        let t = self.t;
        let mut ty = self.primary(at, end, depth + 1);
        while *at < end {
            match t.word(*at) {
                "?" => {
                    ty = self.plain(&ty).arg(0);
                    *at += 1;
                }
                "." if t.is(*at + 1, "await") => *at += 2,
                "." => {
                    *at += 1;
                    // `x.0.1` is one number to the lexer.
                    let names = t.word(*at);
                    *at += 1;
                    let parts =
                        if t.kind(*at - 1) == Some(Token::Number) { names.split('.').collect() } else { vec![names] };
                    for name in parts {
                        ty = self.member(&ty, name, at, end);
                    }
                }
                "(" => {
                    *at = t.behind(*at, end);
                    ty = if ty.name == FUNCTION { ty.arg(0) } else { Ty::unknown() };
                }
                "[" => {
                    let behind = t.behind(*at, end);
                    let is_range = (*at..behind).any(|i| matches!(t.word(i), ".." | "..="));
                    ty = if is_range { ty } else { self.indexed(&ty) };
                    *at = behind;
                }
                _ => break,
            }
        }
        ty
    }

    fn primary(&self, at: &mut usize, end: usize, depth: usize) -> Ty {
        let t = self.t;
        let (start, word) = (*at, t.word(*at));
        *at += 1;
        match t.kind(start) {
            Some(Token::Number) => return number(word),
            Some(Token::Text) if word.starts_with('b') => return Ty::with(SLICE, vec![Ty::named("u8")]),
            Some(Token::Text) => return Ty::named("str"),
            Some(Token::Char) => return Ty::named(if word.starts_with('b') { "u8" } else { "char" }),
            _ => {}
        }
        match word {
            "(" | "[" => {
                *at = t.behind(start, end);
                let inner = at.saturating_sub(usize::from(t.list[start].partner < end)).max(start + 1);
                let items = self.items(start + 1, inner, depth);
                if word == "[" {
                    return Ty::with(SLICE, vec![items.into_iter().next().unwrap_or_else(Ty::unknown)]);
                }
                let is_tuple = items.len() != 1 || next_comma(t, start + 1, inner) < inner;
                if is_tuple { Ty::with(TUPLE, items) } else { items.into_iter().next().unwrap_or_else(Ty::unknown) }
            }
            "true" | "false" => Ty::named("bool"),
            "|" | "||" | "move" => {
                *at = end;
                Ty::with(FUNCTION, vec![Ty::unknown()])
            }
            "if" | "unsafe" | "{" | "loop" | "match" | "async" => {
                let open = (start..end).find(|i| t.is(*i, "{")).unwrap_or(end);
                *at = t.behind(open, end);
                let ty =
                    if matches!(word, "if" | "unsafe" | "{") { self.tail(open, *at, depth) } else { Ty::unknown() };
                while t.is(*at, "else") && *at < end {
                    let open = (*at..end).find(|i| t.is(*i, "{")).unwrap_or(end);
                    *at = t.behind(open, end);
                }
                ty
            }
            _ if t.is_word(start) || word == "<" || word == "$" => {
                *at = start;
                self.path(at, end, depth)
            }
            _ => Ty::unknown(),
        }
    }

    /// Expressions between commas.
    fn items(&self, from: usize, to: usize, depth: usize) -> Vec<Ty> {
        let (mut types, mut at) = (Vec::new(), from);
        while at < to {
            // Not `next_comma`: in an expression `<` is mostly a comparison.
            let mut comma = at;
            while comma < to && !matches!(self.t.word(comma), "," | ";") {
                comma = if self.t.kind(comma) == Some(Token::Open) { self.t.behind(comma, to) } else { comma + 1 };
            }
            types.push(self.expression(&mut at, comma, depth + 1));
            at = comma + 1;
        }
        types
    }

    /// What a block ends with.
    fn tail(&self, open: usize, behind: usize, depth: usize) -> Ty {
        let end = behind.saturating_sub(1);
        let (mut at, mut start) = (open + 1, open + 1);
        while at < end {
            if self.t.kind(at) == Some(Token::Open) {
                at = self.t.behind(at, end);
                continue;
            }
            start = if self.t.is(at, ";") { at + 1 } else { start };
            at += 1;
        }
        if start < end { self.expression(&mut start, end, depth + 1) } else { Ty::named(TUPLE) }
    }

    /// A path, with the call, the macro's input or the fields behind it.
    fn path(&self, at: &mut usize, end: usize, depth: usize) -> Ty {
        let t = self.t;
        let start = *at;
        let whole = Ty::read(t, at, end);
        let turbofish = whole.args.clone();
        let names: Vec<String> = whole.path.iter().chain([&whole.name]).cloned().collect();
        if t.is(*at, "!") && t.kind(*at + 1) == Some(Token::Open) && *at + 1 < end {
            let open = *at + 1;
            *at = t.behind(open, end);
            return self.macro_call(&names, open, *at, depth);
        }
        let is_call = *at < end && t.is(*at, "(");
        let is_literal =
            *at < end && t.is(*at, "{") && whole.name.starts_with(char::is_uppercase) && !before_block(t, start);
        let open = *at;
        if is_call || is_literal {
            *at = t.behind(*at, end);
        }
        if let [name] = names.as_slice()
            && let Some(ty) = (self.variables)(name, start)
        {
            return if is_call { if ty.name == FUNCTION { ty.arg(0) } else { Ty::unknown() } } else { ty };
        }
        let ty = self.value(&names, &turbofish, is_call);
        // `Some(x)`, `Box::new(x)`: what is inside is known from the argument.
        let holds = (names.last().is_some_and(|name| name == "new") && WRAPPERS.contains(&ty.name.as_str()))
            || (names.len() == 1 && matches!(ty.name.as_str(), "Option" | "Result"));
        if is_call && holds && turbofish.is_empty() {
            let inner = self.items(open + 1, at.saturating_sub(1).max(open + 1), depth).into_iter().next();
            let inner = inner.unwrap_or_else(Ty::unknown);
            let args = if names[0] == "Err" { vec![Ty::unknown(), inner] } else { vec![inner] };
            return Ty { args, ..ty };
        }
        ty
    }

    fn macro_call(&self, names: &[String], open: usize, behind: usize, depth: usize) -> Ty {
        match names.last().map(String::as_str) {
            Some("vec") => {
                let items = self.items(open + 1, behind.saturating_sub(1).max(open + 1), depth);
                Ty {
                    path: vec!["std".to_owned()],
                    ..Ty::with("Vec", vec![items.into_iter().next().unwrap_or_else(Ty::unknown)])
                }
            }
            Some("matches") => Ty::named("bool"),
            Some("dbg") => self
                .items(open + 1, behind.saturating_sub(1).max(open + 1), depth)
                .into_iter()
                .next()
                .unwrap_or_else(Ty::unknown),
            _ => {
                let found = self.world.resolve(names).into_iter().find(|found| found.entry.kind == Kind::Macro);
                found.map_or_else(Ty::unknown, |found| found.entry.gives.clone())
            }
        }
    }

    /// What a type stands for, if it is an alias.
    pub(super) fn plain(&self, ty: &Ty) -> Ty {
        let mut ty = ty.clone();
        for _ in 0..4 {
            let Some(alias) = self.world.types(&ty).into_iter().find(|found| found.entry.kind == Kind::Alias) else {
                break;
            };
            ty = self.world.given(alias.entry, &ty, alias, &ty).replace(&|name| {
                let position = alias.entry.generics.iter().position(|generic| generic == name)?;
                Some(ty.arg(position))
            });
        }
        ty
    }

    /// What `x[i]` is.
    fn indexed(&self, ty: &Ty) -> Ty {
        match ty.name.as_str() {
            SLICE | "Vec" | "VecDeque" | "Box" => ty.arg(0),
            "HashMap" | "BTreeMap" => ty.arg(1),
            _ => Ty::unknown(),
        }
    }

    /// What a loop over a value, or a closure that is handed its content, gets.
    pub(super) fn content(&self, ty: &Ty) -> Ty {
        let members = self.world.members(&self.plain(ty));
        let gives = members.into_iter().find(|(member, ..)| matches!(member.name.as_str(), "next" | "into_iter"));
        gives.map_or_else(Ty::unknown, |(_, owner_ty, _)| owner_ty.arg(0))
    }
}

fn is_number(ty: &Ty) -> bool {
    let is_size = |digits: &str| matches!(digits, "8" | "16" | "32" | "64" | "128" | "size");
    ty.path.is_empty() && ty.name.strip_prefix(['i', 'u', 'f']).is_some_and(is_size)
}

fn number(word: &str) -> Ty {
    let suffixes =
        ["f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize"];
    let is_hex = word.starts_with("0x");
    if let Some(suffix) = suffixes.iter().find(|suffix| word.ends_with(*suffix) && !(is_hex && suffix.starts_with('f')))
    {
        return Ty::named(suffix);
    }
    Ty::named(if !is_hex && word.contains(['.', 'e', 'E']) { "f64" } else { "i32" })
}

/// Whether `{` behind a name begins a block: `if x == NAME { … }`.
fn before_block(t: &Tokens<'_>, at: usize) -> bool {
    let statement = (0..at).rev().take_while(|i| !matches!(t.word(*i), ";" | "{" | "}"));
    statement.into_iter().any(|i| matches!(t.word(i), "if" | "while" | "for" | "match"))
}
