//! Starting the process that runs cells anew.

use super::{Evcxr, kernel_error, translate};
use crate::cell::Definitions;
use crate::prepare::Toolchain;
use crate::report::Failure;

impl Evcxr {
    /// A dependency was built anew for this cell, under a process that has loaded the old one.
    pub(super) fn restart_stale(&mut self) -> Failure {
        let names: Vec<String> = self.variables().into_keys().map(|name| format!("`{name}`")).collect();
        let restarted = self.restart_child();
        let kept = if names.is_empty() { String::new() } else { format!("; not kept: {}", names.join(", ")) };
        let message = format!(
            "the new dependency changes what an older one is built with, so the process that runs cells was started \
             anew{kept}; run the cells above and this one again"
        );
        restarted.err().unwrap_or_else(|| Failure::new("RestartNeeded", message))
    }

    /// Starts the child anew; items and dependencies stay, variables go.
    pub(super) fn restart_child(&mut self) -> Result<(), Failure> {
        self.know_libraries()?;
        self.watch.end_child();
        // evcxr notices at the next thing that it is given to run, and starts another process.
        self.console.begin();
        let _ = self.context.execute("();");
        self.console.end();
        self.set_up_child();
        Ok(())
    }

    /// As if no cell had run: items, dependencies and variables go. So does the helper crate, which is loaded again.
    pub(super) fn clear(&mut self) -> Result<(), Failure> {
        self.console.begin();
        let cleared = self.context.execute(":clear").map_err(|e| translate::failure("", 0, &e));
        let loaded = cleared.and_then(|_| self.load_dependencies(false));
        self.console.end();
        self.definitions = Definitions::default();
        self.transcript.clear();
        self.gone.clear();
        loaded
    }

    pub(super) fn know_libraries(&self) -> Result<(), Failure> {
        let toolchain = Toolchain::find().map_err(kernel_error)?;
        self.watch.libraries_are(&toolchain.built(&self.settings.run.work()));
        Ok(())
    }

    /// The child was started anew by evcxr: its side has to be set up again.
    pub(super) fn set_up_child(&mut self) {
        self.console.begin();
        // If this fails too, the next cell says why.
        let _ = self.context.execute(self.settings.dependencies.prelude);
        self.console.end();
    }
}
