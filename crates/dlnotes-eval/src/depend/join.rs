//! Joins the user's crates into one shared library.
//!
//! A cell is an object file: what it calls must be found in the process, once. So crates go into a library that is opened
//! for all, and those that are in an earlier one, or in that of the helper crate, come from there.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cargo::{self, Artifact, BuildError, Linked, Watch};
use super::workspace::RUSTFLAGS;
use super::{Toolchain, archive, runtimes};
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
    /// What the crates link from other languages.
    pub(super) linked: &'a [&'a Linked],
    /// Those of the crates that need a runtime.
    pub(super) tokios: &'a [&'a Artifact],
}

impl Joint<'_> {
    /// Makes the library in `folder`.
    pub(super) fn make(&self, toolchain: &Toolchain, folder: &Path, watch: &dyn Watch) -> Result<PathBuf, BuildError> {
        let source = folder.join(format!("{}.rs", self.name));
        let mut text = String::new();
        let mut tokios = Vec::new();
        let mut command = Command::new(&toolchain.rustc);
        for (number, (name, file)) in self.earlier.iter().chain(self.crates).enumerate() {
            // Under names of our own: two versions of a crate have the same.
            text += &format!("extern crate crate_{number};\n");
            command.arg("--extern").arg(named(&format!("crate_{number}"), file));
            tokios.extend(
                self.tokios.iter().filter(|tokio| tokio.package_id == *name).map(|t| (*t, format!("crate_{number}"))),
            );
            log::debug!("{}: {name} is {}", self.name, file.display());
        }
        text += &self.exports()?;
        text += &runtimes::source(&tokios);
        std::fs::write(&source, text).map_err(Error::file(&source))?;
        for folder in self.search {
            command.arg("-L").arg(named("dependency", folder));
        }
        for path in self.linked.iter().flat_map(|linked| &linked.linked_paths) {
            command.arg("-L").arg(path);
            command.arg(format!("-Clink-arg=-Wl,-rpath,{}", folder_of(path)));
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

    /// Has the library show the functions of those that are linked into the crates: a cell calls them when it compiles a
    /// crate's generic or inlined code.
    fn exports(&self) -> Result<String, Error> {
        let mut text = String::new();
        for linked in self.linked {
            for library in &linked.linked_libs {
                let Some((kind, name)) = library.split_once('=') else { continue };
                let file = format!("lib{name}.a");
                let mut places = linked.linked_paths.iter().map(|path| Path::new(folder_of(path)).join(&file));
                let Some(archive) = places.find(|path| kind.starts_with("static") && path.is_file()) else { continue };
                let symbols = archive::symbols(&archive).map_err(Error::file(&archive))?;
                text += &format!("#[link(name = {name:?}, kind = \"static\")]\nunsafe extern \"C\" {{\n");
                for (number, symbol) in symbols.iter().enumerate() {
                    text +=
                        &format!("    #[link_name = {symbol:?}]\n    pub fn {name}_{number}();\n", name = plain(name));
                }
                text += "}\n";
            }
        }
        Ok(text)
    }
}

/// A library's name as a part of one in Rust.
fn plain(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("of_{}", name.chars().map(plain).collect::<String>())
}

/// The folder in `native=FOLDER`.
fn folder_of(path: &str) -> &str {
    path.split_once('=').map_or(path, |(_, folder)| folder)
}

fn named(name: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(format!("{name}="));
    argument.push(path);
    argument
}
