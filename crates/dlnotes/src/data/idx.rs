//! The files of MNIST and its kin: gzip around a header with sizes and bytes.

use zlib_rs::{Inflate, InflateFlush, Status};

/// What an IDX file holds.
#[derive(Debug)]
pub(super) struct Idx {
    pub(super) sizes: Vec<usize>,
    pub(super) values: Vec<u8>,
}

/// Unpacked, the largest file of MNIST's kin has 47 MB. More than this is a file made to fill memory.
const LARGEST: usize = 1 << 28;

/// How much is unpacked to begin with.
const SMALLEST: usize = 1 << 16;

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
        _ => return Err("isn't an IDX file of bytes: its first four bytes are wrong".into()),
    }
    if values.len() < header {
        return Err(format!("ends inside its header, at byte {} of {header}", values.len()));
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

/// Memory is asked for as content comes out, never because a file says how much it holds.
fn gunzip(file: &[u8]) -> Result<Vec<u8>, String> {
    if file.len() < 18 || file[..2] != [0x1f, 0x8b] {
        return Err("isn't a gzip file".into());
    }
    let mut content = Vec::new();
    // 15 bits of window, plus 16: a gzip header, and its checksum at the end.
    let mut inflate = Inflate::new(true, 15 + 16);
    loop {
        let (read, written) = (inflate.total_in() as usize, inflate.total_out() as usize);
        if written == content.len() {
            if written > LARGEST {
                return Err(format!("unpacks to more than {LARGEST} bytes: no file of this kind is so large"));
            }
            content.resize((2 * written).clamp(SMALLEST, LARGEST + 1), 0);
        }
        match inflate.decompress(&file[read..], &mut content[written..], InflateFlush::NoFlush) {
            Ok(Status::StreamEnd) => break,
            Ok(_) if (read, written) != (inflate.total_in() as usize, inflate.total_out() as usize) => {}
            Ok(_) | Err(_) => {
                return Err(format!("is cut short or corrupt: unpacking stopped after {} bytes", inflate.total_out()));
            }
        }
    }
    let rest = file.len() - inflate.total_in() as usize;
    if rest > 0 {
        return Err(format!("is corrupt: bytes follow its end ({rest})"));
    }
    content.truncate(inflate.total_out() as usize);
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zlib_rs::{DeflateConfig, ReturnCode, compress_slice};

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut file = vec![0; content.len() / 500 + 1000];
        let config = DeflateConfig { window_bits: 15 + 16, ..DeflateConfig::default() };
        let (file, code) = compress_slice(&mut file, content, config);
        assert_eq!(code, ReturnCode::Ok);
        file.to_vec()
    }

    fn error(file: &[u8]) -> String {
        read(file, 1).expect_err("the file is broken")
    }

    #[test]
    fn sizes_that_a_file_only_claims_ask_for_no_memory() {
        let labels = [&[0, 0, 8, 1, 0, 0, 0, 3][..], b"\x01\x02\x03"].concat();
        assert_eq!(read(&gzip(&labels), 1).expect("whole").values, [1, 2, 3]);
        let mut lying = labels.clone();
        lying[4..8].fill(0xff);
        assert_eq!(error(&gzip(&lying)), "should hold [4294967295] bytes by its header, but holds 3");
        let mut lying = gzip(&labels);
        let end = lying.len();
        lying[end - 4..].fill(0xff);
        assert!(error(&lying).contains("corrupt"), "the length at its end is compared, not believed");
        let mut longer = gzip(&labels);
        longer.extend_from_slice(b"more");
        assert_eq!(error(&longer), "is corrupt: bytes follow its end (4)");
    }

    #[test]
    fn a_file_made_to_fill_memory_is_refused() {
        let bomb = gzip(&vec![0; LARGEST + 2]);
        assert!(bomb.len() < 1 << 20);
        assert!(error(&bomb).starts_with("unpacks to more than 268435456 bytes"));
    }
}
