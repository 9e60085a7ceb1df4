//! How much may be sent, so that Jupyter's server does not drop it.

use std::time::Instant;

/// Jupyter's server drops everything above 1,000,000 bytes a second, counted over 3 seconds. With this burst and rate
/// no window of 3 seconds holds more than 2.85 MB.
const BURST: f64 = 1_500_000.0;
const PER_SECOND: f64 = 450_000.0;

/// A bucket of bytes that fills with time.
#[derive(Debug)]
pub(super) struct Budget {
    bytes: f64,
    filled: Instant,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self { bytes: BURST, filled: now }
    }

    /// Whether `size` bytes may go now.
    pub(super) fn allows(&mut self, size: usize, now: Instant) -> bool {
        let seconds = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        self.bytes = (self.bytes + seconds * PER_SECOND).min(BURST);
        self.bytes >= size as f64
    }

    /// Counts bytes that were sent, allowed or not: figures and errors always go.
    pub(super) fn spend(&mut self, size: usize) {
        self.bytes -= size as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn no_three_seconds_exceed_the_servers_limit() {
        let start = Instant::now();
        let mut budget = Budget::new(start);
        let mut sent = Vec::new();
        for step in 0..2000 {
            let now = start + Duration::from_millis(5 * step);
            if budget.allows(20_000, now) {
                budget.spend(20_000);
                sent.push(now);
            }
        }
        for (i, first) in sent.iter().enumerate() {
            let within = sent[i..].iter().take_while(|t| **t - *first < Duration::from_secs(3)).count();
            assert!(within * 20_000 < 3_000_000, "{within} messages of 20 kB from {:?}", *first - start);
        }
        assert!(sent.len() * 20_000 > 4_000_000, "ten seconds of output must not be starved");
    }
}
