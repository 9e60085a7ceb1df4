//! Closures behind controls, which are called between cells.

use super::{Cell, Session, failures};
use crate::Event;
use crate::controls::Called;
use crate::failure::{Failure, Loss};
use crate::generate::Source;
use crate::host::{Ending, Ran, Trouble};

/// A panel whose closure can be called.
pub(super) struct Shown {
    /// The number of its cell.
    count: usize,
    /// Where the place of a panic may be.
    sources: Vec<Source>,
}

impl Session {
    /// A cell has shown panels.
    pub(super) fn keep_panels(&mut self, cell: &Cell<'_>, sources: &[Source], ran: &Ran) {
        for panel in &ran.panels {
            self.panels.insert(*panel, Shown { count: cell.count, sources: sources.to_vec() });
        }
    }

    /// Calls the closure of a panel with where its controls stand. Nothing of it goes to the console.
    pub fn call(&mut self, panel: u64, at: &[f64]) -> Called {
        self.watch.begin();
        self.console.keep();
        let result = self.called(panel, at);
        let mut shown = self.console.kept();
        self.watch.end();
        let mut views = None;
        shown.retain_mut(|event| match event {
            Event::View(_, of_closure) => {
                views = Some(std::mem::take(of_closure)).filter(|views| !views.is_empty());
                false
            }
            _ => true,
        });
        Called { views, shown, failure: result.err() }
    }

    fn called(&mut self, panel: u64, at: &[f64]) -> Result<(), Failure> {
        let (Some(shown), Some(host)) = (self.panels.get(&panel), self.host.as_mut()) else {
            return Err(Failure::new("ControlsGone", "what these controls moved is gone: run their cell again"));
        };
        let count = shown.count;
        match host.call(panel, at) {
            Ok(Ending::Completed) => Ok(()),
            Ok(Ending::Interrupted) => {
                Err(Failure::new("Interrupted", "stopped; what is shown above is what the controls showed before"))
            }
            Ok(ending) => Err(failures::of_ending(&self.with_older(&shown.sources), &ending, &[])),
            Err(Trouble::Died(died)) => {
                let lost = self.restart(count, &Loss::Died);
                Err(failures::of_death(&died, &lost))
            }
            Err(trouble @ Trouble::Load(_)) => Err(failures::of_host(&trouble)),
        }
    }

    /// Drops the closures of these panels, whose cell is run again or gone.
    pub fn forget(&mut self, panels: &[u64]) {
        let known: Vec<u64> = panels.iter().copied().filter(|panel| self.panels.remove(panel).is_some()).collect();
        if let (false, Some(host)) = (known.is_empty(), self.host.as_mut()) {
            // If the process has ended, the next cell says so.
            let _ = host.forget(&known);
        }
    }

    /// Ends the process that runs cells, and with it what controls move.
    pub(super) fn end_host(&mut self) {
        if self.host.take().is_some() {
            self.panels.clear();
            self.console.pass(Event::ControlsEnded);
        }
    }
}
