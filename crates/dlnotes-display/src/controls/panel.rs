//! Closures that the process calls between cells.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::ThreadId;

use super::view::captured;
use super::{Control, Frames};
use crate::record::Record;
use crate::{Bundle, show};

/// What is called with where the controls stand.
type Call = Box<dyn FnMut(&[f64]) -> Vec<Bundle>>;

thread_local! {
    /// `None` while it is called.
    static PANELS: RefCell<BTreeMap<u64, Option<Call>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The number of the next panel.
static NEXT: AtomicU64 = AtomicU64::new(1);
/// Whether a reader can move controls below the cell that runs.
static ALLOWED: AtomicBool = AtomicBool::new(false);
/// The thread that calls closures.
static CALLS: OnceLock<ThreadId> = OnceLock::new();

/// Shows `controls`, and what `call` gives for where they stand; whenever the reader moves one, it is called again.
///
/// Where no reader can move them, [`Frames`] are shown: of the control that
/// [`moves_in_frames`](Control::moves_in_frames), or else of the first one. In an ordinary program it is the first picture
/// as text.
///
/// ```
/// use dlnotes_display::Bundle;
/// use dlnotes_display::controls::{Control, interact};
/// let degree = Control::slider(0.0, 19.0, true).label("degree").start(3.0);
/// // Here it prints `degree = 3: 8 coefficients`, and how to get a page with all of them.
/// interact(vec![degree], |at| vec![Bundle::new("text/plain", format!("{} coefficients", at[0] + 5.0))]);
/// ```
///
/// # Panics
/// If there are no controls, or if the closure shows nothing. A panic of the closure is the cell's.
#[track_caller]
pub fn interact(controls: Vec<Control>, call: impl FnMut(&[f64]) -> Vec<Bundle> + 'static) {
    show_panel(controls, Box::new(call));
}

#[track_caller]
fn show_panel(controls: Vec<Control>, mut call: Call) {
    if controls.is_empty() {
        panic!("interact: it needs at least one control");
    }
    if !can_move() {
        let moving = controls.iter().position(|control| control.moves).unwrap_or(0);
        let frames = Frames::of(&controls, moving, &mut call);
        return frames.display();
    }
    let start: Vec<f64> = controls.iter().map(|control| control.start).collect();
    let views = run(&mut call, &start);
    if views.is_empty() {
        panic!("{SHOWS_NOTHING}");
    }
    let number = next();
    PANELS.with_borrow_mut(|panels| panels.insert(number, Some(call)));
    show::send(&Record::Controls { panel: number, steers: false, controls: &controls, views: &views });
}

pub(super) const SHOWS_NOTHING: &str =
    "interact: the closure shows nothing; let it end in a figure, a table, a number or a text, without a `;` behind it";

/// What a call shows itself, and then what it gives.
pub(super) fn run(call: &mut dyn FnMut(&[f64]) -> Vec<Bundle>, at: &[f64]) -> Vec<Bundle> {
    let mut given = Vec::new();
    let mut views = captured(|| given = call(at));
    views.append(&mut given);
    views
}

pub(super) fn next() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Whether what is shown now can have controls that a reader moves: long work that waits for moves ends soon where none
/// can come.
///
/// ```
/// use dlnotes_display::controls::can_move;
/// assert!(!can_move());                      // no notebook, no reader
/// ```
pub fn can_move() -> bool {
    ALLOWED.load(Ordering::Relaxed) && CALLS.get() == Some(&std::thread::current().id())
}

/// From here on a reader can move controls, or can't; said by the thread that calls closures.
pub(crate) fn allow(allowed: bool) {
    CALLS.get_or_init(|| std::thread::current().id());
    ALLOWED.store(allowed, Ordering::Relaxed);
}

/// The number that the next panel will have.
pub(crate) fn upcoming() -> u64 {
    NEXT.load(Ordering::Relaxed)
}

/// The panels with a closure from this number on.
pub(crate) fn registered_since(number: u64) -> Vec<u64> {
    PANELS.with_borrow(|panels| panels.range(number..).map(|(number, _)| *number).collect())
}

/// Calls the closure of a panel and tells the kernel what it shows. `false` if there is none. Unwinds if it panics.
pub(crate) fn call(number: u64, at: &[f64]) -> bool {
    let Some(call) = PANELS.with_borrow_mut(|panels| panels.get_mut(&number).and_then(Option::take)) else {
        return false;
    };
    // It comes back even while a panic unwinds.
    let mut lent = Lent { number, call: Some(call) };
    if let Some(call) = &mut lent.call {
        let views = run(call, at);
        drop(lent);
        show::send(&Record::View { panel: number, views: &views });
    }
    true
}

struct Lent {
    number: u64,
    call: Option<Call>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        PANELS.with_borrow_mut(|panels| {
            if let Some(place) = panels.get_mut(&self.number) {
                *place = self.call.take();
            }
        });
    }
}

/// Drops the closure of a panel. A destructor may unwind.
pub(crate) fn forget(number: u64) {
    // Not dropped while the map is borrowed: a destructor is anybody's code.
    let call = PANELS.with_borrow_mut(|panels| panels.remove(&number));
    drop(call);
}
