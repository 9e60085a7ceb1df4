//! Joins the reader's crates into one shared library.
//!
//! A cell is an object file: what it calls must be found in the process, once. So crates go into a library that is opened
//! for all, and those that are in an earlier one, or in that of the helper crate, come from there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Toolchain;
use super::cargo::{self, BuildError, Watch};
use super::workspace::RUSTFLAGS;
use crate::Error;

/// What a library is made of.
#[derive(Debug)]
pub(super) struct Joint<'a> {
    /// The library's name.
    pub(super) name: &'a str,
    /// Name and file of the crates that go into it.
    pub(super) crates: &'a [(String, PathBuf)],
    /// Name and file of the shared libraries that hold earlier ones.
    pub(super) earlier: &'a [(String, PathBuf)],
    /// Folders in which the crates below those are.
    pub(super) search: &'a [PathBuf],
    /// Where libraries of other languages are: `native=FOLDER`.
    pub(super) linked_paths: &'a [String],
}

impl Joint<'_> {
    /// Makes the library in `folder`.
    pub(super) fn make(&self, toolchain: &Toolchain, folder: &Path, watch: &dyn Watch) -> Result<PathBuf, BuildError> {
        let source = folder.join(format!("{}.rs", self.name));
        let mut text = String::new();
        let mut command = Command::new(&toolchain.rustc);
        for (number, (name, file)) in self.earlier.iter().chain(self.crates).enumerate() {
            // Under names of our own: two versions of a crate have the same.
            text += &format!("extern crate crate_{number};\n");
            command.arg("--extern").arg(named(&format!("crate_{number}"), file));
            log::debug!("{}: {name} is {}", self.name, file.display());
        }
        std::fs::write(&source, text).map_err(Error::file(&source))?;
        for folder in self.search {
            command.arg("-L").arg(named("dependency", folder));
        }
        for path in self.linked_paths {
            command.arg("-L").arg(path);
            let place = path.split_once('=').map_or(path.as_str(), |(_, place)| place);
            command.arg(format!("-Clink-arg=-Wl,-rpath,{place}"));
        }
        let library =
            folder.join(format!("{}{}{}", std::env::consts::DLL_PREFIX, self.name, std::env::consts::DLL_SUFFIX));
        command.args(["--edition=2024", "--crate-type=dylib", "-Copt-level=3", "-Ccodegen-units=1", RUSTFLAGS]);
        command.arg(format!("--crate-name={}", self.name)).arg("-o").arg(&library).arg(&source);
        command.stdin(Stdio::null()).current_dir(folder);
        watch.progress("linking the crates");
        cargo::run(command, watch, |_| {})?;
        Ok(library)
    }
}

fn named(name: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(format!("{name}="));
    argument.push(path);
    argument
}
