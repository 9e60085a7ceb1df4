//! The evaluator on the evcxr library: the only files that name its types are this one, `open` and `translate`.

mod console;
mod heads;
mod open;
mod progress;
mod restart;
mod translate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::evcxr::{CommandContext, Error, EvalCallbacks};

use self::console::Capture;
use self::progress::{Progress, Stages};
use super::{Cell, Completions, Console, Evaluator, Launch};
use crate::cell::{Definitions, Source, mentions};
use crate::child::{Seen, Watch};
use crate::output::{Event, MimeBundle, Stream};
use crate::prepare::{Dependencies, RunDirectory};
use crate::report::{Failure, Run, run_error};

/// What an evaluator is opened with.
pub struct Settings {
    /// Where it works.
    pub run: Arc<RunDirectory>,
    /// The notebook's folder, in which cells run.
    pub directory: PathBuf,
    /// What every notebook has.
    pub dependencies: Dependencies,
}

/// Compiles and runs cells with evcxr.
pub struct Evcxr {
    context: CommandContext,
    watch: Arc<Watch>,
    console: Arc<Capture>,
    settings: Settings,
    definitions: Definitions,
    /// What was run, for `:export`.
    transcript: Vec<String>,
    /// Variables that are gone, and the cell in which they went.
    gone: BTreeMap<String, usize>,
}

impl Evcxr {
    /// An evaluator that is yet to be opened.
    pub fn launch(settings: Settings) -> Launch {
        let watch = Arc::new(Watch::default());
        let interrupter = Arc::clone(&watch);
        let stages = Arc::new(Stages::new(Arc::clone(&watch), &settings.run.work()));
        let at = Arc::clone(&stages);
        let open = move |console| Ok(Box::new(Self::open(settings, watch, console, &stages)?) as Box<dyn Evaluator>);
        Launch { interrupter, stage: Arc::new(move || at.describe()), open: Box::new(open) }
    }

    fn variables(&self) -> BTreeMap<String, String> {
        self.context.variables_and_types().map(|(name, ty)| (name.to_owned(), ty.to_owned())).collect()
    }

    /// Drops variables whose type is about to mean something else.
    fn drop_changed(&mut self, changed: &BTreeSet<String>, count: usize) -> Result<(), Failure> {
        let names: Vec<String> =
            self.variables().into_iter().filter(|(_, ty)| mentions(ty, changed)).map(|(name, _)| name).collect();
        if names.is_empty() {
            return Ok(());
        }
        let code: String = names.iter().map(|name| format!("drop({name});\n")).collect();
        self.hidden(&code)?;
        let types = changed.iter().cloned().collect::<Vec<_>>().join(", ");
        let message = format!("dropped, because this cell changes what {types} is: {}\n", names.join(", "));
        self.console.show(Event::Text(Stream::Err, message));
        self.gone.extend(names.into_iter().map(|name| (name, count)));
        Ok(())
    }

    /// Runs code of the kernel's own; what it shows comes back.
    fn hidden(&mut self, code: &str) -> Result<Vec<Event>, Failure> {
        self.watch.begin(Source::new(code).has_value());
        self.console.begin();
        let result = self.context.execute(code);
        let seen = self.watch.end();
        let events = self.console.end();
        match result {
            Ok(_) => self.failure_of_run(code, 0, &seen, None, &[]).map_or(Ok(events), Err),
            Err(e) => Err(translate::failure(code, 0, &e)),
        }
    }

    fn failure_of_run(
        &self,
        cell: &str,
        count: usize,
        seen: &Seen,
        exit: Option<&str>,
        lost: &[String],
    ) -> Option<Failure> {
        let source = self.context.last_source().unwrap_or_default();
        run_error(&Run { cell, count, source: &source, seen, exit, lost })
    }

    /// Compiles and runs `code`, whose lines are the cell's.
    fn run(&mut self, cell: &Cell<'_>, rest: &heads::Rest, source: &Source) -> Result<(), Failure> {
        let rewritten = self.definitions.rewrite(&source.code);
        if !rewritten.changed.is_empty() {
            self.drop_changed(&rewritten.changed, cell.count)?;
        }
        let before = self.variables();
        self.watch.begin(source.has_value());
        let code = translate::with_commands(&rest.commands, &rewritten.code);
        let console = Arc::clone(&self.console);
        let progress = rest.adds_dependency.then(|| Progress::start(self));
        let mut callbacks = EvalCallbacks {
            input_reader: &|request| console.ask(&request.prompt, request.is_password).unwrap_or_default(),
        };
        let start = Instant::now();
        self.console.enter(cell);
        let result = self.context.execute_with_callbacks(&code, &mut callbacks);
        self.console.leave();
        drop(progress);
        let seen = self.watch.end();
        let (exit, mut failure) = match &result {
            Ok(_) => (None, None),
            Err(Error::SubprocessTerminated(how)) => (Some(how.clone()), None),
            Err(_) if seen.stop_requested => (None, Some(Failure::new("Interrupted", "compiling was stopped"))),
            Err(e) => {
                let source = self.context.last_source().unwrap_or_default();
                (None, Some(translate::failure_in(cell, &rewritten, &source, &self.gone, e)))
            }
        };
        if failure.is_none() && !seen.stale {
            let lost = self.lost(&before, source, &seen, exit.is_some());
            failure = self.failure_of_run(cell.code, cell.count, &seen, exit.as_deref(), &lost);
        }
        let after = self.variables();
        self.gone.extend(before.into_keys().filter(|name| !after.contains_key(name)).map(|name| (name, cell.count)));
        self.gone.retain(|name, _| !after.contains_key(name));
        if seen.stale {
            self.gone.extend(self.variables().into_keys().map(|name| (name, cell.count)));
            failure = Some(self.restart_stale());
        } else if exit.is_some() {
            self.set_up_child();
        } else if rest.adds_dependency {
            self.know_libraries()?;
        }
        if result.is_ok() {
            self.definitions = rewritten.definitions;
        }
        if failure.is_none() {
            self.transcript.push(source.code.clone());
        }
        if let (Ok(outputs), None) = (&result, &failure) {
            translate::command_output(&rest.commands, outputs).into_iter().for_each(|event| self.console.show(event));
        }
        if rest.time {
            let ran = seen.started.map_or(Duration::ZERO, |started| started.elapsed());
            let compiled = start.elapsed().saturating_sub(ran);
            self.console.show(Event::Text(Stream::Out, format!("compiled in {compiled:.2?}, ran for {ran:.2?}\n")));
        }
        failure.map_or(Ok(()), Err)
    }

    /// Variables that the reader could use before the cell, or would expect after it, and can't.
    fn lost(&self, before: &BTreeMap<String, String>, source: &Source, seen: &Seen, died: bool) -> Vec<String> {
        let after = self.variables();
        let mut lost: Vec<String> = before.keys().filter(|name| died || !after.contains_key(*name)).cloned().collect();
        if seen.unwound || seen.error.is_some() || died {
            lost.extend(source.variables().into_iter().filter(|name| !after.contains_key(name)));
            lost.sort();
            lost.dedup();
        } else {
            lost.clear();
        }
        lost
    }
}

impl Evaluator for Evcxr {
    fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure> {
        let work = self.settings.run.work();
        if !work.is_dir() {
            let message = format!(
                "the kernel's folder {} was removed under it: restart the kernel, which makes a new one",
                work.display()
            );
            return Err(Failure::new("KernelError", message));
        }
        let source = Source::new(cell.code);
        if let Some((at, what)) = source.silent_mistake() {
            return Err(translate::mistake(cell, source.code.get(..at).unwrap_or(&source.code), what));
        }
        let rest = heads::run(self, &source)?;
        self.run(cell, &rest, &source)
    }

    fn idle(&mut self) {
        // The first completion of a session has the names of every crate to collect.
        let code = "let warm_up = String::new(); warm_up.";
        let _ = self.context.completions(code, code.len());
        crate::output::warm_png();
    }

    fn value(&mut self, expression: &str) -> Result<MimeBundle, Failure> {
        let events = self.hidden(expression)?;
        let value = events.into_iter().rev().find_map(|event| match event {
            Event::Result(bundle) | Event::Display(bundle, _) => Some(bundle),
            _ => None,
        });
        Ok(value.unwrap_or_else(|| MimeBundle::new("text/plain", "()")))
    }

    fn complete(&mut self, code: &str, at: usize) -> Completions {
        translate::completions(&mut self.context, code, at)
    }

    fn inspect(&mut self, code: &str, at: usize) -> Option<MimeBundle> {
        translate::inspection(&mut self.context, code, at)
    }
}

fn kernel_error(error: impl std::fmt::Display) -> Failure {
    Failure::new("KernelError", error.to_string())
}

/// Call early in `main`: in a process that evcxr started to run cells it does not return.
pub fn runtime_hook() {
    ::evcxr::runtime_hook();
}
