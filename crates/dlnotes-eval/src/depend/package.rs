//! The session's own package: what the reader has asked for, as cargo is told of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use toml::{Table, Value};

use super::cargo::Artifact;
use super::graph::Graph;
use super::id::{NAME, package_folder, package_name, package_version};
use super::spec::Spec;
use super::workspace::PROFILE;
use crate::{Error, Result};

/// The package beside [`NAME`] that asks for crates of the prepared build: one package can't ask for a crate twice.
pub(super) const PINS: &str = "dlnotes-session-pins";

/// How many parts rustc compiles a crate in, in a release build.
const UNITS: i64 = 16;

/// What goes into the manifest.
#[derive(Debug)]
pub(super) struct Package<'a> {
    /// What the reader has asked for.
    pub(super) specs: &'a [Spec],
    /// The crates of the prepared build that the user's crates need too.
    pub(super) pins: Vec<&'a Artifact>,
    /// How often a package in the user's folders has changed since the session began.
    pub(super) generations: &'a BTreeMap<String, i64>,
}

impl Package<'_> {
    /// Writes the package into `directory`.
    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        let pins = directory.join("pins");
        fs::create_dir_all(&pins).map_err(Error::file(&pins))?;
        let files = [("Cargo.toml", self.manifest()), ("lib.rs", String::new())];
        let of_pins = [("pins/Cargo.toml", self.pinned()), ("pins/lib.rs", String::new())];
        for (name, text) in files.into_iter().chain(of_pins) {
            let file = directory.join(name);
            fs::write(&file, text).map_err(Error::file(&file))?;
        }
        Ok(())
    }

    fn manifest(&self) -> String {
        let mut text = format!("{}[workspace]\nresolver = \"3\"\nmembers = [\"pins\"]\n\n{PROFILE}\n", head(NAME));
        for (package, generation) in self.generations.iter().filter(|(_, generation)| **generation > 0) {
            // A crate that has changed is another crate, whose types and functions can't be taken for those of the old one,
            // which stays loaded. Cargo tells them apart by their profiles, so this one differs in what makes no difference.
            let units = UNITS + generation;
            text +=
                &format!("[profile.release.package.{}]\ncodegen-units = {units}\n\n", Value::from(package.as_str()));
        }
        text + "[dependencies]\n" + &dependencies(self.specs)
    }

    /// The crates of the prepared build with all of their features there: cargo unites them with those that the user's
    /// crates ask for, and where that adds nothing it is the very crate that is loaded.
    fn pinned(&self) -> String {
        let mut text = format!("{}[dependencies]\n", head(PINS));
        for (number, pin) in self.pins.iter().enumerate() {
            let id = pin.package_id.as_str();
            let features = pin.features.iter().map(|feature| Value::from(feature.as_str())).collect::<Vec<_>>();
            let place = match package_folder(id) {
                Some(folder) => ("path".to_owned(), Value::from(folder.to_string_lossy().into_owned())),
                None => ("version".to_owned(), Value::from(format!("={}", package_version(id)))),
            };
            let table = Table::from_iter([
                ("package".to_owned(), Value::from(package_name(id))),
                place,
                ("default-features".to_owned(), Value::from(false)),
                ("features".to_owned(), Value::from(features)),
            ]);
            text += &format!("pin-{number} = {}\n", Value::Table(table));
        }
        text
    }
}

fn head(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[lib]\npath = \"lib.rs\"\n\n")
}

/// What the reader has asked for, as lines of a manifest.
pub(super) fn dependencies(specs: &[Spec]) -> String {
    specs.iter().map(|spec| format!("{} = {}\n", spec.name, spec.value())).collect()
}

/// Of the crates `prepared`, which need each other as `needs` says, those that the packages in `wanted` are, or need.
pub(super) fn pins<'a>(
    prepared: impl Iterator<Item = &'a Artifact> + Clone,
    needs: &Graph,
    wanted: &BTreeSet<&str>,
) -> Vec<&'a Artifact> {
    let shared = prepared.clone().map(|artifact| artifact.package_id.as_str()).filter(|id| wanted.contains(id));
    let all = needs.below(shared);
    // What is needed in another version has to be what it is.
    let is_other = |id: &str, wanted: &str| {
        id != wanted
            && package_name(id) == package_name(wanted)
            && compatible(package_version(id)) == compatible(package_version(wanted))
    };
    let is_shared = |id: &str| all.contains(id) && !wanted.iter().any(|wanted| is_other(id, wanted));
    prepared.filter(|artifact| is_shared(&artifact.package_id)).collect()
}

/// The part of a version that cargo takes only one of.
fn compatible(version: &str) -> &str {
    let mut numbers = version.split('.');
    let ends = numbers.next().map(|major| (major, numbers.next().unwrap_or_default()));
    match ends {
        Some(("0", minor)) => &version[..(2 + minor.len()).min(version.len())],
        Some((major, _)) => &version[..major.len()],
        None => version,
    }
}

/// A lock file with the packages of two: of the session's own, and of the prepared build, whose versions are to be preferred.
pub(super) fn united(own: &str, prepared: &str) -> String {
    let mut seen: BTreeSet<&str> = own.split("[[package]]").skip(1).map(identity).collect();
    let mut text = if own.is_empty() { "version = 4\n".to_owned() } else { format!("{}\n", own.trim_end()) };
    for package in prepared.split("[[package]]").skip(1).filter(|package| package.contains("\nsource = ")) {
        if seen.insert(identity(package)) {
            text += &format!("\n[[package]]\n{}\n", package.trim());
        }
    }
    text
}

/// Name, version and source of a package in a lock file.
fn identity(package: &str) -> &str {
    let end = ["\nchecksum", "\ndependencies", "\n\n"].iter().filter_map(|end| package.find(end)).min();
    package[..end.unwrap_or(package.len())].trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_gets_what_it_lacks() {
        let own = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\nchecksum = \"1\"\n";
        let prepared = "# made\nversion = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"r\"\ndependencies = [\n \"b\",\n]\n\n\
                        [[package]]\nname = \"b\"\nversion = \"2.0.0\"\nsource = \"r\"\n\n[[package]]\nname = \"dlnotes\"\nversion = \"0.1.0\"\n";
        let text = united(own, prepared);
        assert_eq!(text.matches("name = \"a\"").count(), 1, "{text}");
        assert!(text.contains("name = \"b\"\nversion = \"2.0.0\"") && !text.contains("dlnotes"), "{text}");
        assert!(text.parse::<Table>().is_ok());
        assert!(united("", prepared).starts_with("version = 4\n\n[[package]]\nname = \"a\""));
    }

    #[test]
    fn versions_that_exclude_each_other_are_known() {
        for (version, part) in [("1.2.3", "1"), ("0.17.2", "0.17"), ("0.0.3", "0.0"), ("12.0.1+x", "12")] {
            assert_eq!(compatible(version), part);
        }
    }

    #[test]
    fn what_is_loaded_is_asked_for_with_its_features() {
        let pin = Artifact {
            package_id: "registry+https://github.com/rust-lang/crates.io-index#num-traits@0.2.19".into(),
            features: vec!["std".into()],
            ..Artifact::default()
        };
        let specs = [Spec::parse("either = \"1\"", Path::new("/")).unwrap()];
        let generations = BTreeMap::from([("path+file:///mine#0.1.0".to_owned(), 2), ("other".to_owned(), 0)]);
        let package = Package { specs: &specs, pins: vec![&pin], generations: &generations };
        let (text, pinned) = (package.manifest(), package.pinned());
        let (manifest, pinned): (Table, Table) = (text.parse().unwrap(), pinned.parse().unwrap());
        assert_eq!(manifest["dependencies"]["either"].as_str(), Some("1"));
        assert_eq!(pinned["dependencies"]["pin-0"]["version"].as_str(), Some("=0.2.19"));
        assert_eq!(manifest["profile"]["release"]["package"].as_table().map(Table::len), Some(1), "{text}");
    }
}
