//! What a user can get wrong, in words that name the operation, the values and the remedy.

use std::fmt;

use crate::dropped::{Field, drops_here};

/// Why a tensor operation could not be done.
///
/// Methods that can fail panic with this text at the caller's line, as a wrong shape is a mistake in the program; the
/// `try_…` ones return it instead.
///
/// ```
/// use dlnotes::prelude::*;
/// let error = Tensor::try_from_vec(vec![1.0, 2.0, 3.0], [2, 2]).unwrap_err();
/// assert_eq!(error.op(), "from_vec");
/// assert!(error.to_string().contains("3 values"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    op: &'static str,
    message: Field<String>,
}
drops_here!(Error: message);

impl Error {
    pub(crate) fn new(op: &'static str, message: impl Into<String>) -> Self {
        Self { op, message: Field::new(message.into()) }
    }

    /// The operation that failed, by its method name.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let error = Tensor::ones([2, 3]).try_matmul(&Tensor::ones([2, 3])).unwrap_err();
    /// assert_eq!(error.op(), "matmul");
    /// ```
    pub fn op(&self) -> &'static str {
        self.op
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.op, self.message)
    }
}

impl std::error::Error for Error {}

/// A user's mistake as a panic at the user's line.
#[track_caller]
#[cold]
pub(crate) fn fail(op: &'static str, message: impl Into<String>) -> ! {
    panic!("{}", Error::new(op, message))
}

/// How many, with the noun's plural unless it is one: `1 sample`, `2 samples`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The value, or the error as a panic at the caller's line.
pub(crate) trait OrFail<T> {
    #[track_caller]
    fn or_fail(self) -> T;
}

impl<T> OrFail<T> for Result<T, Error> {
    #[track_caller]
    fn or_fail(self) -> T {
        match self {
            Ok(value) => value,
            Err(error) => panic!("{error}"),
        }
    }
}
