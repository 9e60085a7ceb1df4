//! What a search tries: named parameters with their values, and the settings that these make.

use std::fmt;
use std::ops::Index;

use ndarray_rand::rand::Rng as _;

use crate::plot::Values;
use crate::tensor::error::{counted, fail};

/// Parameters with the values to combine.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Axes(Vec<Axis>);

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub(super) name: String,
    /// In the order in which they are tried; of a range the first is its low end and the last its high end.
    pub(super) values: Vec<f64>,
    pub(super) scale: Scale,
    /// Where values are words: their places in this list stand for them.
    pub(super) words: Vec<String>,
}

/// How the values of an axis lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// Where somebody chose to put them.
    Listed,
    /// At equal distances.
    Linear,
    /// Each the same multiple of the one before.
    Log,
}

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
    /// Of the parameters that are words: names and words.
    words: Vec<(String, String)>,
}

impl Axes {
    #[track_caller]
    pub(super) fn list(&mut self, op: &'static str, name: &str, values: &dyn Values) {
        let values = values.curves().concat();
        if values.is_empty() {
            fail(op, format!("no values for `{name}`: give at least one"));
        }
        self.add(op, name, values, Scale::Listed);
    }

    /// `count` values from `low` to `high`.
    #[track_caller]
    pub(super) fn range(&mut self, op: &'static str, name: &str, (low, high): (f64, f64), count: usize, scale: Scale) {
        if !(low.is_finite() && high.is_finite() && low < high) {
            fail(op, format!("`{name}` from {low} to {high}: give two finite numbers, the smaller one first"));
        }
        if scale == Scale::Log && low <= 0.0 {
            fail(op, format!("`{name}` from {low} to {high}: a logarithmic range begins above 0"));
        }
        if count < 2 {
            fail(
                op,
                format!("`{name}` has {}: a range has at least 2, for one value call over", counted(count, "value")),
            );
        }
        let values = (0..count).map(|i| scale.at(low, high, i as f64 / (count - 1) as f64)).collect();
        self.add(op, name, values, scale);
    }

    #[track_caller]
    fn add(&mut self, op: &'static str, name: &str, values: Vec<f64>, scale: Scale) {
        if self.iter().any(|known| known.name == name) {
            fail(op, format!("`{name}` was given before: give each parameter once, with all its values"));
        }
        self.0.push(Axis { name: name.into(), values, scale, words: Vec::new() });
    }

    pub(super) fn of(axes: Vec<Axis>) -> Self {
        Self(axes)
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &Axis> + ExactSizeIterator {
        self.0.iter()
    }

    /// The word that a number stands for.
    pub(super) fn word(&self, name: &str, place: f64) -> Option<&str> {
        let axis = self.iter().find(|axis| axis.name == name)?;
        axis.words.get(place as usize).map(String::as_str)
    }

    /// All combinations; the last parameter changes fastest.
    #[track_caller]
    pub(super) fn combinations(&self, op: &'static str) -> Vec<Params> {
        self.check(op);
        let count = self.iter().map(|axis| axis.values.len()).product();
        (0..count).map(|i| self.combination(i)).collect()
    }

    #[track_caller]
    fn check(&self, op: &'static str) {
        if self.0.is_empty() {
            fail(op, "nothing to search over: call over(name, values) first");
        }
    }

    fn combination(&self, mut i: usize) -> Params {
        let mut pairs: Vec<(String, f64)> = Vec::new();
        for axis in self.iter().rev() {
            pairs.push((axis.name.clone(), axis.values[i % axis.values.len()]));
            i /= axis.values.len();
        }
        pairs.reverse();
        Params { pairs, words: Vec::new() }
    }

    /// `count` different settings drawn from the crate's generator: of a list one of its values, of a range any number.
    #[track_caller]
    pub(super) fn draws(&self, op: &'static str, count: usize) -> Vec<Params> {
        self.check(op);
        let mut settings: Vec<Params> = Vec::new();
        // Of a small space most draws are known already.
        for _ in 0..100 * count {
            let pairs = self.iter().map(|axis| (axis.name.clone(), axis.draw())).collect();
            let setting = Params { pairs, words: Vec::new() };
            if !settings.contains(&setting) {
                settings.push(setting);
            }
            if settings.len() == count {
                return settings;
            }
        }
        let found = counted(settings.len(), "different setting");
        fail(op, format!("random({count}) finds only {found}: leave it out to try them all"))
    }
}

impl Axis {
    fn draw(&self) -> f64 {
        let values = &self.values;
        let u: f64 = crate::tensor::generator().random();
        match self.scale {
            Scale::Listed => values[((u * values.len() as f64) as usize).min(values.len() - 1)],
            scale => scale.at(values[0], values[values.len() - 1], u),
        }
    }
}

impl Scale {
    /// The number at `u` of the way from `low` to `high`, as `dlnotes-sweep` has it, too.
    fn at(self, low: f64, high: f64, u: f64) -> f64 {
        let x = match self {
            // Not the system's function, whose last digits differ from one system to the next.
            Scale::Log => low * libm::pow(high / low, u),
            _ => low + (high - low) * u,
        };
        // 0.001, and not 0.0010000000000000002.
        format!("{x:.11e}").parse::<f64>().unwrap_or(x).clamp(low, high)
    }
}

impl Params {
    pub(super) fn new(pairs: Vec<(String, f64)>, words: Vec<(String, String)>) -> Self {
        Self { pairs, words }
    }

    /// Names and values in the order in which they were given. For a word stands its place among the words of its
    /// parameter.
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

    /// The value of a parameter that is a word, in a sweep that was read from files.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let path = std::env::temp_dir().join(format!("dlnotes-words-{}.csv", std::process::id()));
    /// std::fs::write(&path, "opt,seed,value\nsgd,0,0.5\nadam,0,0.25\n").unwrap();
    /// assert_eq!(SweepResult::read(&path)?.best().params().text("opt"), "adam");
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Panics
    /// If there is no such parameter, or it is a number.
    #[track_caller]
    pub fn text(&self, name: &str) -> &str {
        match self.words.iter().find(|(known, _)| known == name) {
            Some((_, word)) => word,
            None => fail("Params", format!("`{name}` is {}, and no word: read it as p[\"{name}\"]", self[name])),
        }
    }

    /// A value as it is told.
    pub(super) fn told(&self, name: &str, number: impl Fn(f64) -> String) -> String {
        let word = self.words.iter().find(|(known, _)| known == name);
        word.map_or_else(|| number(self[name]), |(_, word)| word.clone())
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
        let value = |name: &str| self.told(name, |number| number.to_string());
        let told: Vec<String> = self.iter().map(|(name, _)| format!("{name} = {}", value(name))).collect();
        f.write_str(&told.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_their_ends_and_numbers_that_read_well() {
        let values = |(low, high), count, scale| {
            let mut axes = Axes::default();
            axes.range("Sweep", "x", (low, high), count, scale);
            axes.0.remove(0).values
        };
        // What `dlnotes-sweep` makes of log:1e-4..1e-1:4 and lin:0..0.9:4.
        assert_eq!(values((1e-4, 1e-1), 4, Scale::Log), [1e-4, 1e-3, 1e-2, 1e-1]);
        assert_eq!(values((0.0, 0.9), 4, Scale::Linear), [0.0, 0.3, 0.6, 0.9]);
        assert_eq!(values((0.1, 0.3), 2, Scale::Log), [0.1, 0.3]);
    }
}
