//! Grid search over named hyper-parameters.

use std::fmt;

use super::space::{Axes, Axis, Params};
use crate::dropped::{Field, drops_here};
use crate::parallel;
use crate::plot::{Figure, Values, bar, heatmap, plot};
use crate::select::next_seed;

/// Names and values to combine.
///
/// ```
/// use dlnotes::prelude::*;
/// let result = GridSearch::new().over("lr", [0.01, 0.1, 1.0]).over("lambda", [0.0, 3.0]).run(|p| {
///     (p["lr"] - 0.1).abs() + p["lambda"]        // in earnest: cross_validate(…).valid_mean()
/// });
/// assert_eq!(result.best()["lr"], 0.1);
/// assert_eq!(result.rows().len(), 6);
/// println!("{result}");
/// ```
#[derive(Clone, Debug, Default)]
pub struct GridSearch {
    axes: Field<Axes>,
}
drops_here!(GridSearch: axes);

/// All combinations with their errors.
///
/// ```
/// use dlnotes::prelude::*;
/// let result = GridSearch::new().over("lr", [0.01, 0.1]).run(|p| 1.0 / p["lr"]);
/// assert_eq!(result.best().to_string(), "lr = 0.1");
/// assert!(result.to_string().trim_start().starts_with("lr"));   // a table, best first
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SearchResult {
    axes: Field<Axes>,
    rows: Field<Vec<(Params, f64)>>,
}
drops_here!(SearchResult: axes, rows);

impl GridSearch {
    /// A search over nothing yet.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let search = GridSearch::new().over("degree", 1..=3);
    /// assert_eq!(search.run(|p| p["degree"]).rows().len(), 3);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tries each of `values` for the parameter `name`, with each combination of the others.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let search = GridSearch::new().over("lr", [0.01, 0.1]).over("lambda", [0.0, 1.0, 3.0]);
    /// assert_eq!(search.run(|_| 0.0).rows().len(), 2 * 3);
    /// ```
    ///
    /// # Panics
    /// If there are no values, or the name was given before.
    #[must_use]
    #[track_caller]
    pub fn over(self, name: &str, values: impl Values) -> Self {
        self.over_values(name, &values)
    }

    #[track_caller]
    fn over_values(mut self, name: &str, values: &dyn Values) -> Self {
        self.axes.list("GridSearch", name, values);
        self
    }

    /// Calls `error` with every combination, on several threads at once; smaller is better, and NaN (a training that
    /// diverged) worst. Each combination draws its random numbers from a stream of its own.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let data = Truth::notes_polynomial().sample(100);
    /// let result = GridSearch::new().over("degree", 0..=6).run(|p| {
    ///     let scores = cross_validate(&data, &KFold::new(5).shuffled(1), |train, valid| {
    ///         polynomial_fit(train, p["degree"] as usize, 0.0).errors(train, valid)
    ///     });
    ///     scores.valid_mean()
    /// });
    /// assert!(result.best()["degree"] >= 3.0);
    /// ```
    ///
    /// # Panics
    /// If no parameters were given, or `error` panics.
    #[track_caller]
    pub fn run<E: Into<f64>>(&self, error: impl Fn(&Params) -> E + Sync) -> SearchResult {
        self.search(&|params| error(params).into())
    }

    #[track_caller]
    fn search(&self, error: &(dyn Fn(&Params) -> f64 + Sync)) -> SearchResult {
        let combinations = self.axes.combinations("GridSearch");
        let errors = parallel(next_seed(), combinations.len(), |i| error(&combinations[i]));
        let rows = combinations.into_iter().zip(errors).collect();
        SearchResult { axes: self.axes.clone(), rows: Field::new(rows) }
    }
}

impl SearchResult {
    /// Every combination and its error, in the order in which they were tried.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = GridSearch::new().over("x", [3.0, 1.0]).run(|p| p["x"]);
    /// let errors: Vec<f64> = result.rows().iter().map(|(_, error)| *error).collect();
    /// assert_eq!(errors, [3.0, 1.0]);
    /// ```
    pub fn rows(&self) -> &[(Params, f64)] {
        &self.rows
    }

    /// The combination with the smallest error.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = GridSearch::new().over("x", [-1.0, 0.5, 2.0]).run(|p| p["x"].abs());
    /// assert_eq!(result.best()["x"], 0.5);
    /// ```
    pub fn best(&self) -> &Params {
        &self.sorted()[0].0
    }

    /// The smallest error.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = GridSearch::new().over("x", [0.0, 2.0]).run(|p| if p["x"] == 0.0 { f64::NAN } else { 0.25 });
    /// assert_eq!(result.best_error(), 0.25);                       // a training that diverged is never the best
    /// ```
    pub fn best_error(&self) -> f64 {
        self.sorted()[0].1
    }

    /// Best first; NaN last.
    fn sorted(&self) -> Vec<&(Params, f64)> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by(|a, b| a.1.is_nan().cmp(&b.1.is_nan()).then(a.1.total_cmp(&b.1)));
        rows
    }

    /// The error over one parameter as a curve, over two as a heat map, over more as bars, best first.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = GridSearch::new().over("lr", [0.01, 0.1, 1.0]).run(|p| (p["lr"] - 0.1).abs());
    /// assert!(result.figure().summary().starts_with("error over lr from 0.01 to 1"));
    /// ```
    pub fn figure(&self) -> Figure {
        let errors: Vec<f64> = self.rows.iter().map(|row| row.1).collect();
        match &self.axes.iter().collect::<Vec<&Axis>>()[..] {
            [axis] => plot(&axis.values, &errors).xlabel(&axis.name).ylabel("error"),
            [down, across] => {
                let matrix: Vec<Vec<f64>> = errors.chunks(across.values.len()).map(<[f64]>::to_vec).collect();
                let names = |axis: &Axis| axis.values.iter().map(f64::to_string).collect::<Vec<_>>();
                let figure = heatmap(matrix).title("error").labels(names(across)).row_labels(names(down));
                figure.xlabel(&across.name).ylabel(&down.name)
            }
            _ => {
                let best: Vec<_> = self.sorted().into_iter().take(12).collect();
                let names: Vec<String> = best.iter().map(|(params, _)| params.to_string()).collect();
                bar(best.iter().map(|row| row.1).collect::<Vec<_>>()).labels(&names).ylabel("error")
            }
        }
    }

    /// Shows the table as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = GridSearch::new().over("lr", [0.01, 0.1]).run(|p| p["lr"]);
    /// result.evcxr_display();                                      // what a cell that ends in `result` does
    /// assert_eq!(result.to_string().lines().count(), 3);           // a heading and two rows
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

/// A table, best first.
impl fmt::Display for SearchResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.axes.iter().map(|axis| axis.name.chars().count()).max().unwrap_or(0).max(10);
        for axis in self.axes.iter() {
            write!(f, "{:>width$} ", axis.name)?;
        }
        write!(f, "{:>12}", "error")?;
        for (params, error) in self.sorted() {
            writeln!(f)?;
            for (_, value) in params.iter() {
                write!(f, "{value:>width$} ")?;
            }
            write!(f, "{error:>12.6}")?;
        }
        Ok(())
    }
}
