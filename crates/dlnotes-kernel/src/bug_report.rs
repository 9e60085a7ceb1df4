//! `report`: what a bug report needs, ready to be pasted, with nothing private in it.
//!
//! Versions, what `doctor` finds, which settings are made. No cell, no history, no log, no name of a notebook; the
//! user's name and home folder are written as `USER` and `~`, and of a variable only that it is set.

use std::process::Command;

use crate::{Result, doctor, logging};

/// Variables that change what the kernel does.
const SETTINGS: [&str; 12] = [
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "DLNOTES_CACHE_DIR",
    "DLNOTES_CRATES",
    "DLNOTES_DATA",
    "DLNOTES_LOG",
    "LD_LIBRARY_PATH",
    "RUSTC_WRAPPER",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
];

/// Prints the report.
///
/// # Errors
/// If the cache directory can't be used.
pub fn run() -> Result<()> {
    let mut report = String::from("dlnotes-kernel report; paste it into the issue, after a look through it.\n\n");
    for part in doctor::parts() {
        report += &doctor::line(&part);
        report.push('\n');
    }
    report += "\n";
    for (name, found) in [
        ("system", output("uname", &["-srm"])),
        ("rustc -vV", output("rustc", &["-vV"])),
        ("jupyter", output("jupyter", &["--version"])),
        ("processors", std::thread::available_parallelism().ok().map(|count| count.to_string())),
    ] {
        report += &format!("{name}: {}\n", found.as_deref().unwrap_or("not found").trim().replace('\n', "\n    "));
    }
    let set: Vec<_> = SETTINGS.into_iter().filter(|name| std::env::var_os(name).is_some()).collect();
    report += &format!("variables that are set: {}\n", if set.is_empty() { "none".into() } else { set.join(", ") });
    report += &format!(
        "\nThe log, if {}=debug was set, is {}; it is not in here.",
        logging::LEVEL,
        logging::path()?.display()
    );
    println!("{}", redact(&report, &private()));
    Ok(())
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// What must not be in the report, and what stands for it, longest first.
fn private() -> Vec<(String, &'static str)> {
    let variable = |name| std::env::var(name).ok();
    let mut private: Vec<_> = [
        (variable("HOME"), "~"),
        (variable("USER"), "USER"),
        (variable("LOGNAME"), "USER"),
        (variable("HOSTNAME").or_else(|| output("uname", &["-n"]).map(|name| name.trim().to_owned())), "HOST"),
    ]
    .into_iter()
    // `/` as a home, or a name of one or two letters, would tear other words apart.
    .filter_map(|(text, stand_in)| text.filter(|text| text.len() > 2).map(|text| (text, stand_in)))
    .collect();
    private.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
    private
}

fn redact(text: &str, private: &[(String, &'static str)]) -> String {
    private.iter().fold(text.to_owned(), |text, (secret, stand_in)| replace_word(&text, secret, stand_in))
}

/// Replaces `word` where no letter or digit touches it: a user called `rust` must not make `rustc` unreadable.
fn replace_word(text: &str, word: &str, stand_in: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (start, _) in text.match_indices(word) {
        let end = start + word.len();
        let touched = text[..start].ends_with(char::is_alphanumeric) || text[end..].starts_with(char::is_alphanumeric);
        out += &text[from..start];
        out += if touched { word } else { stand_in };
        from = end;
    }
    out + &text[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_homes_are_replaced_longest_first() {
        let private = [("/home/ann".to_owned(), "~"), ("ann".to_owned(), "USER")];
        let text = "cache: /home/ann/.cache/dlnotes, /tmp/ann/x";
        assert_eq!(redact(text, &private), "cache: ~/.cache/dlnotes, /tmp/USER/x");
        assert_eq!(redact("rustc of rust", &[("rust".to_owned(), "USER")]), "rustc of USER");
    }
}
