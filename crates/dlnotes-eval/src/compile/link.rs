//! From an object to a shared library, with the linker alone.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::rustc::{self, Compiled};
use crate::host::Watch;

/// Links objects to shared libraries.
///
/// No library is named: the process that opens the result has all of them open. A compiler driver would take 30 ms to find
/// out what they are.
#[derive(Clone, Debug)]
pub struct Linker {
    program: PathBuf,
    arguments: &'static [&'static str],
    /// What the compiler calls that no shared library has.
    builtins: Option<PathBuf>,
}

impl Linker {
    /// The system's linker, else the one that comes with Rust; `libraries` is the toolchain's folder of them.
    pub fn find(libraries: &Path) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path =
            |name: &str| std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
        let own = libraries.parent().map(|target| target.join("bin/rust-lld")).filter(|file| file.is_file());
        let (program, arguments): (PathBuf, &'static [&'static str]) = match (on_path("ld"), own) {
            (Some(ld), _) => (ld, &[]),
            (None, Some(lld)) => (lld, &["-flavor", "gnu"]),
            (None, None) => (PathBuf::from("ld"), &[]),
        };
        let files = std::fs::read_dir(libraries).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_builtins = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libcompiler_builtins") && name.ends_with(".rlib")
        };
        Self { program, arguments, builtins: files.into_iter().find(is_builtins) }
    }

    /// Links `object` to `library`, unless the reader stops it.
    pub fn link(&self, object: &Path, library: &Path, watch: &Watch) -> io::Result<Compiled> {
        let mut command = Command::new(&self.program);
        command.args(self.arguments).args(["-shared", "--eh-frame-hdr", "-o"]).arg(library).arg(object);
        command.args(&self.builtins);
        rustc::run(command, watch)
    }
}
