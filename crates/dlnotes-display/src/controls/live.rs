//! A number that the reader changes while a cell runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::panel;
use super::{Control, Kind};
use crate::record::Record;
use crate::words::tell;
use crate::{Bundle, show};

/// The numbers that controls steer, by panel.
static STEERED: Mutex<BTreeMap<u64, Weak<AtomicU64>>> = Mutex::new(BTreeMap::new());

/// Where a control stands now: a handle that can be cloned and sent, and read at any time, even while a cell runs.
///
/// ```
/// use dlnotes_display::controls::{Control, Live};
/// let rate = Live::show(Control::log_slider(1e-4, 1.0).label("learning rate").start(0.1));
/// assert_eq!(rate.value(), 0.1);             // where nobody can move it, it keeps its start
/// ```
#[derive(Clone, Debug)]
pub struct Live(Arc<AtomicU64>);

impl Live {
    /// Shows the control below the cell.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Live};
    /// let paused = Live::show(Control::toggle(false).label("pause"));
    /// let steps = (0..1000).filter(|_| paused.value() == 0.0).count();
    /// assert_eq!(steps, 1000);
    /// ```
    pub fn show(control: Control) -> Self {
        let value = Arc::new(AtomicU64::new(control.start.to_bits()));
        if panel::can_move() {
            let number = panel::next();
            let mut steered = STEERED.lock().unwrap_or_else(PoisonError::into_inner);
            steered.retain(|_, value| value.strong_count() > 0);
            steered.insert(number, Arc::downgrade(&value));
            drop(steered);
            let controls = [control];
            show::send(&Record::Controls { panel: number, steers: true, controls: &controls, views: &[] });
        } else {
            let standing = control.standing(control.start);
            let is_live = crate::is_live();
            let text =
                if is_live { tell("{} (a control, when a reader runs the cell)", &[&standing]) } else { standing };
            crate::display(&Bundle::new("text/plain", text));
        }
        Self(value)
    }

    /// Where the control stands.
    ///
    /// ```
    /// use dlnotes_display::controls::{Control, Live};
    /// let choice = Live::show(Control::choice(vec!["SGD".into(), "Adam".into()]).label("optimizer").start(1.0));
    /// assert_eq!(choice.value(), 1.0);       // the index of Adam
    /// ```
    #[inline]
    pub fn value(&self) -> f64 {
        f64::from_bits(self.0.load(Ordering::Relaxed))
    }
}

/// The reader has moved a control; from any thread.
pub(crate) fn set(panel: u64, values: &[f64]) {
    let steered = STEERED.lock().unwrap_or_else(PoisonError::into_inner);
    if let (Some(value), Some(to)) = (steered.get(&panel).and_then(Weak::upgrade), values.first()) {
        value.store(to.to_bits(), Ordering::Relaxed);
    }
}

impl Kind {
    /// Its name in a record.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Slider { .. } => "slider",
            Self::LogSlider { .. } => "log_slider",
            Self::Choice { .. } => "choice",
            Self::Toggle => "toggle",
            Self::Play { .. } => "play",
        }
    }
}
