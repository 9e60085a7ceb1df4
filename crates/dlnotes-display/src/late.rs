//! What is shown a little later than it changed: it must not be later than the end of its cell.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};

use crate::host::is_live;

type Show = Box<dyn FnOnce() + Send>;

static WAITING: Mutex<Vec<Show>> = Mutex::new(Vec::new());

/// Calls `show` when the running cell ends, before what it shows is complete.
///
/// For a figure that a thread draws again less often than it changes: programs that run notebooks don't look at what comes
/// after a cell's end. Outside of a cell that shows its outputs at once nothing is called.
///
/// ```
/// dlnotes_display::before_cell_ends(|| println!("100 %"));   // in an ordinary program: nothing
/// ```
pub fn before_cell_ends(show: impl FnOnce() + Send + 'static) {
    if is_live() {
        WAITING.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(show));
    }
}

/// The cell has ended.
pub(crate) fn show_what_waits() {
    let waiting = std::mem::take(&mut *WAITING.lock().unwrap_or_else(PoisonError::into_inner));
    for show in waiting {
        // The cell is over, and has its answer.
        let _ = catch_unwind(AssertUnwindSafe(show)).map_err(crate::cell::discard);
    }
}
