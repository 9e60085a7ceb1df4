//! Failures of what a session works with.

use std::path::Path;

use crate::compile::Compiled;
use crate::failure::{Failure, LINKER, Run, Work, run_failure, trouble};
use crate::generate::Source;
use crate::host::{Died, Ending, Trouble};

/// rustc could not be started, or its files not be written.
pub(super) fn of_rustc(error: &std::io::Error, folder: &Path) -> Failure {
    not_started("rustc", error, folder)
}

/// The linker could not be started.
pub(super) fn of_linker(error: &std::io::Error, folder: &Path) -> Failure {
    not_started(LINKER, error, folder)
}

fn not_started(tool: &str, error: &std::io::Error, folder: &Path) -> Failure {
    let work = Work { tool, ended: Err(error), stderr: "", messages: &[], folder };
    trouble(&work).unwrap_or_else(|| Failure::new("KernelError", error.to_string()))
}

/// rustc failed, through no fault of the cell.
pub(super) fn of_compiling(compiled: &Compiled, folder: &Path) -> Option<Failure> {
    ended("rustc", compiled, folder)
}

/// The linker failed.
pub(super) fn of_linking(linked: &Compiled, folder: &Path) -> Option<Failure> {
    ended(LINKER, linked, folder)
}

fn ended(tool: &str, compiled: &Compiled, folder: &Path) -> Option<Failure> {
    let (stderr, messages) = (compiled.rest.as_str(), compiled.messages.as_slice());
    trouble(&Work { tool, ended: Ok(compiled.status), stderr, messages, folder })
}

/// The process that runs cells could not do something besides running a cell.
pub(super) fn of_host(trouble: &Trouble) -> Failure {
    match trouble {
        Trouble::Died(died) => {
            Failure::new("ChildDied", format!("the process that runs cells ended: {}; run the cell again", died.how))
        }
        Trouble::Load(what) => Failure::new("KernelError", format!("a library could not be loaded: {what}")),
    }
}

/// The process ended while it ran a cell.
pub(super) fn of_death(died: &Died, lost: &[String]) -> Failure {
    let run = Run { sources: &[], ending: None, died: Some(died), lost };
    run_failure(&run).unwrap_or_else(|| Failure::new("ChildDied", died.how.clone()))
}

/// The cell compiled and did not run to its end. `sources` are those in which a place may be.
pub(super) fn of_ending(sources: &[Source], ending: &Ending, lost: &[String]) -> Failure {
    let run = Run { sources, ending: Some(ending), died: None, lost };
    run_failure(&run).unwrap_or_else(|| Failure::new("Error", "the cell did not run to its end"))
}
