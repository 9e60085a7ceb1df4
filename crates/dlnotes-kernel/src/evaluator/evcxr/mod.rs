//! The evaluator on the evcxr library: the only files that name its types are this one and `translate`.

mod console;
mod heads;
mod progress;
mod restart;
mod translate;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::evcxr::{CommandContext, Error, EvalCallbacks, EvalContext};

use self::console::Capture;
use self::progress::Progress;
use super::{Cell, Completions, Console, Evaluator, Launch};
use crate::cell::{Definitions, Source, mentions};
use crate::child::{CHILD_DIRECTORY, CHILD_SOCKET, RUSTC_SOCKET, Seen, Tap, Watch};
use crate::environment;
use crate::output::{Event, MimeBundle, Stream};
use crate::prepare::{Dependencies, Prepared, RunDirectory, Toolchain, lay_out, prebuild, slim_sources};
use crate::report::{Failure, Run, run_error};
use crate::server::log;

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
        let open = move |console| Ok(Box::new(Self::open(settings, watch, console)?) as Box<dyn Evaluator>);
        Launch { interrupter, open: Box::new(open) }
    }

    fn open(settings: Settings, watch: Arc<Watch>, console: Arc<dyn Console>) -> Result<Self, Failure> {
        let start = Instant::now();
        let console = Arc::new(Capture::new(console));
        // What evcxr evaluates by itself is nobody's output.
        console.begin();
        let run = &settings.run;
        let as_console: Arc<dyn Console> = Arc::<Capture>::clone(&console);
        Tap::open(&run.child_socket(), &run.rustc_socket(), &watch, &as_console).map_err(kernel_error)?;
        if let Some(sources) = slim_sources().map_err(kernel_error)? {
            environment::set("RUST_SRC_PATH", sources);
        } else {
            return Err(Failure::new(
                "KernelError",
                "the sources of the standard library are missing: run `rustup component add rust-src` (without rustup: \
                 Debian's package rust-web-src or rust-src, with RUST_SRC_PATH naming its `library` folder), then restart \
                 the kernel",
            ));
        }
        let context = Self::context(&settings).map_err(|failure| {
            // What the child said before it died is the reason.
            failure.with_lines(console.end().into_iter().filter_map(|event| match event {
                Event::Text(_, text) => Some(text),
                _ => None,
            }))
        })?;
        let mut evaluator = Self {
            context,
            watch,
            console,
            settings,
            definitions: Definitions::default(),
            transcript: Vec::new(),
            gone: BTreeMap::new(),
        };
        let with_context = start.elapsed();
        evaluator.load_dependencies()?;
        let with_dependencies = start.elapsed();
        evaluator.resolve_names();
        log(&format!(
            "ready after {:.1?}: {with_context:.1?} for evcxr, {:.1?} for dependencies, {:.1?} for names",
            start.elapsed(),
            with_dependencies - with_context,
            start.elapsed() - with_dependencies,
        ));
        Ok(evaluator)
    }

    fn context(settings: &Settings) -> Result<CommandContext, Failure> {
        let work = settings.run.work();
        let program = std::env::current_exe().map_err(kernel_error)?;
        let mut child = Command::new(program);
        child.env(CHILD_SOCKET, settings.run.child_socket()).env(CHILD_DIRECTORY, &settings.directory);
        let toolchain = Toolchain::find().map_err(kernel_error)?;
        // The linker forgets a folder that is missing when the child starts. What it inherited would then come first:
        // below `cargo run` or `cargo test` another build of the same libraries.
        std::fs::create_dir_all(toolchain.built(&work)).map_err(kernel_error)?;
        let (name, value) = toolchain.library_path(&work);
        child.env(name, value);
        // evcxr reads its configuration in the current directory; the notebook's is for the stock kernel.
        let toml = format!("[evcxr]\ntmpdir = {work:?}\n");
        std::fs::write(work.join("evcxr.toml"), toml).map_err(kernel_error)?;
        std::env::set_current_dir(&work).map_err(kernel_error)?;
        let context = EvalContext::with_subprocess_command(child);
        // The notebook's folder may be gone already; nothing of ours needs it.
        let _ = std::env::set_current_dir(&settings.directory);
        let (context, outputs) = context.map_err(|e| {
            let message = format!("{e}; `dlnotes-kernel doctor` in a terminal says what is missing");
            Failure::new("KernelError", message)
        })?;
        // Nothing of a cell comes this way, but evcxr waits until it has been read.
        std::thread::spawn(move || outputs.stdout.iter().for_each(drop));
        std::thread::spawn(move || outputs.stderr.iter().for_each(drop));
        Ok(CommandContext::with_eval_context(context))
    }

    /// Loads the dependencies, from a prepared build if there is one, and runs the prelude.
    fn load_dependencies(&mut self) -> Result<(), Failure> {
        let prepared = Prepared::find(&self.settings.dependencies).map_err(kernel_error)?;
        let work = self.settings.run.work();
        let offline = prepared.exists();
        if offline {
            lay_out(&prepared, &work).map_err(kernel_error)?;
        }
        let program = std::env::current_exe().map_err(kernel_error)?;
        let mut code = format!(":offline {}\n:efmt {{}}\n", u8::from(offline));
        code += &format!(":build_env RUSTC_WRAPPER={}\n", program.display());
        code += &format!(":build_env {RUSTC_SOCKET}={}\n", self.settings.run.rustc_socket().display());
        code += &self.settings.dependencies.command();
        code += self.settings.dependencies.prelude;
        self.context.execute(&code).map_err(|e| translate::failure("", 0, &e))?;
        if offline {
            // Only now: the reader's own `:dep` may need the network.
            self.context.execute(":offline 0").map_err(|e| translate::failure("", 0, &e))?;
        } else {
            prebuild(&prepared, &work).map_err(kernel_error)?;
        }
        self.know_libraries()?;
        Ok(())
    }

    /// Makes rust-analyzer resolve what the first cell would otherwise wait for.
    fn resolve_names(&mut self) {
        let code = "String::new";
        let _ = self.context.hover_at(code, code.len());
        self.console.end();
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
        let result = self.context.execute_with_callbacks(&code, &mut callbacks);
        drop(progress);
        let seen = self.watch.end();
        let (exit, mut failure) = match &result {
            Ok(_) => (None, None),
            Err(Error::SubprocessTerminated(how)) => (Some(how.clone()), None),
            Err(_) if seen.stop_requested => (None, Some(Failure::new("Interrupted", "compiling was stopped"))),
            Err(e) => (None, Some(translate::failure_in(cell, &rewritten, &self.gone, e))),
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
        let source = Source::new(cell.code);
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
