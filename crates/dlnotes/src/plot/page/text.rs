//! Text in a figure: how wide it is, how it is escaped, how a number is written.

/// Width of `text` in ems, an upper bound for the fonts of the theme's list.
///
/// Counted by characters: plotters, without its font feature, counts UTF-8 bytes and makes Chinese three times too wide.
pub(crate) fn ems(text: &str) -> f64 {
    text.chars().map(char_ems).sum()
}

fn char_ems(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.33,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' | '"' | '·' => 0.42,
        '⁰'..='ⁿ' | '₀'..='₉' | '¹' | '²' | '³' => 0.43,
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '−' | '+' | '=' | '<' | '>' => 0.9,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        _ if is_wide(c) => 1.0,
        _ if c.is_uppercase() => 0.74,
        _ => 0.63,
    }
}

/// Whether `c` takes a full square (East Asian wide and full-width forms, emoji).
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c as u32,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f
        | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

/// Appends `text` with the characters escaped that XML gives a meaning, and without those that it forbids.
pub(crate) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\r' | '\t' => out.push(' '),
            _ if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            _ => out.push(c),
        }
    }
}

/// `value` with at most four significant digits, for sentences: `0.0113`, `−3.4`, `1.2×10⁻⁷`.
pub(crate) fn number(value: f64) -> String {
    significant(value, 4)
}

/// `value` with at most three significant digits, for places where there is little room: `0.000316`.
pub(crate) fn short_label(value: f64) -> String {
    significant(value, 3)
}

fn significant(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "∞".into() } else { "−∞".into() };
    }
    if value == 0.0 {
        return "0".into();
    }
    let scientific = format!("{value:.*e}", digits - 1);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        decimal(value, usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0))
    } else {
        format!("{}×10{}", trim_zeros(mantissa).replace('-', "−"), superscript(exponent))
    }
}

/// `value` with `places` decimals, trailing zeros and the sign of zero removed, with a true minus sign.
pub(crate) fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    let text = trim_zeros(&text);
    if text == "-0" { "0".into() } else { text.replace('-', "−") }
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// `n` in superscript digits.
pub(crate) fn superscript(n: i32) -> String {
    n.to_string()
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            digit => char::from_u32('⁰' as u32 + (digit as u32 - '0' as u32)).unwrap_or(digit),
        })
        .collect()
}

/// Where a superscript or subscript stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shift {
    Up,
    Down,
}

/// The ordinary character that the superscript or subscript `c` stands for.
pub(crate) fn unshifted(c: char) -> Option<(Shift, char)> {
    let digit = |zero: char| char::from_u32('0' as u32 + (c as u32 - zero as u32));
    match c {
        '⁻' => Some((Shift::Up, '−')),
        '¹' => Some((Shift::Up, '1')),
        '²' => Some((Shift::Up, '2')),
        '³' => Some((Shift::Up, '3')),
        '⁰' | '⁴'..='⁹' => digit('⁰').map(|d| (Shift::Up, d)),
        '⁽' => Some((Shift::Up, '(')),
        '⁾' => Some((Shift::Up, ')')),
        '₀'..='₉' => digit('₀').map(|d| (Shift::Down, d)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let cases = [
            (0.0, "0"),
            (-0.00001, "−1×10⁻⁵"),
            (20.0, "20"),
            (0.0113, "0.0113"),
            (-3.4, "−3.4"),
            (123456.0, "123456"),
            (1.5e38, "1.5×10³⁸"),
            (0.1_f32 as f64, "0.1"),
            (99999.99, "100000"),
        ];
        for (value, expect) in cases {
            assert_eq!(number(value), expect);
        }
    }

    #[test]
    fn chinese_is_measured_by_characters() {
        assert_eq!(ems("训练误差"), 4.0);
        assert!(ems("train") < 3.0);
    }
}
