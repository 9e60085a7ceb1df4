//! A search runs one generation of trials after the other.

use super::{Options, Progress, Stop, run};
use crate::{Ledger, Result};

/// [`run`]s a sweep, and where it learns from what is done, generation after generation until all is tried.
///
/// ```
/// use dlnotes_sweep::{Ledger, Options, Plan, Space, Stop, Tpe, search};
/// let folder = tempfile::tempdir()?;
/// let script = r#"echo "{\"value\": $2}" > $DLNOTES_SWEEP_TRIAL/result.json"#;      // --lr 0.1 --seed 0: the rate
/// let space = Space {
///     axes: vec!["lr=log:1e-4..1e-1".parse()?],
///     tpe: Some(Tpe { count: 14, batch: 2, seed: 0 }),
///     ..Space::default()
/// };
/// let plan = Plan { command: ["sh", "-c", script, "sh"].map(String::from).to_vec(), space, maximize: false, prune: None };
/// let mut ledger = Ledger::plan(&folder.path().join("a"), &plan)?;
/// assert_eq!((ledger.points().len(), ledger.planned()), (10, 14));      // ten draws, before anything is known
/// let progress = search(&mut ledger, &Options::default(), &Stop::default(), |_, _| {})?;
/// assert_eq!((ledger.points().len(), progress.done), (14, 14));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`run`].
pub fn search(
    ledger: &mut Ledger,
    options: &Options,
    stop: &Stop,
    mut watch: impl FnMut(&Ledger, &Progress),
) -> Result<Progress> {
    loop {
        let progress = run(ledger, options, stop, |progress| watch(ledger, progress))?;
        if stop.is_asked() || !options.only.is_empty() || !ledger.next_generation()? {
            return Ok(progress);
        }
    }
}
