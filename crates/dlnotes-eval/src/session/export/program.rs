//! Cells as the body of one function.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::{Item, Kind, parse, words};

/// A cell of a program.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    pub(super) code: &'a str,
    /// The variable that is to hold its value as a number.
    pub(super) value: Option<&'a str>,
}

/// The body of a function.
pub(super) struct Body {
    /// Its blocks; the last one is open.
    text: String,
    /// How many of them stand in another one.
    inner: usize,
    pub(super) awaits: bool,
}

impl Body {
    /// The body with what it ends in, between its braces.
    pub(super) fn ending_in(&self, value: &str) -> String {
        format!("{{\n{}\n{value}\n{}}}\n", self.text, "}\n".repeat(self.inner))
    }
}

/// Everything in one function: statements in the order in which they ran, and of an item that was defined again only the
/// last version. Where a cell changes a type, the rest stands in a block of its own: what ran before keeps the old one.
pub(super) fn body<'a>(cells: impl IntoIterator<Item = Piece<'a>>) -> Body {
    let mut types: BTreeMap<String, String> = BTreeMap::new();
    let mut blocks = vec![Block::default()];
    let mut awaits = false;
    for Piece { code: cell, value } in cells {
        let Ok(split) = parse(cell) else { continue };
        awaits |= split.awaits;
        let mut changed = BTreeSet::new();
        for item in split.items.iter().filter(|item| is_type(&item.kind)) {
            let (Some(name), text) = (item.name.clone(), cell[item.range.clone()].to_owned()) else { continue };
            if types.insert(name.clone(), text.clone()).is_some_and(|old| old != text) {
                changed.insert(name);
            }
        }
        spread(&types, &mut changed);
        if !changed.is_empty() {
            blocks.push(Block::after(&blocks, &changed));
        }
        let Some(block) = blocks.last_mut() else { continue };
        for item in &split.items {
            block.put(Part::of(item, &cell[item.range.clone()]));
        }
        for import in split.uses.iter().flat_map(|(_, imports)| imports) {
            let key = import.name.clone().unwrap_or_else(|| import.path.clone());
            block.put(Part { key: Some(key), kind: PartKind::Import, text: format!("use {};", import.path) });
        }
        for range in &split.statements {
            let text = &cell[range.clone()];
            let text = match (split.value.as_ref() == Some(range), value) {
                (false, _) => text.to_owned(),
                (true, None) => format!("let _ = {text};"),
                (true, Some(name)) => {
                    format!("// As the notebook shows it.\nlet {name}: f64 = format!(\"{{:?}}\", {text}).parse()?;")
                }
            };
            block.put(Part { key: None, kind: PartKind::Statement, text });
        }
    }
    let text: Vec<String> = blocks.iter().map(Block::text).collect();
    Body { text: text.join("\n{\n"), inner: blocks.len() - 1, awaits }
}

fn is_type(kind: &Kind) -> bool {
    matches!(kind, Kind::Type | Kind::TupleStruct | Kind::Trait)
}

fn mentions(text: &str, names: &BTreeSet<String>) -> bool {
    words(text).into_iter().any(|word| names.contains(word))
}

/// Adds the types that contain a changed one.
fn spread(types: &BTreeMap<String, String>, changed: &mut BTreeSet<String>) {
    while !changed.is_empty() {
        let other = |(name, text): &(&String, &String)| !changed.contains(*name) && mentions(text, changed);
        let more: Vec<String> = types.iter().filter(other).map(|(name, _)| name.clone()).collect();
        if more.is_empty() {
            return;
        }
        changed.extend(more);
    }
}

/// What stands between two braces.
#[derive(Default)]
struct Block {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    /// What a later item of the same key takes the place of; statements have none.
    key: Option<String>,
    kind: PartKind,
    text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PartKind {
    Statement,
    Type,
    Implementation,
    /// A function, a constant, a macro.
    Code,
    Import,
}

impl Part {
    fn of(item: &Item, text: &str) -> Self {
        let (kind, key) = match &item.kind {
            Kind::Impl { head, names, of, .. } => {
                let names = names.iter().cloned().collect::<Vec<_>>().join(",");
                let key = if of.is_some() { head.clone() } else { format!("{head}: {names}") };
                (PartKind::Implementation, Some(key))
            }
            kind if is_type(kind) => (PartKind::Type, item.name.clone()),
            _ => (PartKind::Code, item.name.clone()),
        };
        Self { key, kind, text: text.to_owned() }
    }

    /// Whether it means something else once the types `changed`, and with them the code called `names`, do.
    fn follows(&self, changed: &BTreeSet<String>, names: &BTreeSet<String>) -> bool {
        match self.kind {
            // Values of other types live on.
            PartKind::Type => self.key.as_ref().is_some_and(|key| changed.contains(key)),
            // There is one for each type, in whatever block it stands.
            PartKind::Implementation => mentions(self.text.split('{').next().unwrap_or_default(), changed),
            PartKind::Code => mentions(&self.text, names),
            PartKind::Statement | PartKind::Import => false,
        }
    }

    /// Whether `new` takes its place.
    fn is_replaced_by(&self, new: &Self) -> bool {
        let (Some(old), Some(key)) = (&self.key, &new.key) else { return false };
        match (self.kind == PartKind::Implementation) && (new.kind == PartKind::Implementation) {
            false => old == key,
            true => {
                let (head, names) = old.split_once(": ").unwrap_or((old, ""));
                let (new_head, new_names) = key.split_once(": ").unwrap_or((key, ""));
                let mut new_names = new_names.split(',');
                head == new_head && (names.is_empty() || new_names.any(|name| names.split(',').any(|n| n == name)))
            }
        }
    }
}

impl Block {
    /// Begins with those items of the blocks before it that mean something else now.
    fn after(before: &[Self], changed: &BTreeSet<String>) -> Self {
        let mut all = Self::default();
        for part in before.iter().flat_map(|block| &block.parts).filter(|part| part.kind != PartKind::Statement) {
            all.put(part.clone());
        }
        let mut names = changed.clone();
        let mut parts = Vec::new();
        loop {
            let (again, rest) = all.parts.into_iter().partition::<Vec<_>, _>(|part| part.follows(changed, &names));
            all.parts = rest;
            if again.is_empty() {
                return Self { parts };
            }
            let code = again.iter().filter(|part| part.kind == PartKind::Code);
            names.extend(code.filter_map(|part| part.key.clone()));
            parts.extend(again);
        }
    }

    /// In the place of what it replaces, if there is any: a macro has to stand before its uses.
    fn put(&mut self, part: Part) {
        let mut old =
            (0..self.parts.len()).filter(|index| self.parts[*index].is_replaced_by(&part)).collect::<Vec<_>>();
        if old.is_empty() {
            return self.parts.push(part);
        }
        let first = old.remove(0);
        self.parts[first] = part;
        for index in old.into_iter().rev() {
            self.parts.remove(index);
        }
    }

    fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, body};

    fn program<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
        body(cells.into_iter().map(|code| Piece { code, value: None })).ending_in("Ok(())")
    }

    #[test]
    fn statements_stay_in_order_and_items_that_were_defined_again_appear_once() {
        let program = program(["fn f() -> i32 { 1 }\nlet a = f();", "fn f() -> i32 { 2 }\nlet b = f();", "a + b"]);
        assert_eq!(program.matches("fn f()").count(), 1);
        assert!(program.contains("{ 2 }"));
        assert!(program.find("let a").unwrap() < program.find("let b").unwrap());
        assert!(program.contains("let _ = a + b;"));
    }

    #[test]
    fn implementations_stay_side_by_side_or_replace_each_other_as_in_the_session() {
        let cells = ["struct A;", "impl A { fn a(&self) -> i32 { 1 } }", "impl A { fn b(&self) {} }"];
        assert_eq!(program(cells).matches("impl A").count(), 2);
        let merged = program(cells.into_iter().chain(["impl A { fn a(&self) -> i32 { 2 } fn b(&self) {} }"]));
        assert_eq!(merged.matches("impl A").count(), 1);
        assert!(merged.contains("{ 2 }"));
    }

    #[test]
    fn each_name_is_imported_once() {
        let program = program([
            "use std::collections::{HashMap, self};",
            "use std::{collections::{BTreeMap as Map, HashMap}, fmt::Write as _};\nuse std::io::*;",
        ]);
        let imports: Vec<&str> = program.lines().filter(|line| line.starts_with("use ")).collect();
        assert_eq!(
            imports,
            [
                "use std::collections::HashMap;",
                "use std::collections::{self};",
                "use std::collections::BTreeMap as Map;",
                "use std::fmt::Write as _;",
                "use std::io::*;"
            ]
        );
    }

    #[test]
    fn what_ran_before_a_type_was_changed_keeps_the_old_one() {
        let program = program([
            "struct P { x: f64 }\nstruct Other;\nimpl P { fn new(x: f64) -> P { P { x } } }",
            "fn show(p: &P) -> f64 { p.x }\nfn twice(p: &P) -> f64 { 2.0 * show(p) }\nfn alone() {}",
            "let p = P::new(1.0);\nlet other = Other;\nshow(&p)",
            "struct P { x: f64, y: f64 }\nimpl P { fn new(x: f64) -> P { P { x, y: 0.0 } } }",
            "let p = P::new(2.0);\ntwice(&p) + p.y",
        ]);
        let (old, new) = program.split_once("\n{\n").unwrap();
        assert!(old.contains("struct P { x: f64 }") && old.contains("let _ = show(&p);"));
        assert!(new.contains("struct P { x: f64, y: f64 }") && !new.contains("struct P { x: f64 }"));
        for (text, count) in [("fn show", 1), ("fn twice", 1), ("impl P", 1), ("fn alone", 0), ("struct Other", 0)] {
            assert_eq!((old.matches(text).count(), new.matches(text).count()), (1, count), "{text}");
        }
        assert_eq!(program.matches('{').count(), program.matches('}').count());
    }
}
