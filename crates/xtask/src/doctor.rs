//! `cargo xtask doctor`: every part by name, whether it is there, and the command that fixes it.

use std::path::Path;

use anyhow::{Result, bail};
use duct::cmd;

use crate::kernel::Kernel;
use crate::notebooks::picture;
use crate::project::Project;
use crate::{data_set, deny, evcxr, look, python, rust_analyzer, rust_src, rustc};

/// What `doctor` can be told: nothing yet.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// The free disk space that a full set-up needs: kernels, environments, builds.
const DISK_GB: f64 = 6.0;

struct Part {
    name: &'static str,
    /// What was found, or what is missing.
    found: Result<String, String>,
    /// The command that fixes it.
    fix: &'static str,
    /// Whether `lab` and `test` need it.
    needed: bool,
}

/// Prints a line for each part; fails if one that is needed is missing.
pub(crate) fn run(project: &Project, _: &Args) -> Result<()> {
    let parts = parts(project);
    for part in &parts {
        let (mark, text) = match &part.found {
            Ok(text) => ("ok      ", text.clone()),
            Err(text) => (if part.needed { "MISSING " } else { "optional" }, format!("{text}; {}", part.fix)),
        };
        println!("{mark} {:<28} {text}", part.name);
    }
    let missing = parts.iter().filter(|part| part.needed && part.found.is_err()).count();
    if missing > 0 {
        let are = if missing == 1 { "part is" } else { "parts are" };
        bail!("{missing} {are} missing; most are installed by: cargo xtask lab");
    }
    Ok(())
}

fn parts(project: &Project) -> Vec<Part> {
    let part = |name, found, fix, needed| Part { name, found, fix, needed };
    vec![
        part("rustc", rustc::good_enough(project).map_err(|error| format!("{error:#}")), "rustup update stable", true),
        part("linker", program("cc"), "sudo apt-get install build-essential", true),
        part("clippy", component("clippy"), "rustup component add clippy", true),
        part("rustfmt", component("fmt"), "rustup component add rustfmt", true),
        part("standard library's sources", sources(project), "rustup component add rust-src", false),
        part("python", system_python(), "sudo apt-get install python3 python3-venv", true),
        part("JupyterLab's environment", environment(project, &python::JUPYTER), "cargo xtask lab", true),
        part("kernel dlnotes", spec(project, Kernel::Dlnotes), "cargo xtask lab", true),
        part("stock kernel evcxr", stock_kernel(project), "cargo xtask lab --kernel evcxr", false),
        part("fonts", picture::letters(project), picture::FONTS_ADVICE, false),
        part("rust-analyzer (completion)", rust_analyzer::find(project), "cargo xtask lab --with-rust-analyzer", false),
        part("Sphinx (docs, test)", environment(project, &python::DOCS), "cargo xtask docs", false),
        part("browser (look)", browser(), "sudo apt-get install chromium", false),
        part("cargo-deny (test)", deny::found(project), "cargo xtask test", false),
        part("PyTorch (bench)", environment(project, &python::PYTORCH), "cargo xtask bench --with-pytorch", false),
        part("Fashion-MNIST", data_set::find(project), "cargo xtask lab --only-install", false),
        part("free disk space", disk(project), "free some space, or move the repository", true),
    ]
}

fn program(name: &str) -> Result<String, String> {
    which::which(name).map(|path| path.display().to_string()).map_err(|_| format!("no `{name}` on the search path"))
}

fn browser() -> Result<String, String> {
    let found = look::browser().map(|path| path.display().to_string());
    found.map_err(|_| "no Chromium on the search path".to_owned())
}

fn component(name: &str) -> Result<String, String> {
    let version = cmd!("cargo", name, "--version").stderr_null().read();
    version.map_err(|_| format!("`cargo {name}` doesn't run"))
}

fn sources(project: &Project) -> Result<String, String> {
    match rust_src::find(project) {
        Some(rust_src::RustSrc::InToolchain) => Ok("in the toolchain".to_owned()),
        Some(rust_src::RustSrc::At(path)) => Ok(path.display().to_string()),
        None => Err("not found; evcxr cannot start without them".to_owned()),
    }
}

fn system_python() -> Result<String, String> {
    python::system_python()
        .map(|python| format!("{} at {}", python.version, python.path.display()))
        .map_err(|error| error.to_string())
}

fn environment(project: &Project, environment: &python::Environment) -> Result<String, String> {
    let ready = environment.is_ready(project);
    if ready { Ok(environment.python(project).display().to_string()) } else { Err("not installed".to_owned()) }
}

fn stock_kernel(project: &Project) -> Result<String, String> {
    if !evcxr::is_installed(project) {
        return Err(format!("evcxr_jupyter {} is not installed", evcxr::VERSION));
    }
    spec(project, Kernel::Evcxr)
}

/// A kernelspec whose programs exist.
fn spec(project: &Project, kernel: Kernel) -> Result<String, String> {
    let folder = kernel.prefix(project).map_err(|error| error.to_string())?;
    let path = folder.join("share/jupyter/kernels").join(crate::kernel::SPEC).join("kernel.json");
    let text = std::fs::read_to_string(&path).map_err(|_| "not installed".to_owned())?;
    let spec: serde_json::Value =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let argv = spec["argv"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    match argv.filter(|argument| Path::new(argument).is_absolute()).find(|path| !Path::new(path).exists()) {
        Some(gone) => Err(format!("its kernelspec names {gone}, which is gone")),
        None => Ok(path.display().to_string()),
    }
}

#[cfg(unix)]
fn disk(project: &Project) -> Result<String, String> {
    let stat = rustix::fs::statvfs(&project.root).map_err(|error| error.to_string())?;
    let free = stat.f_bavail as f64 * stat.f_frsize as f64 / 1e9;
    let text = format!("{free:.0} GB");
    if free < DISK_GB { Err(format!("{text}; a full set-up takes about {DISK_GB} GB")) } else { Ok(text) }
}

#[cfg(not(unix))]
fn disk(_: &Project) -> Result<String, String> {
    Ok("not looked at on this system".to_owned())
}
