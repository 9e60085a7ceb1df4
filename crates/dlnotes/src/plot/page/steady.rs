//! Figures that take each other's place, as below a control: their axes stay where they are.

use std::cell::Cell;

thread_local! {
    static STEADY: Cell<bool> = const { Cell::new(false) };
}

/// Width that numbers at an axis get, in pixels: enough for `−0.05` and `2000`, and twice that where it isn't.
const ROOM: f64 = 28.0;

/// While `f` runs, what data change doesn't move the frame of a figure: how wide the numbers at an axis are, and whether
/// the lines end far enough from one another to have their names beside them.
pub(crate) fn steadily<R>(f: impl FnOnce() -> R) -> R {
    /// As before, even while a panic unwinds.
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            STEADY.set(self.0);
        }
    }
    let _before = Before(STEADY.replace(true));
    f()
}

/// Whether figures that are drawn now take each other's place.
pub(crate) fn is_steady() -> bool {
    STEADY.get()
}

/// The room for numbers that are this wide.
pub(crate) fn room(width: f64) -> f64 {
    if is_steady() { (width / ROOM).ceil() * ROOM } else { width }
}
