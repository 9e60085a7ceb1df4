//! A value as text, shortened where it is long.

use std::fmt;

use crate::Bundle;

/// Text up to this many bytes is shown whole.
const WHOLE: usize = 20_000;
/// What is shown of longer text: so much of its beginning, and of its end.
const HEAD: usize = 2_000;
const TAIL: usize = 500;
/// Nobody waits for more: what is even longer is shown without its end.
const MOST: usize = 64 << 20;

/// Shows `value` as the value of the cell, as `{:?}` prints it. Of a long one, only the beginning and the end.
///
/// ```
/// dlnotes_display::result_of(&vec![1, 2]);                // [1, 2]
/// dlnotes_display::result_of(&vec![0.5; 1_000_000]);      // [0.5, 0.5, …, 0.5, 0.5] (shortened: 5000000 characters; …)
/// ```
#[inline(never)]
pub fn result_of(value: &dyn fmt::Debug) {
    crate::result(&Bundle::new("text/plain", text(value)));
}

fn text(value: &dyn fmt::Debug) -> String {
    let mut text = Shortened::default();
    let whole = fmt::write(&mut text, format_args!("{value:?}")).is_ok();
    let Shortened { head, tail, length } = text;
    if length <= WHOLE {
        return head;
    }
    // Not in the middle of a number.
    let begin = &head[..head.floor_char_boundary(HEAD)];
    let begin = begin.rfind(", ").map_or(begin, |at| &begin[..at + 2]);
    if !whole {
        return format!("{begin}… (shortened: print a part of it to see more)");
    }
    let end = &tail[tail.ceil_char_boundary(tail.len() - TAIL)..];
    let end = end.find(", ").map_or(end, |at| &end[at..]);
    format!("{begin}…{end} (shortened: {length} characters; print it, or a part of it, to see more)")
}

/// The beginning and the end of a text.
#[derive(Default)]
struct Shortened {
    head: String,
    tail: String,
    /// Bytes so far.
    length: usize,
}

impl fmt::Write for Shortened {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.length += text.len();
        let room = WHOLE - self.head.len();
        self.head.push_str(&text[..text.floor_char_boundary(room)]);
        if self.length > MOST {
            return Err(fmt::Error);
        }
        self.tail.push_str(text);
        if self.tail.len() > 2 * WHOLE {
            let cut = self.tail.ceil_char_boundary(self.tail.len() - WHOLE);
            self.tail.drain(..cut);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_short_is_whole() {
        assert_eq!(text(&(1, "a")), "(1, \"a\")");
        let numbers = vec![7_u8; 6_000];
        assert_eq!(text(&numbers), format!("{numbers:?}"));
    }

    #[test]
    fn of_a_long_value_both_ends_are_shown() {
        let shown = text(&(0..1_000_000).collect::<Vec<_>>());
        assert!(shown.starts_with("[0, 1, 2, ") && shown.contains(", …, 9"), "{shown}");
        assert!(shown.contains(", 999998, 999999] (shortened: 7888890 characters"), "{shown}");
        assert!(shown.len() < HEAD + TAIL + 100, "{}", shown.len());
        // Wherever it is cut.
        for length in WHOLE / 2 - 3..WHOLE / 2 + 3 {
            let shown = text(&"é".repeat(length));
            assert_eq!(shown.contains("shortened"), 2 * length + 2 > WHOLE, "{length}");
            assert!(shown.starts_with("\"é") && shown.contains("é\""), "{length}");
        }
        let endless = text(&vec![[0_u8; 1000]; 100_000]);
        assert!(endless.ends_with(", … (shortened: print a part of it to see more)"), "{endless}");
    }

    #[test]
    fn a_debug_that_fails_shows_what_it_has() {
        struct Fails;
        impl fmt::Debug for Fails {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                Err(fmt::Error)
            }
        }
        assert_eq!(text(&Fails), "half");
    }
}
