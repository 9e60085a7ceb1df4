//! `doctor`: whether everything that the kernel needs is there, and what to do where it isn't.

use std::process::{Command, ExitCode};

use crate::prepare::{Dependencies, Prepared, Toolchain, cache_directory, helper_directory};

/// Prints a line for each thing; fails if one of them is missing.
pub fn run() -> ExitCode {
    let mut fine = true;
    let mut say = |name: &str, found: Result<String, String>| match found {
        Ok(what) => println!("ok       {name}: {what}"),
        Err(advice) => {
            fine = false;
            println!("missing  {name}: {advice}");
        }
    };
    say("kernel", Ok(env!("CARGO_PKG_VERSION").into()));
    say("rustc", version("rustc").ok_or_else(|| "install Rust from https://rustup.rs".into()));
    say("cargo", version("cargo").ok_or_else(|| "install Rust from https://rustup.rs".into()));
    say(
        "rust-src",
        Toolchain::find().ok().and_then(Toolchain::sources).map(|path| path.display().to_string()).ok_or_else(|| {
            "run `rustup component add rust-src`; without rustup: Debian's rust-web-src or rust-src, and set \
             RUST_SRC_PATH to its `library` folder"
                .into()
        }),
    );
    say(
        "linker",
        version("cc").ok_or_else(|| "install a C compiler: Debian's gcc, macOS's `xcode-select --install`".into()),
    );
    say("cache", cache_directory().map(|path| path.display().to_string()).map_err(|e| e.to_string()));
    let helper = match helper_directory("dlnotes") {
        Some(path) => path.display().to_string(),
        None => "from the registry".into(),
    };
    say("helper crate", Ok(helper));
    let prepared = Prepared::find(&Dependencies::new(true)).map(|prepared| match prepared.exists() {
        true => prepared.path.display().to_string(),
        false => "not built yet; `dlnotes-kernel prebuild` does, or the first notebook".into(),
    });
    say("prepared dependencies", prepared.map_err(|e| e.to_string()));
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn version(tool: &str) -> Option<String> {
    let output = Command::new(tool).arg("--version").output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}
