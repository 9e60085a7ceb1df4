//! The program that a sweep runs: where it is, and whether it is still the same.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::point::hex;
use crate::{Error, Result};

/// A file that the results depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    path: PathBuf,
    sha256: String,
}

/// Finds the program in `command`: the folder of a Cargo project, which is built first, a path, or a name on `PATH`.
/// Its arguments stay as they are.
pub(crate) fn locate(command: &[String], directory: &Path) -> Result<Vec<String>> {
    let [name, arguments @ ..] = command else {
        return Err(Error::Usage("no program is named: give its path, or the folder of a Cargo project".to_owned()));
    };
    let path: PathBuf = directory.join(name).components().collect(); // without the `.` of `./my-net`
    let found = if path.join("Cargo.toml").is_file() {
        build(&path)?
    } else if name.contains('/') {
        path
    } else {
        let folders = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| is_executable(path));
        let advice =
            if path.is_file() { format!("; for the file in this folder write ./{name}") } else { String::new() };
        found.ok_or_else(|| Error::Usage(format!("{name} was not found on the PATH{advice}")))?
    };
    if !is_executable(&found) {
        let message =
            format!("{} isn't a program; is it spelled right, and may it be run (chmod +x)?", found.display());
        return Err(Error::Usage(message));
    }
    let found = found.to_str().ok_or_else(|| Error::Usage(format!("{} isn't UTF-8", found.display())))?;
    Ok([&[found.to_owned()], arguments].concat())
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.mode() & 0o111 != 0)
}

/// Builds a Cargo project, and finds its program.
fn build(project: &Path) -> Result<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--release", "--bins", "--message-format=json-render-diagnostics"];
    let output = Command::new(&cargo).args(arguments).current_dir(project).stderr(Stdio::inherit()).output();
    let start = |source| Error::Start { program: "cargo".to_owned(), directory: project.to_owned(), source };
    let output = output.map_err(start)?;
    if !output.status.success() {
        return Err(Error::Usage(format!("{} could not be built; cargo says why above", project.display())));
    }
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let programs: Vec<PathBuf> = messages.filter_map(|message| message.executable).collect();
    match programs.as_slice() {
        [program] => Ok(program.clone()),
        [] => Err(Error::Usage(format!("{} builds no program", project.display()))),
        several => {
            let names: Vec<String> = several.iter().map(|path| path.display().to_string()).collect();
            Err(Error::Usage(format!("{} builds several programs, name one: {}", project.display(), names.join(", "))))
        }
    }
}

/// What the results of `command` depend on: the program, and the first argument that is a file, an interpreter's script.
pub(crate) fn fingerprints(command: &[String], directory: &Path) -> Result<Vec<Fingerprint>> {
    let mut paths = command.iter().map(|part| directory.join(part));
    let script = paths.clone().skip(1).find(|path| path.is_file());
    paths.next().into_iter().chain(script).map(Fingerprint::of).collect()
}

impl Fingerprint {
    fn of(path: PathBuf) -> Result<Self> {
        let sha256 = sha256(&path).map_err(Error::file(&path))?;
        Ok(Self { path, sha256 })
    }
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut file = File::open(path)?;
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(&hash.finalize())),
            length => hash.update(&block[..length]),
        }
    }
}

/// Looks whether the files are what they were, as often as one likes: a file is only read again when the system says
/// that it isn't the same.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    seen: Mutex<Vec<Stamp>>,
}

/// Inode, size and times: compared, and never taken for a time.
type Stamp = (u64, u64, i64, i64, i64, i64);

impl Watch {
    pub(crate) fn check(&self, files: &[Fingerprint]) -> Result<()> {
        let now = files.iter().map(|file| stamp(&file.path)).collect::<Result<Vec<Option<Stamp>>>>()?;
        let now: Option<Vec<Stamp>> = now.into_iter().collect();
        let mut seen = self.seen.lock().expect("nothing panics while it holds the lock");
        if now.as_ref() == Some(&*seen) {
            return Ok(());
        }
        for file in files {
            let now = match sha256(&file.path) {
                Ok(hash) => Some(hash),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(Error::file(&file.path)(error)),
            };
            if now.as_ref() != Some(&file.sha256) {
                return Err(Error::ProgramChanged { path: file.path.clone(), planned: file.sha256.clone(), now });
            }
        }
        *seen = now.unwrap_or_default();
        Ok(())
    }
}

fn stamp(path: &Path) -> Result<Option<Stamp>> {
    match fs::metadata(path) {
        Ok(m) => Ok(Some((m.ino(), m.size(), m.mtime(), m.mtime_nsec(), m.ctime(), m.ctime_nsec()))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file(path)(error)),
    }
}
