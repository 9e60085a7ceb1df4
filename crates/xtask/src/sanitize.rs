//! The unsafe parts of the helper crate under AddressSanitizer: reads and writes outside what was allocated.
//!
//! The sanitizer's runtime comes with the stable toolchain; that it may be asked for takes `RUSTC_BOOTSTRAP`. Miri would
//! need a nightly component, and knows neither AVX-512 nor signals.

use anyhow::Result;

use crate::facts::Facts;
use crate::project::Project;
use crate::steps::Step;
use crate::{rustc, tally};

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
    let found = std::fs::read_dir(rustc::libraries().ok()?).ok()?.flatten().any(|entry| {
        let name = entry.file_name();
        name.to_string_lossy().ends_with("_rt.asan.a")
    });
    (!found).then(|| "this toolchain has no runtime for AddressSanitizer".to_owned())
}

/// Compiles the crate with the sanitizer and runs the tests.
pub(crate) fn check(step: &mut Step, project: &Project) -> Result<Facts> {
    let host = rustc::host()?;
    let arguments = ["test", "--release", "--locked", "--target", &host].into_iter().chain(TESTS);
    let test = tally::cargo(project, &arguments.collect::<Vec<_>>())
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_ENCODED_RUSTFLAGS", "-Zsanitizer=address")
        .env("CARGO_TARGET_DIR", project.tools("build/sanitizer")?);
    tally::rust_tests(step, project, "test-sanitizer", &test)
}
