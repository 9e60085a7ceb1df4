//! What a `macro_rules!` makes of its input, for the macros that define items.
//!
//! Enough of it for a crate's own public functions to be found: a fragment is taken for one if it ends where the rule
//! goes on, without a parser for expressions and types.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lexer::{Kind, Tokens};
use super::parts::one_line;
use super::ty::Ty;

/// A crate's macros: the rules of each by its name.
pub(crate) type Macros = BTreeMap<String, String>;

/// Adds the macros that a text defines.
pub(crate) fn collect(text: &str, macros: &mut Macros) {
    let t = Tokens::new(text);
    for at in 0..t.list.len() {
        if t.is(at, "macro_rules") && t.is(at + 1, "!") && t.kind(at + 3) == Some(Kind::Open) {
            let behind = t.behind(at + 3, t.list.len());
            macros.insert(t.word(at + 2).to_owned(), t.between(at + 4, behind.saturating_sub(1)).to_owned());
        }
    }
}

/// What a name of a rule stands for.
#[derive(Clone, Debug)]
enum Bound {
    Text(String),
    List(Vec<Binds>),
}

type Binds = BTreeMap<String, Bound>;

/// The text that the first rule that fits makes of `input`.
pub(crate) fn expand(rules: &str, input: &str) -> Option<String> {
    let input = with_attributes(input);
    let (r, i) = (Tokens::new(rules), Tokens::new(&input));
    let mut at = 0;
    while at < r.list.len() && r.kind(at) == Some(Kind::Open) {
        let behind = r.behind(at, r.list.len());
        let body = behind + 1;
        let after = r.behind(body, r.list.len());
        let mut binds = Binds::new();
        let mut taken = 0;
        let pattern = at + 1..behind.saturating_sub(1);
        if matches(&r, pattern, &i, &mut taken, i.list.len(), &mut binds) && taken == i.list.len() {
            let mut out = String::new();
            write(&r, body + 1..after.saturating_sub(1), &binds, &mut out);
            return Some(out);
        }
        at = after + usize::from(r.is(after, ";"));
    }
    None
}

/// The input with its doc comments as the attributes that a macro takes them for.
fn with_attributes(input: &str) -> String {
    let t = Tokens::new(input);
    let (mut out, mut written) = (String::new(), 0);
    for token in t.list.iter().filter(|token| token.kind == Kind::Doc) {
        out.push_str(&input[written..token.range.start]);
        let docs = input[token.range.start + 3..token.range.end].trim();
        out.push_str(&format!("#[doc = r###\"{docs}\"###]"));
        written = token.range.end;
    }
    out + &input[written..]
}

/// Whether the input from `at` on fits the pattern; `at` moves behind what does.
fn matches(r: &Tokens<'_>, p: Range<usize>, i: &Tokens<'_>, at: &mut usize, to: usize, binds: &mut Binds) -> bool {
    let mut rule = p.start;
    while rule < p.end {
        if r.is(rule, "$") && r.is(rule + 1, "(") {
            let inner = rule + 2..r.behind(rule + 1, p.end).saturating_sub(1);
            let (separator, behind) = repetition(r, inner.end + 1);
            let mut list = Vec::new();
            loop {
                let (mut next, mut one) = (*at, Binds::new());
                if !list.is_empty() && !separator.is_empty() {
                    if next >= to || !i.is(next, separator) {
                        break;
                    }
                    next += 1;
                }
                if next >= to || !matches(r, inner.clone(), i, &mut next, to, &mut one) || next == *at {
                    break;
                }
                (*at, _) = (next, list.push(one));
            }
            for name in names(r, inner) {
                binds.insert(name, Bound::List(list.clone()));
            }
            rule = behind;
        } else if r.is(rule, "$") && r.is(rule + 2, ":") {
            let stop = (rule + 4 < p.end).then(|| r.word(rule + 4));
            let Some(end) = fragment(r.word(rule + 3), i, *at, to, stop) else { return false };
            binds.insert(r.word(rule + 1).to_owned(), Bound::Text(i.between(*at, end).to_owned()));
            (*at, rule) = (end, rule + 4);
        } else if r.kind(rule) == Some(Kind::Open) {
            if *at >= to || !i.is(*at, r.word(rule)) {
                return false;
            }
            let (rule_behind, behind) = (r.behind(rule, p.end), i.behind(*at, to));
            let (mut inner, end) = (*at + 1, behind.saturating_sub(1));
            let pattern = rule + 1..rule_behind.saturating_sub(1);
            if !matches(r, pattern, i, &mut inner, end, binds) || inner != end {
                return false;
            }
            (*at, rule) = (behind, rule_behind);
        } else if *at < to && (r.word(rule) == i.word(*at)) {
            (*at, rule) = (*at + 1, rule + 1);
        } else {
            return false;
        }
    }
    true
}

/// The sign between repetitions, and the index behind `*`, `+` or `?`.
fn repetition<'a>(r: &Tokens<'a>, at: usize) -> (&'a str, usize) {
    if matches!(r.word(at), "*" | "+" | "?") { ("", at + 1) } else { (r.word(at), at + 2) }
}

/// The names that a pattern binds.
fn names(r: &Tokens<'_>, p: Range<usize>) -> Vec<String> {
    let binds = p.filter(|at| r.is(*at, "$") && r.is_word(at + 1) && r.is(at + 2, ":"));
    binds.map(|at| r.word(at + 1).to_owned()).collect()
}

/// Where a fragment that begins at `at` ends.
fn fragment(kind: &str, i: &Tokens<'_>, at: usize, to: usize, stop: Option<&str>) -> Option<usize> {
    if at >= to {
        return (kind == "vis").then_some(at);
    }
    match kind {
        "ident" => i.is_word(at).then_some(at + 1),
        "lifetime" => (i.kind(at) == Some(Kind::Lifetime)).then_some(at + 1),
        "literal" => {
            let sign = usize::from(i.is(at, "-"));
            let kind = i.kind(at + sign);
            let is_literal = matches!(kind, Some(Kind::Text | Kind::Char | Kind::Number));
            (is_literal || matches!(i.word(at), "true" | "false")).then_some(at + sign + 1)
        }
        "tt" => Some(if i.kind(at) == Some(Kind::Open) { i.behind(at, to) } else { at + 1 }),
        "vis" => Some(match (i.is(at, "pub"), i.is(at + 1, "(")) {
            (true, true) => i.behind(at + 1, to),
            (true, false) => at + 1,
            _ => at,
        }),
        _ => {
            let mut end = at;
            while end < to {
                if end > at && stop.map_or(matches!(i.word(end), ";" | ","), |stop| i.is(end, stop)) {
                    break;
                }
                end = match i.word(end) {
                    // In an expression it is a comparison.
                    "<" if kind != "expr" => i.behind_angle(end, to).max(end + 1),
                    _ if i.kind(end) == Some(Kind::Open) => i.behind(end, to),
                    _ => end + 1,
                };
            }
            (end > at).then_some(end)
        }
    }
}

/// Writes a rule's body with its names replaced.
fn write(r: &Tokens<'_>, body: Range<usize>, binds: &Binds, out: &mut String) {
    let mut at = body.start;
    while at < body.end {
        if r.is(at, "$") && r.is(at + 1, "(") {
            let inner = at + 2..r.behind(at + 1, body.end).saturating_sub(1);
            let (separator, behind) = repetition(r, inner.end + 1);
            for (n, one) in repeated(r, inner.clone(), binds).into_iter().enumerate() {
                if n > 0 {
                    out.push_str(separator);
                }
                let all = binds.iter().chain(&one).map(|(name, bound)| (name.clone(), bound.clone())).collect();
                write(r, inner.clone(), &all, out);
            }
            at = behind;
        } else if let (true, Some(Bound::Text(text))) = (r.is(at, "$"), binds.get(r.word(at + 1))) {
            put(out, text, follows(r, at));
            at += 2;
        } else {
            let is_doc = r.kind(at) == Some(Kind::Doc);
            put(out, r.word(at), follows(r, at));
            out.push_str(if is_doc { "\n" } else { "" });
            at += 1;
        }
    }
}

/// Whether white space stands before a token.
fn follows(r: &Tokens<'_>, at: usize) -> bool {
    at > 0 && r.list[at - 1].range.end < r.list[at].range.start
}

fn put(out: &mut String, text: &str, is_apart: bool) {
    if is_apart && !out.is_empty() {
        out.push(' ');
    }
    out.push_str(text);
}

/// The bindings of each repetition.
fn repeated(r: &Tokens<'_>, inner: Range<usize>, binds: &Binds) -> Vec<Binds> {
    let used = inner.filter(|at| r.is(*at, "$") && r.is_word(at + 1)).map(|at| r.word(at + 1));
    let lists = used.filter_map(|name| match binds.get(name) {
        Some(Bound::List(list)) => Some(list.clone()),
        _ => None,
    });
    lists.max_by_key(Vec::len).unwrap_or_default()
}

/// A macro's name with what its first rule takes.
pub(super) fn macro_signature(t: &Tokens<'_>, name: &str, inner: Range<usize>) -> String {
    let behind = t.behind(inner.start, inner.end);
    let takes = one_line(t.between(inner.start + 1, behind.saturating_sub(1)));
    if takes.len() > 60 { format!("{name}!(…)") } else { format!("{name}!({takes})") }
}

/// The type of `$crate::path::Type::new()…`, where a macro's first rule begins so.
pub(super) fn macro_gives(t: &Tokens<'_>, inner: Range<usize>) -> Ty {
    let arrow = t.behind(inner.start, inner.end);
    if !(t.is(arrow, "=>") && t.is(arrow + 2, "$") && t.is(arrow + 3, "crate")) {
        return Ty::unknown();
    }
    let mut ty = Ty::read(t, &mut (arrow + 2), inner.end);
    let is_type = |name: &String| name.starts_with(char::is_uppercase);
    match ty.path.pop() {
        Some(name) if is_type(&name) => Ty { name, path: ty.path, args: Vec::new() },
        _ => Ty::unknown(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::read;
    use super::*;

    #[test]
    fn items_that_macros_define_are_found() {
        let text = r#"
            macro_rules! comparisons {
                ($($(#[$doc:meta])* $name:ident: $test:expr;)*) => {
                    impl Tensor { $($(#[$doc])* #[must_use] pub fn $name(&self, other: impl Operand) -> Self { $test })* }
                };
            }
            comparisons! { /// 1 where equal.
                /// Else 0.
                eq: Real::eq;
                /// 1 where "greater".
                gt: Real::gt; }
            macro_rules! layer { ($name:ident, |$x:ident| $value:expr) => { pub struct $name<R = Unreduced>(R); impl $name<Mean> { pub fn $x() {} } }; }
            layer!(Relu, |y| y.max(0, 1));
        "#;
        let mut macros = Macros::new();
        collect(text, &mut macros);
        let items = read(text, &macros);
        let methods: Vec<(&str, &str)> =
            items[1].members.iter().map(|item| (item.name.as_str(), item.docs.as_str())).collect();
        assert_eq!(methods, [("eq", "1 where equal. Else 0."), ("gt", "1 where \"greater\".")]);
        assert_eq!(items[1].members[1].signature, "fn gt(&self, other: impl Operand) -> Self");
        assert_eq!(items[3].name, "Relu");
        assert_eq!(items[4].members[0].name, "y");
    }

    #[test]
    fn a_rule_is_chosen_by_its_signs() {
        let rules = "(@a $x:ty) => { fn a() -> $x {} }; ($($x:ident),* $(,)?) => { $(fn $x();)* };";
        assert_eq!(expand(rules, "@a Vec<f32>").unwrap().trim(), "fn a() -> Vec<f32> {}");
        assert_eq!(expand(rules, "p, q,").unwrap().replace(' ', ""), "fnp();fnq();");
        assert_eq!(expand(rules, "1"), None);
        let rules = "($($name:ident $value:expr;)*) => { $(fn $name() { $value })* }";
        assert_eq!(expand(rules, "a |x| if x <= 0 { 1 } else { x }; b x > 1;").unwrap().matches("fn ").count(), 2);
    }
}
