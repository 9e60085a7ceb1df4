//! The value of a parameter.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The value of a parameter: a number, or a word such as `adam`.
///
/// ```
/// use dlnotes_sweep::Value;
/// assert_eq!(Value::from("1e-4"), Value::Number(0.0001));
/// assert_eq!(Value::from("adam"), Value::Text("adam".into()));
/// assert_eq!([Value::Number(3.0).to_string(), Value::Number(2e-7).to_string()], ["3", "2e-7"]);
/// ```
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A finite number.
    Number(f64),
    /// Anything else.
    Text(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Number(number),
            _ => Self::Text(text.to_owned()),
        }
    }
}

/// As it is passed to a program: every language's parser reads it back as the same number.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Number(x) if *x != 0.0 && !(1e-5..1e16).contains(&x.abs()) => write!(f, "{x:e}"),
            Self::Number(x) => write!(f, "{x}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Value;

    #[test]
    fn a_number_is_read_back_as_the_same_number() {
        for x in [0.0, -0.0, 1e-5, 9.99e-6, 1e-300, 5e-324, 0.1 + 0.2, 1e15, 1e16, -1.5e300, f64::MAX] {
            let text = Value::Number(x).to_string();
            let Value::Number(again) = Value::from(text.as_str()) else { panic!("{text}") };
            assert_eq!(again.to_bits(), x.to_bits(), "{text}");
            assert!(text.len() < 30, "{text}");
        }
    }

    #[test]
    fn what_is_no_finite_number_is_a_word() {
        for text in ["inf", "NaN", "-infinity", "1e999", "", "0x10"] {
            assert_eq!(Value::from(text), Value::Text(text.into()));
        }
    }
}
