//! Who reads this process's standard output.

use std::sync::OnceLock;

/// The variable that `dlnotes-kernel` sets in the cells' process: the newest record version that it understands.
pub(crate) const KERNEL_VARIABLE: &str = "DLNOTES_KERNEL";

/// Who reads this process's standard output.
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
        #[cfg(unix)]
        if crate::cells::sink::sink().is_some() {
            return Self::Live;
        }
        static HOST: OnceLock<Host> = OnceLock::new();
        *HOST.get_or_init(|| {
            let version = std::env::var(KERNEL_VARIABLE).ok();
            Self::from_environment(version.as_deref(), std::env::var_os("EVCXR_IS_RUNTIME").is_some())
        })
    }

    fn from_environment(kernel_version: Option<&str>, evcxr: bool) -> Self {
        let understood =
            kernel_version.and_then(|v| v.parse::<u32>().ok()).is_some_and(|v| v >= crate::record::VERSION);
        match (understood, evcxr) {
            (true, _) => Self::Live,
            (false, true) => Self::Stock,
            (false, false) => Self::Plain,
        }
    }
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

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn a_kernel_that_understands_the_record_is_live_and_an_older_one_is_not() {
        assert_eq!(Host::from_environment(Some("1"), true), Host::Live);
        assert_eq!(Host::from_environment(Some("7"), true), Host::Live);
        assert_eq!(Host::from_environment(Some("0"), true), Host::Stock);
        assert_eq!(Host::from_environment(Some("yes"), false), Host::Plain);
        assert_eq!(Host::from_environment(None, true), Host::Stock);
        assert_eq!(Host::from_environment(None, false), Host::Plain);
    }
}
