//! Opening an evaluator: evcxr, the process that runs cells, what every notebook has.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use ::evcxr::{CommandContext, EvalContext};

use super::console::Capture;
use super::progress::Stages;
use super::{Evcxr, Settings, kernel_error, translate};
use crate::analyzer::{CARGO_HOME, cargo_home, lay_stand_in, with_own_cargo};
use crate::cell::Definitions;
use crate::child::{CHILD_DIRECTORY, CHILD_SOCKET, Tap, Watch};
use crate::compiler::{PATH, RUSTC_SOCKET, lay_stand_ins};
use crate::environment;
use crate::evaluator::Console;
use crate::output::Event;
use crate::prepare::{Prepared, Toolchain, lay_out, prebuild, seed_lock, slim_sources};
use crate::report::Failure;

/// Where rust-analyzer finds the sources of the standard library.
const SOURCES: &str = "RUST_SRC_PATH";

impl Evcxr {
    pub(super) fn open(
        settings: Settings,
        watch: Arc<Watch>,
        console: Arc<dyn Console>,
        stages: &Stages,
    ) -> Result<Self, Failure> {
        let start = Instant::now();
        let console = Arc::new(Capture::new(console, settings.run.work().join("src/lib.rs")));
        // What evcxr evaluates by itself is nobody's output.
        console.begin();
        let run = &settings.run;
        let as_console: Arc<dyn Console> = Arc::<Capture>::clone(&console);
        Tap::open(&run.child_socket(), &run.rustc_socket(), &watch, &as_console).map_err(kernel_error)?;
        let sources = slim_sources().map_err(kernel_error)?.ok_or_else(|| {
            Failure::new(
                "KernelError",
                "the sources of the standard library are missing: run `rustup component add rust-src` (without rustup: \
                 Debian's package rust-web-src or rust-src, with RUST_SRC_PATH naming its `library` folder), then restart \
                 the kernel",
            )
        })?;
        // evcxr evaluates `42` first, for which rust-analyzer need not read all of std.
        environment::set(SOURCES, run.no_sources().map_err(kernel_error)?);
        stages.enter("starting the compiler");
        let context = Self::context(&settings).map_err(|failure| {
            // What the child said before it died is the reason.
            failure.with_lines(console.end().into_iter().filter_map(|event| match event {
                Event::Text(_, text) => Some(text),
                _ => None,
            }))
        })?;
        environment::set(SOURCES, sources);
        for (name, value) in lay_stand_in(&run.analyzer()).map_err(kernel_error)? {
            environment::set(name, value);
        }
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
        evaluator.prepare_dependencies(stages)?;
        let with_dependencies = start.elapsed();
        stages.enter("reading the libraries' sources");
        evaluator.resolve_names();
        log::info!(
            "ready after {:.1?}: {with_context:.1?} for evcxr, {:.1?} for dependencies, {:.1?} for names",
            start.elapsed(),
            with_dependencies - with_context,
            start.elapsed() - with_dependencies,
        );
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
        // evcxr may start another child after rust-analyzer's stand-in was laid.
        with_own_cargo(&mut child);
        // evcxr reads its configuration in the current directory; the notebook's is for the stock kernel.
        let toml = format!("[evcxr]\ntmpdir = {work:?}\n");
        std::fs::write(work.join("evcxr.toml"), toml).map_err(kernel_error)?;
        std::env::set_current_dir(&work).map_err(kernel_error)?;
        // evcxr asks for its tools once, now.
        let path = std::env::var_os(PATH);
        if let Some(with_ours) = lay_stand_ins(settings.run.path()).map_err(kernel_error)? {
            environment::set(PATH, with_ours);
        }
        if let Some(path) = &path {
            child.env(PATH, path);
        }
        let context = EvalContext::with_subprocess_command(child);
        if let Some(path) = path {
            environment::set(PATH, path);
        }
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
    fn prepare_dependencies(&mut self, stages: &Stages) -> Result<(), Failure> {
        let prepared = Prepared::find(&self.settings.dependencies).map_err(kernel_error)?;
        let work = self.settings.run.work();
        let offline = prepared.exists();
        if offline {
            stages.enter("loading the prepared libraries");
            lay_out(&prepared, &work).map_err(kernel_error)?;
        } else {
            stages.enter("building the libraries of every notebook, for the first time");
            seed_lock(&work).map_err(kernel_error)?;
        }
        self.load_dependencies(offline)?;
        if !offline {
            prebuild(&prepared, &work).map_err(kernel_error)?;
        }
        Ok(())
    }

    /// Tells evcxr what it can't know, and lets it load the dependencies that lie in its folder, or build them first.
    pub(super) fn load_dependencies(&mut self, offline: bool) -> Result<(), Failure> {
        let program = std::env::current_exe().map_err(kernel_error)?;
        let mut code = format!(":offline {}\n:efmt {{}}\n", u8::from(offline));
        code += &format!(":build_env RUSTC_WRAPPER={}\n", program.display());
        code += &format!(":build_env {RUSTC_SOCKET}={}\n", self.settings.run.rustc_socket().display());
        if let Some(home) = cargo_home() {
            code += &format!(":build_env {CARGO_HOME}={}\n", home.display());
        }
        code += &self.settings.dependencies.command();
        code += self.settings.dependencies.prelude;
        self.context.execute(&code).map_err(|e| translate::failure("", 0, &e))?;
        if offline {
            // Only now: the reader's own `:dep` may need the network.
            self.context.execute(":offline 0").map_err(|e| translate::failure("", 0, &e))?;
        }
        self.know_libraries()
    }

    /// Makes rust-analyzer resolve what the first cell would otherwise wait for.
    fn resolve_names(&mut self) {
        let code = "String::new";
        let _ = self.context.hover_at(code, code.len());
        self.console.end();
    }
}
