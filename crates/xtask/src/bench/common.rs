//! What all benchmarks share: medians, threads, the data set.

use std::collections::BTreeMap;
use std::ffi::OsString;

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
