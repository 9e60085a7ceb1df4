//! The line below a cell that says how far training is.

use std::time::{Duration, Instant};

/// Time between two updates: often enough to see it move, far from Jupyter's limit on output.
const FRAME: Duration = Duration::from_millis(250);

/// How far training is and how long the rest takes, on a line that is updated in place. Only on a kernel that can do so.
pub(super) struct Progress {
    start: Instant,
    shown: Option<Instant>,
    id: Option<String>,
    done: usize,
    epochs: usize,
    batches: usize,
}

impl Progress {
    /// For a run to the end of epoch `epochs`, of so many batches each, which begins now after `done` epochs.
    pub(super) fn new(done: usize, epochs: usize, batches: usize) -> Self {
        Self { start: Instant::now(), shown: None, id: None, done, epochs, batches }
    }

    /// Batch `batch` of epoch `epoch` is done, both counted from 1.
    pub(super) fn batch(&mut self, epoch: usize, batch: usize) {
        let now = Instant::now();
        if dlnotes_display::is_live() && self.shown.is_none_or(|shown| now - shown >= FRAME) {
            self.shown = Some(now);
            self.show(self.line(epoch, batch, now - self.start));
        }
    }

    /// Training is over: `text` stays.
    pub(super) fn finish(&mut self, text: String) {
        if dlnotes_display::is_live() {
            self.show(text);
        }
    }

    fn line(&self, epoch: usize, batch: usize, elapsed: Duration) -> String {
        let each = elapsed.as_secs_f64() / ((epoch - 1 - self.done) * self.batches + batch) as f64;
        let left = each * ((self.epochs - epoch) * self.batches + self.batches - batch) as f64;
        let (epochs, batches) = (self.epochs, self.batches);
        let epoch_time = each * batches as f64;
        format!("epoch {epoch} of {epochs}, batch {batch} of {batches} · {epoch_time:.2} s an epoch · {left:.0} s left")
    }

    fn show(&mut self, text: String) {
        let bundle = dlnotes_display::Bundle::new("text/plain", text);
        match &self.id {
            Some(id) => dlnotes_display::update(&bundle, id),
            None => {
                let nanos = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
                let id = format!("dlnotes-progress-{}-{nanos}", std::process::id());
                dlnotes_display::display_with_id(&bundle, &id);
                self.id = Some(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_takes_as_long_a_batch_as_what_is_done() {
        let progress = Progress::new(0, 10, 100);
        let line = progress.line(3, 50, Duration::from_secs(5));
        assert_eq!(line, "epoch 3 of 10, batch 50 of 100 · 2.00 s an epoch · 15 s left");
        assert!(progress.line(10, 100, Duration::from_secs(20)).ends_with("· 0 s left"));
        let resumed = Progress::new(2, 10, 100);
        assert!(resumed.line(3, 50, Duration::from_secs(1)).ends_with("2.00 s an epoch · 15 s left"));
    }
}
