//! A cell's way: split, compile, link, run, keep.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

use super::build::{Unit, remove};
use super::stage::Staged;
use super::statements::Compiled;
use super::{Cell, Session, failures};
use crate::cell::{Kind, Source as CellSource, Split, Unparsed, blanked, parse_with};
use crate::compile::message::Message;
use crate::depend::Changed;
use crate::failure::{Failure, compile_failure};
use crate::generate::{Origin, Source};
use crate::{Event, Stream};

/// How long the parts of a cell's way took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    /// rustc and the linker.
    pub compiled: Duration,
    /// The cell itself.
    pub ran: Duration,
}

impl Session {
    /// Runs a cell; what it shows goes to the console while it runs. One that fails to compile changes nothing.
    pub fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        self.watch.begin();
        self.build.turn();
        let result = self.cell(cell);
        self.watch.end();
        self.build.over(result.is_err());
        self.build.prepare();
        result
    }

    fn cell(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        self.check()?;
        self.sequence += 1;
        let source = CellSource::new(cell.code, |name| self.knows(name));
        let rest = self.commands(&source, cell)?;
        if source.code.trim().is_empty() {
            if rest.time && !self.timing {
                self.say(Stream::Err, "`:time` times the code on the lines below it, and there is none\n");
            }
            return Ok(());
        }
        self.console.begin();
        let times = self.code(cell, &source.code)?;
        self.record(cell, source.code);
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

    /// Whether what the session works with is still there.
    fn check(&mut self) -> Result<(), Failure> {
        if !self.work.is_dir() {
            let message = format!(
                "the kernel's folder {} was removed under it: restart the kernel, which makes a new one",
                self.work.display()
            );
            return Err(Failure::new("KernelError", message));
        }
        self.toolchain.check().map_err(|changed| match changed {
            Changed::Gone => failures::of_rustc(&ErrorKind::NotFound.into(), &self.work),
            Changed::Updated { from, to } => Failure::new(
                "KernelError",
                format!("Rust was updated from {from} to {to} under this session: restart the kernel, which goes on with {to}"),
            ),
        })
    }

    /// Compiles and runs `code`, whose bytes are the cell's.
    pub(super) fn code(&mut self, cell: &Cell<'_>, code: &str) -> Result<Times, Failure> {
        let start = Instant::now();
        let split = match parse_with(code, &self.items.macros()) {
            Ok(split) => split,
            Err(Unparsed::TooLarge(what)) => return Err(Failure::new("CompileError", what)),
            Err(Unparsed::Tokens) => return Err(self.unbalanced(cell, code)),
            // rustc says what is wrong, or knows better.
            Err(Unparsed::Syntax) => Split { has_statements: true, ..Split::default() },
        };
        let text = for_rustc(code, &split);
        let code = text.as_str();
        let mut staged = self.stage(cell, code, &split)?;
        let compiled = match self.compile_and_link(cell, code, &split, &mut staged) {
            Ok(compiled) => compiled,
            Err(failure) => {
                // No number of a crate is given twice.
                self.items.crates = staged.items.crates;
                if let Some(unit) = &staged.unit {
                    self.build.take_back();
                    remove(&unit.folder);
                }
                return Err(failure);
            }
        };
        self.commit(staged, cell.count)?;
        let mut times = Times { compiled: start.elapsed(), ran: Duration::ZERO };
        let Some(compiled) = compiled else {
            self.nobody_called_main(&split);
            return Ok(times);
        };
        let ran = self.run(cell, code, &split, &compiled);
        remove(&compiled.unit.folder);
        times.ran = ran?;
        Ok(times)
    }

    /// Compiles a cell's statements, if it has some to run, and links what there is to link. The session stays as it was.
    fn compile_and_link(
        &mut self,
        cell: &Cell<'_>,
        code: &str,
        split: &Split,
        staged: &mut Staged,
    ) -> Result<Option<Compiled>, Failure> {
        let compiled = match split.has_statements || !split.uses.is_empty() {
            true => Some(self.statements(cell, code, split, staged)?),
            false => {
                self.look_ahead(cell, split, staged);
                None
            }
        };
        // Imports alone were only checked.
        let compiled = match compiled {
            Some(checked) if !split.has_statements => {
                remove(&checked.unit.folder);
                None
            }
            compiled => compiled,
        };
        for unit in staged.unit.iter().chain(compiled.as_ref().map(|compiled| &compiled.unit)) {
            self.link(unit)?;
        }
        // A cell that has come meanwhile is compiled while this one runs.
        self.look_ahead(cell, split, staged);
        Ok(compiled)
    }

    fn link(&self, unit: &Unit) -> Result<(), Failure> {
        let linked = self.build.link(unit, &self.watch).map_err(|error| failures::of_linker(&error, &self.work))?;
        self.unless_stopped()?;
        failures::of_linking(&linked, &self.work).map_or(Ok(()), Err)
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

    pub(super) fn failure(&mut self, messages: &[Message], sources: &[Source], count: usize) -> Failure {
        self.last_messages = messages.to_vec();
        compile_failure(messages, &self.with_older(sources), count, &self.facts())
    }

    /// Where a place may be: files of the cell, and of those with items.
    pub(super) fn with_older(&self, own: &[Source]) -> Vec<Source> {
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

    /// Whether rustc was stopped, or failed for a reason that isn't the cell's; then nothing of the unit stays.
    pub(super) fn compiler_failed(&self, unit: &Unit) -> Result<(), Failure> {
        let of_compiling = || failures::of_compiling(&unit.compiled, &self.work).map_or(Ok(()), Err);
        self.unless_stopped().and_then(|()| of_compiling()).inspect_err(|_| remove(&unit.folder))
    }

    fn unless_stopped(&self) -> Result<(), Failure> {
        match self.watch.stop_requested() {
            true => Err(Failure::new("Interrupted", "compiling was stopped")),
            false => Ok(()),
        }
    }
}

/// A cell's code without what is not for rustc; every byte keeps its place.
pub(super) fn for_rustc(code: &str, split: &Split) -> String {
    let mut text = code.to_owned();
    for range in &split.blank {
        text.replace_range(range.clone(), &blanked(&code[range.clone()]));
    }
    text
}
