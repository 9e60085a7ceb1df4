//! The settings that a sweep tries: a grid, or random draws.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::point::{Params, Point};
use crate::{Error, Result, Value};

/// More trials than this are a mistake: their list alone would have a gigabyte.
const MOST_TRIALS: usize = 10_000_000;

/// More values of one parameter are meant to be drawn, not tried one by one.
const MOST_VALUES: usize = 100_000;

/// A parameter with what it may be, as `--set` takes it.
///
/// | text | values |
/// |---|---|
/// | `wd=0,1e-4` | these; words too: `opt=sgd,adam` |
/// | `lr=log:1e-4..1e-1:7` | 7 numbers, each the same multiple of the one before |
/// | `p=lin:0..0.9:10` | 10 numbers at the same distance |
/// | `layers=int:1..4` | 1, 2, 3, 4 |
/// | `lr=log:1e-4..1e-1`, `p=lin:0..0.9` | any number in the range, uniform in its logarithm or in itself, for random search |
///
/// ```
/// use dlnotes_sweep::{Axis, Space};
/// let space = Space { axes: vec!["lr=log:1e-4..1e-1:4".parse::<Axis>()?, "wd=0,1e-4".parse()?], ..Space::default() };
/// let settings: Vec<String> = space.settings()?.iter().map(|params| params.to_string()).collect();
/// assert_eq!(settings.len(), 4 * 2);
/// assert_eq!(settings[2], "lr=0.001 wd=0");
/// # Ok::<(), dlnotes_sweep::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    name: String,
    values: Values,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Values {
    List(Vec<Value>),
    Range { scale: Scale, low: f64, high: f64 },
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Scale {
    Linear,
    Logarithmic,
}

/// What a sweep tries.
///
/// ```
/// use dlnotes_sweep::{Random, Space};
/// let space = Space {
///     axes: vec!["lr=log:1e-4..1e-1".parse()?],
///     random: Some(Random { count: 20, seed: 1 }),
///     seeds: 3,
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

/// One setting without parameters, with one seed.
impl Default for Space {
    fn default() -> Self {
        Self { axes: Vec::new(), random: None, seeds: 1 }
    }
}

impl Space {
    /// The settings, without seeds. In a grid the last parameter changes fastest.
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
        let count = self.random.map_or_else(|| self.combinations(), |random| Ok(random.count))?;
        let trials = usize::try_from(self.seeds).ok().and_then(|seeds| count.checked_mul(seeds));
        if count == 0 || trials.is_none_or(|trials| trials > MOST_TRIALS) {
            return usage(format!("{count} settings × {} seeds: a sweep has 1 to {MOST_TRIALS} trials", self.seeds));
        }
        match self.random {
            None => Ok((0..count).map(|index| self.combination(index)).collect()),
            Some(random) => self.draws(random),
        }
    }

    /// The trials: every setting with every seed.
    ///
    /// # Errors
    /// As [`settings`](Self::settings).
    pub fn points(&self) -> Result<Vec<Point>> {
        let settings = self.settings()?;
        Ok(settings.iter().flat_map(|params| (0..self.seeds).map(|seed| Point::new(params.clone(), seed))).collect())
    }

    fn combinations(&self) -> Result<usize> {
        self.axes.iter().try_fold(1_usize, |count, axis| match &axis.values {
            Values::List(values) => Ok(count.saturating_mul(values.len())),
            Values::Range { .. } => usage(format!(
                "`{}` doesn't say how many values to try: append their number, `{}:7`, or draw with --random",
                axis.text, axis.text
            )),
        })
    }

    fn combination(&self, mut index: usize) -> Params {
        let mut params = Params::default();
        for axis in self.axes.iter().rev() {
            let Values::List(values) = &axis.values else { continue };
            params.insert(&axis.name, values[index % values.len()].clone());
            index /= values.len();
        }
        params
    }

    fn draws(&self, random: Random) -> Result<Vec<Params>> {
        let mut known = BTreeSet::new();
        let mut settings = Vec::new();
        // Of a small space most draws are known already.
        for draw in 0..100 * random.count as u64 {
            let mut params = Params::default();
            for axis in &self.axes {
                params.insert(&axis.name, axis.at(uniform(random.seed, draw, &axis.name)));
            }
            if known.insert(params.to_string()) {
                settings.push(params);
            }
            if settings.len() == random.count {
                return Ok(settings);
            }
        }
        let found = settings.len();
        usage(format!("--random {} finds only {found} different settings: leave it out to try them all", random.count))
    }
}

impl Axis {
    /// The parameter's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value at 0 ≤ u < 1 of the way.
    fn at(&self, u: f64) -> Value {
        match &self.values {
            Values::List(values) => values[((u * values.len() as f64) as usize).min(values.len() - 1)].clone(),
            Values::Range { scale, low, high } => scale.at(*low, *high, u),
        }
    }
}

impl Scale {
    fn at(self, low: f64, high: f64, u: f64) -> Value {
        let x = match self {
            Self::Linear => low + (high - low) * u,
            Self::Logarithmic => low * (high / low).powf(u),
        };
        // 0.001, and not 0.0010000000000000002.
        let rounded = format!("{x:.11e}").parse::<f64>().unwrap_or(x);
        Value::Number(rounded.clamp(low, high))
    }
}

impl FromStr for Axis {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |reason: String| Error::Usage(format!("`{text}`: {reason}"));
        let example = "write it as NAME=VALUES, such as `wd=0,1e-4`, `lr=log:1e-4..1e-1:7` or `layers=int:1..4`";
        let (name, values) = text.split_once('=').ok_or_else(|| wrong(example.to_owned()))?;
        let mut letters = name.chars();
        let begins = letters.next().is_some_and(|c| c.is_ascii_alphabetic());
        if !begins || !letters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') {
            return Err(wrong(format!("`{name}` isn't a parameter's name (letters, digits, `-` and `_`); {example}")));
        }
        if name == "seed" {
            return Err(wrong("seeds are no parameter: write `--seeds 5`".to_owned()));
        }
        let values = values_of(values).map_err(wrong)?;
        Ok(Self { name: name.to_owned(), values, text: text.to_owned() })
    }
}

/// As it was given.
impl fmt::Display for Axis {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn values_of(text: &str) -> Result<Values, String> {
    let Some((kind, range)) = text.split_once(':').filter(|(kind, _)| ["log", "lin", "int"].contains(kind)) else {
        let values: Vec<&str> = text.split(',').map(str::trim).collect();
        if values.contains(&"") {
            return Err("a value is empty".to_owned());
        }
        let values: Vec<Value> = values.into_iter().map(Value::from).collect();
        let different: BTreeSet<String> = values.iter().map(Value::to_string).collect();
        return if different.len() < values.len() {
            Err("a value is there twice".to_owned())
        } else {
            Ok(Values::List(values))
        };
    };
    let (range, count) = match range.split_once(':') {
        Some((range, count)) => (range, Some(count.parse::<usize>().ok().filter(|n| (2..=MOST_VALUES).contains(n)))),
        None => (range, None),
    };
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let ends = range.split_once("..").and_then(|(low, high)| Some((number(low)?, number(high)?)));
    let (low, high) = ends.ok_or_else(|| format!("`{range}` isn't a range; write it as `1e-4..1e-1`"))?;
    if low >= high {
        return Err(format!("in `{range}` the first number is to be the smaller one"));
    }
    let scale = match kind {
        "int" => return integers(low, high, count.is_some()),
        "log" if low <= 0.0 => return Err("a logarithmic range begins above 0".to_owned()),
        "log" => Scale::Logarithmic,
        _ => Scale::Linear,
    };
    match count {
        None => Ok(Values::Range { scale, low, high }),
        Some(None) => Err(format!("the number of values is a whole number from 2 to {MOST_VALUES}")),
        Some(Some(n)) => Ok(Values::List((0..n).map(|i| scale.at(low, high, i as f64 / (n - 1) as f64)).collect())),
    }
}

fn integers(low: f64, high: f64, has_count: bool) -> Result<Values, String> {
    if has_count || low.fract() != 0.0 || high.fract() != 0.0 || high - low >= MOST_VALUES as f64 {
        return Err(format!(
            "`int` takes two whole numbers and no count, and at most {MOST_VALUES} values: `int:1..4`"
        ));
    }
    Ok(Values::List((0..=(high - low) as usize).map(|i| Value::Number(low + i as f64)).collect()))
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

    fn space(axes: &[&str]) -> Space {
        Space { axes: axes.iter().map(|axis| axis.parse().unwrap()).collect(), ..Space::default() }
    }

    fn values(axis: &str) -> Vec<String> {
        space(&[axis]).settings().unwrap().iter().map(|params| params.to_string()).collect()
    }

    #[test]
    fn ranges_have_their_ends_and_numbers_that_read_well() {
        assert_eq!(values("x=log:1e-4..1e-1:4"), ["x=0.0001", "x=0.001", "x=0.01", "x=0.1"]);
        assert_eq!(values("x=lin:0..0.9:4"), ["x=0", "x=0.3", "x=0.6", "x=0.9"]);
        assert_eq!(values("x=lin:-1..1:3"), ["x=-1", "x=0", "x=1"]);
        assert_eq!(values("x=int:-1..2"), ["x=-1", "x=0", "x=1", "x=2"]);
        assert_eq!(values("x=sgd, adam"), ["x=sgd", "x=adam"]);
        assert_eq!(values("x=log:0.1..0.3:2"), ["x=0.1", "x=0.3"]);
    }

    #[test]
    fn what_can_not_be_meant_is_told() {
        for (text, told) in [
            ("lr", "NAME=VALUES"),
            ("=1", "isn't a parameter's name"),
            ("-x=1", "isn't a parameter's name"),
            ("seed=1", "--seeds"),
            ("x=", "empty"),
            ("x=1,,2", "empty"),
            ("x=1,1.0", "twice"),
            ("x=log:0..1:3", "above 0"),
            ("x=lin:1..0:3", "smaller"),
            ("x=lin:0..inf:3", "isn't a range"),
            ("x=lin:0-1", "isn't a range"),
            ("x=lin:0..1:1", "from 2"),
            ("x=lin:0..1:many", "from 2"),
            ("x=int:0..1:2", "no count"),
            ("x=int:0.5..2", "whole"),
        ] {
            let error = text.parse::<Axis>().unwrap_err().to_string();
            assert!(error.contains(told), "{text}: {error}");
        }
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
