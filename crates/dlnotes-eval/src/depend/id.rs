//! Cargo's names for packages: `registry+https://…#either@1.13.0`, `path+file:///home/me/mine#0.1.0`.

use std::path::PathBuf;

/// What the package of a session's `:dep` lines is called.
pub(super) const NAME: &str = "dlnotes-session";

/// Whether a package that cargo builds is one of ours, of which a reader knows nothing.
pub fn is_ours(name: &str) -> bool {
    name.starts_with(NAME)
}

/// The name in cargo's name for a package.
pub(super) fn package_name(id: &str) -> &str {
    let (place, version) = id.rsplit_once('#').unwrap_or((id, ""));
    match version.split_once('@') {
        Some((name, _)) => name,
        None => place.split('?').next().unwrap_or(place).rsplit('/').next().unwrap_or(place),
    }
}

/// The version in cargo's name for a package.
pub(super) fn package_version(id: &str) -> &str {
    id.rsplit(['#', '@']).next().unwrap_or_default()
}

/// The folder of a package that is in one and not in a registry.
pub(super) fn package_folder(id: &str) -> Option<PathBuf> {
    let place = id.strip_prefix("path+file://")?.split('#').next()?;
    let mut bytes = Vec::new();
    let mut rest = place;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(digits.unwrap_or(b'%'));
        rest = &after[if digits.is_some() { 2 } else { 0 }..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_have_names_and_versions() {
        for (id, name, version) in [
            ("registry+https://github.com/rust-lang/crates.io-index#either@1.13.0", "either", "1.13.0"),
            ("path+file:///home/me/mine#0.1.0", "mine", "0.1.0"),
            ("path+file:///home/me/folder#mine@0.1.0", "mine", "0.1.0"),
            ("git+https://host/them/theirs?branch=x#0.2.0", "theirs", "0.2.0"),
        ] {
            assert_eq!((package_name(id), package_version(id)), (name, version));
            assert_eq!(package_folder(id).is_some(), id.starts_with("path"));
        }
    }

    #[test]
    fn a_folder_may_have_any_name() {
        let folder = package_folder("path+file:///home/me/my%20notes/%C3%A4#mine@0.1.0");
        assert_eq!(folder, Some(PathBuf::from("/home/me/my notes/ä")));
    }
}
