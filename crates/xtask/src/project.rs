//! Where things are: the repository and the folders that `xtask` fills below `.tools`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use duct::cmd;

/// The repository. Everything that `xtask` installs or writes goes below [`Project::tools`].
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The folder of the top-level `Cargo.toml`.
    pub(crate) root: PathBuf,
}

impl Project {
    /// The repository that this binary was built from.
    pub(crate) fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let root = here
            .canonicalize()
            .with_context(|| format!("{} is gone: run `cargo xtask` from inside the repository", here.display()))?;
        Ok(Self { root })
    }

    /// A path below the repository.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Every file that git knows or would add, by its path from the root with `/`.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let list = cmd!("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").dir(&self.root).read();
        let list = list.context("asks git which files belong to the project: run it in a clone")?;
        // A file that was removed, and not yet committed, is still listed.
        let there = |name: &&str| !name.is_empty() && self.path(name).is_file();
        Ok(list.split('\0').filter(there).map(str::to_owned).collect())
    }

    /// A path below `.tools`, whose parent folder is made if need be.
    pub(crate) fn tools(&self, relative: impl AsRef<Path>) -> Result<PathBuf> {
        let path = self.root.join(".tools").join(relative);
        let parent = path.parent().unwrap_or(&path);
        fs::create_dir_all(parent).with_context(|| format!("cannot create {}", parent.display()))?;
        Ok(path)
    }

    /// A helper program of `xtask` that is written in Python.
    pub(crate) fn script(&self, name: &str) -> PathBuf {
        self.path("crates/xtask/python").join(name)
    }

    /// Whether the step `name` was finished for exactly this `key` (its versions, say).
    pub(crate) fn is_done(&self, name: &str, key: &str) -> bool {
        fs::read_to_string(self.root.join(".tools/stamps").join(name)).is_ok_and(|stamp| stamp == key)
    }

    /// Records that the step `name` is finished for `key`; whatever was cut short before this runs again.
    pub(crate) fn set_done(&self, name: &str, key: &str) -> Result<()> {
        let path = self.tools(Path::new("stamps").join(name))?;
        fs::write(&path, key).with_context(|| format!("cannot write {}", path.display()))
    }
}
