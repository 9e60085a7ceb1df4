//! Reads the index of a static library.

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::path::Path;

const MAGIC: usize = 8;
const HEADER: usize = 60;

/// The names that a static library defines, as its index lists them.
pub(super) fn symbols(archive: &Path) -> io::Result<BTreeSet<String>> {
    let mut file = std::fs::File::open(archive)?;
    let mut start = [0; MAGIC + HEADER];
    if file.read_exact(&mut start).is_err() || !start.starts_with(b"!<arch>\n") {
        return Ok(BTreeSet::new());
    }
    let header = &start[MAGIC..];
    // One without an index has nothing to show.
    let width = match header[..16].trim_ascii_end() {
        b"/" => 4,
        b"/SYM64/" => 8,
        _ => return Ok(BTreeSet::new()),
    };
    let size = str::from_utf8(&header[48..58]).ok().and_then(|size| size.trim().parse().ok()).unwrap_or(0);
    let mut index = Vec::new();
    file.take(size).read_to_end(&mut index)?;
    Ok(names(&index, width).unwrap_or_default())
}

/// A number of names, a place for each, and the names with a zero behind each.
fn names(index: &[u8], width: usize) -> Option<BTreeSet<String>> {
    let count = index.get(..width)?.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    let text = index.get(count.checked_add(1)?.checked_mul(width)?..)?;
    let names = text.split(|byte| *byte == 0).take(count).filter_map(|name| str::from_utf8(name).ok());
    Some(names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_read() {
        let index = b"\0\0\0\x02....----one\0two\0";
        let mut archive = b"!<arch>\n".to_vec();
        archive.extend(format!("{:<48}{:<10}`\n", "/", index.len()).into_bytes());
        archive.extend(index);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lib.a");
        std::fs::write(&file, &archive).unwrap();
        assert_eq!(symbols(&file).unwrap(), BTreeSet::from(["one".to_owned(), "two".to_owned()]));
        for broken in [&archive[..70], &archive[..20], b"something else"] {
            std::fs::write(&file, broken).unwrap();
            assert_eq!(symbols(&file).unwrap(), BTreeSet::new());
        }
    }
}
