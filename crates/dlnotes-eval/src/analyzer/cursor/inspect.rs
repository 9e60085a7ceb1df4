//! What stands at the cursor.

use super::chain::chain_start;
use super::complete::shown;
use super::scope::Scope;
use super::{session, variables, world};
use crate::MimeBundle;
use crate::analyzer::document::Document;
use crate::analyzer::index::{Entry, Index, World};
use crate::analyzer::markdown;
use crate::analyzer::text::item::Kind;
use crate::analyzer::text::lexer::{Kind as Token, Tokens};
use crate::analyzer::text::ty::Ty;

/// What is known about the name at the byte `at` of the document's cell, or about the function whose call is open there.
pub(crate) fn inspect(document: &Document, at: usize, libraries: &Index) -> Option<MimeBundle> {
    let t = Tokens::new(&document.cell);
    if t.is_silent(at) {
        return None;
    }
    let session = session(document);
    let world = world(&session, libraries);
    let scope = Scope::new(&t, world, variables(document), t.list.len());
    let question = Question { t: &t, world, scope, document };
    let word = word_at(&t, at).and_then(|word| question.answer(word));
    word.or_else(|| question.answer(called(&t, at)?))
}

/// The byte at which the name begins that a question about the byte `at` is about.
pub(crate) fn subject(document: &Document, at: usize) -> Option<usize> {
    let t = Tokens::new(&document.cell);
    if t.is_silent(at) {
        return None;
    }
    let word = word_at(&t, at).or_else(|| called(&t, at))?;
    t.list.get(word).map(|token| token.range.start)
}

/// The name that `at` is in, or else at the end of.
fn word_at(t: &Tokens<'_>, at: usize) -> Option<usize> {
    let touches = |i: &usize| t.is_word(*i) && t.list[*i].range.start <= at && at <= t.list[*i].range.end;
    (0..t.list.len()).rev().find(touches)
}

/// The name of the function or macro whose brackets are open at `at`.
fn called(t: &Tokens<'_>, at: usize) -> Option<usize> {
    let here = t.list.partition_point(|token| token.range.end <= at);
    let is_open = |i: &usize| t.kind(*i) == Some(Token::Open) && t.list[*i].partner >= here && !t.is(*i, "{");
    let open = (0..here).rev().filter(is_open);
    open.into_iter().find_map(|open| {
        let before = open.checked_sub(1)?;
        let name = match t.word(before) {
            "!" => before.checked_sub(1)?,
            ">" => (0..before).rev().find(|i| t.is(*i, "::"))?.checked_sub(1)?,
            _ => before,
        };
        (t.is_word(name) && !super::KEYWORDS.contains(&t.word(name))).then_some(name)
    })
}

struct Question<'a> {
    t: &'a Tokens<'a>,
    world: World<'a>,
    scope: Scope<'a>,
    document: &'a Document,
}

impl Question<'_> {
    fn answer(&self, word: usize) -> Option<MimeBundle> {
        let (t, name) = (self.t, self.t.word(word));
        match word.checked_sub(1).map_or("", |before| t.word(before)) {
            "." => {
                let receiver = self.scope.chain(chain_start(t, word - 1)?, word - 1);
                self.member(&receiver, name, |kind| matches!(kind, Kind::Method | Kind::Field))
            }
            "::" => self.path(word),
            _ if t.is(word + 1, "!") => self.named(&[name.to_owned()], |kind| kind == Kind::Macro),
            _ => self.variable(word).or_else(|| self.named(&[name.to_owned()], |_| true)),
        }
    }

    fn path(&self, word: usize) -> Option<MimeBundle> {
        let ty = Ty::read(self.t, &mut chain_start(self.t, word + 1)?, word + 1);
        let whole: Vec<String> = ty.path.iter().chain([&ty.name]).cloned().collect();
        self.named(&whole, |_| true).or_else(|| {
            let (owner, path) = ty.path.split_last()?;
            let of = match owner.as_str() {
                "Self" => self.scope.variable("self", word)?,
                _ => Ty { name: owner.clone(), path: path.to_vec(), args: Vec::new() },
            };
            self.member(&of, &ty.name, |_| true)
        })
    }

    fn named(&self, path: &[String], fits: impl Fn(Kind) -> bool) -> Option<MimeBundle> {
        let found = self.world.resolve(path);
        let mut fitting = found.iter().filter(|found| fits(found.entry.kind));
        // Of a function and a module of the same name, the function.
        let best = fitting.clone().find(|found| found.entry.kind != Kind::Module).or_else(|| fitting.next());
        best.map(|found| described(found.entry))
    }

    fn member(&self, ty: &Ty, name: &str, fits: impl Fn(Kind) -> bool) -> Option<MimeBundle> {
        let members = self.world.members(ty).into_iter();
        let found = members.filter(|(member, ..)| member.name == name && fits(member.kind));
        // An `impl` of a trait says nothing about what the trait describes.
        found.max_by_key(|(member, ..)| !member.docs.is_empty()).map(|(member, ..)| described(member))
    }

    fn variable(&self, word: usize) -> Option<MimeBundle> {
        let name = self.t.word(word);
        let is_defined = self.scope.is_of_cell(name, word);
        let ty = self.scope.variable(name, word).or_else(|| self.scope.anywhere(name))?;
        let variable = self.document.variables.iter().find(|variable| variable.name == name && !is_defined);
        let (mutable, written) = match variable {
            Some(variable) => (variable.mutable, variable.type_name.clone()),
            None => (false, String::new()),
        };
        let mutable = if mutable { "mut " } else { "" };
        let text = if !written.is_empty() {
            written
        } else if ty.is_known() {
            shown(&ty)
        } else {
            String::new()
        };
        let code =
            if text.is_empty() { format!("let {mutable}{name}") } else { format!("let {mutable}{name}: {text}") };
        let docs =
            self.world.types(&ty).into_iter().map(|found| found.entry.docs.as_str()).find(|docs| !docs.is_empty());
        Some(markdown::bundle(&code, docs.unwrap_or_default()))
    }
}

fn described(entry: &Entry) -> MimeBundle {
    let signature = if entry.signature.is_empty() { &entry.name } else { &entry.signature };
    markdown::bundle(signature, &entry.docs)
}
