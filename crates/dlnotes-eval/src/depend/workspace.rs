//! The cargo workspace that a prepared build is built in.

use std::fs;
use std::path::Path;

use super::Places;
use crate::{Error, Result};

/// Flags of every crate. One standard library for all of them, and for the program that runs cells.
pub(super) const RUSTFLAGS: &str = "-Cprefer-dynamic";

/// As a release build, so that what is timed in a cell says something.
pub(super) const PROFILE: &str = "[profile.release]\nopt-level = 3\ndebug = false\nincremental = false\n";

/// The package with the program that runs cells, and the program.
pub(super) const HOST: &str = "dlnotes-cells";

/// The package with what cells may use besides the helper crate, and its library.
pub(super) const RUNTIME: &str = "dlnotes-runtime";

/// Its folder in the workspace.
pub(super) const RUNTIME_FOLDER: &str = "runtime";

/// What is in it.
const RUNTIME_SOURCE: &str = include_str!("../../runtime/lib.rs");

/// What asynchronous cells run on. Prepared, because it takes longer to compile than a reader wants to wait.
pub(super) const TOKIO: &str = r#"{ version = "1", features = ["full"] }"#;

/// The lines of a manifest for our crates.
pub(super) fn helper_lines(places: &Places, helper: bool) -> String {
    let display = format!("dlnotes-display = {}\n", places.specification("dlnotes-display"));
    if helper { format!("dlnotes = {}\n{display}", places.specification("dlnotes")) } else { display }
}

/// The files of the workspace: path and text.
pub(super) fn files(places: &Places, helper: bool) -> Vec<(&'static str, String)> {
    let display = format!("dlnotes-display = {}\n", places.specification("dlnotes-display"));
    let crates = helper_lines(places, helper);
    let uses = if helper { "extern crate dlnotes;\n" } else { "" };
    let package = |name| format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n");
    vec![
        ("Cargo.toml", format!("[workspace]\nresolver = \"3\"\nmembers = [\"host\", \"runtime\"]\n\n{PROFILE}")),
        (
            "host/Cargo.toml",
            format!("{}[[bin]]\nname = \"{HOST}\"\npath = \"main.rs\"\n\n[dependencies]\n{display}", package(HOST)),
        ),
        ("host/main.rs", "fn main() {\n    dlnotes_display::cells::main()\n}\n".into()),
        (
            "runtime/Cargo.toml",
            format!(
                "{}[lib]\npath = \"lib.rs\"\ncrate-type = [\"rlib\", \"dylib\"]\n\n[dependencies]\n{crates}tokio = {TOKIO}\n",
                package(RUNTIME)
            ),
        ),
        // What both need comes from the helper crate's library: it must exist once.
        ("runtime/lib.rs", format!("{RUNTIME_SOURCE}\n{uses}")),
    ]
}

/// Writes the workspace into `directory`, with the versions that the checkout of our crates was tested with, and not the
/// newest ones of the day, which would take the network too.
pub(super) fn write(directory: &Path, places: &Places, helper: bool) -> Result<()> {
    for (name, text) in files(places, helper) {
        let path = directory.join(name);
        let folder = path.parent().unwrap_or(directory);
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        fs::write(&path, text).map_err(Error::file(&path))?;
    }
    if let Some(tested) = places.tested_lock() {
        let lock = directory.join("Cargo.lock");
        fs::copy(tested, &lock).map_err(Error::file(&lock))?;
    }
    Ok(())
}
