//! The settings that a sweep tries: a grid, or random draws.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::point::{Params, Point};
use crate::report::counted;
use crate::{Axis, Error, Result};

/// More trials than this are a mistake: their list alone would have a gigabyte.
const MOST_TRIALS: usize = 10_000_000;

/// What a sweep tries.
///
/// ```
/// use dlnotes_sweep::{Random, Space};
/// let space = Space {
///     axes: vec!["lr=log:1e-4..1e-1".parse()?],
///     random: Some(Random { count: 20, seed: 1 }),
///     seeds: 3,
///     ..Space::default()
/// };
/// assert_eq!(space.points()?.len(), 20 * 3);
/// assert_eq!(space.points()?, space.points()?);    // the same draws each time, on every machine
/// # Ok::<(), dlnotes_sweep::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Space {
    /// Its parameters.
    pub axes: Vec<Axis>,
    /// Draws instead of all combinations.
    pub random: Option<Random>,
    /// A search that learns from what is done, instead of either.
    pub tpe: Option<Tpe>,
    /// Each setting is tried with the seeds 0, …, `seeds` − 1.
    pub seeds: u64,
}

/// A random search.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Random {
    /// How many settings, each a different one.
    pub count: usize,
    /// Which ones: another seed, other draws.
    pub seed: u64,
}

/// A search by tree-structured Parzen estimators.
///
/// Of the settings that are done a tenth are the good ones. A density of good values and one of the others is estimated
/// for each parameter, and of 24 settings that are drawn from the good ones the setting with the largest ratio
/// ∏ good(x) ÷ ∏ other(x) is tried next.
///
/// J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl: Algorithms for hyper-parameter optimization. NeurIPS 2011.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Tpe {
    /// How many settings, each a different one.
    pub count: usize,
    /// How many are proposed at a time, without knowing what comes of each other.
    pub batch: usize,
    /// Which draws: another seed, another search.
    pub seed: u64,
}

impl Tpe {
    /// The draws with which it begins: fewer tell nothing about a space.
    pub(crate) fn first(self) -> Random {
        Random { count: self.count.min(self.batch.max(10)), seed: self.seed }
    }
}

/// One setting without parameters, with one seed.
impl Default for Space {
    fn default() -> Self {
        Self { axes: Vec::new(), random: None, tpe: None, seeds: 1 }
    }
}

impl Space {
    /// The settings, without seeds. In a grid the last parameter changes fastest. Of a search that learns from what is
    /// done, they are those with which it begins.
    ///
    /// # Errors
    /// If a parameter is there twice, a grid has a parameter without a number of values, a random search finds fewer
    /// different settings than it should, or there would be more than ten million trials.
    pub fn settings(&self) -> Result<Vec<Params>> {
        let names: BTreeSet<&str> = self.axes.iter().map(Axis::name).collect();
        if names.len() < self.axes.len() {
            return usage("a parameter is there twice: give each once, with all its values");
        }
        if self.seeds == 0 {
            return usage("0 seeds make no trial: give at least one");
        }
        if let Some(tpe) = self.tpe {
            self.check(tpe)?;
        }
        let random = self.random.or(self.tpe.map(Tpe::first));
        let count = match (self.tpe, random) {
            (Some(tpe), _) => tpe.count,
            (_, Some(random)) => random.count,
            _ => self.combinations()?,
        };
        let trials = usize::try_from(self.seeds).ok().and_then(|seeds| count.checked_mul(seeds));
        if count == 0 || trials.is_none_or(|trials| trials > MOST_TRIALS) {
            return usage(format!(
                "{} × {}: a sweep has 1 to {MOST_TRIALS} trials",
                counted(count, "setting"),
                counted(self.seeds, "seed")
            ));
        }
        match random {
            None => Ok((0..count).map(|index| self.combination(index)).collect()),
            Some(random) => self.draws(random),
        }
    }

    /// The trials: every setting with every seed.
    ///
    /// # Errors
    /// As [`settings`](Self::settings).
    pub fn points(&self) -> Result<Vec<Point>> {
        Ok(points(&self.settings()?, self.seeds))
    }

    /// Whether there are as many settings as the search is to try.
    fn check(&self, tpe: Tpe) -> Result<()> {
        if tpe.count == 0 || tpe.batch == 0 {
            return Err(Error::Usage("--tpe and --batch are whole numbers from 1".to_owned()));
        }
        match self.size() {
            Some(size) if size < tpe.count => {
                let settings = counted(size, "setting");
                let there = if size == 1 { "there is" } else { "there are" };
                let message = format!("--tpe {}: {there} only {settings}; leave it out to try them all", tpe.count);
                Err(Error::Usage(message))
            }
            _ => Ok(()),
        }
    }

    /// How many settings there are, if no parameter is a range.
    pub(crate) fn size(&self) -> Option<usize> {
        self.axes.iter().try_fold(1_usize, |count, axis| Some(count.saturating_mul(axis.list()?.len())))
    }

    /// The setting at 0 ≤ u < 1 of each parameter's way.
    pub(crate) fn at(&self, mut u: impl FnMut(&Axis) -> f64) -> Params {
        let mut params = Params::default();
        for axis in &self.axes {
            params.insert(axis.name(), axis.at(u(axis)));
        }
        params
    }

    /// The first combination that isn't known, if no parameter is a range.
    pub(crate) fn first_unknown(&self, known: &BTreeSet<String>) -> Option<Params> {
        // One more than are known is enough.
        let count = self.size()?.min(known.len() + 1);
        (0..count).map(|index| self.combination(index)).find(|params| !known.contains(&params.to_string()))
    }

    fn combinations(&self) -> Result<usize> {
        self.axes.iter().try_fold(1_usize, |count, axis| match axis.list() {
            Some(values) => Ok(count.saturating_mul(values.len())),
            None => usage(format!(
                "`{axis}` doesn't say how many values to try: append their number, `{axis}:7`, or draw with --random"
            )),
        })
    }

    fn combination(&self, mut index: usize) -> Params {
        let mut params = Params::default();
        for axis in self.axes.iter().rev() {
            let Some(values) = axis.list() else { continue };
            params.insert(axis.name(), values[index % values.len()].clone());
            index /= values.len();
        }
        params
    }

    fn draws(&self, random: Random) -> Result<Vec<Params>> {
        let mut known = BTreeSet::new();
        let mut settings = Vec::new();
        // Of a small space most draws are known already.
        for draw in 0..100 * random.count as u64 {
            let params = self.at(|axis| uniform(random.seed, draw, axis.name()));
            if known.insert(params.to_string()) {
                settings.push(params);
            }
            if settings.len() == random.count {
                return Ok(settings);
            }
        }
        let found = counted(settings.len(), "different setting");
        usage(format!("--random {} finds only {found}: leave it out to try them all", random.count))
    }
}

/// The trials of settings.
pub(crate) fn points(settings: &[Params], seeds: u64) -> Vec<Point> {
    settings.iter().flat_map(|params| (0..seeds).map(|seed| Point::new(params.clone(), seed))).collect()
}

/// A number in [0, 1) that depends on these alone: adding a parameter doesn't change the draws of the others.
fn uniform(seed: u64, draw: u64, name: &str) -> f64 {
    let hash = Sha256::digest(format!("{seed} {draw} {name}"));
    let bits = hash.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

fn usage<T>(message: impl Into<String>) -> Result<T> {
    Err(Error::Usage(message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Value;

    fn space(axes: &[&str]) -> Space {
        Space { axes: axes.iter().map(|axis| axis.parse().unwrap()).collect(), ..Space::default() }
    }

    #[test]
    fn what_can_not_be_meant_is_told() {
        for (space, told) in [
            (space(&["x=1", "x=2"]), "twice"),
            (space(&["x=lin:0..1"]), "--random"),
            (Space { seeds: 0, ..space(&["x=1"]) }, "0 seeds"),
            (Space { random: Some(Random { count: 3, seed: 0 }), ..space(&["x=1,2"]) }, "only 2 different"),
            (Space { seeds: u64::MAX, ..space(&["x=1,2"]) }, "a sweep has"),
            (space(&["a=int:1..9999", "b=int:1..9999"]), "a sweep has"),
        ] {
            let error = space.points().unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn draws_are_spread_over_the_range_and_do_not_depend_on_other_parameters() {
        let random = Some(Random { count: 1000, seed: 7 });
        let drawn = |axes: &[&str]| Space { random, ..space(axes) }.settings().unwrap();
        let [alone, beside] = [drawn(&["x=log:1e-4..1"]), drawn(&["x=log:1e-4..1", "y=a,b"])]
            .map(|settings| settings.iter().map(|params| params.get("x").unwrap().clone()).collect::<Vec<_>>());
        assert_eq!(alone, beside);
        // Of 1,000 draws a quarter lies in each decade: 250 ± 4 standard deviations of 13.7.
        for decade in [1e-4, 1e-3, 1e-2, 1e-1] {
            let inside = |x: &&Value| matches!(x, Value::Number(x) if (decade..decade * 10.0).contains(x));
            let count = alone.iter().filter(inside).count();
            assert!((195..=305).contains(&count), "{count} from {decade}");
        }
    }
}
