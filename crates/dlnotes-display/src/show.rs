//! What a program calls to show something.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::controls::capture_record;
use crate::host::Host;
use crate::record::Record;
use crate::{Bundle, is_live};

/// Shows `bundle` below the cell.
///
/// ```
/// use dlnotes_display::{Bundle, display};
/// display(&Bundle::new("text/html", "<b>loss</b> 0.25").with("text/plain", "loss 0.25"));
/// ```
pub fn display(bundle: &Bundle) {
    show(bundle, Record::Display { bundle, id: None });
}

/// Shows `bundle` below the cell under a name, so that [`update`] can replace it.
///
/// ```
/// use dlnotes_display::{Bundle, display_with_id, finish, update};
/// let percent = |done: u32| Bundle::new("text/plain", format!("{done} %"));
/// display_with_id(&percent(0), "copying");
/// update(&percent(50), "copying");           // in place, under dlnotes-kernel
/// finish(&percent(100), "copying");
/// ```
pub fn display_with_id(bundle: &Bundle, id: &str) {
    show(bundle, Record::Display { bundle, id: Some(id) });
}

/// Shows `bundle` as the value of the cell: what `evcxr_display` of a type calls.
///
/// ```
/// use dlnotes_display::{Bundle, result};
/// struct Percent(f64);
/// impl Percent {
///     fn evcxr_display(&self) {
///         let text = format!("{:.1} %", 100.0 * self.0);
///         result(&Bundle::new("text/html", format!("<b>{text}</b>")).with("text/plain", text));
///     }
/// }
/// Percent(0.875).evcxr_display();            // what a cell that ends in Percent(0.875) does
/// ```
pub fn result(bundle: &Bundle) {
    show(bundle, Record::Result { bundle });
}

/// Replaces every output that was shown under `id`; does nothing where outputs can't be replaced.
///
/// End a row of updates with [`finish`].
///
/// ```
/// use dlnotes_display::{Bundle, display_with_id, update};
/// display_with_id(&Bundle::new("text/plain", "epoch 1 of 10"), "epochs");
/// for epoch in 2..=10 {
///     update(&Bundle::new("text/plain", format!("epoch {epoch} of 10")), "epochs");
/// }
/// ```
pub fn update(bundle: &Bundle, id: &str) {
    let record = Record::Update { bundle, id };
    if !capture_record(&record) && is_live() {
        send(&record);
    }
}

/// Replaces every output that was shown under `id`, for the last time: where outputs can't be replaced it is shown now.
///
/// ```
/// use dlnotes_display::{Bundle, finish, is_live};
/// let table = Bundle::new("text/plain", "10 epochs in 3.2 s");
/// finish(&table, "epochs");                  // replaces what "epochs" showed, or is shown now: here it prints
/// assert!(!is_live());
/// ```
pub fn finish(bundle: &Bundle, id: &str) {
    show(bundle, Record::Update { bundle, id });
}

/// Removes the cell's outputs; with `wait`, only when the next one arrives, so that nothing flickers.
///
/// ```
/// use dlnotes_display::{Bundle, clear_output, display};
/// for step in 0..3 {
///     clear_output(true);                    // the next picture takes the place of the last one
///     display(&Bundle::new("text/plain", format!("step {step}")));
/// }
/// ```
pub fn clear_output(wait: bool) {
    let record = Record::Clear { wait };
    if !capture_record(&record) && is_live() {
        send(&record);
    }
}

fn show(bundle: &Bundle, live: Record<'_>) {
    if capture_record(&live) {
        return;
    }
    match Host::current() {
        Host::Live => send(&live),
        Host::Stock => write(content_blocks(bundle).as_bytes()),
        Host::Plain => {
            if let Some(text) = bundle.get("text/plain") {
                write(format!("{text}\n").as_bytes());
            }
        }
    }
}

#[cfg(unix)]
pub(crate) fn send(record: &Record<'_>) {
    if let Some(sink) = crate::cells::sink::sink() {
        sink.show(record);
    }
}

#[cfg(not(unix))]
pub(crate) fn send(_: &Record<'_>) {}

/// One lock for the whole, so that no other thread's text comes in between.
fn write(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    // A closed standard output means that nobody reads any more: nothing to report to.
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

fn content_blocks(bundle: &Bundle) -> String {
    let mut text = String::new();
    for (mime, content) in &bundle.data {
        let _ = write!(text, "EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stock_kernel_gets_one_block_per_type() {
        let bundle = Bundle::new("image/svg+xml", "<svg/>").with("text/plain", "a line");
        let expect = "EVCXR_BEGIN_CONTENT image/svg+xml\n<svg/>\nEVCXR_END_CONTENT\n\
                      EVCXR_BEGIN_CONTENT text/plain\na line\nEVCXR_END_CONTENT\n";
        assert_eq!(content_blocks(&bundle), expect);
    }
}
