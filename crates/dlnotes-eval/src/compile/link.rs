//! From an object to a shared library, with the linker alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::rustc::{self, Compiled};
use crate::host::Watch;

/// Functions of which the C library's mathematics has several versions. A library that doesn't say which it was linked
/// to gets the oldest one, whose `exp` is a tenth slower in a loop.
const VERSIONED: [&str; 13] =
    ["exp", "exp2", "exp2f", "expf", "fmod", "fmodf", "hypot", "log", "log2", "log2f", "logf", "pow", "powf"];

/// Links objects to shared libraries.
///
/// No library is named but that of [`VERSIONED`] functions, which takes 2 ms: the process that opens the result has all of
/// them open. A compiler driver would take 30 ms to find out what they are.
#[derive(Clone, Debug)]
pub struct Linker {
    program: PathBuf,
    arguments: &'static [&'static str],
    /// What the compiler calls that no shared library has.
    builtins: Option<PathBuf>,
    /// The C library's mathematics.
    math: Option<PathBuf>,
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
        let files = fs::read_dir(libraries).into_iter().flatten().flatten().map(|entry| entry.path());
        let is_builtins = |file: &PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libcompiler_builtins") && name.ends_with(".rlib")
        };
        Self { program, arguments, builtins: files.into_iter().find(is_builtins), math: opened("libm.so") }
    }

    /// Links `object` to `library`, unless the reader stops it.
    pub fn link(&self, object: &Path, library: &Path, watch: &Watch) -> io::Result<Compiled> {
        let mut command = Command::new(&self.program);
        command.args(self.arguments).args(["-shared", "--eh-frame-hdr", "-o"]).arg(library).arg(object);
        command.args(&self.builtins);
        if let Some(math) = self.math.as_ref().filter(|_| calls_versioned(object)) {
            command.arg(math);
        }
        rustc::run(command, watch)
    }
}

/// A library that this process has open, as the one that runs cells has too.
fn opened(name: &str) -> Option<PathBuf> {
    let maps = fs::read_to_string("/proc/self/maps").ok()?;
    let mut files = maps.lines().filter_map(|line| line.find('/').map(|start| Path::new(&line[start..])));
    // One that an update has replaced meanwhile is called `… (deleted)`, and no file any more.
    let is_it =
        |file: &&Path| file.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name)) && file.is_file();
    files.find(is_it).map(Path::to_owned)
}

/// Whether an object may call one of the [`VERSIONED`] functions: it has the name among its strings.
fn calls_versioned(object: &Path) -> bool {
    let Ok(bytes) = fs::read(object) else { return false };
    bytes.split(|&byte| byte == 0).any(|text| VERSIONED.iter().any(|name| name.as_bytes() == text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_with_several_versions_are_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let toolchain = crate::depend::Toolchain::find().unwrap();
        let linked = |name: &str, body: &str| {
            let source = folder.path().join(format!("{name}.rs"));
            let (object, library) = (source.with_extension("o"), source.with_extension("so"));
            fs::write(&source, format!("#[unsafe(no_mangle)] pub extern \"C\" fn f(x: f64) -> f64 {{ {body} }}"))
                .unwrap();
            let mut rustc = Command::new(&toolchain.rustc);
            rustc.args(["--edition=2024", "--crate-type=lib", "--emit=obj", "-O", "-o"]).arg(&object).arg(&source);
            assert!(rustc.status().unwrap().success());
            let linker = Linker::find(&toolchain.libraries);
            assert!(linker.link(&object, &library, &Watch::default()).unwrap().is_ok());
            let bytes = fs::read(&library).unwrap();
            bytes.windows(6).any(|bytes| bytes == b"libm.s")
        };
        assert!(linked("power", "x.powf(x.exp())"));
        assert!(!linked("sum", "x + x.sin()"));
    }
}
