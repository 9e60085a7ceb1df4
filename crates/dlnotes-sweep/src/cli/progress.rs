//! What is told while trials run.

use std::io::Write as _;
use std::time::Duration;

use super::live::Live;
use crate::{Ledger, Progress, short};

/// Where there is no terminal, but a file, a line is added so often.
const PAUSE: Duration = Duration::from_secs(60);

/// After so long a run has begun a trial, or found that others have begun them all.
const SETTLED: Duration = Duration::from_secs(1);

/// What is told while trials run: in a terminal a line with a table below it, elsewhere a line each minute.
#[derive(Debug, Default)]
pub(super) struct Line {
    live: Live,
    next: Duration,
}

impl Line {
    pub(super) fn show(&mut self, ledger: &Ledger, progress: &Progress) {
        self.say(ledger, progress, None);
    }

    /// The same of trials that a scheduler has.
    pub(super) fn show_elsewhere(&mut self, ledger: &Ledger, progress: &Progress, job: &str) {
        self.say(ledger, progress, Some(job));
    }

    fn say(&mut self, ledger: &Ledger, progress: &Progress, job: Option<&str>) {
        if Live::is_possible() {
            self.live.show(ledger, &told(ledger, progress, job));
        } else if progress.elapsed >= self.next {
            if self.next > Duration::ZERO {
                let _ = writeln!(std::io::stderr(), "{}", told(ledger, progress, job));
            }
            self.next = progress.elapsed + PAUSE;
        }
    }

    /// Makes room for what is printed next.
    pub(super) fn end(mut self) {
        self.live.end();
    }
}

/// `23 of 70 done, 1 failed, 2 running, about 4 min left; best so far 0.1235: lr=0.01 wd=0 seed=3`
pub(super) fn told(ledger: &Ledger, progress: &Progress, job: Option<&str>) -> String {
    let mut text = format!("{} of {} done", progress.done, progress.total);
    for (count, what) in [(progress.failed, "failed"), (progress.pruned, "pruned"), (progress.running, "running")] {
        if count > 0 {
            text += &format!(", {count} {what}");
        }
    }
    if let Some(job) = job {
        text += &format!(", {} in {job}", progress.open());
    } else if progress.running == 0 && progress.open() > 0 && progress.elapsed > SETTLED {
        text += &format!(", waiting for {} that other runners have", progress.open());
    }
    match progress.left() {
        Some(left) if progress.open() > 0 => text += &format!(", about {} left", duration(left)),
        _ => {}
    }
    if let Some((index, value)) = progress.best {
        let point = &ledger.points()[index];
        text += &format!("; best so far {}: {} seed={}", short(value), point.params, point.seed);
    }
    text
}

fn duration(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..90 => format!("{} s", seconds.max(1)),
        seconds @ 90..5400 => format!("{} min", seconds.div_ceil(60)),
        seconds @ 5400..172_800 => format!("{:.1} h", seconds as f64 / 3600.0),
        seconds => format!("{:.1} days", seconds as f64 / 86400.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_a_unit_that_fits() {
        let told = [0, 89, 90, 5399, 5400, 172_800].map(|seconds| duration(Duration::from_secs(seconds)));
        assert_eq!(told, ["1 s", "89 s", "2 min", "90 min", "1.5 h", "2.0 days"]);
    }
}
