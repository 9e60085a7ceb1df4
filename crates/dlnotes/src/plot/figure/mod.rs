//! A figure as a value: what to draw, with which labels, how large. Needs axes and the page; the marks it holds are known
//! to it by their trait.

pub(crate) mod draw;
pub(crate) mod layout;
pub(crate) mod mark;
#[cfg(feature = "png")]
mod png;
pub(crate) mod save;
pub(crate) mod show;
pub(crate) mod summary;

use crate::dropped::{Field, drops_here};
use crate::plot::axes::panel::Log;
use crate::plot::figure::mark::{Extent, Mark};
use crate::plot::figure::show::shows;
use crate::plot::page::theme;
use crate::plot::page::words::say;
use crate::plot::values::Number;
use crate::tensor::error::counted;
use std::sync::Arc;

/// A figure: an ordinary value that can be kept, changed, shown and saved.
///
/// In a notebook a figure that is the last expression of a cell shows itself; [`Figure::display`] shows one from
/// anywhere. Every builder method takes the figure and gives it back, so that they chain.
///
/// ```
/// use dlnotes::plot::plot;
/// let x: Vec<f64> = (-80..80).map(|i| i as f64 / 10.0).collect();
/// let y: Vec<f64> = x.iter().map(|x| x.max(0.0)).collect();
/// let figure = plot(&x, &y).xlabel("x").ylabel("relu(x)").size(5.0, 2.5);
/// assert_eq!(figure.summary(), "relu(x) over x from −8 to 7.9: rises from 0 to 7.9.");
/// assert!(figure.to_svg().starts_with("<svg"));
/// ```
#[derive(Clone)]
pub struct Figure {
    pub(crate) series: Field<Vec<Series>>,
    pub(crate) title: Field<String>,
    pub(crate) x: Field<AxisOptions>,
    pub(crate) y: Field<AxisOptions>,
    /// The names of bars or pictures.
    pub(crate) names: Field<Vec<String>>,
    /// The names of a matrix' rows.
    pub(crate) row_names: Field<Vec<String>>,
    /// Width and height in inches.
    pub(crate) size: (f64, f64),
}
drops_here!(Figure: series, title, x, y, names, row_names);

/// A mark and its name.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) mark: Arc<dyn Mark>,
    pub(crate) label: String,
}

/// What the reader asked of an axis.
#[derive(Clone, Debug, Default)]
pub(crate) struct AxisOptions {
    pub(crate) label: String,
    pub(crate) limits: Option<(f64, f64)>,
    pub(crate) log: bool,
}

impl Default for Figure {
    fn default() -> Self {
        Figure {
            series: Field::default(),
            title: Field::default(),
            x: Field::default(),
            y: Field::default(),
            names: Field::default(),
            row_names: Field::default(),
            size: theme::SIZE,
        }
    }
}

impl Figure {
    /// A figure with nothing in it yet, to which [`line`](Figure::line), [`points`](Figure::points) and others add.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = Figure::new().line(0..3, [1, 2, 4], "fit").points([0, 2], [1.1, 3.9], "data");
    /// assert!(figure.summary().contains("fit rises from 1 to 4"));
    /// ```
    pub fn new() -> Figure {
        Figure::default()
    }

    pub(crate) fn add(mut self, mark: impl Mark + 'static, label: &str) -> Figure {
        self.series.push(Series { mark: Arc::new(mark), label: say(label) });
        self
    }

    /// What the x axis shows.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([1, 2], [0.9, 0.4]).xlabel("epoch");
    /// assert_eq!(figure.summary(), "Figure over epoch from 1 to 2: falls from 0.9 to 0.4.");
    /// ```
    pub fn xlabel(mut self, label: &str) -> Figure {
        self.x.label = say(label);
        self
    }

    /// What the y axis shows.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([1, 2], [0.9, 0.4]).ylabel("loss");
    /// assert_eq!(figure.summary(), "loss over x from 1 to 2: falls from 0.9 to 0.4.");
    /// ```
    pub fn ylabel(mut self, label: &str) -> Figure {
        self.y.label = say(label);
        self
    }

    /// The title above the figure.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([1, 2], [0.9, 0.4]).ylabel("loss").title("With dropout");
    /// assert!(figure.summary().starts_with("With dropout: loss over x"));
    /// ```
    pub fn title(mut self, title: &str) -> Figure {
        *self.title = say(title);
        self
    }

    /// Where the x axis begins and ends; what lies outside is not drawn.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::arange(-8.0, 8.0, 0.1);
    /// let figure = plot(&x, &x.tanh()).xlim(-1, 1);                      // a close look at the origin
    /// assert!(figure.summary().starts_with("Figure over x from −1 to 1"));
    /// ```
    ///
    /// # Panics
    /// When the limits are equal or not finite, or on a log axis not positive.
    #[track_caller]
    pub fn xlim(mut self, from: impl Number, to: impl Number) -> Figure {
        self.x.limit("xlim", from.to_f64(), to.to_f64());
        self
    }

    /// Where the y axis begins and ends; what lies outside is not drawn.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let accuracy = plot([10, 20, 30], [0.81, 0.84, 0.85]);
    /// assert!(!accuracy.to_svg().contains(">1<"));                       // an axis fits its data …
    /// assert!(accuracy.ylim(0, 1).to_svg().contains(">1<"));             // … unless it is told otherwise
    /// ```
    ///
    /// # Panics
    /// When the limits are equal or not finite, or on a log axis not positive.
    #[track_caller]
    pub fn ylim(mut self, from: impl Number, to: impl Number) -> Figure {
        self.y.limit("ylim", from.to_f64(), to.to_f64());
        self
    }

    /// Makes the x axis logarithmic. Values that are not positive have no place on it: they are left out and counted.
    ///
    /// Under bars, heat maps and surfaces it stays linear: they stand at even distances.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([1, 10, 100], [3, 2, 1]).xlabel("samples").xlog();
    /// assert_eq!(figure.summary(), "Figure over samples from 1 to 100 (log x axis): falls from 3 to 1.");
    /// ```
    ///
    /// # Panics
    /// When the axis has limits that are not positive.
    #[track_caller]
    pub fn xlog(mut self) -> Figure {
        self.x.log = true;
        self.x.check("xlim");
        self
    }

    /// Makes the y axis logarithmic. Values that are not positive have no place on it: they are left out and counted.
    ///
    /// Beside heat maps and surfaces it stays linear: their rows stand at even distances.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([0, 1, 2], [1.0, 0.01, 0.0]).ylog();
    /// assert!(figure.summary().contains("(log y axis)"));
    /// assert!(figure.summary().ends_with("not shown: 1 not positive (log axis)."));
    /// ```
    ///
    /// # Panics
    /// When the axis has limits that are not positive.
    #[track_caller]
    pub fn ylog(mut self) -> Figure {
        self.y.log = true;
        self.y.check("ylim");
        self
    }

    /// Names the curves, in the order in which they were added.
    ///
    /// A name that begins with "train" (or 训练) gets the first colour, one with "test" or "valid" (测试, 验证) the second,
    /// so that they look the same in every figure.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (train, test) = ([0.9, 0.5, 0.3], [1.0, 0.7, 0.6]);
    /// let figure = plot(1..=3, [train, test]).legend(["train", "test"]);
    /// assert!(figure.summary().ends_with("train falls from 0.9 to 0.3; test falls from 1 to 0.6."));
    /// ```
    ///
    /// # Panics
    /// When there are more names than curves.
    #[track_caller]
    pub fn legend<S: AsRef<str>>(mut self, names: impl AsRef<[S]>) -> Figure {
        let names = names.as_ref();
        self.name_curves(names.len(), &|i| names[i].as_ref());
        self
    }

    #[track_caller]
    fn name_curves<'a>(&mut self, names: usize, name: &dyn Fn(usize) -> &'a str) {
        let curves = self.series.len();
        if names > curves {
            let (names, curves) = (counted(names, "name"), counted(curves, "curve"));
            panic!("legend: {names} for {curves}; add the curves first, and give each at most one name");
        }
        for (i, series) in self.series.iter_mut().take(names).enumerate() {
            series.label = say(name(i));
        }
    }

    /// Names the bars below them, or the pictures above them, in their order.
    ///
    /// ```
    /// use dlnotes::plot::bar;
    /// let figure = bar([0.87, 0.91]).labels(["from scratch", "concise"]).ylabel("accuracy");
    /// assert_eq!(figure.summary(), "accuracy: from scratch 0.87, concise 0.91.");
    /// ```
    pub fn labels<S: AsRef<str>>(mut self, names: impl AsRef<[S]>) -> Figure {
        let names = names.as_ref();
        self.set_labels(names.len(), &|i| names[i].as_ref());
        self
    }

    fn set_labels<'a>(&mut self, count: usize, name: &dyn Fn(usize) -> &'a str) {
        *self.names = said(count, name);
    }

    /// Width and height in inches (96 pixels each); 3.5 × 2.5 unless set.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let figure = plot([0, 1], [0, 1]).size(5.0, 2.5);
    /// assert!(figure.to_svg().contains("width=\"480\" height=\"240\""));
    /// ```
    ///
    /// # Panics
    /// When a side is not between 0.5 and 50 inches.
    #[track_caller]
    pub fn size(mut self, width: impl Number, height: impl Number) -> Figure {
        self.set_size(width.to_f64(), height.to_f64());
        self
    }

    #[track_caller]
    fn set_size(&mut self, width: f64, height: f64) {
        for side in [width, height] {
            if !(0.5..=50.0).contains(&side) {
                panic!("size: {width} × {height} inches; each side must be between 0.5 and 50");
            }
        }
        self.size = (width, height);
    }

    /// Which axes are logarithmic.
    pub(crate) fn log(&self) -> Log {
        let even = self.series.iter().map(|s| s.mark.even()).fold(Log::default(), Log::or);
        Log { x: self.x.log && !even.x, y: self.y.log && !even.y }
    }

    /// What the axes must cover; nothing if there is nothing to show.
    pub(crate) fn extent(&self) -> Option<Extent> {
        let log = self.log();
        let all = |extent: &dyn Fn(&dyn Mark) -> Option<Extent>| {
            self.series.iter().filter_map(|s| extent(&*s.mark)).reduce(Extent::and)
        };
        all(&|mark| mark.extent(log)).or_else(|| all(&|mark| mark.extent_alone(log)))
    }

    /// Whether it has no axes.
    pub(crate) fn is_bare(&self) -> bool {
        self.series.iter().any(|s| s.mark.bare())
    }
}

/// So many names, in the language of the edition.
pub(crate) fn said<'a>(count: usize, name: &dyn Fn(usize) -> &'a str) -> Vec<String> {
    (0..count).map(|i| say(name(i))).collect()
}

/// So many names. A list may hold them in many ways: what a cell compiles of it is how to get at one.
pub(crate) fn listed<'a>(count: usize, name: &dyn Fn(usize) -> &'a str) -> Vec<String> {
    (0..count).map(|i| name(i).to_owned()).collect()
}

impl AxisOptions {
    #[track_caller]
    fn limit(&mut self, what: &str, from: f64, to: f64) {
        self.limits = Some((from, to));
        self.check(what);
    }

    /// Panics, naming `what` was called, when the limits make no axis.
    #[track_caller]
    fn check(&self, what: &str) {
        let Some((from, to)) = self.limits else { return };
        if !(from.is_finite() && to.is_finite()) || from == to {
            panic!("{what}: {from} to {to} isn't a range; give two different finite numbers");
        }
        if self.log && (from <= 0.0 || to <= 0.0) {
            panic!("{what}: {from} to {to} on a log axis; give limits above 0");
        }
    }
}

shows!(
    Figure,
    "let figure = plot([1, 2, 3], [0.9, 0.5, 0.4]).xlabel(\"epoch\").ylabel(\"loss\");",
    "loss over epoch from 1 to 3: falls from 0.9 to 0.4."
);
