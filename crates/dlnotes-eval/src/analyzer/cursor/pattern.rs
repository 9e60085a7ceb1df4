//! The names that a pattern gives to the parts of a value.

use super::scope::Scope;
use crate::analyzer::text::item::Kind;
use crate::analyzer::text::lexer::Kind as Token;
use crate::analyzer::text::parts::next_comma;
use crate::analyzer::text::ty::{SLICE, TUPLE, Ty};

impl Scope<'_> {
    pub(super) fn bind_pattern(&mut self, from: usize, to: usize, ty: &Ty, visible: usize, until: usize) {
        let t = self.t;
        let mut at = from;
        while at < to && (matches!(t.word(at), "&" | "mut" | "ref" | "|" | "&&") || t.kind(at) == Some(Token::Lifetime))
        {
            at += 1;
        }
        if at >= to {
            return;
        }
        let behind = t.behind(at, to);
        match t.word(at) {
            "(" | "[" => {
                let element = t.is(at, "[").then(|| if ty.name == SLICE { ty.arg(0) } else { Ty::unknown() });
                let types = |i: usize| {
                    element.clone().unwrap_or_else(|| if ty.name == TUPLE { ty.arg(i) } else { Ty::unknown() })
                };
                self.bind_list(at + 1, behind.saturating_sub(1), &types, visible, until);
            }
            name if t.is_word(at)
                && name.starts_with(|c: char| c.is_lowercase() || c == '_' || !c.is_ascii())
                && !t.is(at + 1, "::")
                && name != "_" =>
            {
                self.bind(name, ty.clone(), visible, until);
            }
            _ if t.is_word(at) => {
                let mut open = at;
                let path = Ty::read(t, &mut open, to);
                let inner_end = t.behind(open, to).saturating_sub(1);
                if t.is(open, "(") {
                    let ty = self.plain(ty);
                    let fields = self.fields(&path);
                    let types = |i: usize| match path.name.as_str() {
                        "Some" | "Ok" => ty.arg(0),
                        "Err" => ty.arg(1),
                        _ => fields
                            .iter()
                            .find(|(name, _)| *name == i.to_string())
                            .map_or_else(Ty::unknown, |(_, ty)| ty.clone()),
                    };
                    self.bind_list(open + 1, inner_end, &types, visible, until);
                } else if t.is(open, "{") {
                    self.bind_fields(&path, open + 1, inner_end, visible, until);
                }
            }
            _ => {}
        }
    }

    fn bind_list(&mut self, from: usize, to: usize, types: &dyn Fn(usize) -> Ty, visible: usize, until: usize) {
        let (mut at, mut number) = (from, 0);
        while at < to {
            let end = next_comma(self.t, at, to);
            self.bind_pattern(at, end, &types(number), visible, until);
            (at, number) = (end + 1, number + 1);
        }
    }

    fn bind_fields(&mut self, path: &Ty, from: usize, to: usize, visible: usize, until: usize) {
        let t = self.t;
        let fields = self.fields(path);
        let of =
            |name: &str| fields.iter().find(|(field, _)| field == name).map_or_else(Ty::unknown, |(_, ty)| ty.clone());
        let mut at = from;
        while at < to {
            let end = next_comma(t, at, to);
            if t.is(at + 1, ":") {
                self.bind_pattern(at + 2, end, &of(t.word(at)), visible, until);
            } else if !t.is(at, "..") {
                let name = (at..end).rev().find(|i| t.is_word(*i)).unwrap_or(at);
                self.bind_pattern(at, end, &of(t.word(name)), visible, until);
            }
            at = end + 1;
        }
    }

    fn fields(&self, ty: &Ty) -> Vec<(String, Ty)> {
        let members = self.world.members(ty).into_iter().filter(|(member, ..)| member.kind == Kind::Field);
        members.map(|(member, own, owner)| (member.name.clone(), self.world.given(member, &own, owner, ty))).collect()
    }
}
