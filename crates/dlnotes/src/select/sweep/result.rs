//! What came of a sweep: a row for each setting.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Index;
use std::path::PathBuf;

use super::super::cross_validate::{mean, std};
use super::super::space::{Axes, Params};
use crate::dropped::{Field, drops_here};

/// Settings that a table prints; the others are counted.
const MOST_ROWS: usize = 20;

/// A setting and what its trials returned; `row["name"]` is the value of a parameter.
///
/// ```
/// use dlnotes::prelude::*;
/// let result = Sweep::new().over("lr", [0.1]).seeds(3).run(|p| p["lr"] * p.seed() as f64);
/// let row = &result.rows()[0];
/// assert_eq!((row["lr"], row.to_string()), (0.1, "lr = 0.1: 0.1 ± 0.1".into()));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub(super) params: Params,
    /// By seed.
    pub(super) seeds: Vec<u64>,
    pub(super) values: Vec<f64>,
    /// What trials of processes left behind.
    pub(super) folders: Vec<PathBuf>,
}

/// All settings of a sweep with the values of their trials.
///
/// ```
/// use dlnotes::prelude::*;
/// let result = Sweep::new().log("lr", 1e-3, 1e-1, 3).seeds(2).run(|p| (p["lr"].log10() + 2.0).powi(2));
/// assert_eq!(result.best()["lr"], 0.01);
/// assert!(result.to_string().trim_start().starts_with("lr"));      // a table, best first
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SweepResult {
    pub(super) axes: Field<Axes>,
    pub(super) objective: Field<String>,
    pub(super) settings: Field<Vec<Setting>>,
    pub(super) maximize: bool,
}
drops_here!(SweepResult: axes, objective, settings);

impl Setting {
    /// The parameters.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1, 0.2]).run(|p| p["lr"]);
    /// assert_eq!(result.rows()[1].params()["lr"], 0.2);
    /// ```
    pub fn params(&self) -> &Params {
        &self.params
    }

    /// What the trials returned, by seed.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1]).seeds(2).run(|p| p.seed() as f64);
    /// assert_eq!(result.rows()[0].values(), [0.0, 1.0]);
    /// ```
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The folders of the trials, by seed, with what these left there, such as a model; none of a sweep in a cell.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// # let runs = std::env::temp_dir().join(format!("dlnotes-folders-{}", std::process::id()));
    /// # std::fs::create_dir_all(runs.join("trials/5ac0")).unwrap();
    /// # std::fs::write(runs.join("sweep.json"), r#"{"set": ["lr=0.1"], "maximize": false}"#).unwrap();
    /// # std::fs::write(runs.join("points.json"), r#"[{"id": "5ac0", "params": {"lr": 0.1}, "seed": 0}]"#).unwrap();
    /// # std::fs::write(runs.join("trials/5ac0/result.json"), r#"{"value": 0.5}"#).unwrap();
    /// # save_parameters(&sequential![Linear::new(3, 2)], runs.join("trials/5ac0/model.safetensors"))?;
    /// let result = SweepResult::read(&runs)?;                          // what `dlnotes-sweep run` has left in runs/a
    /// let net = sequential![Linear::new(3, 2)];
    /// load_parameters(&net, result.best().folders()[0].join("model.safetensors"))?;
    /// # std::fs::remove_dir_all(&runs).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The mean of the values; NaN if a training diverged.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1, 9.0]).seeds(3).run(|p| if p["lr"] > 1.0 { f64::NAN } else { p.seed() as f64 });
    /// assert_eq!(result.rows()[0].mean(), 1.0);
    /// assert!(result.rows()[1].mean().is_nan());
    /// ```
    pub fn mean(&self) -> f64 {
        mean(&self.values)
    }

    /// The standard deviation of the values, with n − 1 below; NaN of a single one.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1]).seeds(3).run(|p| p.seed() as f64);
    /// assert_eq!(result.rows()[0].sd(), 1.0);
    /// ```
    pub fn sd(&self) -> f64 {
        std(&self.values)
    }
}

impl Index<&str> for Setting {
    type Output = f64;

    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        &self.params[name]
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.params, short(self.mean()))?;
        if self.values.len() > 1 { write!(f, " ± {}", short(self.sd())) } else { Ok(()) }
    }
}

impl SweepResult {
    /// Before anything has been tried.
    pub(super) fn planned(axes: &Axes, objective: &str, settings: Vec<Params>, maximize: bool) -> Self {
        let setting = |params| Setting { params, seeds: Vec::new(), values: Vec::new(), folders: Vec::new() };
        Self {
            axes: Field::new(axes.clone()),
            objective: Field::new(objective.into()),
            settings: Field::new(settings.into_iter().map(setting).collect()),
            maximize,
        }
    }

    /// Every setting, in the order in which they were tried.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("x", [3.0, 1.0]).run(|p| p["x"]);
    /// let means: Vec<f64> = result.rows().iter().map(|row| row.mean()).collect();
    /// assert_eq!(means, [3.0, 1.0]);
    /// ```
    pub fn rows(&self) -> &[Setting] {
        &self.settings
    }

    /// How many trials there are values of.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Sweep::new().over("x", [3.0, 1.0]).seeds(5).run(|p| p["x"]).trials(), 10);
    /// ```
    pub fn trials(&self) -> usize {
        self.settings.iter().map(|setting| setting.values.len()).sum()
    }

    /// The setting with the best mean. One of whose trials any diverged, or is missing, comes after all others.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("x", [-1.0, 0.5, 2.0]).run(|p| if p["x"] < 0.0 { f64::NAN } else { p["x"] });
    /// assert_eq!((result.best()["x"], result.best().mean()), (0.5, 0.5));
    /// ```
    pub fn best(&self) -> &Setting {
        self.sorted()[0]
    }

    /// Best first; those with a diverged training and those with trials that are missing last.
    pub(super) fn sorted(&self) -> Vec<&Setting> {
        let whole = self.settings.iter().map(|setting| setting.values.len()).max().unwrap_or(0);
        let mut rows: Vec<&Setting> = self.settings.iter().collect();
        let rank = |row: &Setting| (row.values.len() < whole, row.mean().is_nan());
        rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| self.better(a.mean(), b.mean())));
        rows
    }

    pub(super) fn better(&self, a: f64, b: f64) -> Ordering {
        if self.maximize { b.total_cmp(&a) } else { a.total_cmp(&b) }
    }

    /// Shows the table as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.01, 0.1]).seeds(2).run(|p| p["lr"]);
    /// result.evcxr_display();                                      // what a cell that ends in `result` does
    /// assert_eq!(result.to_string().lines().count(), 3);           // a heading and two rows
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

/// A table, best first.
impl fmt::Display for SweepResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let several = self.settings.iter().any(|setting| setting.values.len() > 1);
        let names = self.axes.iter().map(|axis| axis.name.clone());
        let head: Vec<String> = names.chain([(*self.objective).clone()]).collect();
        let rows = self.sorted();
        let mut lines = vec![head];
        for row in rows.iter().take(MOST_ROWS) {
            let params = row.params.iter().map(|(name, _)| row.params.told(name, short));
            let mut line: Vec<String> = params.chain([short(row.mean())]).collect();
            if several {
                line.push(if row.values.len() > 1 { format!("± {}", short(row.sd())) } else { String::new() });
            }
            lines.push(line);
        }
        let width =
            |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|text| text.chars().count()).max();
        let widths: Vec<usize> = (0..).map_while(width).collect();
        for (i, line) in lines.iter().enumerate() {
            let cells = line.iter().zip(&widths).enumerate().map(|(column, (text, &width))| {
                // A number stands at the right of its column, and what it is known to at its right.
                if column <= self.axes.iter().len() { format!("{text:>width$}") } else { text.clone() }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            write!(f, "{}{}", if i == 0 { "" } else { "\n" }, line.trim_end())?;
        }
        match rows.len().saturating_sub(MOST_ROWS) {
            0 => Ok(()),
            more => write!(f, "\n… and {more} more"),
        }
    }
}

/// A number in four significant digits.
pub(super) fn short(x: f64) -> String {
    let rounded = format!("{x:.3e}").parse::<f64>().unwrap_or(x);
    let size = rounded.abs();
    if size != 0.0 && size.is_finite() && !(1e-4..1e6).contains(&size) {
        format!("{rounded:e}")
    } else {
        rounded.to_string()
    }
}
