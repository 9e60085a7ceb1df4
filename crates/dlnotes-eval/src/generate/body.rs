//! A cell's statements, as a crate with one function.

use super::map::{Origin, Source};
use super::text::Text;
use crate::cell::Split;

/// How a variable is taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// As this type, which it has.
    Type(String),
    /// As this type, which is the one that it was made with, compiled again.
    Renewed(String),
    /// As the type of what this closure returns.
    Replay(String),
}

/// A variable of an earlier cell that this one uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its name.
    pub name: String,
    /// Whether it was declared `mut`.
    pub mutable: bool,
    /// How it is taken out.
    pub how: How,
    /// Whether it is put back: not where the cell moves it.
    pub back: bool,
}

/// What a crate of statements is made of.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// The cell.
    pub cell: &'a str,
    /// Its code: the cell with its head blanked.
    pub code: &'a str,
    /// Its number.
    pub count: usize,
    /// Its parts.
    pub split: &'a Split,
    /// `use` declarations, each on a line.
    pub uses: &'a [String],
    /// Variables that it uses.
    pub taken: &'a [Taken],
    /// Variables that it defines and that are kept.
    pub kept: &'a [String],
    /// Crates that have the runtime of the user's tokio.
    pub runtimes: &'a [String],
    /// Whether its last expression is shown, and not only evaluated.
    pub shows: bool,
}

/// Both files: the function, which includes the other one, and that one, whose lines are the cell's. They stand in one folder,
/// which neither of them names.
pub fn body(body: &Body<'_>) -> (Source, Source) {
    let (start, inner) = (start(body), inner(body));
    let source = |name: String, text: Text| Source {
        name,
        count: body.count,
        cell: body.cell.to_owned(),
        text: text.text,
        map: text.map,
    };
    (source("start".to_owned(), start), source(name(body), inner))
}

/// As rustc names the cell's file.
fn name(body: &Body<'_>) -> String {
    format!("cell [{}]", body.count)
}

fn start(body: &Body<'_>) -> Text {
    let mut text = Text::default();
    for line in body.uses {
        text.push(&format!("{line}\n"), Origin::Use(line.clone()));
    }
    text.generated("#[unsafe(no_mangle)]\npub fn cell(__frame: &mut ::dlnotes_display::cell::Frame<'_>) {\n");
    for (index, taken) in body.taken.iter().enumerate() {
        let (name, mutable) = (&taken.name, if taken.mutable { "mut " } else { "" });
        let line = match &taken.how {
            How::Type(ty) => format!("let {mutable}{name} = __frame.take::<{ty}>({index});\n"),
            How::Renewed(ty) => format!(
                "let {mutable}{name} = unsafe {{ __frame.take_as::<{ty}>({index}, || ::std::unreachable!()) }};\n"
            ),
            How::Replay(code) => format!("let {mutable}{name} = unsafe {{ __frame.take_as({index}, {code}) }};\n"),
        };
        text.push(&line, Origin::Take(name.clone()));
    }
    let result = "::std::result::Result<(), ::dlnotes_display::cell::Left>";
    let include = format!("::std::include!({:?})", name(body));
    text.generated(&match body.split.awaits {
        false => format!("__frame.run(|__keeper| -> {result} {{ {include} }});\n"),
        true => {
            let within: String = body.runtimes.iter().map(|name| format!("::{name}::within(|| ")).collect();
            let end = ")".repeat(body.runtimes.len());
            format!(
                "__frame.run(|__keeper| -> {result} {{ {within}::dlnotes_runtime::block_on(\
                 ::dlnotes_display::cell::body(async {{ {include} }})){end} }});\n"
            )
        }
    });
    for (index, taken) in body.taken.iter().enumerate().filter(|(_, taken)| taken.back) {
        let name = &taken.name;
        text.push(&format!("__frame.put_back({index}, {name});\n"), Origin::Take(name.clone()));
    }
    text.generated("}\n");
    text
}

fn inner(body: &Body<'_>) -> Text {
    let code = body.code;
    let mut text = Text::default();
    // Without the `;`, some wrong beginnings would be taken for a struct's fields.
    text.generated("{;");
    let mut at = 0;
    let mut items: Vec<_> = body.split.items.iter().map(|item| item.range.clone()).collect();
    items.sort_by_key(|range| range.start);
    let end = body.split.value.as_ref().map_or(code.len(), |value| value.start);
    for item in items.into_iter().filter(|item| item.start < end) {
        text.push(&code[at..item.start], Origin::Cell(at));
        text.blank(&code[item.clone()], item.start);
        at = item.end;
    }
    text.push(&code[at..end], Origin::Cell(at));
    if let Some(value) = &body.split.value {
        let (before, after) = if body.shows { ("(&(", "\n)).evcxr_display();") } else { ("", "\n;") };
        text.push(before, Origin::Value(value.clone()));
        text.push(&code[value.clone()], Origin::Cell(value.start));
        text.push(after, Origin::Value(value.clone()));
        text.push(&code[value.end..], Origin::Cell(value.end));
    }
    // Nothing that the user wrote goes on with it: a sentence that isn't finished ends here.
    text.generated(if body.split.value.is_none() { "\nstruct __End;\n" } else { "\n" });
    for name in body.kept {
        text.push(&format!("__keeper.keep({name:?}, {name});\n"), Origin::Keep(name.clone()));
    }
    text.generated("::std::result::Result::Ok(())}\n");
    text
}
