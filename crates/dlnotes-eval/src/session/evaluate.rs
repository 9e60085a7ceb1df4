//! A cell's way: split, compile, link, run, keep.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::build::{Unit, owned_words, remove};
use super::imports::Imports;
use super::items::{CellText, Change, Entry, From, Items};
use super::variables::{self, Variable};
use super::{Cell, Session, failures};
use crate::cell::{Kind, Source as CellSource, Split, Unparsed, parse};
use crate::compile::message::Message;
use crate::generate::{Body, How, Origin, Part, Source, Taken, part};
use crate::host::{Ending, Ran, Trouble};
use crate::report::{Failure, Gone, Loss, Why, compile_failure, moved_or_borrowed, older_cells};
use crate::{Event, Stream};

/// How often a cell is compiled again without something that can't be kept.
const ATTEMPTS: usize = 12;

/// How long the parts of a cell's way took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// rustc and the linker.
    pub compiled: Duration,
    /// The cell itself.
    pub ran: Duration,
}

/// A cell's items, compiled, before the session has them.
struct Staged {
    items: Items,
    imports: Imports,
    change: Change,
    /// The new crate, and where it is.
    unit: Option<(String, Unit)>,
    notices: Vec<String>,
    /// Older items that no longer compile, with the number of their cell.
    aside: Vec<(String, usize)>,
}

/// A cell's statements, compiled.
struct Compiled {
    unit: Unit,
    taken: Vec<Taken>,
    kept: Vec<String>,
    /// Variables that the cell defines and that are not kept.
    left_out: Vec<(String, Loss)>,
}

impl Session {
    /// Runs a cell; what it shows goes to the console while it runs. One that fails to compile changes nothing.
    pub fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        self.watch.begin();
        let result = self.cell(cell);
        self.watch.end();
        self.build.prepare();
        result
    }

    fn cell(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        self.check()?;
        self.sequence += 1;
        let source = CellSource::new(cell.code, |name| self.knows(name));
        let rest = self.commands(&source, cell)?;
        if source.code.trim().is_empty() {
            return Ok(());
        }
        let times = self.code(cell, &source.code)?;
        self.transcript.push(source.code);
        if rest.time {
            let Times { compiled, ran } = times;
            self.say(Stream::Out, &format!("compiled in {compiled:.2?}, ran for {ran:.2?}\n"));
        }
        Ok(())
    }

    pub(super) fn say(&self, stream: Stream, text: &str) {
        use crate::Console as _;
        self.console.show(Event::Text(stream, text.to_owned()));
    }

    fn check(&self) -> Result<(), Failure> {
        if self.work.is_dir() {
            return Ok(());
        }
        let message = format!(
            "the kernel's folder {} was removed under it: restart the kernel, which makes a new one",
            self.work.display()
        );
        Err(Failure::new("KernelError", message))
    }

    /// Compiles and runs `code`, whose bytes are the cell's.
    pub(super) fn code(&mut self, cell: &Cell<'_>, code: &str) -> Result<Times, Failure> {
        let start = Instant::now();
        let split = match parse(code) {
            Ok(split) => split,
            Err(Unparsed::TooLarge(what)) => return Err(Failure::new("CompileError", what)),
            Err(Unparsed::Tokens) => return Err(self.unbalanced(cell, code)),
            // rustc says what is wrong, or knows better.
            Err(Unparsed::Syntax) => Split { has_statements: true, ..Split::default() },
        };
        let mut staged = self.stage(cell, code, &split)?;
        let compiled = match split.has_statements || !split.uses.is_empty() {
            true => self.statements(cell, code, &split, &mut staged),
            false => Ok(None),
        };
        let compiled = match compiled {
            Ok(compiled) => compiled,
            Err(failure) => {
                // No number of a crate is given twice.
                self.items.crates = staged.items.crates;
                if let Some((_, unit)) = &staged.unit {
                    self.build.take_back();
                    remove(&unit.folder);
                }
                return Err(failure);
            }
        };
        if self.watch.stop_requested() {
            return Err(Failure::new("Interrupted", "compiling was stopped"));
        }
        self.commit(staged, cell.count)?;
        let mut times = Times { compiled: start.elapsed(), ran: Duration::ZERO };
        let Some(compiled) = compiled.filter(|_| split.has_statements) else {
            self.nobody_called_main(&split);
            return Ok(times);
        };
        let library = self.build.link(&compiled.unit.folder).map_err(|what| failures::of_linker(&what, &self.work))?;
        times.compiled = start.elapsed();
        let ran = self.run(cell, code, &split, &compiled, &library);
        remove(&compiled.unit.folder);
        times.ran = ran?;
        Ok(times)
    }

    fn nobody_called_main(&self, split: &Split) {
        let is_main = |item: &crate::cell::Item| item.kind == Kind::Function && item.name.as_deref() == Some("main");
        if split.items.iter().any(is_main) {
            self.say(Stream::Out, "`main` is defined, but nothing calls it: `main()` on a line of its own runs it\n");
        }
    }

    fn unbalanced(&mut self, cell: &Cell<'_>, code: &str) -> Failure {
        let mut source = Source {
            name: format!("cell [{}]", cell.count),
            count: cell.count,
            cell: cell.code.to_owned(),
            text: code.to_owned(),
            ..Source::default()
        };
        source.map.push(code.len(), Origin::Cell(0));
        let watch = self.watch.clone();
        match self.build.alone(&source, &watch) {
            Ok(compiled) => self.failure(&compiled.messages, &[source], cell.count),
            Err(error) => failures::of_rustc(&error, &self.work),
        }
    }

    fn failure(&mut self, messages: &[Message], sources: &[Source], count: usize) -> Failure {
        self.last_messages = messages.to_vec();
        compile_failure(messages, &self.with_older(sources), count, &self.facts())
    }

    /// Where a place may be: files of the cell, and of those with items.
    fn with_older(&self, own: &[Source]) -> Vec<Source> {
        let mut sources = own.to_vec();
        let mut seen = BTreeSet::new();
        for text in self.items.entries().iter().map(|entry| &entry.cell).filter(|text| seen.insert(text.sequence)) {
            let name = format!("cell [{}]", text.count);
            if sources.iter().all(|source| source.name != name) {
                let (count, cell, text) = (text.count, text.cell.clone(), text.code.clone());
                let mut source = Source { name, count, cell, text, ..Source::default() };
                source.map.push(source.text.len(), Origin::Cell(0));
                sources.push(source);
            }
        }
        sources
    }

    // -- items ------------------------------------------------------------------------------------------------------

    /// Compiles a cell's items, and what has to move with them.
    fn stage(&mut self, cell: &Cell<'_>, code: &str, split: &Split) -> Result<Staged, Failure> {
        let own: Vec<_> = split.uses.iter().flat_map(|(_, imports)| imports.clone()).collect();
        let text = Arc::new(CellText {
            sequence: self.sequence,
            count: cell.count,
            cell: cell.code.to_owned(),
            code: code.to_owned(),
            uses: split.uses.iter().map(|(range, _)| range.clone()).collect(),
            imports: own.clone(),
        });
        let mut staged = Staged {
            items: self.items.clone(),
            imports: self.imports.clone(),
            change: Change::default(),
            unit: None,
            notices: Vec::new(),
            aside: Vec::new(),
        };
        let names: BTreeSet<String> = split.items.iter().filter_map(|item| item.name.clone()).collect();
        staged.imports.remove(&names);
        let imports = Arc::new(staged.imports.clone());
        staged.imports.add(&own, cell.count);
        staged.change = staged.items.plan(&split.items, &text, &imports);
        while !staged.change.inside.is_empty() {
            let name = format!("it{}", staged.items.crates);
            let folder = self.build.items_folder().map_err(|error| failures::of_rustc(&error, &self.work))?;
            let parts = parts(&staged.items, &staged.change.inside, &folder);
            let watch = self.watch.clone();
            let unit = self.build.items(&name, &parts, folder, &watch);
            let unit = unit.map_err(|error| failures::of_rustc(&error, &self.work))?;
            self.compiler_failed(&unit)?;
            if unit.compiled.is_ok() {
                self.build.add(&name, &unit.folder).map_err(|error| failures::of_rustc(&error, &self.work))?;
                staged.unit = Some((name, unit));
                break;
            }
            remove(&unit.folder);
            // What another cell defined, and no longer compiles beside this one's, is left out and named.
            let older = older_cells(&unit.compiled.messages, &unit.sources, cell.count);
            let own = unit.compiled.messages.iter().filter(|message| message.level == "error");
            let only_older = !older.is_empty() && older.len() >= own.filter(|m| !m.spans.is_empty()).count();
            let mut aside = Vec::new();
            for blamed in older.iter().filter(|_| only_older) {
                let at = parts.iter().find(|part| part.source.count == blamed.cell && part.source.count != cell.count);
                let sequence = at.and_then(|part| part.module.strip_prefix('c')?.parse().ok());
                aside.extend(sequence.and_then(|sequence| staged.items.set_aside(sequence, blamed.byte)));
            }
            if aside.is_empty() {
                return Err(self.failure(&unit.compiled.messages, &unit.sources, cell.count));
            }
            for entry in aside {
                staged.notices.push(set_aside(&entry));
                staged.aside.extend(entry.names.iter().map(|name| (name.clone(), entry.cell.count)));
                let is_it =
                    |other: &Entry| other.cell.sequence == entry.cell.sequence && other.item.range == entry.item.range;
                staged.change.inside.retain(|other| !is_it(other));
            }
        }
        Ok(staged)
    }

    /// The session has the cell's items now.
    fn commit(&mut self, staged: Staged, count: usize) -> Result<(), Failure> {
        for notice in &staged.notices {
            self.say(Stream::Err, notice);
        }
        self.items = staged.items;
        self.imports = staged.imports;
        self.gone.retain(|name, _| !self.items.has(name));
        for (name, own) in staged.aside {
            self.gone.insert(name, Gone { cell: count, why: Loss::SetAside(own) });
        }
        let Some((_, unit)) = staged.unit else { return Ok(()) };
        let library = self.build.link(&unit.folder).map_err(|what| failures::of_linker(&what, &self.work))?;
        let dropped = variables::with_changed_type(&self.variables, &staged.change.changed);
        let mut slots = Vec::new();
        for (name, of) in &dropped {
            slots.extend(self.variables.remove(name).map(|variable| variable.slot));
            self.gone.insert(name.clone(), Gone { cell: count, why: Loss::TypeChanged(of.clone()) });
        }
        if !dropped.is_empty() {
            let types: BTreeSet<&str> = dropped.values().map(String::as_str).collect();
            let types = types.into_iter().collect::<Vec<_>>().join(", ");
            let names = dropped.keys().cloned().collect::<Vec<_>>().join(", ");
            self.say(Stream::Err, &format!("dropped, because this cell changes what {types} is: {names}\n"));
        }
        variables::renew(&mut self.variables, &staged.change.renewed);
        let host = self.host()?;
        host.drop_values(&slots).and_then(|()| host.open(&library)).map_err(|trouble| failures::of_host(&trouble))?;
        self.opened.push(library);
        Ok(())
    }

    // -- statements -------------------------------------------------------------------------------------------------

    /// The declarations that code which mentions these words needs.
    fn uses(&self, code: &str, split: &Split, staged: &Staged) -> Vec<String> {
        // What the cell imports itself stands in its text.
        let hidden: BTreeSet<String> =
            split.uses.iter().flat_map(|(_, imports)| imports).filter_map(|import| import.name.clone()).collect();
        let mut mentioned = owned_words(code);
        mentioned.extend(staged.imports.words());
        let items = staged.items.uses(&mentioned, From { krate: None, module: None, hidden: &hidden });
        items.into_iter().chain(staged.imports.lines(&hidden)).collect()
    }

    fn statements(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        staged: &mut Staged,
    ) -> Result<Option<Compiled>, Failure> {
        let changed = variables::with_changed_type(&self.variables, &staged.change.changed);
        let mut renewed = self.variables.clone();
        variables::renew(&mut renewed, &staged.change.renewed);
        let words = owned_words(code);
        let mut taken: Vec<Taken> = renewed
            .iter()
            .filter(|(name, _)| words.contains(*name) && !changed.contains_key(*name))
            .map(|(name, variable)| Taken {
                name: name.clone(),
                mutable: variable.mutable,
                how: variable.how.clone(),
                back: true,
            })
            .collect();
        let mut kept: Vec<String> =
            split.variables().iter().map(|name| name.name.clone()).filter(|n| n != "_").collect();
        let (mut left_out, mut shows, mut borrowed) = (Vec::new(), true, None);
        for _ in 0..ATTEMPTS {
            let uses = self.uses(code, split, staged);
            let body = Body {
                cell: cell.code,
                code,
                count: cell.count,
                split,
                uses: &uses,
                taken: &taken,
                kept: &kept,
                shows,
            };
            let watch = self.watch.clone();
            let unit = self.build.body(&body, &watch);
            let unit = unit.map_err(|error| failures::of_rustc(&error, &self.work))?;
            self.compiler_failed(&unit)?;
            if unit.compiled.is_ok() && borrowed.is_none() {
                return Ok(Some(Compiled { unit, taken, kept, left_out }));
            }
            remove(&unit.folder);
            if let (true, Some(failure)) = (unit.compiled.is_ok(), borrowed.take()) {
                return Err(failure);
            }
            let blamed = Blamed::find(&unit);
            let mut again = false;
            for taken in &mut taken {
                if blamed.moved.contains(&taken.name) && taken.back {
                    taken.back = false;
                    again = true;
                }
                if let (true, Some(variable)) = (blamed.unnamed.contains(&taken.name), renewed.get(&taken.name))
                    && !matches!(taken.how, How::Replay(_))
                {
                    taken.how = How::Replay(variable.replay.clone());
                    again = true;
                }
            }
            for path in &blamed.imports {
                let path = path.trim_start_matches("use ").trim_end_matches(';');
                let number = staged.imports.all().find(|(known, _)| *known == path).map(|(_, number)| number);
                if let Some(number) = number {
                    staged.imports.remove_path(path);
                    staged
                        .notices
                        .push(format!("`use {path};` of cell [{number}] leads nowhere any more and is left out\n"));
                    again = true;
                }
            }
            for (name, why) in moved_or_borrowed(&unit.compiled.messages, &unit.sources) {
                let loss = match why {
                    Why::Moved => Loss::Moved,
                    Why::Uninitialized => Loss::Uninitialized,
                    // Without what borrows, rustc says what it would in a program; if that is nothing, this is what's wrong.
                    Why::Borrows(from) => {
                        if borrowed.is_none() {
                            borrowed = Some(self.failure(&unit.compiled.messages, &unit.sources, cell.count));
                        }
                        Loss::BorrowEnded(from)
                    }
                    Why::TypeUnknown => continue,
                };
                kept.retain(|other| *other != name);
                left_out.push((name, loss));
                again = true;
            }
            if !again && shows && blamed.value_of_no_type {
                shows = false;
                again = true;
            }
            if !again {
                return Err(self.failure(&unit.compiled.messages, &unit.sources, cell.count));
            }
        }
        Err(Failure::new("KernelError", "the cell could not be compiled in a dozen ways; please report it"))
    }

    /// Whether rustc was stopped, or failed for a reason that isn't the cell's.
    fn compiler_failed(&self, unit: &Unit) -> Result<(), Failure> {
        if self.watch.stop_requested() {
            return Err(Failure::new("Interrupted", "compiling was stopped"));
        }
        failures::of_compiler(&unit.compiled, &self.work).map_or(Ok(()), Err)
    }

    // -- running ----------------------------------------------------------------------------------------------------

    fn run(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        compiled: &Compiled,
        library: &std::path::Path,
    ) -> Result<Duration, Failure> {
        let slots: Vec<usize> =
            compiled.taken.iter().filter_map(|taken| self.variables.get(&taken.name)).map(|v| v.slot).collect();
        let has_value = split.value.is_some();
        let ran = match self.host()?.run(library, &slots, has_value) {
            Ok(ran) => ran,
            Err(Trouble::Load(what)) => {
                return Err(Failure::new("KernelError", format!("the cell could not be loaded: {what}")));
            }
            Err(Trouble::Died(died)) => {
                let mut lost = self.restart(cell.count, &Loss::Died);
                lost.extend(compiled.kept.iter().filter(|name| !lost.contains(name)).cloned().collect::<Vec<_>>());
                return Err(failures::of_death(&died, &lost));
            }
        };
        self.keep(cell, code, split, compiled, &ran);
        match &ran.ending {
            Ending::Completed => Ok(ran.time),
            ending => {
                let mut lost: Vec<String> = compiled.kept.clone();
                lost.extend(compiled.left_out.iter().map(|(name, _)| name.clone()));
                lost.extend(compiled.taken.iter().filter(|taken| !taken.back).map(|taken| taken.name.clone()));
                lost.retain(|name| !self.variables.contains_key(name));
                lost.sort();
                lost.dedup();
                let sources = self.with_older(&compiled.unit.sources);
                Err(failures::of_ending(&sources, ending, &lost))
            }
        }
    }

    /// What the cell left, and what it took for good.
    fn keep(&mut self, cell: &Cell<'_>, code: &str, split: &Split, compiled: &Compiled, ran: &Ran) {
        let completed = ran.ending == Ending::Completed;
        let gone = |why: Loss| Gone { cell: cell.count, why };
        let before = self.variables.clone();
        for taken in compiled.taken.iter().filter(|taken| !taken.back) {
            self.variables.remove(&taken.name);
            self.gone.insert(taken.name.clone(), gone(Loss::Moved));
        }
        for (name, loss) in &compiled.left_out {
            if !self.variables.contains_key(name) {
                self.gone.insert(name.clone(), gone(loss.clone()));
            }
        }
        if !completed {
            for name in compiled.kept.iter().filter(|name| !self.variables.contains_key(*name)) {
                self.gone.insert(name.clone(), gone(Loss::Failed));
            }
        }
        let replays: Vec<String> =
            ran.kept.iter().map(|kept| self.replay(&kept.name, code, split, compiled, &before)).collect();
        let unknown = |session: &Self| {
            ran.kept
                .iter()
                .zip(&replays)
                .any(|(kept, replay)| variables::how(kept, replay, &session.paths, &session.items).is_none())
        };
        if unknown(self) {
            let names: Vec<_> = ran.kept.iter().map(|kept| kept.type_name.clone()).collect();
            match self.build.middle(&compiled.unit) {
                Ok(middle) => self.paths.learn(&middle, &names),
                Err(error) => log::warn!("types could not be looked up: {error}"),
            }
        }
        let mut replaced = Vec::new();
        for (kept, replay) in ran.kept.iter().zip(replays) {
            let how = variables::how(kept, &replay, &self.paths, &self.items);
            let mutable = split.variables().iter().any(|name| name.name == kept.name && name.mutable);
            let variable = Variable {
                slot: kept.slot,
                mutable,
                type_name: kept.type_name.clone(),
                how: how.unwrap_or_else(|| How::Replay(replay.clone())),
                replay,
            };
            replaced.extend(self.variables.insert(kept.name.clone(), variable).map(|old| old.slot));
            self.gone.remove(&kept.name);
        }
        if let (false, Some(host)) = (replaced.is_empty(), self.host.as_mut()) {
            // If the process has ended, the next cell says so.
            let _ = host.drop_values(&replaced);
        }
    }

    /// The code up to the `let` that defines `name`, as a closure whose result has the variable's type.
    fn replay(
        &self,
        name: &str,
        code: &str,
        split: &Split,
        compiled: &Compiled,
        before: &variables::Variables,
    ) -> String {
        let end = split.lets.iter().rev().find(|l| l.names.iter().any(|n| n.name == name)).map_or(0, |l| l.range.end);
        let mut text = String::new();
        let mut at = 0;
        for item in split.items.iter().map(|item| &item.range).chain(split.uses.iter().map(|(range, _)| range)) {
            if item.end <= end && item.start >= at {
                text += &code[at..item.start];
                at = item.end;
            }
        }
        text += &code[at..end];
        let words = owned_words(&text);
        let stand_ins: String = compiled
            .taken
            .iter()
            .filter(|taken| words.contains(&taken.name))
            .filter_map(|taken| Some(before.get(&taken.name)?.stand_in(&taken.name)))
            .collect();
        let uses = self.imports.lines(&BTreeSet::new());
        let items = self.items.uses(&words, From { krate: None, module: None, hidden: &BTreeSet::new() });
        let uses = items.into_iter().chain(uses).collect::<String>();
        let left = "::dlnotes_display::cell::Left";
        match split.awaits {
            false => format!("|| {{ {uses} {stand_ins}\n{text}\n::std::result::Result::<_, {left}>::Ok({name}) }}"),
            true => format!(
                "|| {{ {uses} {stand_ins} ::dlnotes_async::block_on(async {{\n{text}\n\
                 ::std::result::Result::<_, {left}>::Ok({name}) }}) }}"
            ),
        }
    }
}

fn set_aside(entry: &Entry) -> String {
    let name = match (&entry.item.kind, entry.names.iter().next()) {
        (Kind::Impl { head, .. }, _) => head.clone(),
        (_, Some(name)) => name.clone(),
        (_, None) => entry.text().lines().next().unwrap_or_default().to_owned(),
    };
    let number = entry.cell.count;
    format!(
        "`{name}` of cell [{number}] no longer compiles beside this cell and is left out: change it and run cell [{number}] \
         again\n"
    )
}

/// The files of a crate of items: one for each cell that has some in it.
fn parts(items: &Items, inside: &[Entry], folder: &std::path::Path) -> Vec<Part> {
    let mut sequences: Vec<usize> = inside.iter().map(|entry| entry.cell.sequence).collect();
    sequences.sort_unstable();
    sequences.dedup();
    let parts = sequences.into_iter().filter_map(|sequence| {
        let own: Vec<&Entry> = inside.iter().filter(|entry| entry.cell.sequence == sequence).collect();
        let first = *own.first()?;
        let text = &first.cell;
        let mut hidden: BTreeSet<String> = own.iter().flat_map(|entry| entry.names.clone()).collect();
        hidden.extend(text.imports.iter().filter_map(|import| import.name.clone()));
        let mut mentioned: BTreeSet<String> = own.iter().flat_map(|entry| entry.words.iter().cloned()).collect();
        mentioned.extend(first.imports.words());
        let from = From { krate: Some(items.crates), module: Some(sequence), hidden: &hidden };
        let mut uses = items.uses(&mentioned, from);
        uses.extend(first.imports.lines(&hidden));
        let list: Vec<_> = own.iter().map(|entry| entry.item.clone()).collect();
        let source = part(&text.cell, &text.code, text.count, &list, &text.uses);
        let file: PathBuf = folder.join(sequence.to_string()).join(&source.name);
        Some(Part { module: first.module(), uses, file, source })
    });
    parts.collect()
}

/// What in our own code did not compile.
#[derive(Debug, Default)]
struct Blamed {
    /// Variables that the cell moves, so that they can't be put back.
    moved: BTreeSet<String>,
    /// Variables whose type isn't what it was taken for.
    unnamed: BTreeSet<String>,
    /// `use` declarations that lead nowhere.
    imports: Vec<String>,
    /// The last expression has a type that nothing decides, as that of `panic!()` is.
    value_of_no_type: bool,
}

impl Blamed {
    fn find(unit: &Unit) -> Self {
        let mut blamed = Self::default();
        for message in unit.compiled.messages.iter().filter(|message| message.level == "error") {
            let code = message.code.as_ref().map_or("", |code| code.code.as_str());
            for span in message.spans.iter().filter(|span| span.is_primary) {
                let Some(source) = unit.sources.iter().find(|source| source.name == span.file_name) else { continue };
                match source.map.at(span.byte_start).map(|(_, origin)| origin) {
                    Some(Origin::Take(name)) if matches!(code, "E0382" | "E0505" | "E0381") => {
                        blamed.moved.insert(name.clone());
                    }
                    Some(Origin::Take(name)) => {
                        blamed.unnamed.insert(name.clone());
                    }
                    Some(Origin::Use(line)) => blamed.imports.push(line.clone()),
                    Some(Origin::Value(_)) if matches!(code, "E0282" | "E0283" | "E0284") => {
                        blamed.value_of_no_type = true
                    }
                    _ => {}
                }
            }
        }
        blamed
    }
}
