//! Which parameters matter: how the variance of a sweep's values is shared out.

use std::fmt;

use super::super::cross_validate::mean;
use super::result::SweepResult;
use crate::dropped::{Field, drops_here};
use crate::plot::{Figure, bar};

/// Most groups into which the values of a parameter are put that was drawn from a range.
const MOST_BINS: usize = 10;

/// The shares of the values' variance that the parameters of a sweep explain: each of them alone, several together, and
/// the seeds. They add up to 1.
///
/// ```
/// use dlnotes::prelude::*;
/// let result = Sweep::new().over("a", [0.0, 1.0]).over("b", [0.0, 1.0]).run(|p| 3.0 * p["a"] + p["b"]);
/// let importance = result.importance();
/// assert!((importance["a"] - 0.9).abs() < 1e-12 && (importance["b"] - 0.1).abs() < 1e-12);
/// assert_eq!(importance.to_string(), "a 90 %, b 10 %, together 0 %");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Importance {
    parameters: Field<Vec<(String, f64)>>,
    /// What parameters do together that none of them does alone.
    pub together: f64,
    /// What is left to chance: the same setting with another seed.
    pub seeds: f64,
    several_seeds: bool,
}
drops_here!(Importance: parameters);

impl SweepResult {
    /// How much of the variance of the values each parameter explains alone: the first order of a functional analysis of
    /// variance. With ȳ the mean of all n values, ȳ_v that of the n_v values whose parameter is v, and ȳ_s that of the m
    /// values of setting s,
    ///
    /// share = Σ_v n_v (ȳ_v − ȳ)² / Σ (y − ȳ)², together = Σ_s m (ȳ_s − ȳ)² / Σ (y − ȳ)² − all shares,
    ///
    /// and the seeds have the rest. In a grid that is exact; chance makes means differ, too, so that a parameter without
    /// any effect gets about (number of its values − 1)/n of what the seeds have. Values that aren't finite are left out,
    /// and then the parameters of those that are left overlap: what one explains, another may explain as well.
    ///
    /// In a random search it is estimated: the values of a range are put into √m groups of equal size (at most 10), where m
    /// is now the number of settings. Of the share R² of the variance between settings that g groups explain,
    /// 1 − (1 − R²)(m − 1)/(m − g) is taken, or 0 if that is negative, since R² is (g − 1)/(m − 1) for a parameter without
    /// effect. If all values are equal, every share is 0.
    ///
    /// A few very large values make up most of the variance: where losses differ by powers of ten, let a trial return the
    /// logarithm.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let sweep = Sweep::new().log("lr", 1e-4, 1.0, 5).linear("p", 0.0, 1.0, 5).random(200);
    /// let importance = sweep.run(|p| (p["lr"].log10() + 2.0).powi(2)).importance();
    /// assert!(importance["lr"] > 0.9 && importance["p"] < 0.05);
    /// ```
    pub fn importance(&self) -> Importance {
        let finite = || self.settings.iter().flat_map(|setting| &setting.values).copied().filter(|y| y.is_finite());
        // In units of the largest, so that squares stay in range.
        let unit = finite().fold(0.0_f64, |size, y| size.max(y.abs()));
        let unit = if unit > 0.0 { unit } else { 1.0 };
        let settings: Vec<(usize, Vec<f64>)> = self
            .settings
            .iter()
            .enumerate()
            .map(|(i, s)| (i, s.values.iter().filter(|y| y.is_finite()).map(|y| y / unit).collect::<Vec<f64>>()))
            .filter(|(_, values)| !values.is_empty())
            .collect();
        let all: Vec<f64> = settings.iter().flat_map(|(_, values)| values).copied().collect();
        let middle = mean(&all);
        let total: f64 = all.iter().map(|y| (y - middle).powi(2)).sum();
        let means: Vec<f64> = settings.iter().map(|(_, values)| mean(values)).collect();
        let weights: Vec<f64> = settings.iter().map(|(_, values)| values.len() as f64).collect();
        let between: f64 = means.iter().zip(&weights).map(|(y, n)| n * (y - middle).powi(2)).sum();

        let is_grid = self.is_grid();
        let share = |axis: usize, name: &str| {
            let values: Vec<f64> = settings.iter().map(|&(i, _)| self.settings[i].params[name]).collect();
            let groups = if self.values_on_grid(axis).is_some() { equal(&values) } else { bins(&values) };
            let explained: f64 = groups
                .iter()
                .map(|group| {
                    let n: f64 = group.iter().map(|&i| weights[i]).sum();
                    let y = group.iter().map(|&i| weights[i] * means[i]).sum::<f64>() / n;
                    n * (y - middle).powi(2)
                })
                .sum();
            if is_grid {
                return explained / total;
            }
            let (m, g) = (settings.len() as f64, groups.len() as f64);
            let adjusted = 1.0 - (1.0 - explained / between) * (m - 1.0) / (m - g);
            if m > g && between > 0.0 { adjusted.clamp(0.0, 1.0) * between / total } else { 0.0 }
        };
        // Of values that differ by rounding alone nothing is explained.
        let is_flat = total.is_nan() || total <= f64::EPSILON.powi(2) * all.len() as f64;
        let share = |axis: usize, name: &str| if is_flat { 0.0 } else { share(axis, name) };
        let parameters: Vec<(String, f64)> =
            self.axes.iter().enumerate().map(|(i, axis)| (axis.name.clone(), share(i, &axis.name))).collect();
        let alone: f64 = parameters.iter().map(|(_, share)| share).sum();
        let (settings, seeds) = if is_flat { (0.0, 0.0) } else { (between / total, 1.0 - between / total) };
        Importance {
            parameters: Field::new(parameters),
            together: (settings - alone).max(0.0),
            seeds: seeds.max(0.0),
            several_seeds: weights.iter().any(|&n| n > 1.0),
        }
    }
}

/// The places of equal values.
fn equal(values: &[f64]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order.chunk_by(|&a, &b| values[a] == values[b]).map(<[usize]>::to_vec).collect()
}

/// Groups of neighbours, as equal in size as can be.
fn bins(values: &[f64]) -> Vec<Vec<usize>> {
    let count = values.len();
    let bins = (count as f64).sqrt().floor().clamp(1.0, MOST_BINS as f64) as usize;
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    (0..bins)
        .map(|bin| order[bin * count / bins..(bin + 1) * count / bins].to_vec())
        .filter(|bin| !bin.is_empty())
        .collect()
}

impl Importance {
    /// Names and shares of the parameters, in the order in which they were given.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let importance = Sweep::new().over("a", [0.0, 1.0]).over("b", [0.0, 1.0]).run(|p| p["b"]).importance();
    /// let shares: Vec<(&str, f64)> = importance.iter().map(|(name, share)| (name, share.round())).collect();
    /// assert_eq!(shares, [("a", 0.0), ("b", 1.0)]);
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.parameters.iter().map(|(name, share)| (name.as_str(), *share))
    }

    /// The shares as bars.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("a", [-1.0, 1.0]).over("b", [-1.0, 1.0]).run(|p| p["a"] * p["b"]);
    /// let figure = result.importance().figure();                   // neither does anything alone
    /// assert_eq!(figure.summary(), "share of the variance: a 0, b 0, together 1.");
    /// ```
    pub fn figure(&self) -> Figure {
        let bars = self.bars();
        let names: Vec<&str> = bars.iter().map(|(name, _)| *name).collect();
        bar(bars.iter().map(|(_, share)| *share).collect::<Vec<_>>())
            .labels(&names)
            .ylabel("share of the variance")
            .ylim(0, 1)
    }

    fn bars(&self) -> Vec<(&str, f64)> {
        let mut bars: Vec<(&str, f64)> = self.iter().collect();
        if bars.len() > 1 {
            bars.push(("together", self.together));
        }
        if self.several_seeds {
            bars.push(("seeds", self.seeds));
        }
        bars
    }

    /// Shows the bars as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let importance = Sweep::new().over("a", [0.0, 1.0]).seeds(2).run(|p| p["a"]).importance();
    /// importance.evcxr_display();                                  // what a cell that ends in `importance` does
    /// assert_eq!(importance.to_string(), "a 100 %, seeds 0 %");
    /// ```
    pub fn evcxr_display(&self) {
        self.figure().evcxr_display();
    }
}

impl std::ops::Index<&str> for Importance {
    type Output = f64;

    #[track_caller]
    fn index(&self, name: &str) -> &f64 {
        match self.parameters.iter().find(|(known, _)| known == name) {
            Some((_, share)) => share,
            None => {
                let known: Vec<&str> = self.iter().map(|(name, _)| name).collect();
                let known = known.join(", ");
                crate::tensor::error::fail("Importance", format!("there is no parameter `{name}`: there are {known}"))
            }
        }
    }
}

impl fmt::Display for Importance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told: Vec<String> =
            self.bars().iter().map(|(name, share)| format!("{name} {:.0} %", 100.0 * share)).collect();
        f.write_str(&told.join(", "))
    }
}
