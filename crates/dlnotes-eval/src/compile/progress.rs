//! Whether a compiler that is waited for still does something.

use std::io::{self, ErrorKind};
use std::process::Child;
use std::time::{Duration, Instant};

/// A compiler that has used no processor for so long is stuck, or was stopped by somebody.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a compiler has done so far.
#[derive(Debug)]
pub(super) struct Progress {
    stat: String,
    patience: Duration,
    used: u64,
    since: Instant,
}

impl Progress {
    pub(super) fn of(child: &Child) -> Self {
        Self { stat: format!("/proc/{}/stat", child.id()), patience: PATIENCE, used: 0, since: Instant::now() }
    }

    /// An error if it has done nothing for too long.
    pub(super) fn check(&mut self) -> io::Result<()> {
        // Of one that has ended, the caller hears otherwise.
        let Some((used, waits_for_disk)) = std::fs::read_to_string(&self.stat).ok().and_then(|stat| parse(&stat))
        else {
            return Ok(());
        };
        if used != self.used || waits_for_disk {
            (self.used, self.since) = (used, Instant::now());
        }
        match self.since.elapsed() < self.patience {
            true => Ok(()),
            false => Err(ErrorKind::TimedOut.into()),
        }
    }
}

/// From `/proc/PID/stat`: the time that all threads have used, in ticks, and whether it waits for a disk.
fn parse(stat: &str) -> Option<(u64, bool)> {
    // Behind the name, which may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let mut times = fields.skip(10).map_while(|field| field.parse::<u64>().ok());
    Some((times.next()? + times.next()?, state == "D"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn what_works_goes_on_and_what_is_stopped_is_noticed() {
        let mut works = Command::new("sh").args(["-c", "while :; do :; done"]).spawn().unwrap();
        let mut sleeps = Command::new("sleep").arg("60").spawn().unwrap();
        let mut both =
            [&works, &sleeps].map(|child| Progress { patience: Duration::from_secs(2), ..Progress::of(child) });
        let end = Instant::now() + Duration::from_secs(4);
        let mut noticed = false;
        while Instant::now() < end {
            both[0].check().unwrap();
            noticed |= both[1].check().is_err_and(|error| error.kind() == ErrorKind::TimedOut);
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(noticed);
        for child in [&mut works, &mut sleeps] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        assert!(both[0].check().is_ok());
    }

    #[test]
    fn the_time_stands_behind_the_name() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194304 100 0 0 0 12 30 0 0 20 0";
        assert_eq!(parse(stat), Some((42, false)));
        assert_eq!(parse("7 (rustc) D 1 2"), None);
    }
}
