//! The variables that are visible at a place in a cell, with their types.

use super::chain::chain_start;
use super::eval::Eval;
use crate::analyzer::index::World;
use crate::analyzer::text::lexer::{Kind as Token, Tokens};
use crate::analyzer::text::parts::{next_comma, parameters};
use crate::analyzer::text::ty::Ty;

/// A name that a cell gives to a value.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    pub(super) name: String,
    pub(super) ty: Ty,
    /// The tokens at which it is visible.
    from: usize,
    to: usize,
}

/// What a cell's text up to a token binds, after the session's variables.
pub(super) struct Scope<'a> {
    pub(super) t: &'a Tokens<'a>,
    pub(super) world: World<'a>,
    bindings: Vec<Binding>,
}

impl<'a> Scope<'a> {
    /// Reads the tokens before `end`.
    pub(super) fn new(t: &'a Tokens<'a>, world: World<'a>, session: Vec<(String, Ty)>, end: usize) -> Self {
        let session = session.into_iter().map(|(name, ty)| Binding { name, ty, from: 0, to: usize::MAX });
        let mut scope = Self { t, world, bindings: session.collect() };
        let mut blocks: Vec<usize> = Vec::new();
        for at in 0..end.min(t.list.len()) {
            match t.kind(at) {
                Some(Token::Open) => blocks.push(at),
                Some(Token::Close) => drop(blocks.pop()),
                _ => {}
            }
            let block_end = blocks.last().map_or(t.list.len(), |open| t.list[*open].partner);
            scope.token(at, block_end);
        }
        scope
    }

    /// The variables that are visible at a token; of one name only the last.
    pub(super) fn visible(&self, at: usize) -> Vec<&Binding> {
        let mut seen = std::collections::BTreeSet::new();
        let visible = self.bindings.iter().rev().filter(|binding| binding.from <= at && at <= binding.to);
        visible.filter(|binding| seen.insert(binding.name.as_str())).collect()
    }

    /// The type of the variable of this name that is visible at a token.
    pub(super) fn variable(&self, name: &str, at: usize) -> Option<Ty> {
        let at = at.min(self.t.list.len());
        let found =
            self.bindings.iter().rev().find(|binding| binding.name == name && binding.from <= at && at <= binding.to);
        found.map(|binding| binding.ty.clone())
    }

    /// Whether the variable of this name that is visible at a token is the cell's own.
    pub(super) fn is_of_cell(&self, name: &str, at: usize) -> bool {
        let found =
            self.bindings.iter().rev().find(|binding| binding.name == name && binding.from <= at && at <= binding.to);
        found.is_some_and(|binding| binding.to < usize::MAX)
    }

    /// The type of a variable of this name wherever it is visible.
    pub(super) fn anywhere(&self, name: &str) -> Option<Ty> {
        self.bindings.iter().rev().find(|binding| binding.name == name).map(|binding| binding.ty.clone())
    }

    /// The type of the chain of calls and fields from the token `start` to the one before `end`.
    pub(super) fn chain(&self, start: usize, end: usize) -> Ty {
        self.with_eval(|eval| eval.chain(&mut start.clone(), end, 0))
    }

    /// What a type stands for, if it is an alias.
    pub(super) fn plain(&self, ty: &Ty) -> Ty {
        self.with_eval(|eval| eval.plain(ty))
    }

    fn with_eval<R>(&self, f: impl FnOnce(&Eval<'_>) -> R) -> R {
        let variables = |name: &str, at: usize| self.variable(name, at);
        f(&Eval { t: self.t, world: self.world, variables: &variables })
    }

    fn token(&mut self, at: usize, block_end: usize) {
        let t = self.t;
        match t.word(at) {
            "let" => self.bind_let(at, block_end),
            "for" if !t.is(at + 1, "<") => self.bind_for(at),
            "fn" => self.bind_parameters(at),
            "impl" => self.bind_self(at),
            "|" if self.begins_closure(at) => self.bind_closure(at, block_end),
            "=>" => self.bind_arm(at, block_end),
            _ => {}
        }
    }

    pub(super) fn bind(&mut self, name: &str, ty: Ty, from: usize, to: usize) {
        self.bindings.push(Binding { name: name.to_owned(), ty, from, to });
    }

    /// The first of these signs outside of brackets.
    fn find(&self, from: usize, to: usize, signs: &[&str]) -> usize {
        let mut at = from;
        while at < to {
            if signs.contains(&self.t.word(at)) && self.t.kind(at) != Some(Token::Text) {
                return at;
            }
            at = if self.t.kind(at) == Some(Token::Open) { self.t.behind(at, to) } else { at + 1 };
        }
        to
    }

    fn bind_let(&mut self, at: usize, block_end: usize) {
        let t = self.t;
        let is_condition = at > 0 && matches!(t.word(at - 1), "if" | "while" | "&&");
        let sign = self.find(at + 1, block_end, &[":", "=", ";"]);
        let mut ty = Ty::unknown();
        let mut equals = sign;
        if t.is(sign, ":") {
            let mut behind = sign + 1;
            ty = Ty::read(t, &mut behind, block_end);
            equals = self.find(behind, block_end, &["=", ";"]);
        }
        let ends: &[&str] = if is_condition { &["{", "&&"] } else { &[";"] };
        let end = self.find(equals, block_end, ends);
        let is_open = ty.args.iter().any(|arg| !arg.is_known());
        if t.is(equals, "=") && (!ty.is_known() || is_open) {
            let value = self.with_eval(|eval| eval.expression(&mut (equals + 1), end, 0));
            // `let v: Vec<_> = …collect()`
            if !ty.is_known() {
                ty = value;
            } else if value.name == ty.name {
                ty.args = value.args;
            }
        }
        let (from, to) = match is_condition {
            true => {
                let open = self.find(end, block_end, &["{"]);
                (open, t.list.get(open).map_or(block_end, |open| open.partner))
            }
            false => (end + 1, block_end),
        };
        self.bind_pattern(at + 1, sign, &ty, from, to);
    }

    fn bind_for(&mut self, at: usize) {
        let t = self.t;
        let end = t.list.len();
        let inside = self.find(at + 1, end, &["in", "{", ";"]);
        if !t.is(inside, "in") {
            return;
        }
        let open = self.find(inside, end, &["{"]);
        let ty = self.with_eval(|eval| {
            let over = eval.expression(&mut (inside + 1), open, 0);
            eval.content(&over)
        });
        let to = t.list.get(open).map_or(end, |open| open.partner);
        self.bind_pattern(at + 1, inside, &ty, open, to);
    }

    /// Of a function with a name.
    fn bind_parameters(&mut self, at: usize) {
        let t = self.t;
        let end = t.list.len();
        let open = if t.is(at + 2, "<") { t.behind_angle(at + 2, end) } else { at + 2 };
        if !t.is_word(at + 1) || !t.is(open, "(") {
            return;
        }
        let behind = t.behind(open, end);
        let body = self.find(behind, end, &["{", ";"]);
        if !t.is(body, "{") {
            return;
        }
        let mut bounds = Vec::new();
        crate::analyzer::text::parts::generics(t, &mut (at + 2), end, &mut bounds);
        let to = t.list.get(body).map_or(end, |body| body.partner);
        for (name, ty) in parameters(t, open + 1..behind.saturating_sub(1)).0 {
            let ty = ty.replace(&|name| bounds.iter().find(|(bound, _)| bound == name).map(|(_, ty)| ty.clone()));
            self.bind(&name, ty, body, to);
        }
    }

    fn bind_self(&mut self, at: usize) {
        let t = self.t;
        let end = t.list.len();
        let body = self.find(at, end, &["{", ";", "(", ")", ",", "->"]);
        if !t.is(body, "{") {
            return;
        }
        let target = (at..body).find(|i| t.is(*i, "for") && !t.is(*i + 1, "<"));
        let mut start = match target {
            Some(word) => word + 1,
            None if t.is(at + 1, "<") => t.behind_angle(at + 1, body),
            None => at + 1,
        };
        let ty = Ty::read(t, &mut start, body);
        let to = t.list.get(body).map_or(end, |body| body.partner);
        self.bind("self", ty, body, to);
    }

    fn begins_closure(&self, at: usize) -> bool {
        at == 0 || matches!(self.t.word(at - 1), "(" | "," | "=" | "move" | "{" | ";" | "=>" | "return" | "[" | "async")
    }

    fn bind_closure(&mut self, at: usize, block_end: usize) {
        let t = self.t;
        let close = self.find(at + 1, block_end, &["|"]);
        let to = self.find(close, block_end, &[",", ";"]);
        let before = if at > 0 && t.is(at - 1, "move") { at - 1 } else { at };
        let mut handed = Ty::unknown();
        // `receiver.method(|x| …)`: mostly the closure gets what the receiver holds.
        if before > 2 && t.is(before - 1, "(") && t.is_word(before - 2) && t.is(before - 3, ".") {
            let dot = before - 3;
            if let Some(start) = chain_start(t, dot) {
                handed = self.with_eval(|eval| {
                    let receiver = eval.chain(&mut start.clone(), dot, 0);
                    let held = eval.content(&receiver);
                    if held.is_known() { held } else { Ty::unknown() }
                });
            }
        }
        let (mut start, mut is_first) = (at + 1, true);
        while start < close {
            let end = next_comma(t, start, close);
            let colon = self.find(start, end, &[":"]);
            let ty = if colon < end {
                Ty::read(t, &mut (colon + 1), end)
            } else if is_first {
                handed.clone()
            } else {
                Ty::unknown()
            };
            self.bind_pattern(start, colon, &ty, close, to);
            (start, is_first) = (end + 1, false);
        }
    }

    fn bind_arm(&mut self, at: usize, block_end: usize) {
        let t = self.t;
        let mut start = at;
        while start > 0 && !matches!(t.word(start - 1), "," | "{" | ";") {
            start -= 1;
            if t.kind(start) == Some(Token::Close) {
                start = t.list[start].partner.min(start);
                if t.is(start, "{") {
                    start = (start + 1).min(at); // the arm before ended with a block
                    break;
                }
            }
        }
        if start > 0 && t.is(start - 1, "{") && start > 1 {
            start = start.min(at);
        }
        let guard = self.find(start, at, &["if"]);
        let to = if t.is(at + 1, "{") { t.behind(at + 1, block_end) } else { self.find(at, block_end, &[","]) };
        let open = if start > 0 && t.is(start - 1, "{") { Some(start - 1) } else { None };
        let ty = open.map_or_else(Ty::unknown, |open| self.matched(open));
        self.bind_pattern(start, guard, &ty, start.min(at), to);
    }

    /// The type of what `match … {` looks at.
    fn matched(&self, open: usize) -> Ty {
        let Some(word) = (0..open)
            .rev()
            .take_while(|i| !matches!(self.t.word(*i), ";" | "{" | "}"))
            .find(|i| self.t.is(*i, "match"))
        else {
            return Ty::unknown();
        };
        self.with_eval(|eval| eval.expression(&mut (word + 1), open, 0))
    }
}
