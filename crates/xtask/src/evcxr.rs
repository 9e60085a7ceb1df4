//! The stock kernel: evcxr_jupyter with the helper crate built beforehand, at the speed of the benchmarks.
//!
//! Left alone, evcxr builds a notebook's dependencies again in every session, in its own development profile and from
//! whatever versions the registry has that day. Here its work folder lies inside a small Cargo workspace instead,
//! whose root has the profile and the lock file; `launch_evcxr.py` gives each kernel a copy of it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use duct::cmd;
use serde_json::json;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::kernel::{Kernel, SPEC};
use crate::project::Project;
use crate::rust_src::{self, RustSrc};
use crate::{python, rustc, steps};

/// The release that the notebooks are tested with.
pub(crate) const VERSION: &str = "0.22.0";

/// The root of the workspace around evcxr's crate `ctx`. Cargo takes profiles from here and not from evcxr's own
/// manifest, so what evcxr needs to load a cell (`rpath`, and `strip` and `debug` for speed) is repeated. The package
/// itself only keeps the helper crate in the lock file before evcxr asks for it.
const WORKSPACE: &str = r#"[package]
name = "prepared"
version = "0.0.0"
edition = "2024"

[dependencies]
dlnotes = { path = "@DLNOTES@" }

[workspace]
members = ["ctx"]
resolver = "3"

[profile.dev]
opt-level = 2
debug = false
strip = "debuginfo"
rpath = true
codegen-units = 16

[profile.dev.package."*"]
opt-level = 3
debug-assertions = false
overflow-checks = false
"#;

/// Installs kernel and kernelspec, and builds the helper crate in the kernel's own way.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    let rust_src = rust_src::ensure(project)?;
    let binary = ensure_binary(project)?;
    let prepared = ensure_workspace(project)?;
    write_spec(project, &binary, &prepared, &rust_src)?;
    let title = "helper crate built for the notebooks";
    let marker = prepared.join("ready");
    if marker.is_file() {
        steps::already(title);
        return Ok(());
    }
    let python = python::JUPYTER.python(project);
    steps::step(title, "one to two minutes", |step| {
        let warm = python::script(project, &python, "warm.py", &[SPEC.to_owned()])
            .env("EVCXR_TMPDIR", prepared.join("ctx"))
            .dir(project.path("notebooks"));
        step.run(project, "warm", &Kernel::Evcxr.jupyter(project, warm)?)
    })?;
    fs::write(&marker, "").with_context(|| format!("cannot write {}", marker.display()))?;
    remove_others(&prepared)
}

/// The kernel's program, installed or not.
pub(crate) fn binary(project: &Project) -> PathBuf {
    project.root.join(".tools/evcxr/bin").join(format!("evcxr_jupyter{}", std::env::consts::EXE_SUFFIX))
}

/// Whether the kernel's program is there in the right version.
pub(crate) fn is_installed(project: &Project) -> bool {
    project.is_done("evcxr", VERSION) && binary(project).is_file()
}

fn ensure_binary(project: &Project) -> Result<PathBuf> {
    let title = format!("kernel evcxr_jupyter {VERSION}");
    let binary = binary(project);
    if is_installed(project) {
        steps::already(&title);
        return Ok(binary);
    }
    let build = project.tools("build/evcxr")?;
    let root = project.tools("evcxr")?;
    steps::step(&title, "compiled from source: minutes", |step| {
        // `--locked`: with newer versions of its dependencies this release does not compile. The target folder is kept
        // until the end, so that an interrupted installation goes on where it was.
        let install = cmd!("cargo", "install", "--locked", "--root", &root, "--version", VERSION, "evcxr_jupyter")
            .env("CARGO_TARGET_DIR", &build)
            .env_remove("RUSTFLAGS")
            .dir(&project.root);
        step.run_cargo(project, "evcxr", &install, |step, line| step.note(line.trim()))
            .context("could not install evcxr_jupyter; the first time this needs a network connection")
    })?;
    project.set_done("evcxr", VERSION)?;
    fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))?;
    Ok(binary)
}

/// Writes the workspace for the helper crate as it is now, or finds it.
fn ensure_workspace(project: &Project) -> Result<PathBuf> {
    let folder = project.tools(Path::new("prepared").join(key(project)?))?;
    if !folder.is_dir() {
        reuse_other(&folder)?;
    }
    let helper = project.path("crates/dlnotes");
    let helper = serde_json::to_string(&helper.to_string_lossy())?;
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "")?;
    fs::write(folder.join("Cargo.toml"), WORKSPACE.replace("\"@DLNOTES@\"", &helper))?;
    if !folder.join("ready").is_file() {
        fs::copy(project.path("Cargo.lock"), folder.join("Cargo.lock")).context("cannot copy Cargo.lock")?;
    }
    Ok(folder)
}

/// Makes what was prepared for an earlier version the start of `folder`: cargo then compiles only what has changed.
fn reuse_other(folder: &Path) -> Result<()> {
    let parent = folder.parent().context("no parent")?;
    if let Some(other) = fs::read_dir(parent).ok().and_then(|mut entries| entries.next()).transpose()? {
        fs::rename(other.path(), folder).with_context(|| format!("cannot rename {}", other.path().display()))?;
        let marker = folder.join("ready");
        if marker.is_file() {
            fs::remove_file(&marker).with_context(|| format!("cannot remove {}", marker.display()))?;
        }
    }
    Ok(())
}

/// Names everything that the built helper crate depends on: sources, locked versions, compiler, kernel.
fn key(project: &Project) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(VERSION);
    hash.update(WORKSPACE);
    hash.update(project.root.to_string_lossy().as_bytes());
    hash.update(rustc::identity()?);
    hash.update(fs::read(project.path("Cargo.lock")).context("cannot read Cargo.lock")?);
    hash.update(fs::read(project.path("notebooks/evcxr.toml")).context("cannot read notebooks/evcxr.toml")?);
    for name in ["dlnotes", "dlnotes-derive", "dlnotes-display"] {
        let folder = project.path("crates").join(name);
        hash.update(fs::read(folder.join("Cargo.toml")).with_context(|| format!("crates/{name} has no Cargo.toml"))?);
        for entry in WalkDir::new(folder.join("src")).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                hash.update(entry.path().to_string_lossy().as_bytes());
                hash.update(fs::read(entry.path())?);
            }
        }
    }
    Ok(hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

/// Removes what was prepared for earlier versions of the helper crate. A kernel that still runs has its own copy.
fn remove_others(prepared: &Path) -> Result<()> {
    let parent = prepared.parent().context("no parent")?;
    for entry in fs::read_dir(parent)?.flatten() {
        if entry.path() != prepared {
            fs::remove_dir_all(entry.path()).with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    Ok(())
}

/// Lets the kernel install its kernelspec (for the logos and its version mark, without which it would write its own
/// again), then puts ours in the place of its `kernel.json`.
fn write_spec(project: &Project, binary: &Path, prepared: &Path, rust_src: &RustSrc) -> Result<()> {
    let share = Kernel::Evcxr.prefix(project)?.join("share/jupyter");
    let folder = share.join("kernels").join(SPEC);
    if !folder.join("version.txt").is_file() {
        cmd!(binary, "--install").env("JUPYTER_PATH", &share).stdout_null().run().context("evcxr_jupyter --install")?;
    }
    let work = project.tools("work/evcxr")?;
    let mut environment = serde_json::Map::new();
    if let RustSrc::At(path) = rust_src {
        environment.insert("RUST_SRC_PATH".into(), json!(path));
    }
    let spec = json!({
        "argv": [
            python::JUPYTER.python(project), project.script("launch_evcxr.py"), prepared, work, binary,
            "--control_file", "{connection_file}",
        ],
        "display_name": "Rust",
        "language": "rust",
        "interrupt_mode": "message",
        "env": environment,
    });
    let path = folder.join("kernel.json");
    fs::write(&path, serde_json::to_string_pretty(&spec)?).with_context(|| format!("cannot write {}", path.display()))
}
