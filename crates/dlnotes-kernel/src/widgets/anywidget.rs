//! Whether the front end has anywidget, which runs a script beside a model: stock controls can't tell where a figure is
//! clicked.
//!
//! No message says what a front end has. JupyterLab loads its extensions from folders of data, `share/jupyter`, so the
//! kernel looks there: in those of the server that started it and in those that everybody has. Where none is found, the
//! controls are moved by hand.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The version that the front end has of it.
pub fn version() -> Option<String> {
    folders().iter().find_map(|folder| in_folder(folder))
}

fn in_folder(folder: &Path) -> Option<String> {
    let package = fs::read(folder.join("labextensions/anywidget/package.json")).ok()?;
    let package: Value = serde_json::from_slice(&package).ok()?;
    let version = package["version"].as_str()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    version.chars().all(plain).then(|| version.to_owned())
}

/// Folders of data that JupyterLab may load extensions from.
fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = env::var_os("JUPYTER_PATH").iter().flat_map(env::split_paths).collect();
    let home = env::var_os("HOME").map(PathBuf::from);
    folders.extend(env::var_os("JUPYTER_DATA_DIR").map(PathBuf::from));
    folders.extend(home.map(|home| home.join(".local/share/jupyter")));
    let prefixes = ["VIRTUAL_ENV", "CONDA_PREFIX"].into_iter().filter_map(env::var_os).map(PathBuf::from);
    let usual = ["/usr/local", "/usr"].map(PathBuf::from);
    folders.extend(prefixes.chain(server()).chain(usual).map(|prefix| prefix.join("share/jupyter")));
    folders
}

/// Where the programs of the process that started the kernel lie: `PREFIX/bin/python PREFIX/bin/jupyter-lab`.
fn server() -> Vec<PathBuf> {
    let parent = std::os::unix::process::parent_id();
    let line = fs::read(format!("/proc/{parent}/cmdline")).unwrap_or_default();
    let words = line.split(|byte| *byte == 0).take(2).map(|word| PathBuf::from(OsString::from_vec(word.to_vec())));
    words.filter(|word| word.is_absolute()).filter_map(|word| Some(word.parent()?.parent()?.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_where_jupyterlab_loads_it() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(in_folder(folder.path()), None);
        let extension = folder.path().join("labextensions/anywidget");
        fs::create_dir_all(&extension).unwrap();
        let write = |text: &str| fs::write(extension.join("package.json"), text).unwrap();
        write(r#"{"name": "anywidget", "version": "0.11.0"}"#);
        assert_eq!(in_folder(folder.path()).as_deref(), Some("0.11.0"));
        for broken in ["", "{}", r#"{"version": 3}"#, r#"{"version": "1 || *"}"#] {
            write(broken);
            assert_eq!(in_folder(folder.path()), None, "{broken}");
        }
    }
}
