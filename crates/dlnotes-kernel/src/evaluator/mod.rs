//! What compiles and runs cells, as the rest of the kernel sees it.

mod cells;
mod echo;

use std::sync::Arc;

pub use dlnotes_eval::analyzer::{Completion, Completions};
pub use dlnotes_eval::controls::{Called, Control, Panel};
pub use dlnotes_eval::{Cell, Console};
use dlnotes_eval::{Event, MimeBundle};

pub use self::cells::{Cells, Notebook};
pub use self::echo::Echo;
use dlnotes_eval::Failure;

/// Compiles and runs cells, one after another, on a thread of its own.
pub trait Evaluator {
    /// Called once when there has been nothing to do for a moment: the time for what makes later requests quicker.
    fn idle(&mut self) {}

    /// Runs a cell; what it shows goes to the console while it runs.
    fn evaluate(&mut self, cell: &Cell<'_>) -> Result<(), Failure>;

    /// The value of one expression, for `user_expressions`; shows nothing.
    fn value(&mut self, expression: &str) -> Result<MimeBundle, Failure>;

    /// What could stand at the byte `at` of `code`.
    fn complete(&mut self, code: &str, at: usize) -> Completions;

    /// Calls the closure behind controls; what it shows is handed back.
    fn call(&mut self, panel: u64, at: &[f64]) -> Called;

    /// Drops the closures of these panels.
    fn forget(&mut self, panels: &[u64]);

    /// What is known about the name at the byte `at` of `code`.
    fn inspect(&mut self, code: &str, at: usize) -> Option<MimeBundle>;
}

/// Stops a running cell, from another thread.
pub trait Interrupter: Send + Sync {
    /// Stops the cell that runs and keeps the session if it can; called again soon, stops it at any cost.
    fn interrupt(&self);

    /// Ends every process that belongs to the evaluator.
    fn kill(&self);

    /// Tells the cells that run where the controls of a panel stand now.
    fn steer(&self, panel: u64, at: &[f64]);
}

/// An evaluator that is yet to be opened, on the thread that it will live on.
pub struct Launch {
    /// Works from the beginning, even while the evaluator opens.
    pub interrupter: Arc<dyn Interrupter>,
    /// What the opening is at.
    pub stage: Stage,
    /// Opens the evaluator.
    pub open: Box<Open>,
}

/// Says in a few words what an evaluator that opens is at, for a cell that waits.
pub type Stage = Arc<dyn Fn() -> String + Send + Sync>;

/// Opens an evaluator that shows things on a console.
pub type Open = dyn FnOnce(Arc<dyn Console>) -> Result<Box<dyn Evaluator>, Failure> + Send;

/// Opens an evaluator for its side effect, such as prepared dependencies, and lets it go.
pub fn open_once(launch: Launch) -> Result<(), Failure> {
    struct Nowhere;
    impl Console for Nowhere {
        fn show(&self, _: Event) {}
        fn ask(&self, _: &str, _: bool) -> Option<String> {
            None
        }
    }
    let opened = (launch.open)(Arc::new(Nowhere)).map(drop);
    launch.interrupter.kill();
    opened
}
