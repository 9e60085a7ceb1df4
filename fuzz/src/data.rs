//! The reader of IDX files.

#[path = "../../crates/dlnotes/src/data/idx.rs"]
mod idx;

/// Sizes and values of a gzip IDX file.
pub fn read_idx(file: &[u8], rank: usize) -> Result<(Vec<usize>, Vec<u8>), String> {
    idx::read(file, rank).map(|idx| (idx.sizes, idx.values))
}
