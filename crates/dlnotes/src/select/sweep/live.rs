//! What stands below the cell while a sweep runs: a figure that fills up, and a line that says how far it is.

use crate::tensor::error::counted;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use dlnotes_display::Bundle;

use super::SweepResult;

/// Time between two pictures, and the part of all time that drawing them may take.
const FRAME: Duration = Duration::from_millis(250);
const DRAWING: u32 = 20;

/// A sweep that is running.
pub(super) struct Live<'a> {
    planned: &'a SweepResult,
    trials: usize,
    /// Trials of a setting.
    seeds: u64,
    start: Instant,
    values: Mutex<Vec<Option<f64>>>,
    screen: Mutex<Screen>,
}

/// What is shown.
struct Screen {
    /// The names of figure and line.
    ids: [String; 2],
    /// Whether the figure is there.
    drawn: bool,
    next: Instant,
    /// Whether the sweep has ended and what is shown stays.
    ended: bool,
}

impl<'a> Live<'a> {
    pub(super) fn new(planned: &'a SweepResult, trials: usize, seeds: u64) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // The process is part of the name: a notebook keeps the outputs of earlier sessions.
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let ids = ["figure", "line"].map(|part| format!("dlnotes-sweep-{name}-{part}"));
        let start = Instant::now();
        let screen = Screen { ids, drawn: false, next: start + FRAME, ended: false };
        let live =
            Self { planned, trials, seeds, start, values: Mutex::new(vec![None; trials]), screen: Mutex::new(screen) };
        if dlnotes_display::is_live() {
            dlnotes_display::display_with_id(&text(live.line(0, Duration::ZERO)), &live.screen().ids[1]);
        }
        live
    }

    /// Trial `i` has ended.
    pub(super) fn done(&self, i: usize, value: f64) {
        self.values()[i] = Some(value);
        if !dlnotes_display::is_live() {
            return;
        }
        // Who finds another thread drawing goes on: there will be another picture.
        let Ok(mut screen) = self.screen.try_lock() else { return };
        let now = Instant::now();
        if now >= screen.next {
            let values = self.values().clone();
            let done = values.iter().flatten().count();
            dlnotes_display::update(&text(self.line(done, now - self.start)), &screen.ids[1]);
            screen.draw(&self.result(&values));
            screen.next = Instant::now() + FRAME.max(DRAWING * now.elapsed());
        }
    }

    /// All trials have ended: what came of them, which stays below the cell.
    pub(super) fn finish(&self) -> SweepResult {
        let result = self.result(&self.values());
        if dlnotes_display::is_live() {
            let mut screen = self.screen();
            screen.draw(&result);
            let trials = counted(self.trials, "trial");
            let line = format!("{trials} in {:.1} s", self.start.elapsed().as_secs_f64());
            dlnotes_display::finish(&text(line), &screen.ids[1]);
            screen.ended = true;
        }
        result
    }

    fn values(&self) -> MutexGuard<'_, Vec<Option<f64>>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn screen(&self) -> MutexGuard<'_, Screen> {
        self.screen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sweep with the values that there are.
    fn result(&self, values: &[Option<f64>]) -> SweepResult {
        let mut result = self.planned.clone();
        for (setting, values) in result.settings.iter_mut().zip(values.chunks(self.seeds as usize)) {
            for (seed, value) in (0..).zip(values) {
                if let Some(value) = value {
                    setting.seeds.push(seed);
                    setting.values.push(*value);
                }
            }
        }
        result
    }

    fn line(&self, done: usize, elapsed: Duration) -> String {
        let trials = self.trials;
        if done == 0 {
            return format!("trial 0 of {trials}");
        }
        let left = elapsed.as_secs_f64() / done as f64 * (trials - done) as f64;
        format!("trial {done} of {trials} · {left:.0} s left")
    }
}

impl Screen {
    fn draw(&mut self, result: &SweepResult) {
        let picture = result.figure().bundle();
        if self.drawn {
            dlnotes_display::update(&picture, &self.ids[0]);
        } else {
            dlnotes_display::display_with_id(&picture, &self.ids[0]);
            self.drawn = true;
        }
    }
}

/// It was interrupted, or a trial failed: what was done stays in view.
impl Drop for Live<'_> {
    fn drop(&mut self) {
        let values = self.values().clone();
        let mut screen = self.screen();
        if dlnotes_display::is_live() && !screen.ended {
            let done = values.iter().flatten().count();
            if done > 0 {
                screen.draw(&self.result(&values));
            }
            let line = format!("stopped: {done} of {} done", counted(self.trials, "trial"));
            dlnotes_display::finish(&text(line), &screen.ids[1]);
        }
    }
}

fn text(line: String) -> Bundle {
    Bundle::new("text/plain", line)
}
