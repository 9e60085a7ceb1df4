//! With crates as cargo describes them; with a real rust-analyzer; many places.

use super::*;
use crate::analyzer::lsp::{self, RustAnalyzer};

/// The session's crates as `cargo metadata` describes them for the helper crate.
fn crates() -> Crates {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    // What other systems need may never have been downloaded here.
    let target = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let cargo = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform", &target, "--manifest-path"])
        .arg(manifest)
        .output()
        .unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let mut metadata: serde_json::Value = serde_json::from_slice(&cargo.stdout).unwrap();
    // As if the helper crate were what a prepared workspace depends on.
    let id = |name: &str| {
        let packages = metadata["packages"].as_array().unwrap();
        packages.iter().find(|package| package["name"] == name).unwrap()["id"].clone()
    };
    let (user, helper) = (id("dlnotes-f64"), id("dlnotes"));
    metadata["resolve"]["root"] = user.clone();
    for node in metadata["resolve"]["nodes"].as_array_mut().unwrap() {
        if node["id"] == user {
            node["deps"] = serde_json::json!([{ "name": "dlnotes", "pkg": helper, "dep_kinds": [{ "kind": null }] }]);
        }
    }
    Crates::from_metadata(&metadata)
}

#[test]
fn of_the_crates_below_only_those_that_show_are_read() {
    let crates = crates();
    let names: Vec<&str> = crates.list.iter().map(|found| found.name.as_str()).collect();
    assert!(names.contains(&"dlnotes") && names.contains(&"ndarray") && !names.contains(&"rayon"), "{names:?}");
    assert_eq!(crates.named[0].0, "dlnotes");
    let project = crates.project(Path::new("/tmp/notebook.rs"), "2024", None, None);
    let last = project["crates"].as_array().unwrap().last().unwrap();
    assert_eq!(last["deps"][0]["name"], "dlnotes");
    let document =
        Document { crates, cell: "let a = dlnotes::ndarray::arr1(&[1.0]); a.su".into(), ..Document::default() };
    let index = Index::build(&document.crates.sources());
    let found = cursor::complete(&document, document.cell.len(), &index);
    assert!(found.items.iter().any(|item| item.text == "sum"), "{found:?}");
}

#[test]
fn crates_of_two_packages_are_joined() {
    let found = |name: &str, features: &[&str], dependencies: &[(&str, usize)]| Crate {
        name: name.into(),
        root: format!("/{name}/lib.rs").into(),
        features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        dependencies: dependencies.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect(),
        ..Crate::default()
    };
    let mut crates = Crates {
        list: vec![found("num", &[], &[]), found("array", &[], &[("num", 0)])],
        named: vec![("array".into(), 1), ("number".into(), 0)],
    };
    let other = Crates {
        list: vec![
            found("array", &["big"], &[("num", 2)]),
            found("user", &[], &[("array", 0)]),
            found("num", &[], &[]),
        ],
        named: vec![("user".into(), 1), ("array".into(), 0)],
    };
    crates.add(&other);
    let names: Vec<&str> = crates.list.iter().map(|found| found.name.as_str()).collect();
    assert_eq!(names, ["num", "array", "array", "user"]);
    assert_eq!(crates.list[3].dependencies, [("array".to_owned(), 2)]);
    assert_eq!(crates.list[2].dependencies, [("num".to_owned(), 0)]);
    assert_eq!(crates.named, [("number".to_owned(), 0), ("user".to_owned(), 3), ("array".to_owned(), 2)]);
}

/// With a real rust-analyzer, where there is one.
#[test]
fn rust_analyzer_answers_where_it_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let sysroot = std::process::Command::new("rustc").args(["--print", "sysroot"]).output().unwrap().stdout;
    let program = Program {
        sysroot: Some(PathBuf::from(String::from_utf8(sysroot).unwrap().trim())),
        library: std::env::var_os("RUST_SRC_PATH").map(PathBuf::from),
        folder: folder.path().to_owned(),
        built: lsp::built(),
    };
    let mut analyzer = Analyzer::new(Settings { program: Some(program), ..Settings::default() });
    let session = Document { crates: crates(), ..session() };
    let (question, at) = with(&session, "let y = x.relu(); y.rel|");
    let start = std::time::Instant::now();
    // The index answers until it is ready.
    assert!(analyzer.complete(&question, at).items.iter().any(|item| item.text == "relu"));
    println!("first answer, from the index: {:?}", start.elapsed());
    let server = |analyzer: &Analyzer| analyzer.program.as_ref().and_then(RustAnalyzer::process);
    let Some(process) = server(&analyzer) else {
        println!("skipped: no rust-analyzer was found; set {VARIABLE}, or: rustup component add rust-analyzer");
        return;
    };
    while !analyzer.program.as_ref().is_some_and(RustAnalyzer::is_ready) {
        assert!(start.elapsed().as_secs() < 180, "rust-analyzer isn't ready");
        std::thread::sleep(std::time::Duration::from_millis(100));
        analyzer.complete(&question, at);
    }
    println!("ready after {:?}", start.elapsed());
    let knows_standard = analyzer.program.as_ref().is_some_and(RustAnalyzer::knows_standard);
    let program = |analyzer: &mut Analyzer, cell: &str| {
        let (document, at) = with(&session, cell);
        for _ in 0..40 {
            let start = std::time::Instant::now();
            if let Some(found) = analyzer.program.as_mut().unwrap().complete(&document, at) {
                println!("{cell}: {:?}, {} items", start.elapsed(), found.items.len());
                return found;
            }
        }
        panic!("{cell}: no answer");
    };
    let memory = |when: &str| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        println!("{when}: {}", status.lines().find(|line| line.starts_with("VmRSS")).unwrap());
    };
    memory("ready");
    for (cell, expected) in [
        ("let y = x.relu(); y.rel|", "relu"),
        ("let y = x.relu(); y.relu_|", ""),
        ("let 损失 = double(&x); /* 损 */ 损失.sig|", "sigmoid"),
        ("points[0].no|", "norm"),
        ("net.forw|", "forward"),
        ("let f = |a: &Tensor| a.me", "mean"),
        ("sigm|", "sigmoid"),
        ("Tensor::ar|", "arange"),
        ("fn f(p: &Point) -> f32 {\n    p.|\n}", "norm"),
    ] {
        let cell = if cell.ends_with("me") { "let f = {let g = double; g}; f(&x).me|" } else { cell };
        let mut found = program(&mut analyzer, cell);
        if !knows_standard {
            // Without the sources of the standard library the index helps.
            let (document, at) = with(&session, cell);
            found = analyzer.complete(&document, at);
        }
        let texts: Vec<&str> = found.items.iter().map(|item| item.text.as_str()).collect();
        assert!(expected.is_empty() || texts.contains(&expected), "{cell}: {texts:?}");
    }
    let found = program(&mut analyzer, "let y = x.relu(); y.rel|");
    assert!(found.items[0].signature.contains("fn relu(&self) -> "), "{:?}", found.items[0]);
    let (document, at) = with(&session, "let y = x.re|lu();");
    let start = std::time::Instant::now();
    let shown = analyzer.inspect(&document, at).unwrap();
    println!("inspection: {:?}\n{}", start.elapsed(), shown.text("text/plain").unwrap());
    assert!(shown.text("text/markdown").unwrap().contains("fn relu(&self)"));
    memory("after the questions");
    // One that died is started again, and the index answers meanwhile.
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(process as i32).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    let (question, at) = with(&session, "x.rel|");
    assert!(analyzer.complete(&question, at).items.iter().any(|item| item.text == "relu"));
    assert!(analyzer.complete(&question, at).items.iter().any(|item| item.text == "relu"));
    assert!(server(&analyzer).is_some_and(|new| new != process));
    let new = server(&analyzer).unwrap();
    drop(analyzer);
    assert!(!Path::new(&format!("/proc/{new}")).exists());
}

#[test]
fn what_nobody_writes_does_no_harm() {
    for piece in [
        "(",
        "[",
        "{",
        "<",
        "A<",
        "&",
        "A + ",
        "a.",
        "a::",
        "(a, ",
        "|",
        "fn f(",
        "let (",
        "!",
        "..",
        "$(",
        "mod a { ",
        "use a::{",
        "if a { ",
        "match a { ",
        "impl ",
        "\u{2028}",
        ")",
        "}",
    ] {
        for prefix in ["", "let x: ", "let x = ", "fn f(a: ", "use ", "macro_rules! m { ("] {
            let cell = format!("{prefix}{}", piece.repeat(300));
            let at = cell.len();
            let document = Document { cell, ..Document::default() };
            let start = std::time::Instant::now();
            cursor::complete(&document, at, index());
            cursor::inspect(&document, at, index());
            if start.elapsed().as_millis() > 100 {
                println!("{prefix}{piece}…: {:?}", start.elapsed());
            }
        }
    }
}

/// Between two places that are tried; 1 tries all.
const STEP: usize = 211;

/// Every place in every cell of the notebooks: nothing may panic, and what is offered fits what was typed.
#[test]
fn no_place_in_a_notebook_does_harm() {
    let notebooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../notebooks");
    let (mut places, mut slowest) = (0, std::time::Duration::ZERO);
    for entry in std::fs::read_dir(notebooks).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "ipynb") {
            continue;
        }
        let notebook: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut session = Document { prelude: "use dlnotes::prelude::*;".to_owned(), ..Document::default() };
        for cell in notebook["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code") {
            let text: String = cell["source"].as_array().unwrap().iter().filter_map(|line| line.as_str()).collect();
            let marks = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for at in marks.step_by(STEP) {
                // Typed so far, and with what stands behind it.
                for cell in [text[..at].to_owned(), text.clone()] {
                    let document = Document { cell, ..session.clone() };
                    let start = std::time::Instant::now();
                    let found = cursor::complete(&document, at, index());
                    slowest = slowest.max(start.elapsed());
                    cursor::inspect(&document, at, index());
                    places += 1;
                    let typed = document.cell[found.start..found.end].to_lowercase();
                    assert!(found.items.iter().all(|item| item.text.to_lowercase().starts_with(&typed)), "{found:?}");
                }
            }
            session.items.push(text);
        }
    }
    println!("{places} places, the slowest {slowest:?}");
    assert!(places > 300);
}

#[test]
fn an_index_is_small_and_quick() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("index.json");
    let sources = crates().sources();
    let start = std::time::Instant::now();
    let index = Index::build(&sources);
    let built = start.elapsed();
    index.save(&file).unwrap();
    let start = std::time::Instant::now();
    let loaded = Index::load(&file).unwrap();
    let read = start.elapsed();
    let (document, at) = with(&session(), "let y = x.relu(); y.rel|");
    cursor::complete(&document, at, &loaded);
    let start = std::time::Instant::now();
    cursor::complete(&document, at, &loaded);
    let answered = start.elapsed();
    let size = file.metadata().unwrap().len();
    println!(
        "{} crates: built in {built:?}, {size} bytes, loaded in {read:?}, answered in {answered:?}",
        sources.len()
    );
    assert!(size < 8 << 20);
}
