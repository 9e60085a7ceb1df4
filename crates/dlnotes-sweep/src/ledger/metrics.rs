//! What trials report while they run: `metrics.jsonl`.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use serde::Deserialize;

use crate::prune::Curve;
use crate::{Error, Result};

/// Its name.
pub(crate) const METRICS: &str = "metrics.jsonl";

/// A line of it; others are left alone.
#[derive(Deserialize)]
struct Line {
    step: u64,
    value: Option<f64>,
}

/// A file that grows.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    pub(crate) curve: Curve,
    /// How much of it has been read: whole lines.
    at: u64,
}

impl Reported {
    /// All that a file holds by now.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut reported = Self::default();
        reported.go_on(path)?;
        Ok(reported)
    }

    /// Reads what has been added; whether that says anything. What is reported twice counts as it was said last.
    pub(crate) fn go_on(&mut self, path: &Path) -> Result<bool> {
        let new = match self.added(path) {
            Ok(new) => new,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Error::file(path)(error)),
        };
        let mut is_news = false;
        for line in new.split(|byte| *byte == b'\n') {
            if let Ok(Line { step, value }) = serde_json::from_slice(line) {
                self.curve.insert(step, value.unwrap_or(f64::NAN));
                is_news = true;
            }
        }
        Ok(is_news)
    }

    fn added(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut new = Vec::new();
        file.read_to_end(&mut new)?;
        new.truncate(whole_lines(&new).len());
        self.at += new.len() as u64;
        Ok(new)
    }
}

/// Without what a killed program has left of a last line.
pub(super) fn whole_lines(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1)]
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_file_that_grows_is_read_line_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(METRICS);
        let mut reported = Reported::default();
        assert!(!reported.go_on(&path).unwrap());
        let mut file = File::options().create(true).append(true).open(&path).unwrap();
        let mut add = |text: &str| file.write_all(text.as_bytes()).unwrap();
        add("{\"step\":0,\"value\":1.5}\n{\"step\":1,\"value");
        assert!(reported.go_on(&path).unwrap());
        assert!(!reported.go_on(&path).unwrap());
        add("\":null}\nnonsense\n{\"step\":0,\"value\":1,\"more\":2}\n");
        assert!(reported.go_on(&path).unwrap());
        assert_eq!(reported.curve[&0].to_bits(), 1_f64.to_bits());
        assert!(reported.curve[&1].is_nan() && reported.curve.len() == 2);
        assert_eq!([&b"a\nb"[..], b"b", b""].map(whole_lines), [&b"a\n"[..], b"", b""]);
    }
}
