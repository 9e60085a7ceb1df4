//! `cargo xtask wheel`: the kernel as a Python wheel, and a look at whether it works where nothing else is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::cmd;

use crate::facts::Facts;
use crate::kernel::SPEC;
use crate::project::Project;
use crate::python;
use crate::steps::{Step, step};

/// What `wheel` can be told.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Also install it into a fresh environment and run a notebook there
    #[arg(long)]
    check: bool,
}

/// The crates whose sources the wheel brings along: cells are compiled against them, and exported programs.
const CRATES: [&str; 5] = ["dlnotes", "dlnotes-derive", "dlnotes-display", "dlnotes-png", "dlnotes-sweep"];

/// Folders of a crate that its users don't need.
const LEFT_OUT: [&str; 2] = ["tests/", "examples/"];

/// Builds the wheel into `.tools/dist`.
pub(crate) fn run(project: &Project, args: &Args) -> Result<()> {
    let wheel = step("wheel", "compiling the kernel: minutes the first time", |step| build(step, project))?;
    println!("{} ({})", wheel.display(), size(&wheel)?);
    if args.check {
        let checks = step("wheel in a fresh environment", "two minutes", |step| try_out(step, project, &wheel))?;
        println!("{checks} checks passed");
    }
    Ok(())
}

/// Builds the wheel and tries it out, as a step of `cargo xtask test`.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    let wheel = build(step, project)?;
    let checks = try_out(step, project, &wheel)?;
    Ok(Facts::ran(checks, "checks").noting(size(&wheel)?))
}

fn build(step: &mut Step, project: &Project) -> Result<PathBuf> {
    python::TOOLS.ensure(project)?;
    let maturin = python::TOOLS.program(project, "maturin");
    stage(project).context("cannot lay out the wheel's files")?;
    let dist = project.tools("dist")?;
    if dist.is_dir() {
        fs::remove_dir_all(&dist).with_context(|| format!("cannot remove {}", dist.display()))?;
    }
    // The same folder and flags as `cargo build --release`: its crates are compiled once.
    let build = cmd!(&maturin, "build", "--release", "--out", &dist).dir(project.path("python"));
    step.run_cargo(project, "wheel", &build, |step, line| step.note(line.trim()))?;
    let mut wheels = fs::read_dir(&dist)?.flatten().map(|entry| entry.path());
    wheels.find(|path| path.extension().is_some_and(|e| e == "whl")).context("maturin left no wheel")
}

fn size(wheel: &Path) -> Result<String> {
    Ok(format!("{:.1} MB", fs::metadata(wheel)?.len() as f64 / 1e6))
}

/// Lays kernelspec and helper crate below `python/data`, as they will lie below the environment's prefix.
fn stage(project: &Project) -> Result<()> {
    let data = project.path("python/data");
    if data.is_dir() {
        fs::remove_dir_all(&data)?;
    }
    let spec = data.join("data/share/jupyter/kernels").join(SPEC);
    fs::create_dir_all(&spec)?;
    fs::copy(project.path("python/kernel.json"), spec.join("kernel.json"))?;
    for entry in fs::read_dir(project.path("crates/dlnotes-kernel/assets"))?.flatten() {
        fs::copy(entry.path(), spec.join(entry.file_name()))?;
    }
    let share = data.join("data/share/dlnotes");
    for file in project.files()? {
        let Some((name, inside)) = file.strip_prefix("crates/").and_then(|rest| rest.split_once('/')) else { continue };
        let left_out = LEFT_OUT.iter().any(|folder| inside.starts_with(folder));
        if CRATES.contains(&name) && !left_out {
            let to = share.join(&file);
            fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
            fs::copy(project.path(&file), to)?;
        }
    }
    fs::write(share.join("Cargo.toml"), workspace(&fs::read_to_string(project.path("Cargo.toml"))?)?)?;
    // The lock file: the kernel builds the crates with the versions that they were tested with.
    for name in ["Cargo.lock", "LICENSE-MIT", "LICENSE-APACHE"] {
        fs::copy(project.path(name), share.join(name))?;
    }
    Ok(())
}

/// The workspace's manifest for the crates that come along: versions, lints and the like are inherited from it.
fn workspace(manifest: &str) -> Result<String> {
    let mut manifest: toml::Table = manifest.parse().context("Cargo.toml")?;
    let workspace = manifest.get_mut("workspace").and_then(toml::Value::as_table_mut).context("no workspace")?;
    workspace.remove("default-members");
    workspace.remove("exclude");
    Ok(manifest.to_string())
}

/// Installs the wheel into an environment of its own and runs a notebook there; how many checks passed.
fn try_out(step: &mut Step, project: &Project, wheel: &Path) -> Result<usize> {
    let folder = project.tools("wheel-check")?;
    if folder.is_dir() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    let python = folder.join("bin/python");
    step.run(project, "wheel-check", &cmd!(python::system_python()?.path, "-m", "venv", &folder))?;
    // What runs notebooks, in the versions that the kernel is tested with, and by their checksums.
    let pins = project.script("requirements-kernel.txt");
    let pip = |what: &[&std::ffi::OsStr]| {
        let arguments = ["-m", "pip", "install", "--disable-pip-version-check"].map(std::ffi::OsStr::new);
        cmd(&python, arguments.iter().chain(what))
    };
    step.run(project, "wheel-check", &pip(&["-r".as_ref(), pins.as_os_str()]))?;
    step.run(project, "wheel-check", &pip(&["--no-deps".as_ref(), wheel.as_os_str()]))?;
    let cache = folder.join("cache");
    let test = cmd!(&python, "-u", project.path("tests/wheel/check.py"), SPEC)
        .env("DLNOTES_CACHE_DIR", &cache)
        .env("HOME", &folder)
        .env("CARGO_HOME", cargo_home()?)
        .env("RUSTUP_HOME", rustup_home()?)
        .env_remove("JUPYTER_PATH")
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("DLNOTES_CRATES")
        .dir(&folder);
    let mut checks = 0;
    step.run_with(project, "wheel-check", &test, |step, line| {
        step.note(line.trim());
        checks += usize::from(line.starts_with("ok: "));
    })?;
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    Ok(checks)
}

fn cargo_home() -> Result<PathBuf> {
    home("CARGO_HOME", ".cargo")
}

fn rustup_home() -> Result<PathBuf> {
    home("RUSTUP_HOME", ".rustup")
}

fn home(variable: &str, folder: &str) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(variable) {
        return Ok(named.into());
    }
    match std::env::var_os("HOME") {
        Some(home) => Ok(PathBuf::from(home).join(folder)),
        None => bail!("neither {variable} nor HOME is set"),
    }
}

#[cfg(test)]
mod tests {
    use super::workspace;

    #[test]
    fn the_crates_that_come_along_keep_what_they_inherit() {
        let manifest = "[workspace]\nmembers = [\"crates/*\"]\ndefault-members = [\"crates/xtask\"]\n\n\
                        [workspace.package]\nversion = \"1.2.3\"\n";
        let kept = workspace(manifest).unwrap();
        assert!(kept.contains("version = \"1.2.3\"") && !kept.contains("xtask"), "{kept}");
    }
}
