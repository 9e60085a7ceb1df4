//! `:dep`: the user's crates, beside what is loaded.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Session, Switch, failures};
use crate::depend::{BuildError, Watch as BuildWatch, is_ours};
use crate::failure::{Failure, cargo_failure, crate_failure};
use crate::host::{Registered, Watch};
use crate::{Console as _, Event, MimeBundle, Stream};

impl Session {
    /// Adds the crates that a cell's `:dep` lines ask for. If that fails, nothing has been asked for.
    pub(super) fn dependencies(&mut self, wanted: &mut Vec<String>) -> Result<(), Failure> {
        if wanted.is_empty() {
            return Ok(());
        }
        let lines = std::mem::take(wanted);
        let progress = Progress::new(&self.console, &self.watch);
        let added = self.dependencies.add(&lines, &progress);
        progress.finish();
        let added = added.map_err(build_failure)?;
        if self.dependencies.libraries() == self.build.libraries() {
            return Ok(());
        }
        let libraries = self.dependencies.libraries().clone();
        self.build.set_libraries(libraries);
        self.crates = None;
        // A process that isn't there opens all of them when it starts.
        if let Some(host) = &mut self.host {
            for library in &added.load {
                host.open(library).map_err(|trouble| failures::of_host(&trouble))?;
            }
        }
        for name in &added.replaced {
            self.say(
                Stream::Err,
                &format!(
                    "`{name}` is another version from here on: what earlier cells made of it stays with the old one\n"
                ),
            );
        }
        Ok(())
    }
}

fn build_failure(error: BuildError) -> Failure {
    let no_network = error.is_no_network();
    match error {
        BuildError::Interrupted => Failure::new("Interrupted", "building the crate was stopped; it has not been added"),
        BuildError::Compile { package, folder, messages } => crate_failure(&package, &folder, &messages),
        BuildError::Specification(text) => Failure::new("CommandError", text),
        BuildError::Cargo(text) => cargo_failure(&text, no_network),
        BuildError::Other(error) => Failure::new("KernelError", error.to_string()),
    }
}

/// The line is changed no more often than this.
const EVERY: Duration = Duration::from_millis(250);

/// One live line while crates are built.
struct Progress {
    console: Arc<Switch>,
    watch: Watch,
    id: String,
    start: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// When the line was changed last.
    shown: Option<Instant>,
    /// Crates that were seen being compiled.
    crates: BTreeSet<String>,
    process: Option<Registered>,
}

impl Progress {
    fn new(console: &Arc<Switch>, watch: &Watch) -> Self {
        let start = Instant::now();
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let id = format!("compiling-{}-{}", std::process::id(), since.as_nanos());
        Self { console: Arc::clone(console), watch: watch.clone(), id, start, state: Mutex::default() }
    }

    fn show(&self, state: &mut State, line: &str) {
        let bundle = MimeBundle::new("text/plain", line);
        self.console.show(match state.shown.replace(Instant::now()) {
            None => Event::Display(bundle, Some(self.id.clone())),
            Some(_) => Event::Update(bundle, self.id.clone()),
        });
    }

    fn finish(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let seconds = self.start.elapsed().as_secs_f32();
        match state.crates.len() {
            0 if state.shown.is_none() => {}
            0 => self.show(&mut state, &format!("asked for crates in {seconds:.1} s")),
            1 => self.show(&mut state, &format!("compiled 1 crate in {seconds:.1} s")),
            count => self.show(&mut state, &format!("compiled {count} crates in {seconds:.1} s")),
        }
    }
}

impl BuildWatch for Progress {
    fn progress(&self, line: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(names) = line.strip_prefix("compiling ").and_then(|rest| rest.split_once(" (")) {
            let names = names.0.split(", ").map(|name| name.split('(').next().unwrap_or(name).to_owned());
            state.crates.extend(names.filter(|name| !name.is_empty() && !is_ours(name)));
        }
        if state.shown.is_none_or(|at| at.elapsed() >= EVERY) {
            let line = format!("{line}, {:.0} s", self.start.elapsed().as_secs_f32());
            self.show(&mut state, &line);
        }
    }

    fn process(&self, group: Option<u32>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.process = group.and_then(|group| self.watch.register_group(group));
    }

    fn is_interrupted(&self) -> bool {
        self.watch.stop_requested()
    }
}
