//! Curves that grow while something trains.

use crate::dropped::{Field, drops_here};
use crate::plot::figure::{Figure, listed};
use crate::plot::growing::{Curve, Picture, lock};
use crate::plot::values::{Number, Values};
use std::fmt;
use std::sync::{Arc, Mutex};

/// Draws curves while they grow: add points as training goes on, and the figure below the cell follows.
///
/// With `dlnotes-kernel` the figure updates in place, at most 15 times a second. The stock kernel shows nothing before
/// a cell ends: there, make the animator the cell's last expression, or call [`display`](Animator::display).
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
    names: Field<Vec<String>>,
    picture: Field<Arc<Mutex<Picture>>>,
}

/// The labels, limits and scales of the figure, passed on.
macro_rules! passed_on {
    ($($(#[$doc:meta])* $method:ident($($argument:ident: $kind:ty),*);)*) => {$(
        $(#[$doc])*
        #[track_caller]
        pub fn $method(self, $($argument: $kind),*) -> Animator {
            // Not in a closure: a mistake is reported at the caller's line.
            let template = lock(&self.picture).take_template();
            lock(&self.picture).set_template(template.$method($($argument),*));
            self
        }
    )*};
}

impl Animator {
    /// An animator without curves yet.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut animator = Animator::new();
    /// assert_eq!(animator.figure().summary(), "Figure: nothing to show.");
    /// animator.add(1, [0.5]);
    /// assert!(animator.figure().summary().ends_with("is 0.5 at x = 1."));
    /// ```
    pub fn new() -> Animator {
        Animator::default()
    }

    passed_on! {
        /// What the x axis shows.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let mut animator = Animator::new().xlabel("epoch");
        /// animator.push("loss", 1, 0.9);
        /// animator.push("loss", 2, 0.4);
        /// assert!(animator.to_string().contains("over epoch from 1 to 2"));
        /// ```
        xlabel(label: &str);
        /// What the y axis shows.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let mut animator = Animator::new().ylabel("test accuracy");
        /// animator.add(1, [0.8]);
        /// assert!(animator.to_string().starts_with("test accuracy"));
        /// ```
        ylabel(label: &str);
        /// The title above the figure.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let animator = Animator::new().title("Dropout 0.5");
        /// assert!(animator.to_string().starts_with("Dropout 0.5"));
        /// ```
        title(title: &str);
        /// Where the x axis begins and ends; without it the axis grows with the curves.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let mut animator = Animator::new().xlabel("epoch").xlim(1, 10);   // the whole run is in view from the start
        /// animator.add(1, [0.9]);
        /// assert!(animator.to_string().contains("over epoch from 1 to 10"));
        /// ```
        ///
        /// # Panics
        /// When the limits are equal or not finite, or on a log axis not positive.
        xlim(from: impl Number, to: impl Number);
        /// Where the y axis begins and ends; without it the axis grows with the curves.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let mut free = Animator::new();
        /// let mut fixed = Animator::new().ylim(0, 1);                       // an accuracy keeps its scale
        /// for animator in [&mut free, &mut fixed] {
        ///     animator.add(10, [0.81]);
        ///     animator.add(20, [0.82]);
        /// }
        /// assert!(fixed.figure().to_svg().contains(">1<") && !free.figure().to_svg().contains(">1<"));
        /// ```
        ///
        /// # Panics
        /// When the limits are equal or not finite, or on a log axis not positive.
        ylim(from: impl Number, to: impl Number);
        /// Makes the x axis logarithmic.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let mut animator = Animator::new().xlabel("samples").xlog();
        /// for n in [10, 100, 1000] {
        ///     animator.add(n, [1.0 / f64::from(n)]);
        /// }
        /// assert!(animator.to_string().contains("samples from 10 to 1000 (log x axis)"));
        /// ```
        ///
        /// # Panics
        /// When the axis has limits that are not positive.
        xlog();
        /// Makes the y axis logarithmic.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let mut animator = Animator::new().ylabel("loss").ylog();
        /// animator.add(5, [20.0]);
        /// animator.add(100, [0.01]);
        /// assert_eq!(animator.to_string(), "loss over x from 5 to 100 (log y axis): falls from 20 to 0.01.");
        /// ```
        ///
        /// # Panics
        /// When the axis has limits that are not positive.
        ylog();
        /// Width and height in inches (96 pixels each); 3.5 × 2.5 unless set.
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let animator = Animator::new().size(5, 2);
        /// assert!(animator.figure().to_svg().contains("width=\"480\" height=\"192\""));
        /// ```
        ///
        /// # Panics
        /// When a side is not between 0.5 and 50 inches.
        size(width: impl Number, height: impl Number);
    }

    /// A vertical line at `x`, named.
    pub(crate) fn mark(self, x: f64, name: &'static str) -> Animator {
        lock(&self.picture).mark = Some((x, name));
        self
    }

    /// Names the curves in their order, as [`Figure::legend`] does.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut animator = Animator::new().legend(["train", "test"]);
    /// animator.add(1, [0.9, 1.0]);
    /// animator.add(2, [0.5, 0.8]);
    /// assert!(animator.to_string().ends_with("train falls from 0.9 to 0.5; test falls from 1 to 0.8."));
    /// ```
    pub fn legend<S: AsRef<str>>(mut self, names: impl AsRef<[S]>) -> Animator {
        let names = names.as_ref();
        self.add_names(names.len(), &|i| names[i].as_ref());
        self
    }

    fn add_names<'a>(&mut self, count: usize, name: &dyn Fn(usize) -> &'a str) {
        self.names.extend(listed(count, name));
    }

    /// Adds a point to every curve: the first number to the first curve, and so on.
    ///
    /// NaN breaks a curve; to leave a curve out, add to the others with [`push`](Animator::push).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut animator = Animator::new().legend(["loss", "accuracy"]);
    /// for (epoch, loss) in (1..).zip([0.9, 0.5, 0.4]) {
    ///     animator.add(epoch, [loss, 1.0 - loss]);
    /// }
    /// assert!(animator.to_string().contains("loss falls from 0.9 to 0.4"));
    /// ```
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
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut animator = Animator::new();
    /// animator.add(1, [3.0]);
    /// let first = animator.figure();
    /// animator.add(2, [1.0]);
    /// assert!(first.summary().ends_with("is 3 at x = 1."));              // it no longer follows
    /// assert!(animator.figure().summary().ends_with("falls from 3 to 1."));
    /// ```
    pub fn figure(&self) -> Figure {
        lock(&self.picture).figure()
    }

    /// Shows the figure as it is now below the cell. A figure that is growing there is brought up to date instead; what
    /// is added later begins a new one. Outside a notebook it prints the summary.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut animator = Animator::new().ylabel("loss");
    /// animator.add(1, [0.5]);
    /// animator.display();   // on the stock kernel: what otherwise appears only at the cell's end
    /// assert!(animator.to_string().ends_with("is 0.5 at x = 1."));
    /// ```
    pub fn display(&self) {
        if !self.end() {
            self.figure().display();
        }
    }

    /// Shows the figure as the cell's value; the kernel calls this for a cell's last expression.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut animator = Animator::new().ylabel("loss");
    /// animator.add(1, [0.25]);
    /// animator.evcxr_display();   // what a cell that ends in `animator` does
    /// assert!(animator.to_string().ends_with("is 0.25 at x = 1."));
    /// ```
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
        if dlnotes_display::is_live() {
            picture.follow(&self.picture);
        }
    }
}

drops_here!(Animator: names, picture; |animator| lock(&animator.picture).refresh());

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
