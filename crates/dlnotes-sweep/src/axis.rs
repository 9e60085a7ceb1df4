//! A parameter with the values that it may have.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use crate::{Error, Result, Value};

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

impl Axis {
    /// The parameter's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its values, if there are so many and no more.
    pub(crate) fn list(&self) -> Option<&[Value]> {
        match &self.values {
            Values::List(values) => Some(values),
            Values::Range { .. } => None,
        }
    }

    /// How many values there are, if they have no order: words, or numbers that neither rise nor fall.
    pub(crate) fn choices(&self) -> Option<usize> {
        let values = self.list()?;
        let number = |value: &Value| match value {
            Value::Number(number) => Some(*number),
            Value::Text(_) => None,
        };
        let numbers: Option<Vec<f64>> = values.iter().map(number).collect();
        let is_ordered = numbers
            .is_some_and(|numbers| numbers.len() > 2 && (numbers.is_sorted() || numbers.iter().rev().is_sorted()));
        (!is_ordered).then_some(values.len())
    }

    /// Where a value is: [`at`](Self::at) the other way round. A value of a list is in the middle of its part.
    pub(crate) fn place(&self, value: &Value) -> Option<f64> {
        match (&self.values, value) {
            (Values::List(values), _) => {
                let index = values.iter().position(|other| other == value)?;
                Some((index as f64 + 0.5) / values.len() as f64)
            }
            (Values::Range { scale, low, high }, Value::Number(x)) => Some(scale.place(*low, *high, *x)),
            (Values::Range { .. }, Value::Text(_)) => None,
        }
    }

    /// The value at 0 ≤ u < 1 of the way.
    pub(crate) fn at(&self, u: f64) -> Value {
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
            // Not the system's function, whose last digits differ from one system to the next.
            Self::Logarithmic => low * libm::pow(high / low, u),
        };
        // 0.001, and not 0.0010000000000000002.
        let rounded = format!("{x:.11e}").parse::<f64>().unwrap_or(x);
        Value::Number(rounded.clamp(low, high))
    }

    fn place(self, low: f64, high: f64, x: f64) -> f64 {
        match self {
            Self::Linear => (x - low) / (high - low),
            Self::Logarithmic => libm::log(x / low) / libm::log(high / low),
        }
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
            return Err(wrong("seeds aren't a parameter: write `--seeds 5`".to_owned()));
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
        return Err(format!("in `{range}` the smaller number comes first"));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn values(axis: &str) -> Vec<String> {
        let axis: Axis = axis.parse().unwrap();
        axis.list().unwrap().iter().map(Value::to_string).collect()
    }

    #[test]
    fn ranges_have_their_ends_and_numbers_that_read_well() {
        assert_eq!(values("x=log:1e-4..1e-1:4"), ["0.0001", "0.001", "0.01", "0.1"]);
        assert_eq!(values("x=lin:0..0.9:4"), ["0", "0.3", "0.6", "0.9"]);
        assert_eq!(values("x=lin:-1..1:3"), ["-1", "0", "1"]);
        assert_eq!(values("x=int:-1..2"), ["-1", "0", "1", "2"]);
        assert_eq!(values("x=sgd, adam"), ["sgd", "adam"]);
        assert_eq!(values("x=log:0.1..0.3:2"), ["0.1", "0.3"]);
    }

    #[test]
    fn a_place_is_where_its_value_is() {
        for text in ["x=log:1e-4..1e-1", "x=lin:-3..5"] {
            let axis: Axis = text.parse().unwrap();
            for u in [0.0, 0.1, 0.5, 0.999] {
                // Values are rounded to twelve digits.
                assert!((axis.place(&axis.at(u)).unwrap() - u).abs() < 1e-10, "{text} {u}");
            }
        }
        let axis: Axis = "x=a,b,c,d".parse().unwrap();
        assert_eq!([0.0, 0.3, 0.5, 0.99].map(|u| axis.place(&axis.at(u)).unwrap()), [0.125, 0.375, 0.625, 0.875]);
        assert_eq!(axis.place(&Value::from("e")), None);
        let choices = ["x=a,b,c", "x=1,2", "x=1,3,2", "x=3,2,1", "x=int:1..9", "x=lin:0..1"];
        assert_eq!(
            choices.map(|text| text.parse::<Axis>().unwrap().choices()),
            [Some(3), Some(2), Some(3), None, None, None]
        );
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
    }
}
