//! What stands behind `:dep`.

use std::path::Path;

use toml::{Table, Value};

use super::cargo::BuildError;

/// A crate that the reader asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spec {
    /// The name under which cells use it.
    pub(super) name: String,
    /// What cargo is told of it, as a table.
    pub(super) table: Table,
}

impl Spec {
    /// Reads `NAME`, `NAME = "VERSION"`, `NAME = { … }`, or a folder; folders are relative to `directory`.
    pub(super) fn parse(line: &str, directory: &Path) -> Result<Self, BuildError> {
        let line = line.trim();
        let line = line.strip_prefix(":dep").unwrap_or(line).trim().trim_end_matches(';');
        if line.starts_with(['.', '/', '~']) {
            return Self::of_folder(line, directory);
        }
        let (name, rest) = line.split_once('=').unwrap_or((line, ""));
        let name = name.trim().trim_matches('"');
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(wrong(line, "isn't a crate's name with its version"));
        }
        if rest.trim().starts_with(|c: char| c.is_ascii_digit()) {
            let message = format!("a version is written in quotes: `:dep {name} = \"{}\"`", rest.trim());
            return Err(BuildError::Specification(message));
        }
        let value = match rest.trim() {
            "" if line.contains('=') => return Err(wrong(line, "has nothing behind its `=`")),
            "" => Value::from("*"),
            rest => {
                let text = format!("it = {rest}");
                let mut table: Table = text.parse().map_err(|error: toml::de::Error| wrong(line, error.message()))?;
                table.remove("it").unwrap_or_else(|| Value::from("*"))
            }
        };
        let table = match value {
            Value::String(version) => Table::from_iter([("version".to_owned(), version.into())]),
            Value::Table(table) => cleaned(table, directory),
            _ => return Err(wrong(line, "names neither a version nor a place")),
        };
        Ok(Self { name: name.to_owned(), table })
    }

    fn of_folder(folder: &str, directory: &Path) -> Result<Self, BuildError> {
        let path = place(folder.trim_matches('"'), directory);
        let manifest = path.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest)
            .map_err(|error| BuildError::Specification(format!("{}: {error}", manifest.display())))?;
        let package: Option<Table> = text.parse().ok();
        let name = package.as_ref().and_then(|manifest| manifest.get("package")?.get("name")?.as_str());
        let name = name.ok_or_else(|| BuildError::Specification(format!("{} names no package", manifest.display())))?;
        let path = path.to_string_lossy().into_owned();
        Ok(Self { name: name.to_owned(), table: Table::from_iter([("path".to_owned(), path.into())]) })
    }

    /// The text behind `NAME =` in a manifest.
    pub(super) fn value(&self) -> String {
        match self.table.get("version") {
            Some(version) if self.table.len() == 1 => version.to_string(),
            _ => Value::Table(self.table.clone()).to_string(),
        }
    }

    /// The text of one of its keys.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.table.get(key).and_then(Value::as_str)
    }
}

/// Keys as cargo has them now: it took underscores for years. Folders as they are from anywhere.
fn cleaned(table: Table, directory: &Path) -> Table {
    let clean = |(key, value): (String, Value)| {
        let key = if key == "default_features" { "default-features".to_owned() } else { key };
        let value = match value.as_str() {
            Some(path) if key == "path" => Value::from(place(path, directory).to_string_lossy().into_owned()),
            _ => value,
        };
        (key, value)
    };
    table.into_iter().map(clean).collect()
}

/// A folder that the reader names.
fn place(path: &str, directory: &Path) -> std::path::PathBuf {
    let path = match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => directory.join(path),
    };
    // One that doesn't exist is cargo's to tell.
    path.canonicalize().unwrap_or(path)
}

fn wrong(line: &str, why: &str) -> BuildError {
    let why = why.trim();
    BuildError::Specification(format!(
        "`:dep {line}` can't be read ({why}): write `:dep rand = \"0.9\"`, `:dep rand = {{ version = \"0.9\", features = [\"…\"] }}` \
         or `:dep mine = {{ path = \"../mine\" }}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<(String, String), String> {
        let spec = Spec::parse(line, Path::new("/notes")).map_err(|error| error.to_string())?;
        Ok((spec.name.clone(), spec.value()))
    }

    #[test]
    fn lines_that_are_in_use_are_understood() {
        for (line, name, value) in [
            ("either = \"1\"", "either", "\"1\""),
            (":dep either", "either", "\"*\""),
            ("mine = { path = \"sub/mine\" }", "mine", "{ path = \"/notes/sub/mine\" }"),
            ("mine={git = \"https://host/x\",branch=\"b\"}", "mine", "{ branch = \"b\", git = \"https://host/x\" }"),
            (
                "plotters = { version = \"0.3\", default_features = false, features = [\"evcxr\", \"all_series\"] }",
                "plotters",
                "{ default-features = false, features = [\"evcxr\", \"all_series\"], version = \"0.3\" }",
            ),
            ("rand = '0.6.5' # as the book has it", "rand", "\"0.6.5\""),
        ] {
            assert_eq!(parse(line), Ok((name.to_owned(), value.to_owned())), "{line}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_what_is_right() {
        for (line, expect) in [
            ("rand = 0.8", ":dep rand = \"0.8\""),
            ("rand = 1", ":dep rand = \"1\""),
            ("rand = 0.6.5", ":dep rand = \"0.6.5\""),
            ("rand 0.8", "isn't a crate's name"),
            ("", "isn't a crate's name"),
            ("rand = ", "nothing behind"),
            ("rand = true", "neither a version nor a place"),
            ("./nowhere", "/notes/./nowhere/Cargo.toml"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(expect), "{line}: {error}");
        }
    }

    #[test]
    fn a_folder_is_a_crate() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"mine\"\n").unwrap();
        let spec = Spec::parse(".", folder.path()).unwrap();
        assert_eq!((spec.name.as_str(), spec.text("path").is_some()), ("mine", true));
    }
}
