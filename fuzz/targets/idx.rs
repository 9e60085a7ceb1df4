//! IDX files: as they are, and, since no mutation hits a checksum, also as the content of a whole gzip file.
//!
//! Must hold: no panic; memory follows what the file really holds; what is read has the size that the header says.
#![no_main]

use dlnotes_fuzz::data::read_idx;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&rank, file)) = data.split_first() else { return };
    let rank = usize::from(rank % 8);
    for file in [file.to_vec(), gzip(file)] {
        if let Ok((sizes, values)) = read_idx(&file, rank) {
            assert_eq!(sizes.len(), rank);
            assert_eq!(sizes.iter().product::<usize>(), values.len());
        }
    }
});

/// A gzip file that holds `content` as it is.
fn gzip(content: &[u8]) -> Vec<u8> {
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = content.chunks(0xffff).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        file.push(u8::from(blocks.peek().is_none()));
        file.extend(length.to_le_bytes());
        file.extend((!length).to_le_bytes());
        file.extend(block);
    }
    if content.is_empty() {
        file.extend([1, 0, 0, 255, 255]);
    }
    file.extend(zlib_rs::crc32::crc32(0, content).to_le_bytes());
    file.extend((content.len() as u32).to_le_bytes());
    file
}
