//! Who is working on a sweep, and whether they still are.
//!
//! A runner has one file with a heartbeat for all its claims, and holds a lock on it. On the same machine the lock tells
//! at once that a runner is dead. Elsewhere a lock can't be relied on: there it is dead if its heartbeat hasn't changed
//! for a while by the watcher's own stopwatch, so that no two clocks are ever compared.

use std::collections::HashMap;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{LazyLock, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Ledger, file};
use crate::{Error, Result};

/// A runner that lives: this process.
#[derive(Debug)]
pub(crate) struct Runner {
    pub(crate) name: String,
    path: PathBuf,
    stop: Option<Sender<()>>,
    heart: Option<JoinHandle<()>>,
}

/// The first line of its file; the second one is the heartbeat.
#[derive(Debug, Serialize, Deserialize)]
struct Card {
    host: String,
    pid: u32,
    /// Which run of which machine, if its lock can be relied on there.
    boot: Option<String>,
}

/// Changes with every start of the system. Other systems than Linux have none: there the heartbeat tells.
static BOOT: LazyLock<Option<String>> = LazyLock::new(|| {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
});

impl Runner {
    /// Begins to work on a sweep. The heart beats several times in the time after which others take it for dead.
    pub(crate) fn start(ledger: &Ledger, dead_after: Duration) -> Result<Self> {
        let folder = ledger.path.join("runners");
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let pid = std::process::id();
        let plain: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        static NEXT: Mutex<u32> = Mutex::new(0);
        let number = {
            let mut next = NEXT.lock().expect("nothing panics while it holds the lock");
            *next += 1;
            *next
        };
        let name = format!("{plain}-{pid}-{}-{number}", *file::TOKEN);
        let path = folder.join(&name);
        let open = || -> std::io::Result<(File, u64)> {
            let file = File::options().write(true).create_new(true).open(&path)?;
            let boot = BOOT.clone().filter(|_| file.try_lock().is_ok());
            let card = file::json(&Card { host, pid, boot }) + "\n";
            file.write_all_at(format!("{card}{:016x}\n", 0).as_bytes(), 0)?;
            Ok((file, card.len() as u64))
        };
        let (file, at) = open().map_err(Error::file(&path))?;
        let (stop, stopped) = mpsc::channel();
        let pause = (dead_after / 8).clamp(Duration::from_millis(20), Duration::from_secs(10));
        let heart = thread::spawn(move || {
            let mut beat = 0_u64;
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(pause) {
                beat += 1;
                // A heartbeat that can't be written has others begin the same trials: that does no harm.
                let _ = file.write_all_at(format!("{beat:016x}\n").as_bytes(), at);
            }
        });
        Ok(Self { name, path, stop: Some(stop), heart: Some(heart) })
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(heart) = self.heart.take() {
            let _ = heart.join();
        }
        // One that stays is a dead runner's, which has no claims.
        let _ = fs::remove_file(&self.path);
    }
}

/// What is known of the other runners.
#[derive(Debug)]
pub(crate) struct Peers {
    dead_after: Duration,
    seen: Mutex<HashMap<String, (Vec<u8>, Instant)>>,
}

/// Whether a runner lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Alive,
    Dead,
    /// Nothing has been heard of it for less than the time that it takes to be sure.
    Unsure,
}

impl Peers {
    pub(crate) fn new(dead_after: Duration) -> Self {
        Self { dead_after, seen: Mutex::default() }
    }

    /// Whether the runner whose name stands in the file `claim` lives.
    pub(crate) fn life(&self, ledger: &Ledger, claim: &std::path::Path) -> Result<Life> {
        let Some(name) = file::read(claim)? else { return Ok(Life::Dead) };
        let name = String::from_utf8_lossy(&name).trim().to_owned();
        if name.is_empty() {
            // What is left of a claim on a disk that lost its power.
            return Ok(self.watch(&claim.to_string_lossy(), Vec::new()));
        }
        let path = ledger.path.join("runners").join(&name);
        let Some(bytes) = file::read(&path)? else { return Ok(Life::Dead) };
        let card = bytes.split(|byte| *byte == b'\n').next().and_then(|line| serde_json::from_slice::<Card>(line).ok());
        if card.is_some_and(|card| card.boot.is_some() && card.boot == *BOOT) {
            let file = match File::open(&path) {
                Ok(file) => file,
                // It has ended since its file was read.
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Life::Dead),
                Err(error) => return Err(Error::file(&path)(error)),
            };
            match file.try_lock_shared() {
                Ok(()) => return Ok(Life::Dead),
                Err(TryLockError::WouldBlock) => return Ok(Life::Alive),
                Err(TryLockError::Error(_)) => {}
            }
        }
        Ok(self.watch(&name, bytes))
    }

    fn watch(&self, name: &str, now: Vec<u8>) -> Life {
        let mut seen = self.seen.lock().expect("nothing panics while it holds the lock");
        let Some((before, since)) = seen.get_mut(name) else {
            seen.insert(name.to_owned(), (now, Instant::now()));
            return Life::Unsure;
        };
        if *before != now {
            (*before, *since) = (now, Instant::now());
            return Life::Alive;
        }
        if since.elapsed() > self.dead_after { Life::Dead } else { Life::Unsure }
    }
}
