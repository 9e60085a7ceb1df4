//! The picture below a cell that follows an animator's curves.

use crate::plot::figure::Figure;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two pictures: about 15 a second look smooth and leave Jupyter's limit on output far away.
const FRAME: Duration = Duration::from_millis(66);

/// What is shown below the cell; shared with the thread that draws it again.
#[derive(Default)]
pub(crate) struct Picture {
    /// Everything but the curves.
    template: Figure,
    pub(crate) curves: Vec<Curve>,
    /// A vertical line, added after the curves, and its name.
    pub(crate) mark: Option<(f64, &'static str)>,
    /// The name under which it is shown, once it is.
    pub(crate) id: Option<String>,
    drawn: Option<Instant>,
    /// Whether something changed since, and whether a thread is waiting to draw them.
    stale: bool,
    waiting: bool,
    /// Whether it is drawn at the end of the cell.
    ends_with_cell: bool,
}

#[derive(Default)]
pub(crate) struct Curve {
    pub(crate) name: String,
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
}

/// A thread that panicked while it held the lock left nothing half-done that matters here.
pub(crate) fn lock(picture: &Mutex<Picture>) -> MutexGuard<'_, Picture> {
    picture.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Picture {
    pub(crate) fn figure(&self) -> Figure {
        let start = self.template.clone();
        let drawn = self.curves.iter().fold(start, |figure, curve| figure.line(&curve.x, &curve.y, &curve.name));
        self.mark.iter().fold(drawn, |figure, (x, name)| figure.vline(*x, name))
    }

    pub(crate) fn take_template(&mut self) -> Figure {
        std::mem::take(&mut self.template)
    }

    pub(crate) fn set_template(&mut self, template: Figure) {
        self.template = template;
        self.stale = true;
    }

    /// Points were added: shows them below the cell, now or as soon as the next picture is due. `shared` is this picture.
    pub(crate) fn follow(&mut self, shared: &Arc<Mutex<Picture>>) {
        self.stale = true;
        if self.id.is_none() {
            self.begin();
        } else if !self.waiting {
            // Another thread draws: training goes on, and the last point appears even if no other follows it.
            self.waiting = true;
            self.end_with_cell(shared);
            let rest = FRAME.saturating_sub(self.drawn.map_or(FRAME, |drawn| drawn.elapsed()));
            let shared = shared.clone();
            std::thread::spawn(move || {
                std::thread::sleep(rest);
                let mut picture = lock(&shared);
                picture.waiting = false;
                picture.refresh();
            });
        }
    }

    /// The last point is there when the cell ends, even if the thread would draw it a moment later.
    fn end_with_cell(&mut self, shared: &Arc<Mutex<Picture>>) {
        if !std::mem::replace(&mut self.ends_with_cell, true) {
            let shared = Arc::downgrade(shared);
            dlnotes_display::before_cell_ends(move || {
                if let Some(shared) = shared.upgrade() {
                    let mut picture = lock(&shared);
                    picture.ends_with_cell = false;
                    picture.refresh();
                }
            });
        }
    }

    /// Shows the figure for the first time.
    fn begin(&mut self) {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // The process is part of the name: a notebook keeps the outputs of earlier sessions.
        let id = format!("dlnotes-animator-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        dlnotes_display::display_with_id(&self.figure().bundle(), &id);
        self.id = Some(id);
        self.shown();
    }

    /// Draws the figure below the cell again if something was added.
    pub(crate) fn refresh(&mut self) {
        if let (true, Some(id)) = (self.stale, &self.id) {
            dlnotes_display::update(&self.figure().bundle(), id);
            self.shown();
        }
    }

    fn shown(&mut self) {
        self.stale = false;
        self.drawn = Some(Instant::now());
    }
}
