//! Curves that grow while something trains.

use super::figure::Figure;
use super::{Number, Values};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two pictures: about 15 a second look smooth and leave Jupyter's limit on output far away.
const FRAME: Duration = Duration::from_millis(66);

/// Draws curves while they grow: add points as training goes on, and the figure below the cell follows.
///
/// With `dlnotes-kernel` the figure updates in place, at most 15 times a second. The stock kernel shows nothing before a
/// cell ends: there, make the animator the cell's last expression, or call [`display`](Animator::display).
///
/// ```
/// use dlnotes::plot::Animator;
/// let mut animator = Animator::new().xlabel("epoch").ylabel("loss").ylog().legend(["train", "test"]);
/// for epoch in 1..=3 {
///     let loss = 1.0 / f64::from(epoch);
///     animator.add(epoch, [loss, 2.0 * loss]);
/// }
/// let figure = animator.figure();
/// assert!(figure.summary().ends_with("train falls from 1 to 0.3333; test falls from 2 to 0.6667."));
/// ```
#[derive(Default)]
pub struct Animator {
    /// Everything but the curves.
    template: Figure,
    names: Vec<String>,
    picture: Arc<Mutex<Picture>>,
}

/// What is shown below the cell; shared with the thread that draws it again.
#[derive(Default)]
struct Picture {
    /// The curves' figure so far.
    template: Figure,
    curves: Vec<Curve>,
    /// The name under which it is shown, once it is.
    id: Option<String>,
    drawn: Option<Instant>,
    /// Whether points were added since, and whether a thread is waiting to draw them.
    stale: bool,
    waiting: bool,
}

#[derive(Default)]
struct Curve {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// The labels, limits and scales of the figure, passed on.
macro_rules! passed_on {
    ($($(#[$doc:meta])* $method:ident($($argument:ident: $kind:ty),*);)*) => {$(
        $(#[$doc])*
        #[track_caller]
        pub fn $method(mut self, $($argument: $kind),*) -> Animator {
            self.template = std::mem::take(&mut self.template).$method($($argument),*);
            self
        }
    )*};
}

impl Animator {
    /// An animator without curves yet.
    pub fn new() -> Animator {
        Animator::default()
    }

    passed_on! {
        /// What the x axis shows.
        xlabel(label: &str);
        /// What the y axis shows.
        ylabel(label: &str);
        /// The title above the figure.
        title(title: &str);
        /// Where the x axis begins and ends; without it the axis grows with the curves.
        xlim(from: impl Number, to: impl Number);
        /// Where the y axis begins and ends; without it the axis grows with the curves.
        ylim(from: impl Number, to: impl Number);
        /// Makes the x axis logarithmic.
        xlog();
        /// Makes the y axis logarithmic.
        ylog();
        /// Width and height in inches.
        size(width: impl Number, height: impl Number);
    }

    /// Names the curves in their order, as [`Figure::legend`] does.
    pub fn legend<S: AsRef<str>>(mut self, names: impl AsRef<[S]>) -> Animator {
        for name in names.as_ref() {
            self.add_name(name.as_ref());
        }
        self
    }

    fn add_name(&mut self, name: &str) {
        self.names.push(name.to_owned());
    }

    /// Adds a point to every curve: the first number to the first curve, and so on.
    ///
    /// NaN breaks a curve; to leave a curve out, add to the others with [`push`](Animator::push).
    pub fn add(&mut self, x: impl Number, ys: impl Values) {
        self.add_points(x.to_f64(), &ys);
    }

    fn add_points(&mut self, x: f64, ys: &dyn Values) {
        let ys = ys.curves().concat();
        self.change(|curves, names| {
            for (i, &y) in ys.iter().enumerate() {
                if curves.len() == i {
                    let name = names.get(i).cloned().unwrap_or_default();
                    curves.push(Curve { name, ..Curve::default() });
                }
                curves[i].x.push(x);
                curves[i].y.push(y);
            }
        });
    }

    /// Adds a point to the curve `name`, which begins here if there is none yet.
    ///
    /// ```
    /// # use dlnotes::plot::Animator;
    /// let mut animator = Animator::new().xlabel("epoch");
    /// animator.push("train loss", 1, 0.9);
    /// animator.push("train loss", 2, 0.5);
    /// animator.push("test loss", 2, 0.6);
    /// assert!(animator.figure().summary().ends_with("train loss falls from 0.9 to 0.5; test loss is 0.6 at x = 2."));
    /// ```
    pub fn push(&mut self, name: &str, x: impl Number, y: impl Number) {
        self.push_point(name, x.to_f64(), y.to_f64());
    }

    fn push_point(&mut self, name: &str, x: f64, y: f64) {
        self.change(|curves, _| {
            let at = curves.iter().position(|curve| curve.name == name).unwrap_or(curves.len());
            if at == curves.len() {
                curves.push(Curve { name: name.to_owned(), ..Curve::default() });
            }
            curves[at].x.push(x);
            curves[at].y.push(y);
        });
    }

    /// The figure as it is now: an ordinary value.
    pub fn figure(&self) -> Figure {
        let mut picture = lock(&self.picture);
        picture.template.clone_from(&self.template);
        picture.figure()
    }

    /// Shows the figure as it is now below the cell. A figure that is growing there is brought up to date instead; what is
    /// added later begins a new one.
    pub fn display(&self) {
        if !self.end() {
            self.figure().display();
        }
    }

    /// Shows the figure as the cell's value; the kernel calls this for a cell's last expression.
    pub fn evcxr_display(&self) {
        if !self.end() {
            self.figure().evcxr_display();
        }
    }

    /// Ends the figure that grows below the cell; says whether there was one.
    fn end(&self) -> bool {
        let mut picture = lock(&self.picture);
        picture.refresh();
        picture.id.take().is_some()
    }

    fn change(&mut self, change: impl FnOnce(&mut Vec<Curve>, &[String])) {
        let mut picture = lock(&self.picture);
        change(&mut picture.curves, &self.names);
        if !dlnotes_display::is_live() {
            return;
        }
        picture.stale = true;
        if picture.id.is_none() {
            picture.template.clone_from(&self.template);
            picture.begin();
        } else if !picture.waiting {
            // Another thread draws: training goes on, and the last point appears even if no other follows it.
            picture.waiting = true;
            let rest = FRAME.saturating_sub(picture.drawn.map_or(FRAME, |drawn| drawn.elapsed()));
            let shared = self.picture.clone();
            std::thread::spawn(move || {
                std::thread::sleep(rest);
                let mut picture = lock(&shared);
                picture.waiting = false;
                picture.refresh();
            });
        }
    }
}

/// A thread that panicked while it held the lock left nothing half-done that matters here.
fn lock(picture: &Mutex<Picture>) -> MutexGuard<'_, Picture> {
    picture.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Picture {
    fn figure(&self) -> Figure {
        let start = self.template.clone();
        self.curves.iter().fold(start, |figure, curve| figure.line(&curve.x, &curve.y, &curve.name))
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
    fn refresh(&mut self) {
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

impl Drop for Animator {
    fn drop(&mut self) {
        lock(&self.picture).refresh();
    }
}

impl fmt::Display for Animator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.figure().fmt(f)
    }
}

impl fmt::Debug for Animator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Animator({})", self.figure())
    }
}
