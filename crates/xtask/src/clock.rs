//! Durations as a reader wants them.

use std::time::Duration;

/// `0.4 s`, `12 s`, `3 min 5 s`.
pub(crate) fn human(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 9.95 {
        format!("{seconds:.1} s")
    } else if seconds < 119.5 {
        format!("{seconds:.0} s")
    } else {
        let whole = seconds.round();
        format!("{:.0} min {:.0} s", (whole / 60.0).floor(), whole % 60.0)
    }
}

/// `20 s`, `3 min`: for what nobody knows exactly.
pub(crate) fn rough(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 90.0 { format!("{seconds:.0} s") } else { format!("{:.0} min", seconds / 60.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        for (seconds, text) in [(0.04, "0.0 s"), (9.9, "9.9 s"), (9.96, "10 s"), (61.0, "61 s"), (185.2, "3 min 5 s")] {
            assert_eq!(human(Duration::from_secs_f64(seconds)), text);
        }
    }
}
