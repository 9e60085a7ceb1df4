//! The unsafe parts of the helper crate under AddressSanitizer: reads and writes outside what was allocated.
//!
//! The sanitizer's runtime comes with the stable toolchain; that it may be asked for takes `RUSTC_BOOTSTRAP`. Miri would
//! need a nightly component, and knows neither AVX-512 nor signals.

use std::path::Path;

use anyhow::{Context, Result};
use duct::cmd;

use crate::project::Project;
use crate::steps::Step;
use crate::test::count_tests;

/// What runs through unsafe code: matrix products, work shared out to threads, views and layers above them, safetensors,
/// the signal's flag.
const TESTS: [&str; 13] = [
    "-p",
    "dlnotes",
    "-p",
    "dlnotes-display",
    "--lib",
    "--test",
    "values",
    "--test",
    "autograd",
    "--test",
    "nn_layers",
    "--test",
    "data_sets",
];

/// Why the sanitizer can't be used here, if it can't.
pub(crate) fn missing() -> Option<String> {
    let folder = cmd!("rustc", "--print", "target-libdir").stderr_null().read().ok()?;
    let found = std::fs::read_dir(Path::new(&folder)).ok()?.flatten().any(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().ends_with("_rt.asan.a")
    });
    (!found).then(|| "this toolchain has no runtime for AddressSanitizer".to_owned())
}

/// Compiles the crate with the sanitizer and runs the tests.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<String> {
    let version = cmd!("rustc", "-vV").read().context("cannot run rustc")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let arguments = ["test", "--release", "--locked", "--target", host].into_iter().chain(TESTS);
    let test = cmd("cargo", arguments.collect::<Vec<_>>())
        .dir(&project.root)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", "-Zsanitizer=address")
        .env("CARGO_TARGET_DIR", project.tools("build/sanitizer")?);
    count_tests(step, project, "test-sanitizer", &test)
}
