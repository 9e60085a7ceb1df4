//! What stands where somebody types, from the index: these sessions have no rust-analyzer that is ready.

use crate::notebook::Notebook;

fn offered(notebook: &mut Notebook, code: &str) -> Vec<String> {
    let found = notebook.session.complete(code, code.len());
    found.items.into_iter().map(|item| item.text).collect()
}

#[test]
fn names_of_a_crate_that_came_with_a_dep_line_are_offered() {
    let mut notebook = Notebook::open();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    std::fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"paint\"\nversion = \"0.1.0\"\n").unwrap();
    let source = "/// As tomatoes are.\npub fn crimson() {}\npub struct Pot;\nimpl Pot { pub fn stir(&self) {} }";
    std::fs::write(folder.path().join("src/lib.rs"), source).unwrap();
    assert_eq!(offered(&mut notebook, "paint::cri"), [""; 0]);
    notebook.ok(&format!(":dep paint = {{ path = {:?} }}", folder.path()));
    assert_eq!(offered(&mut notebook, "paint::cri"), ["crimson"]);
    assert_eq!(offered(&mut notebook, "let pot = paint::Pot; pot.st"), ["stir"]);
    let page = notebook.session.inspect("paint::crimson()", 9).unwrap();
    assert!(page.text("text/plain").unwrap().contains("As tomatoes are."), "{page:?}");
    // What every session has is still there.
    assert!(offered(&mut notebook, "tokio::spa").contains(&"spawn".to_owned()));
}
