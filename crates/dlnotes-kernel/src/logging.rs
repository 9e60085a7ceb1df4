//! The log: a file, for those who ask for one.
//!
//! Nothing is logged unless `DLNOTES_LOG` names a level (`error`, `warn`, `info`, `debug`); the lines then go to
//! `kernel.log` in the cache directory, or where `DLNOTES_LOG_FILE` says. No line holds what a reader typed or a cell
//! printed.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use log::{LevelFilter, Log, Metadata, Record};

use crate::{Error, Result};
use dlnotes_eval::depend::cache_directory;

/// The variable that names the level.
pub const LEVEL: &str = "DLNOTES_LOG";
/// The variable that names the file.
pub const FILE: &str = "DLNOTES_LOG_FILE";

/// A file that has grown beyond this when a kernel starts is put aside, and the one put aside before is removed.
const LARGEST: u64 = 4 << 20;

struct Logger {
    file: File,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Of other crates, the sockets' alone: nobody knows what the others quote.
        metadata.target().starts_with("dlnotes") || metadata.target().starts_with("zeromq")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = line(SystemTime::now(), record);
            // One write of one line: kernels share the file. A full disk costs the log, not the kernel.
            let _ = (&self.file).write_all(line.as_bytes());
        }
    }

    fn flush(&self) {}
}

fn line(now: SystemTime, record: &Record<'_>) -> String {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let text = record.args().to_string().replace('\n', " | ");
    let (seconds, millis) = (since.as_secs(), since.subsec_millis());
    format!("{seconds}.{millis:03} {:<5} {} {}: {text}\n", record.level(), std::process::id(), record.target())
}

/// Where the log goes.
pub fn path() -> Result<PathBuf> {
    match std::env::var_os(FILE).filter(|name| !name.is_empty()) {
        Some(named) => Ok(named.into()),
        None => Ok(cache_directory()?.join("kernel.log")),
    }
}

/// Opens the log if it is asked for.
///
/// # Errors
/// If the level is unknown or the file can't be written: who asks for a log must not look for it in vain.
pub fn start() -> Result<()> {
    let Some(level) = std::env::var(LEVEL).ok().filter(|level| !level.is_empty()) else { return Ok(()) };
    let level: LevelFilter = level
        .parse()
        .map_err(|_| Error::tool(format!("{LEVEL}={level}"), "isn't a level", "use error, warn, info or debug"))?;
    static LOGGER: OnceLock<Logger> = OnceLock::new();
    let file = open(&path()?)?;
    // Fails only if there is a logger already, which nobody else sets.
    if log::set_logger(LOGGER.get_or_init(|| Logger { file })).is_ok() {
        log::set_max_level(level);
    }
    Ok(())
}

fn open(path: &Path) -> Result<File> {
    if path.metadata().is_ok_and(|metadata| metadata.len() > LARGEST) {
        let aside = path.with_extension("log.1");
        std::fs::rename(path, &aside).map_err(Error::file(&aside))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(Error::file(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::Duration;

    #[test]
    fn a_line_says_when_who_and_what() {
        let record = |text| Record::builder().args(text).level(log::Level::Warn).target("dlnotes_kernel::wire").build();
        let line = line(UNIX_EPOCH + Duration::from_millis(1_500), &record(format_args!("bad\nframe")));
        assert_eq!(line, format!("1.500 WARN  {} dlnotes_kernel::wire: bad | frame\n", std::process::id()));
    }

    #[test]
    fn the_file_is_private_and_does_not_grow_for_ever() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kernel.log");
        std::fs::write(&path, vec![b'x'; LARGEST as usize + 1]).unwrap();
        open(&path).unwrap().write_all(b"new\n").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"new\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(directory.path().join("kernel.log.1").metadata().unwrap().len(), LARGEST + 1);
    }
}
