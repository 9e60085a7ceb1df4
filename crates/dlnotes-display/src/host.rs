//! Who reads what this process shows.

use std::sync::OnceLock;

/// Who reads what this process shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// `dlnotes-kernel`.
    Live,
    /// Stock `evcxr_jupyter`.
    Stock,
    /// A terminal, a file or another program.
    Plain,
}

impl Host {
    pub(crate) fn current() -> Self {
        if runs_cells() {
            return Self::Live;
        }
        static HOST: OnceLock<Host> = OnceLock::new();
        *HOST.get_or_init(|| match std::env::var_os("EVCXR_IS_RUNTIME") {
            Some(_) => Self::Stock,
            None => Self::Plain,
        })
    }
}

#[cfg(unix)]
fn runs_cells() -> bool {
    crate::cells::sink::sink().is_some()
}

#[cfg(not(unix))]
fn runs_cells() -> bool {
    false
}

/// Whether outputs appear while the cell runs (`dlnotes-kernel`), not only at its end (stock `evcxr_jupyter`) or as
/// plain text (no notebook).
///
/// ```
/// use dlnotes_display::is_live;
/// // Progress is worth printing only where somebody sees it grow.
/// let lines = if is_live() { 100 } else { 1 };
/// assert_eq!(lines, 1);   // an example runs in no notebook
/// ```
pub fn is_live() -> bool {
    Host::current() == Host::Live
}
