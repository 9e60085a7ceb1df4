//! Text out of bytes that arrive in pieces.

/// Keeps the beginning of a character whose rest has not arrived yet.
#[derive(Debug, Default)]
pub(crate) struct Utf8 {
    rest: Vec<u8>,
}

impl Utf8 {
    /// The text that is complete after `bytes`; what can't be UTF-8 becomes U+FFFD.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.rest.len());
        let mut done = 0;
        for chunk in self.rest.utf8_chunks() {
            text.push_str(chunk.valid());
            done += chunk.valid().len();
            let invalid = chunk.invalid();
            let at_the_end = done + invalid.len() == self.rest.len();
            if at_the_end && may_continue(invalid) {
                break;
            }
            if !invalid.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
            done += invalid.len();
        }
        self.rest.drain(..done);
        text
    }

    /// What is left when nothing more will come.
    pub(crate) fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.rest)).into_owned()
    }
}

/// Whether `bytes` are the beginning of a character, cut off.
fn may_continue(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => false,
        Err(e) => e.error_len().is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::Utf8;

    #[test]
    fn a_character_split_anywhere_stays_whole() {
        let bytes = "损失 → 0,25 🦀".as_bytes();
        for cut in 0..=bytes.len() {
            let mut utf8 = Utf8::default();
            let text = utf8.push(&bytes[..cut]) + &utf8.push(&bytes[cut..]) + &utf8.finish();
            assert_eq!(text.as_bytes(), bytes, "cut at {cut}");
        }
        let mut utf8 = Utf8::default();
        let text: String = bytes.iter().map(|b| utf8.push(&[*b])).collect();
        assert_eq!(text.as_bytes(), bytes);
    }

    #[test]
    fn bytes_that_are_no_text_are_marked_and_lose_nothing_around_them() {
        let mut utf8 = Utf8::default();
        assert_eq!(utf8.push(b"a\xff\xfeb\xe6"), "a\u{fffd}\u{fffd}b");
        assert_eq!(utf8.push(b"c"), "\u{fffd}c");
        assert_eq!(utf8.push(b"\xe6\x8d"), "");
        assert_eq!(utf8.finish(), "\u{fffd}");
    }
}
