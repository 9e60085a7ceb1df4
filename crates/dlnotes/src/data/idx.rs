//! The files of MNIST and its kin: gzip around a header with sizes and bytes.

use zlib_rs::{InflateConfig, ReturnCode, decompress_slice};

/// What an IDX file holds.
pub(super) struct Idx {
    pub(super) sizes: Vec<usize>,
    pub(super) values: Vec<u8>,
}

/// Reads a gzip IDX file of bytes with `rank` dimensions; the error says what is wrong with it.
pub(super) fn read(file: &[u8], rank: usize) -> Result<Idx, String> {
    let mut values = gunzip(file)?;
    let header = 4 + 4 * rank;
    match values.get(..4) {
        Some([0, 0, 8, found]) if usize::from(*found) == rank => {}
        Some([0, 0, 8, found @ (1 | 3)]) => {
            let what = |rank: usize| if rank == 3 { "images" } else { "labels" };
            return Err(format!("holds {}, not {}: are two files swapped?", what((*found).into()), what(rank)));
        }
        _ => return Err("is no IDX file of bytes: its first four bytes are wrong".into()),
    }
    if values.len() < header {
        return Err(format!("ends inside its header, after {} bytes", values.len()));
    }
    let size = |i: usize| u32::from_be_bytes(values[4 + 4 * i..][..4].try_into().expect("four bytes")) as usize;
    let sizes: Vec<usize> = (0..rank).map(size).collect();
    let expected = sizes.iter().try_fold(1_usize, |n, &size| n.checked_mul(size));
    if expected != Some(values.len() - header) {
        return Err(format!("should hold {sizes:?} bytes by its header, but holds {}", values.len() - header));
    }
    values.drain(..header);
    Ok(Idx { sizes, values })
}

fn gunzip(file: &[u8]) -> Result<Vec<u8>, String> {
    if file.len() < 18 || file[..2] != [0x1f, 0x8b] {
        return Err("is no gzip file".into());
    }
    // The last four bytes say how long the content is (modulo 2³²). Deflate packs at most 1032 to 1: a longer claim is a
    // broken file's, not a reason to ask for that much memory.
    let length = u32::from_le_bytes(file[file.len() - 4..].try_into().expect("four bytes")) as usize;
    if length > 1032 * file.len() {
        return Err("is cut short or corrupt: its last bytes are no length".into());
    }
    let mut content = vec![0; length];
    // 15 bits of window, plus 16: a gzip header, and its checksum at the end.
    let (filled, code) = decompress_slice(&mut content, file, InflateConfig { window_bits: 15 + 16 });
    match code {
        ReturnCode::Ok if filled.len() == length => Ok(content),
        _ => Err(format!("is cut short or corrupt: unpacking stopped after {} of {length} bytes", filled.len())),
    }
}
