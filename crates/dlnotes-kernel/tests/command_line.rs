//! The program's own commands: install, uninstall, doctor.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn kernel(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_dlnotes-kernel")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_kernelspec_is_whole_and_goes_again() {
    let prefix = tempfile::tempdir().unwrap();
    let place = ["--prefix", prefix.path().to_str().unwrap(), "--name", "Rust-Test"];
    let installed = kernel(&[&["install", "--display-name", "Notes"], place.as_slice()].concat());
    assert!(installed.status.success(), "{}", text(&installed.stderr));

    let folder = prefix.path().join("share/jupyter/kernels/rust-test");
    let spec: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("kernel.json")).unwrap()).unwrap();
    let argv: Vec<&str> = spec["argv"].as_array().unwrap().iter().filter_map(serde_json::Value::as_str).collect();
    assert!(Path::new(argv[0]).is_absolute() && Path::new(argv[0]).is_file(), "{argv:?}");
    assert_eq!(argv[1..], ["run", "--connection-file", "{connection_file}"]);
    assert_eq!(
        [&spec["display_name"], &spec["language"], &spec["interrupt_mode"]],
        ["Notes", "rust", "message"],
        "{spec}"
    );
    assert_eq!(spec["env"]["PATH"].as_str(), std::env::var("PATH").ok().as_deref(), "front ends may not have it");
    for logo in ["logo-svg.svg", "logo-32x32.png", "logo-64x64.png"] {
        assert!(folder.join(logo).is_file(), "{logo} is missing");
    }

    let removed = kernel(&[&["uninstall"], place.as_slice()].concat());
    assert!(removed.status.success() && !folder.exists(), "{}", text(&removed.stderr));
    let again = kernel(&[&["uninstall"], place.as_slice()].concat());
    assert!(!again.status.success() && text(&again.stderr).contains("rust-test"), "{}", text(&again.stderr));
}

#[test]
fn a_name_that_jupyter_does_not_take_is_refused() {
    let refused = kernel(&["install", "--name", "a b"]);
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("use letters, digits"), "{}", text(&refused.stderr));
}

#[test]
fn the_doctor_names_what_is_missing_and_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let doctor = |path: &Path| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dlnotes-kernel"));
        command.arg("doctor").env("DLNOTES_CACHE_DIR", empty.path().join("cache"));
        if path != Path::new("") {
            command.env("PATH", path);
        }
        let output = command.output().unwrap();
        (output.status.success(), text(&output.stdout))
    };
    let (fine, lines) = doctor(Path::new(""));
    for part in ["kernel", "rustc", "cargo", "linker", "cache", "helper crate", "prepared dependencies"] {
        assert!(lines.lines().any(|line| line.contains(part)), "{part:?} is missing in\n{lines}");
    }
    assert_eq!(fine, !lines.contains("MISSING "), "{lines}");
    let (fine, lines) = doctor(empty.path());
    assert!(!fine && lines.contains("MISSING  rustc: install Rust from https://rustup.rs"), "{lines}");
    let cache = text(&kernel(&["doctor", "cache"]).stdout);
    assert!(cache.starts_with("ok       cache: ") && cache.lines().count() == 1, "{cache}");
    let unknown = kernel(&["doctor", "luck"]);
    assert!(!unknown.status.success() && text(&unknown.stderr).contains("the parts are kernel, rustc"));
}

#[test]
fn a_picture_comes_back_as_a_notebook_keeps_it() {
    let picture = |svg: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dlnotes-kernel"));
        let mut child = command.arg("picture").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(svg.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let bundle = picture(r#"<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>"#);
    assert!(bundle["data"]["image/png"].as_str().unwrap().starts_with("iVBORw0KGgo"), "{bundle}");
    assert_eq!(bundle["metadata"]["image/png"], serde_json::json!({ "width": 30, "height": 20 }));
    assert!(picture("not an SVG")["data"]["image/png"].is_null());
}
