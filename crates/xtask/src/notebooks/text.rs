//! Compares printed text: words exactly, numbers within a tolerance, durations not at all.

use std::sync::LazyLock;

use regex_lite::Regex;

/// The largest relative difference of numbers that no training went into: rounding in single precision, which differs
/// with the width of the machine's vectors.
pub(crate) const UNTRAINED: f64 = 1e-5;

static TIME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\d+(\.\d+)?[\s\u{a0}\u{202f}]?(ns|µs|us|ms|s|min|GFLOP/s|(it|epochs?|steps?|images|frames)/s)\b")
        .expect("valid")
});
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[-−]?\d+(\.\d*)?([eE][-+]?\d+)?|[-−]?\.\d+").expect("valid"));

/// `text` with every duration and rate replaced by `<time>`.
pub(crate) fn without_times(text: &str) -> String {
    TIME.replace_all(text, "<time>").into_owned()
}

/// What differs between `old` and `new` by more than `tolerance` (relative) and the last printed digit; `None` if nothing.
pub(crate) fn difference(old: &str, new: &str, tolerance: f64) -> Option<String> {
    let (old, new) = (without_times(old), without_times(new));
    if old == new {
        return None;
    }
    // Words first: columns may be padded differently when a number has another length.
    let words = |text: &str| NUMBER.replace_all(text, "#").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    if words(&old) != words(&new) {
        let diff = similar::TextDiff::from_lines(&old, &new);
        return Some(diff.unified_diff().context_radius(1).header("stored", "now").to_string());
    }
    let far: Vec<String> = NUMBER
        .find_iter(&old)
        .zip(NUMBER.find_iter(&new))
        .map(|(old, new)| (old.as_str(), new.as_str()))
        .filter(|(old, new)| !close(old, new, tolerance))
        .map(|(old, new)| format!("stored {old}, now {new}"))
        .collect();
    (!far.is_empty()).then(|| format!("{} (allowed: {tolerance:e} relative)", far.join("; ")))
}

/// Which numbers of two texts in different languages differ, in whatever order they stand, by more than `tolerance`
/// (relative) and the last printed digit; `None` if none do.
pub(crate) fn number_difference(english: &str, chinese: &str, tolerance: f64) -> Option<String> {
    let (english, chinese) = (sorted_numbers(english), sorted_numbers(chinese));
    if english.len() != chinese.len() {
        return Some(format!("numbers: {} in English, {} in Chinese", english.len(), chinese.len()));
    }
    let mut pairs = english.iter().zip(&chinese);
    pairs.find(|(a, b)| !close(a, b, tolerance)).map(|(a, b)| format!("{a} is {b} in Chinese"))
}

/// The numbers of a text from the smallest to the largest, powers of ten as in `1e-5`.
fn sorted_numbers(text: &str) -> Vec<String> {
    let digit = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|raised| raised == c).map(|digit| digit.to_string());
    let plain: String = text
        .replace("×10", "e")
        .chars()
        .map(|c| if c == '⁻' { "-".into() } else { digit(c).unwrap_or_else(|| c.into()) })
        .collect();
    let value = |text: &str| text.replace('−', "-").parse::<f64>().unwrap_or(f64::NAN);
    let mut found: Vec<String> = NUMBER.find_iter(&plain).map(|number| number.as_str().to_owned()).collect();
    found.sort_by(|a, b| value(a).total_cmp(&value(b)));
    found
}

fn close(old: &str, new: &str, tolerance: f64) -> bool {
    let parse = |text: &str| text.replace('−', "-").parse::<f64>();
    let (Ok(a), Ok(b)) = (parse(old), parse(new)) else { return old == new };
    (a - b).abs() <= tolerance * a.abs().max(b.abs()) + last_digit(old).max(last_digit(new))
}

/// What one unit in the last printed digit is worth; nothing for whole numbers, which are counts.
fn last_digit(number: &str) -> f64 {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    if decimals == 0 {
        return 0.0;
    }
    // A hair more than one unit: decimal digits have no exact binary form.
    1.000_001 * 10f64.powi(exponent.parse::<i32>().unwrap_or(0) - i32::try_from(decimals).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(old: &str, new: &str, tolerance: f64) -> bool {
        difference(old, new, tolerance).is_none()
    }

    #[test]
    fn words_must_be_equal() {
        assert!(same("loss 0.5\n", "loss 0.5\n", 0.0));
        let diff = difference("loss 0.5\nok\n", "cost 0.5\nok\n", 1.0).unwrap();
        assert!(diff.contains("-loss 0.5") && diff.contains("+cost 0.5"), "{diff}");
    }

    #[test]
    fn numbers_may_differ_by_tolerance_or_last_digit() {
        assert!(same("0.1234", "0.1235", 0.0));
        assert!(!same("0.1234", "0.1236", 0.0));
        assert!(same("loss 0.0110", "loss 0.0112", 0.05));
        assert!(!same("loss 0.0110", "loss 0.0132", 0.05));
        assert!(same("1.5e-3", "1.6e-3", 0.0));
        assert!(!same("1.5e-3", "1.9e-3", 0.0));
        assert!(same("−1.50", "-1.50", 0.0));
    }

    #[test]
    fn counts_are_exact() {
        assert!(!same("12 cells", "13 cells", UNTRAINED));
    }

    #[test]
    fn a_difference_names_the_numbers() {
        assert_eq!(
            difference("a 1.0 b 2.0", "a 1.0 b 3.0", 1e-3).unwrap(),
            "stored 2.0, now 3.0 (allowed: 1e-3 relative)"
        );
    }

    #[test]
    fn times_are_masked() {
        assert!(same("took 1.2 s at 87 GFLOP/s", "took 950ms at 91.5 GFLOP/s", 0.0));
        assert!(!same("3 steps", "4 steps", 0.0));
    }

    #[test]
    fn more_or_fewer_numbers_are_a_difference() {
        assert!(!same("[1.0, 2.0]", "[1.0, 2.0, 3.0]", 1.0));
    }
}
