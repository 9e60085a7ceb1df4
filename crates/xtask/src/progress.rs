//! How far cargo is, and how long the rest may take, judged by what it has done so far.

use std::time::{Duration, Instant};

use crate::clock;

/// An estimate from fewer crates than this, or after less time, would be a guess.
const CRATES: usize = 8;
const TIME: Duration = Duration::from_secs(10);

/// Follows the progress lines of one cargo command.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// When it began to build, and how much was done by then: what is known from before costs no time.
    start: Option<(Instant, usize)>,
}

impl Progress {
    /// Whether there was a progress line.
    pub(crate) fn has_begun(&self) -> bool {
        self.start.is_some()
    }

    /// `31 of 177 crates, about 4 min left`, if `line` is one of cargo's progress lines.
    pub(crate) fn read(&mut self, line: &str, now: Instant) -> Option<String> {
        let (done, all) = built(line)?;
        let (since, before) = *self.start.get_or_insert((now, done));
        let (time, crates) = (now.duration_since(since), done.saturating_sub(before));
        let text = format!("{done} of {all} crates");
        if crates < CRATES || time < TIME {
            return Some(text);
        }
        let left = time.mul_f64(all.saturating_sub(done) as f64 / crates as f64);
        Some(format!("{text}, about {} left", clock::rough(left)))
    }
}

/// The two numbers in `Building [=====>   ] 31/177: serde, syn`.
fn built(line: &str) -> Option<(usize, usize)> {
    let (_, rest) = line.split_once("Building [")?;
    let (_, numbers) = rest.split_once("] ")?;
    let (done, rest) = numbers.split_once('/')?;
    let all = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    Some((done.trim().parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_progress_is_read() {
        assert_eq!(built("    Building [====>       ] 31/177: serde, syn(build)"), Some((31, 177)));
        assert_eq!(built("   Compiling serde v1.0.0"), None);
        assert_eq!(built("Building [broken"), None);
    }

    #[test]
    fn the_rest_is_judged_by_what_was_done() {
        let (mut progress, start) = (Progress::default(), Instant::now());
        let mut read = |done, seconds| {
            progress.read(&format!("Building [=> ] {done}/180: a"), start + Duration::from_secs(seconds)).unwrap()
        };
        assert_eq!(read(60, 0), "60 of 180 crates");
        assert_eq!(read(64, 30), "64 of 180 crates");
        assert_eq!(read(90, 60), "90 of 180 crates, about 3 min left");
        assert_eq!(read(179, 200), "179 of 180 crates, about 2 s left");
    }
}
