//! Fields in frames: how messages look as bytes.
#![doc(hidden)]

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;

/// No frame is longer: whoever announces one can't be understood.
const LONGEST: usize = 256 << 20;

/// A message can't be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Garbled;

impl fmt::Display for Garbled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message between the kernel and the process that runs cells can't be understood")
    }
}

impl std::error::Error for Garbled {}

/// Frames out of bytes that arrive in pieces.
#[derive(Debug, Default)]
pub struct Frames {
    waiting: Vec<u8>,
    taken: usize,
}

impl Frames {
    /// More bytes have arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.waiting.drain(..self.taken);
        self.taken = 0;
        self.waiting.extend_from_slice(bytes);
    }

    /// The next frame that is complete, without its length.
    pub fn next_frame(&mut self) -> Result<Option<&[u8]>, Garbled> {
        let rest = &self.waiting[self.taken..];
        let Some((length, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        if length > LONGEST {
            return Err(Garbled);
        }
        let frame = rest.get(..length);
        self.taken += frame.map_or(0, |_| 4 + length);
        Ok(frame)
    }
}

/// Writes a frame: its length in four bytes, then its fields. A number takes eight bytes, least significant first; a text
/// its length and its bytes; a real number its bits.
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new() -> Self {
        Self(vec![0; 4])
    }

    pub(super) fn number(mut self, number: u64) -> Self {
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    pub(super) fn text(mut self, text: &[u8]) -> Self {
        self = self.number(text.len() as u64);
        self.0.extend_from_slice(text);
        self
    }

    pub(super) fn all(self, numbers: &[u64]) -> Self {
        numbers.iter().fold(self.number(numbers.len() as u64), |writer, number| writer.number(*number))
    }

    pub(super) fn numbers(self, numbers: &[usize]) -> Self {
        self.all(&numbers.iter().map(|number| *number as u64).collect::<Vec<_>>())
    }

    pub(super) fn reals(self, numbers: &[f64]) -> Self {
        self.all(&numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>())
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        // One that is too long for its length is too long for whoever reads it, who says so.
        let length = u32::try_from(self.0.len() - 4).unwrap_or(u32::MAX);
        self.0[..4].copy_from_slice(&length.to_le_bytes());
        self.0
    }
}

/// Reads the fields of a frame, without its length.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn number(&mut self) -> Result<u64, Garbled> {
        let (number, rest) = self.0.split_first_chunk().ok_or(Garbled)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*number))
    }

    pub(super) fn size(&mut self) -> Result<usize, Garbled> {
        usize::try_from(self.number()?).map_err(|_| Garbled)
    }

    pub(super) fn text(&mut self) -> Result<&'a [u8], Garbled> {
        let length = self.size()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(Garbled)?;
        self.0 = rest;
        Ok(text)
    }

    pub(super) fn string(&mut self) -> Result<String, Garbled> {
        String::from_utf8(self.text()?.to_vec()).map_err(|_| Garbled)
    }

    pub(super) fn path(&mut self) -> Result<PathBuf, Garbled> {
        Ok(OsString::from_vec(self.text()?.to_vec()).into())
    }

    pub(super) fn all(&mut self) -> Result<Vec<u64>, Garbled> {
        let count = self.number()?;
        (0..count).map(|_| self.number()).collect()
    }

    pub(super) fn numbers(&mut self) -> Result<Vec<usize>, Garbled> {
        self.all()?.into_iter().map(|number| usize::try_from(number).map_err(|_| Garbled)).collect()
    }

    pub(super) fn reals(&mut self) -> Result<Vec<f64>, Garbled> {
        Ok(self.all()?.into_iter().map(f64::from_bits).collect())
    }
}
