//! What all benchmarks share: their files, medians, threads, the data set.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use duct::Expression;

use crate::data_set;
use crate::project::Project;

/// Median times in nanoseconds by benchmark.
pub(super) type Medians = BTreeMap<String, f64>;

/// What the numbers depend on besides the code; the same for all sides.
pub(super) struct Setting {
    /// Threads of either side.
    pub(super) threads: usize,
    /// The folder of Fashion-MNIST, if it is there.
    data: Option<OsString>,
}

impl Setting {
    /// With the data set that is there.
    pub(super) fn new(project: &Project, threads: usize) -> Self {
        Self { threads, data: data_set::find(project).ok().map(OsString::from) }
    }

    /// Holds a program to the threads, and names the folder of images: each side would look for it elsewhere.
    pub(super) fn hold(&self, command: Expression) -> Expression {
        let threads = self.threads.to_string();
        let command = ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
            .into_iter()
            .fold(command, |command, variable| command.env(variable, &threads));
        match &self.data {
            Some(folder) => command.env("DLNOTES_DATA", folder),
            None => command,
        }
    }
}

/// Nanoseconds as milliseconds.
pub(super) fn milliseconds(nanoseconds: f64) -> f64 {
    nanoseconds / 1e6
}

/// Where the files of benchmarks are.
pub(super) fn folder(project: &Project) -> PathBuf {
    project.path("crates/dlnotes/benches")
}

/// The names of all files of benchmarks.
pub(super) fn all(folder: &Path) -> Result<Vec<String>> {
    let files = fs::read_dir(folder).with_context(|| format!("there are no benchmarks: {}", folder.display()))?;
    let mut all: Vec<String> = files
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .collect();
    all.sort();
    Ok(all)
}

/// Whether a file of benchmarks trains on Fashion-MNIST, which is then got first.
pub(super) fn takes_data(folder: &Path, name: &str) -> bool {
    let text = fs::read_to_string(folder.join(name).with_extension("rs"));
    text.is_ok_and(|text| text.contains("FashionMnist::load"))
}
