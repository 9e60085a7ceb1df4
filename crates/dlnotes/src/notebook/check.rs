//! A reader's own answer beside the right one.

use std::fmt;

use crate::Tensor;

/// How far from a real number an answer may be, relative to it.
const RELATIVE: f64 = 0.01;
/// And at least this far: a computed 0 is seldom exactly 0.
const ABSOLUTE: f64 = 1e-6;

/// Holds an answer against the right one and says "right", or "not yet" and the hint; it never panics. A reader writes
/// the answer in the place of `_`, without seeing the other.
///
/// Whole numbers and truth values must be equal, and words too, whatever their case. A real number counts as right within
/// 1 % (and 10⁻⁶), or as near as `within` says. Arrays, tuples and tensors are compared element by element.
///
/// ```
/// use dlnotes::prelude::*;
/// let bends = 8;
/// let open = check!(_, bends + 1, "each bend begins a piece");
/// assert_eq!(open.to_string(), "Your answer goes in the place of the underscore.");
/// let wrong = check!(8, bends + 1, "each bend begins a piece");
/// assert_eq!(wrong.to_string(), "✗ Not yet. Hint: each bend begins a piece");
/// assert!(check!(9, bends + 1, "each bend begins a piece").is_right());
///
/// let slope = Tensor::from([0.0, 2.0]).sigmoid();
/// assert!(check!([0.5, 0.88], slope, "1 / (1 + e⁻ˣ)").is_right());
/// assert!(check!(0.9, slope.i(1), within 0.05, "1 / (1 + e⁻ˣ)").is_right());
/// ```
///
/// It is the last expression of its cell, without a semicolon, and so shown.
#[macro_export]
macro_rules! check {
    (_, $expected:expr, within $tolerance:expr, $hint:expr $(,)?) => {
        $crate::check!(_, ($expected, $tolerance), $hint)
    };
    (_, $expected:expr, $hint:expr $(,)?) => {{
        let _ = (&$expected, &$hint); // names in them are used, as they are once there is an answer
        $crate::notebook::Verdict::Open
    }};
    ($answer:expr, $expected:expr, within $tolerance:expr, $hint:expr $(,)?) => {
        $crate::notebook::Verdict::of(&$answer, &$expected, ::std::option::Option::Some(f64::from($tolerance)), &$hint)
    };
    ($answer:expr, $expected:expr, $hint:expr $(,)?) => {
        $crate::notebook::Verdict::of(&$answer, &$expected, ::std::option::Option::None, &$hint)
    };
}

/// What [`check!`](crate::check!) says.
///
/// ```
/// use dlnotes::notebook::Verdict;
/// use dlnotes::prelude::*;
/// assert_eq!(check!(3, 1 + 1, "count again"), Verdict::NotYet("count again".to_owned()));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a cell shows it as its last expression, without a semicolon"]
pub enum Verdict {
    /// Not answered yet.
    Open,
    /// The answer is right.
    Right,
    /// It isn't; with the hint.
    NotYet(String),
}

impl Verdict {
    /// What is to be said of `answer` where `expected` is right.
    ///
    /// ```
    /// use dlnotes::notebook::Verdict;
    /// assert_eq!(Verdict::of(&0.333, &(1.0 / 3.0), None, "one of three"), Verdict::Right);
    /// ```
    pub fn of(answer: &dyn Answer, expected: &dyn Answer, within: Option<f64>, hint: &str) -> Self {
        if matches(&answer.answer(), &expected.answer(), within) { Self::Right } else { Self::NotYet(hint.to_owned()) }
    }

    /// Whether the answer is right.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(check!("relu", "ReLU", "the one with the bend").is_right());
    /// assert!(!check!(_, "ReLU", "the one with the bend").is_right());
    /// ```
    pub fn is_right(&self) -> bool {
        *self == Self::Right
    }

    /// Shows it as a cell's value; the kernel calls this.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// check!(4, 2 + 2, "count").evcxr_display();              // outside a notebook it prints
    /// ```
    pub fn evcxr_display(&self) {
        dlnotes_display::result(&dlnotes_display::Bundle::new("text/plain", self.to_string()));
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open => f.write_str("Your answer goes in the place of the underscore."),
            Self::Right => f.write_str("✓ Right."),
            Self::NotYet(hint) => write!(f, "✗ Not yet. Hint: {hint}"),
        }
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What can be compared as an answer.
///
/// ```
/// use dlnotes::notebook::{Answer, Value};
/// assert_eq!([1, 2].answer(), Value::List(vec![Value::Whole(1), Value::Whole(2)]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Whole(i128),
    /// A real number.
    Real(f64),
    /// `true` or `false`.
    Truth(bool),
    /// A word.
    Word(String),
    /// Several of them.
    List(Vec<Value>),
}

/// Values that [`check!`](crate::check!) compares.
///
/// ```
/// use dlnotes::notebook::{Answer, Value};
/// assert_eq!(0.5_f32.answer(), Value::Real(0.5));
/// ```
pub trait Answer {
    /// The value as it is compared.
    ///
    /// ```
    /// use dlnotes::notebook::{Answer, Value};
    /// assert_eq!("ReLU".answer(), Value::Word("ReLU".to_owned()));
    /// ```
    fn answer(&self) -> Value;
}

macro_rules! answers {
    ($($kind:ty => |$value:ident| $convert:expr;)*) => {$(
        impl Answer for $kind {
            fn answer(&self) -> Value {
                let $value = self;
                $convert
            }
        }
    )*};
}
answers! {
    i32 => |n| Value::Whole((*n).into());
    i64 => |n| Value::Whole((*n).into());
    u32 => |n| Value::Whole((*n).into());
    u64 => |n| Value::Whole((*n).into());
    usize => |n| Value::Whole(*n as i128);
    f32 => |x| Value::Real((*x).into());
    f64 => |x| Value::Real(*x);
    bool => |truth| Value::Truth(*truth);
    str => |word| Value::Word(word.to_owned());
    String => |word| Value::Word(word.clone());
    Tensor => |tensor| of_tensor(tensor);
}

fn of_tensor(tensor: &Tensor) -> Value {
    let numbers = tensor.to_vec();
    match numbers[..] {
        [number] => number.answer(),
        _ => numbers.answer(),
    }
}

impl<T: Answer + ?Sized> Answer for &T {
    fn answer(&self) -> Value {
        (**self).answer()
    }
}

impl<T: Answer> Answer for [T] {
    fn answer(&self) -> Value {
        Value::List(self.iter().map(T::answer).collect())
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn answer(&self) -> Value {
        self[..].answer()
    }
}

impl<T: Answer, const N: usize> Answer for [T; N] {
    fn answer(&self) -> Value {
        self[..].answer()
    }
}

impl<A: Answer, B: Answer> Answer for (A, B) {
    fn answer(&self) -> Value {
        Value::List(vec![self.0.answer(), self.1.answer()])
    }
}

fn matches(answer: &Value, expected: &Value, within: Option<f64>) -> bool {
    let near = |answer: f64, expected: f64| {
        (answer - expected).abs() <= within.unwrap_or_else(|| (RELATIVE * expected.abs()).max(ABSOLUTE))
    };
    match (answer, expected) {
        (Value::Whole(answer), Value::Whole(expected)) => match within {
            Some(_) => near(*answer as f64, *expected as f64),
            None => answer == expected,
        },
        (Value::Whole(answer), Value::Real(expected)) => near(*answer as f64, *expected),
        // 3.0 for 3 is right, and 3.01 isn't: what is asked for is a count.
        (Value::Real(answer), Value::Whole(expected)) => match within {
            Some(_) => near(*answer, *expected as f64),
            None => *answer == *expected as f64,
        },
        (Value::Real(answer), Value::Real(expected)) => near(*answer, *expected),
        (Value::Truth(answer), Value::Truth(expected)) => answer == expected,
        (Value::Word(answer), Value::Word(expected)) => answer.trim().to_lowercase() == expected.trim().to_lowercase(),
        (Value::List(answer), Value::List(expected)) => {
            answer.len() == expected.len()
                && answer.iter().zip(expected).all(|(answer, expected)| matches(answer, expected, within))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_exact_and_real_ones_near() {
        assert!(check!(3, 3_usize, "").is_right() && check!(3.0, 3, "").is_right());
        assert!(!check!(4, 3_usize, "").is_right() && !check!(3.01, 3, "").is_right());
        assert!(check!(2, 2.01_f32, "").is_right() && check!(0.1009, 0.1, "").is_right());
        assert!(!check!(0.102, 0.1, "").is_right() && !check!(-2.0, 2.0, "").is_right());
        assert!(check!(0, 3e-8_f32, "").is_right() && !check!(0.001, 3e-8_f32, "").is_right());
        assert!(check!(4, 3, within 1.0, "").is_right() && !check!(5, 3, within 1.0, "").is_right());
        assert!(check!(1.5, 2.0, within 0.5_f32, "").is_right());
    }

    #[test]
    fn nothing_is_right_where_no_number_is() {
        assert!(!check!(f64::NAN, 1.0, "").is_right() && !check!(1.0, f64::NAN, "").is_right());
        assert!(!check!(f64::INFINITY, 1.0, "").is_right() && !check!(1.0, 1.0, within f64::NAN, "").is_right());
    }

    #[test]
    fn what_has_another_form_is_not_right_and_no_panic() {
        assert!(!check!("three", 3, "").is_right() && !check!(1.0, true, "").is_right());
        assert!(!check!([1.0, 2.0], Tensor::zeros([3]), "").is_right());
        assert!(!check!(0.0, Tensor::zeros([0]), "").is_right() && !check!(1, [1], "").is_right());
    }

    #[test]
    fn several_are_compared_one_by_one() {
        assert!(check!([1.0, 2.0], Tensor::from([1.0, 2.0]), "").is_right());
        assert!(check!((1, "up"), (1.0, "Up"), "").is_right() && !check!((1, "up"), (1.0, "down"), "").is_right());
        assert!(check!(vec![1, 2], [1, 2], "").is_right());
    }

    #[test]
    fn an_open_question_stays_open() {
        assert_eq!(check!(_, 3, "count"), Verdict::Open);
        assert_eq!(check!(_, 3.0, within 0.5, "count"), Verdict::Open);
        assert_eq!(format!("{:?}", check!(2, 3, "count")), "✗ Not yet. Hint: count");
    }
}
