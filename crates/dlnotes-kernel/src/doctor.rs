//! `doctor`: whether everything that the kernel needs is there, and which command installs what isn't.

use std::process::{Command, ExitCode};

use dlnotes_eval::analyzer::{self, Program};
use dlnotes_eval::depend::{Prepared, Toolchain, cache_directory, helper_directory};

use crate::install;

/// The oldest compiler that the helper crate is built with.
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");

/// What a prepared build and a running kernel take.
const DISK_GB: f64 = 1.5;

const GET_RUST: &str = "install Rust from https://rustup.rs";

/// One thing that the kernel needs: what was found, or what to do.
pub struct Part {
    /// What it is.
    pub name: &'static str,
    /// What was found; or what is wrong with it, and the command that puts it right.
    pub found: Result<String, String>,
    /// Whether notebooks run without it.
    pub optional: bool,
}

/// Prints a line for each thing, or for the one of this name; fails if one that is needed is missing.
pub fn run(name: Option<&str>) -> ExitCode {
    let mut parts = parts();
    if let Some(name) = name {
        let names: Vec<&str> = parts.iter().map(|part| part.name).collect();
        if !names.contains(&name) {
            eprintln!("dlnotes-kernel doctor: there is no part `{name}`; the parts are {}", names.join(", "));
            return ExitCode::FAILURE;
        }
        parts.retain(|part| part.name == name);
    }
    for part in &parts {
        println!("{}", line(part));
    }
    if parts.iter().all(|part| part.optional || part.found.is_ok()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One line of what `doctor` prints.
pub fn line(part: &Part) -> String {
    let (mark, text) = match &part.found {
        Ok(text) => ("ok", text),
        Err(text) => (if part.optional { "optional" } else { "MISSING" }, text),
    };
    format!("{mark:<9}{}: {text}", part.name)
}

/// Looks at everything.
pub fn parts() -> Vec<Part> {
    let needed = |name, found| Part { name, found, optional: false };
    let optional = |name, found| Part { name, found, optional: true };
    vec![
        needed("kernel", Ok(env!("CARGO_PKG_VERSION").into())),
        needed("rustc", rustc()),
        needed("cargo", version("cargo").ok_or_else(|| GET_RUST.into())),
        needed("linker", version("ld").ok_or_else(|| "install it: `sudo apt-get install binutils` on Debian".into())),
        needed("cache", cache_directory().map(|path| path.display().to_string()).map_err(|e| e.to_string())),
        needed("free disk space", disk()),
        needed("helper crate", Ok(helper())),
        optional("prepared dependencies", prepared()),
        optional("kernelspec", install::find()),
        optional("rust-analyzer", rust_analyzer()),
        optional("fonts", fonts()),
    ]
}

fn rustc() -> Result<String, String> {
    let found = version("rustc").ok_or(GET_RUST)?;
    let release = found.split_whitespace().nth(1).unwrap_or_default();
    if is_older(release, RUST) {
        return Err(format!("{release} is older than {RUST}; run `rustup update stable`"));
    }
    Ok(found)
}

fn is_older(release: &str, needed: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> { text.split(['.', '-']).map_while(|part| part.parse().ok()).collect() };
    numbers(release) < numbers(needed)
}

fn helper() -> String {
    helper_directory("dlnotes").map_or_else(|| "from the registry".into(), |path| path.display().to_string())
}

fn prepared() -> Result<String, String> {
    let prepared =
        Toolchain::find().and_then(|toolchain| Prepared::find(&toolchain, true)).map_err(|e| e.to_string())?;
    match prepared.exists() {
        true => Ok(prepared.path().display().to_string()),
        false => Err("not built yet; `dlnotes-kernel prebuild` does it, or the first notebook".into()),
    }
}

/// The one that completion asks.
fn rust_analyzer() -> Result<String, String> {
    let sysroot = Toolchain::find().ok().and_then(|toolchain| toolchain.sysroot().map(Into::into));
    let program = Program { built: analyzer::built(), sysroot, ..Program::default() };
    program.find().map(|path| path.display().to_string()).ok_or_else(|| {
        "none: completion knows less of types; `rustup component add rust-analyzer`, or in a checkout \
         `cargo xtask lab --with-rust-analyzer`, which compiles one"
            .into()
    })
}

fn disk() -> Result<String, String> {
    let cache = cache_directory().map_err(|e| e.to_string())?;
    let stat = rustix::fs::statvfs(&cache).map_err(|e| e.to_string())?;
    let free = stat.f_bavail as f64 * stat.f_frsize as f64 / 1e9;
    let text = format!("{free:.1} GB where the cache is");
    if free < DISK_GB {
        Err(format!("{text}; {DISK_GB} GB are needed: free some, or move it with DLNOTES_CACHE_DIR"))
    } else {
        Ok(text)
    }
}

fn fonts() -> Result<String, String> {
    // Not only counted: what is drawn is looked for.
    if !dlnotes_png::can_write("loss 0.5") {
        return Err("pictures of figures have no labels: no letter that is drawn leaves a pixel".into());
    }
    match dlnotes_png::fonts() {
        0 => Err("none; labels are set in small ones of our own: `sudo apt-get install fonts-dejavu-core`".into()),
        // Words that the notes' own figures, for which we have a font, don't use.
        count if dlnotes_png::can_write("汉语") => Ok(format!("{count} found; labels are drawn, Chinese too")),
        count => Ok(format!(
            "{count} found; labels are drawn, of Chinese only the notes' own (`sudo apt-get install fonts-noto-cjk`)"
        )),
    }
}

/// The first line of `TOOL --version`, if the tool runs.
pub fn version(tool: &str) -> Option<String> {
    let output = Command::new(tool).arg("--version").output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(is_older("1.94.1", "1.95"));
        assert!(is_older("1.9.0", "1.95"));
        for new in ["1.95.0", "1.95.0-nightly", "1.100.0", "2.0.0"] {
            assert!(!is_older(new, "1.95"), "{new}");
        }
    }

    #[test]
    fn a_line_names_the_part_and_what_to_do() {
        let part = |found, optional| Part { name: "linker", found, optional };
        assert_eq!(line(&part(Ok("cc 12".into()), false)), "ok       linker: cc 12");
        assert_eq!(line(&part(Err("install it".into()), false)), "MISSING  linker: install it");
        assert_eq!(line(&part(Err("install it".into()), true)), "optional linker: install it");
    }
}
