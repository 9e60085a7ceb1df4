//! A sweep's figures.

use super::super::space::{Axis, Scale};
use super::result::SweepResult;
use crate::plot::{Column, Figure, heatmap, parallel, short_label as label};

/// A value of a parameter as it stands at an axis.
fn told(axis: &Axis, value: f64) -> String {
    axis.words.get(value as usize).cloned().unwrap_or_else(|| label(value))
}

impl SweepResult {
    /// The mean over one parameter as a curve, with a band of a standard deviation to either side; over two as a heat map;
    /// over more, or at random, as [`parallel_coordinates`](Self::parallel_coordinates).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().log("lr", 1e-3, 1e-1, 3).run(|p| p["lr"]);
    /// assert_eq!(result.figure().summary(), "value over lr from 0.001 to 0.1 (log x axis): rises from 0.001 to 0.1.");
    /// ```
    pub fn figure(&self) -> Figure {
        match &self.axes.iter().collect::<Vec<&Axis>>()[..] {
            [axis] if axis.words.is_empty() => self.curve(axis),
            [down, across] => match (self.values_on_grid(0), self.values_on_grid(1)) {
                (Some(rows), Some(columns)) => self.map((down, &rows), (across, &columns)),
                _ => self.parallel_coordinates(),
            },
            _ => self.parallel_coordinates(),
        }
    }

    fn curve(&self, axis: &Axis) -> Figure {
        let mut rows: Vec<(f64, f64, f64)> = Vec::new();
        for setting in self.settings.iter().filter(|setting| !setting.values.is_empty()) {
            rows.push((setting.params[&axis.name], setting.mean(), setting.sd()));
        }
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let of = |f: fn(&(f64, f64, f64)) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
        let x = of(|row| row.0);
        let mut figure = Figure::new();
        let several = rows.iter().any(|row| row.2.is_finite());
        if several {
            figure = figure.band(&x, of(|row| row.1 - row.2), of(|row| row.1 + row.2), "± standard deviation");
        }
        figure = figure.line(&x, of(|row| row.1), if several { "mean over the seeds" } else { "" });
        let figure = figure.xlabel(&axis.name).ylabel(&self.objective);
        if axis.scale == Scale::Log { figure.xlog() } else { figure }
    }

    fn map(&self, (down, rows): (&Axis, &[f64]), (across, columns): (&Axis, &[f64])) -> Figure {
        let mean = |row: f64, column: f64| {
            let here = self.settings.iter().find(|s| s.params[&down.name] == row && s.params[&across.name] == column);
            here.map_or(f64::NAN, |setting| setting.mean())
        };
        let matrix: Vec<Vec<f64>> =
            rows.iter().map(|&row| columns.iter().map(|&column| mean(row, column)).collect()).collect();
        let names = |axis: &Axis, values: &[f64]| values.iter().map(|&value| told(axis, value)).collect::<Vec<_>>();
        let figure = heatmap(matrix).labels(names(across, columns)).row_labels(names(down, rows));
        figure.title(&self.objective).xlabel(&across.name).ylabel(&down.name)
    }

    /// Each setting as a line over all parameters to the mean of its values, coloured by it, with the best one emphasized.
    /// Parameters of a grid have their values at equal distances, one below the other; of a random search they have an
    /// axis, which is logarithmic for those of [`log`](super::Sweep::log). Lines that would lie on one another at a value
    /// stand side by side there, the better ones on the better side.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let sweep = Sweep::new().over("lr", [0.01, 0.1]).over("decay", [0.0, 1.0]).over("p", [0.0, 0.5]);
    /// let figure = sweep.run(|p| p["lr"] + p["decay"] + p["p"]).parallel_coordinates();
    /// assert_eq!(
    ///     figure.summary(),
    ///     "Figure: 8 lines over lr, decay, p, and value from 0.01 to 1.6; the best has lr 0.01, decay 0, p 0, value 0.01."
    /// );
    /// ```
    pub fn parallel_coordinates(&self) -> Figure {
        let settings: Vec<_> = self.settings.iter().filter(|setting| !setting.values.is_empty()).collect();
        let mut columns = Vec::new();
        for (i, axis) in self.axes.iter().enumerate() {
            let values: Vec<f64> = settings.iter().map(|setting| setting.params[&axis.name]).collect();
            let (log, stops) = (axis.scale == Scale::Log, self.values_on_grid(i));
            let stops = stops.map(|stops| stops.into_iter().map(|stop| (stop, told(axis, stop))).collect());
            columns.push(Column { name: axis.name.clone(), values, log, stops });
        }
        let values: Vec<f64> = settings.iter().map(|setting| setting.mean()).collect();
        let log = Column::spans_decades(&values);
        columns.push(Column { name: (*self.objective).clone(), values, log, stops: None });
        parallel(columns, self.maximize)
    }

    /// Whether the settings are all combinations of the values that occur.
    pub(super) fn is_grid(&self) -> bool {
        let values = self.axes.iter().map(|axis| self.distinct(axis).len());
        values.product::<usize>() == self.settings.len()
    }

    /// The values of a parameter from the smallest up.
    fn distinct(&self, axis: &Axis) -> Vec<f64> {
        let mut values: Vec<f64> = self.settings.iter().map(|setting| setting.params[&axis.name]).collect();
        values.sort_by(f64::total_cmp);
        values.dedup();
        values
    }

    /// The same of parameter `i`, if its values were given one by one or the settings are all combinations.
    pub(super) fn values_on_grid(&self, i: usize) -> Option<Vec<f64>> {
        let axis = self.axes.iter().nth(i)?;
        (axis.scale == Scale::Listed || self.is_grid()).then(|| self.distinct(axis))
    }
}
