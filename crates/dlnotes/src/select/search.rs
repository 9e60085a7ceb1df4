//! Grid search over named hyper-parameters.

use std::fmt;
use std::ops::Index;

use crate::dropped::{Field, drops_here};
use crate::parallel;
use crate::plot::{Figure, Values, bar, heatmap, plot};
use crate::select::next_seed;
use crate::tensor::error::fail;

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
    axes: Field<Vec<(String, Vec<f64>)>>,
}
drops_here!(GridSearch: axes);

/// One combination; `p["name"]` is the value of a parameter.
///
/// ```
/// use dlnotes::prelude::*;
/// GridSearch::new().over("lr", [0.1]).over("lambda", [3.0]).run(|p| {
///     assert_eq!(p.to_string(), "lr = 0.1, lambda = 3");
///     p["lr"]
/// });
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    pairs: Vec<(String, f64)>,
}

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
    axes: Field<Vec<(String, Vec<f64>)>>,
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
        let values = values.curves().concat();
        if values.is_empty() {
            fail("GridSearch", format!("no values for `{name}`: give at least one"));
        }
        if self.axes.iter().any(|(known, _)| known == name) {
            fail("GridSearch", format!("`{name}` was given before: give each parameter once, with all its values"));
        }
        self.axes.push((name.into(), values));
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
        if self.axes.is_empty() {
            fail("GridSearch", "nothing to search over: call over(name, values) first");
        }
        let count = self.axes.iter().map(|(_, values)| values.len()).product();
        let combinations: Vec<Params> = (0..count).map(|i| self.combination(i)).collect();
        let errors = parallel(next_seed(), count, |i| error(&combinations[i]));
        let rows = combinations.into_iter().zip(errors).collect();
        SearchResult { axes: self.axes.clone(), rows: Field::new(rows) }
    }

    /// The last parameter changes fastest.
    fn combination(&self, mut i: usize) -> Params {
        let mut pairs: Vec<(String, f64)> = Vec::new();
        for (name, values) in self.axes.iter().rev() {
            pairs.push((name.clone(), values[i % values.len()]));
            i /= values.len();
        }
        pairs.reverse();
        Params { pairs }
    }
}

impl Params {
    /// Names and values in the order in which they were given.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = GridSearch::new().over("lr", [0.1]).over("lambda", [3.0]).run(|_| 0.0);
    /// let pairs: Vec<(&str, f64)> = result.best().iter().collect();
    /// assert_eq!(pairs, [("lr", 0.1), ("lambda", 3.0)]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), *value))
    }
}

impl Index<&str> for Params {
    type Output = f64;

    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        match self.pairs.iter().find(|(known, _)| known == name) {
            Some((_, value)) => value,
            None => {
                let known: Vec<&str> = self.iter().map(|(name, _)| name).collect();
                fail("Params", format!("there is no parameter `{name}`: there are {}", known.join(", ")))
            }
        }
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> = self.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        f.write_str(&told.join(", "))
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
        match &self.axes[..] {
            [(name, values)] => plot(values, &errors).xlabel(name).ylabel("error"),
            [(down, rows), (across, columns)] => {
                let matrix: Vec<&[f64]> = errors.chunks(columns.len()).collect();
                let names = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>();
                let figure = heatmap(matrix.iter().map(|row| row.to_vec()).collect::<Vec<_>>()).title("error");
                figure.labels(names(columns)).row_labels(names(rows)).xlabel(across).ylabel(down)
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
        let width = self.axes.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0).max(10);
        for (name, _) in self.axes.iter() {
            write!(f, "{name:>width$} ")?;
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
