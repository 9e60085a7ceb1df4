//! Cells that are compiled ahead of their turn: what they show is what they would show anyway, and nothing stays behind.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use dlnotes_eval::AheadOfTurn;

use super::notebook::Notebook;

/// How many crates were compiled ahead, and how many of them were taken.
fn ahead(notebook: &Notebook) -> (usize, usize) {
    let AheadOfTurn { begun, taken } = notebook.session.ahead_of_turn();
    (begun, taken)
}

/// Programs that work in the session's folder.
fn programs(notebook: &Notebook) -> Vec<String> {
    programs_in(&notebook.session.work().display().to_string())
}

fn programs_in(folder: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|process| command_line(&process.path())).filter(|command| command.contains(folder)).collect()
}

/// The command line of a process that is still there. That of one that has just been started is empty for a moment.
fn command_line(process: &Path) -> Option<String> {
    loop {
        let command = std::fs::read_to_string(process.join("cmdline")).ok()?;
        // One that has ended, and a thread of the kernel, have no program.
        if !command.is_empty() || std::fs::read_link(process.join("exe")).is_err() {
            return Some(command);
        }
    }
}

/// The one compiler that waits for the next cell is all that works in the session's folder, and its folder all that is there
/// besides the metadata of items and the libraries that are loaded.
#[track_caller]
fn nothing_is_left(notebook: &Notebook) {
    let programs = programs(notebook);
    assert!(programs.len() == 1 && programs[0].contains("head.rs"), "{programs:?}");
    let files = std::fs::read_dir(notebook.session.work()).unwrap().flatten().map(|entry| entry.file_name());
    let names: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    assert_eq!(names.iter().filter(|name| name.starts_with("cell")).count(), 1, "{names:?}");
    let ahead = names.iter().filter(|name| name.starts_with("ahead"));
    for name in ahead {
        let folder = notebook.session.work().join(name);
        assert!(folder.join("out.so").is_file(), "{name} isn't a library of items");
    }
}

fn texts(results: Vec<Result<String, String>>) -> Vec<String> {
    results.into_iter().map(|result| result.unwrap_or_else(|failure| failure).trim().to_owned()).collect()
}

/// A pipe into which nobody writes: a rustc that is to include it waits.
fn pipe(notebook: &Notebook) -> PathBuf {
    let path = notebook.session.work().parent().unwrap().join("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

/// Waits until a second rustc works in the session's folder.
fn wait_for_rustc(folder: &str) {
    let until = Instant::now() + Duration::from_secs(60);
    while programs_in(folder).iter().all(|command| !command.contains("ahead")) {
        assert!(Instant::now() < until, "nothing is compiled ahead");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn statements_and_items_that_depend_on_nothing_new_are_compiled_ahead() {
    let mut notebook = Notebook::open();
    let cells = ["let a = 1;", "let b = 2;", "fn f() -> i32 { 3 }", "f() + a + b", "struct P(i32);", "P(f()).0"];
    assert_eq!(texts(notebook.run_all(&cells)), ["", "", "", "= 6", "", "= 3"]);
    assert_eq!(ahead(&notebook), (5, 5));
    nothing_is_left(&notebook);
    notebook.shows("let c = P(a + b); c.0", "= 3");
    assert_eq!(ahead(&notebook), (5, 5), "nothing is queued behind it");
}

#[test]
fn a_cell_that_comes_while_the_one_in_front_is_compiled_is_compiled_while_that_runs() {
    let mut notebook = Notebook::open();
    for cell in ["let a = 1;", "fn f() -> i32 { 2 }"] {
        let (before, asked) = (ahead(&notebook), Cell::new(false));
        notebook.run_with(cell, || asked.replace(true).then_some("2 + 2")).unwrap();
        assert_eq!(notebook.run("2 + 2").unwrap().trim(), "= 4");
        assert_eq!(ahead(&notebook), (before.0 + 1, before.1 + 1), "{cell}");
    }
}

#[test]
fn what_mentions_something_that_is_not_there_yet_is_not_compiled_ahead() {
    let mut notebook = Notebook::open();
    let cells = ["let x = 1;", "x + 1", ":vars", "let y = ", "! echo a"];
    let shown = texts(notebook.run_all(&cells));
    assert_eq!((&shown[1][..], &shown[4][..]), ("= 2", "a"));
    assert_eq!(ahead(&notebook), (0, 0));
    // The same name in the cell's own `let` is another variable.
    assert_eq!(texts(notebook.run_all(&["let x = 1;", "let x = 2.5; x"])), ["", "= 2.5"]);
    assert_eq!(ahead(&notebook), (1, 1));
}

#[test]
fn what_turns_out_otherwise_is_thrown_away() {
    let mut notebook = Notebook::open();
    notebook.ok("let s = String::from(\"s\"); let t = String::from(\"t\"); struct P(u8); let p = P(7);");
    let cases: [(&[&str], &str); 4] = [
        // A variable is moved.
        (&["drop(s);", "s.len()"], "`s` went in cell"),
        // It gets another type in a way that no name tells.
        (&["let s = 1_u8;", "s + 1"], "= 2"),
        // The cell in front fails.
        (&["\"x\".parse::<u8>()?;", "t.len()"], "= 1"),
        (&["let n: u8 = t;", "t.len()"], "= 1"),
    ];
    for (cells, last) in cases {
        let shown = texts(notebook.run_all(cells));
        assert!(shown[1].contains(last), "{cells:?}: {shown:?}");
        nothing_is_left(&notebook);
    }
    assert_eq!(ahead(&notebook), (3, 0));
    // A type that changes takes its variables along, which is known beforehand.
    let shown = texts(notebook.run_all(&["struct P(u8, u8);", "p.0", "P(1, 2).1"]));
    assert!(shown[0].contains("dropped") && shown[1].contains("E0425") && shown[2] == "= 2", "{shown:?}");
    assert_eq!(ahead(&notebook), (5, 1), "what is compiled behind a cell that fails is for nobody");
    nothing_is_left(&notebook);
}

#[test]
fn another_cell_another_option_and_a_session_that_was_cleared_take_nothing() {
    let mut notebook = Notebook::open();
    for (between, shown) in [
        ("2 + 1", "= 3"),
        (":opt 0", "optimization: 0"),
        (":opt 3\n2 + 2", "optimization: 3\n= 4"),
        (":restart", "ControlsEnded\nthe process that runs cells was restarted: items are kept, variables are not"),
        (":clear", "ControlsEnded\neverything that cells defined is gone, as after a restart of the kernel"),
    ] {
        let before = ahead(&notebook);
        notebook.run_before("let a = 1;", Some("2 + 2")).unwrap();
        assert_eq!(ahead(&notebook), (before.0 + 1, before.1));
        notebook.shows(between, shown);
        nothing_is_left(&notebook);
        notebook.shows("2 + 2", "= 4");
        assert_eq!(ahead(&notebook), (before.0 + 1, before.1), "{between}");
    }
}

#[test]
fn what_reads_a_file_reads_it_when_its_turn_comes() {
    let mut notebook = Notebook::open();
    let file = notebook.session.work().parent().unwrap().join("a file.txt");
    std::fs::write(&file, "before").unwrap();
    let write = format!("std::fs::write({file:?}, \"after\")?;");
    // A name that nobody would look for.
    let macros = format!("macro_rules! contents {{ () => {{ include_str!({file:?}) }} }}");
    assert_eq!(texts(notebook.run_all(&[&macros, &write, "contents!()"])), ["", "", "= \"after\""]);
    assert_eq!(ahead(&notebook), (2, 1));
    let items = format!("const TEXT: &str = include_str!({file:?});");
    std::fs::write(&file, "before").unwrap();
    assert_eq!(texts(notebook.run_all(&[&write, &items, "TEXT"])), ["", "", "= \"after\""]);
    assert_eq!(ahead(&notebook), (4, 2));
    nothing_is_left(&notebook);
}

#[test]
fn an_interrupt_ends_what_is_compiled_ahead_too() {
    let mut notebook = Notebook::open();
    let (endless, folder) = (format!("include_str!({:?})", pipe(&notebook)), notebook.session.work().to_owned());
    let (watch, shown) = (notebook.watch.clone(), notebook.shown());
    let stop = std::thread::spawn(move || {
        shown.wait_for("running");
        wait_for_rustc(&folder.display().to_string());
        watch.interrupt();
    });
    let cell = "println!(\"running\"); loop { dlnotes_display::poll_interrupt() }";
    let failure = notebook.run_before(cell, Some(&endless)).unwrap_err();
    stop.join().unwrap();
    assert!(failure.contains("Interrupted"), "{failure}");
    nothing_is_left(&notebook);
    // Between two cells, and while the cell whose turn has come waits for it.
    notebook.run_before("1", Some(&endless)).unwrap();
    assert_eq!(programs(&notebook).len(), 2);
    notebook.watch.interrupt();
    let until = Instant::now() + Duration::from_secs(20);
    while programs(&notebook).len() > 1 {
        assert!(Instant::now() < until, "{:?}", programs(&notebook));
    }
    notebook.run_before("let n = 2;", Some(&endless)).unwrap();
    let (watch, folder) = (notebook.watch.clone(), notebook.session.work().display().to_string());
    let stop = std::thread::spawn(move || {
        wait_for_rustc(&folder);
        std::thread::sleep(Duration::from_millis(50));
        watch.interrupt();
    });
    let failure = notebook.run(&endless).unwrap_err();
    stop.join().unwrap();
    assert!(failure.contains("Interrupted"), "{failure}");
    nothing_is_left(&notebook);
    notebook.shows("n", "= 2");
    assert_eq!(ahead(&notebook), (3, 0));
}

#[test]
fn a_session_that_ends_leaves_nothing_behind() {
    let mut notebook = Notebook::open();
    let endless = format!("include_str!({:?})", pipe(&notebook));
    notebook.run_before("1", Some(&endless)).unwrap();
    let folder = notebook.session.work().display().to_string();
    wait_for_rustc(&folder);
    drop(notebook);
    assert_eq!(programs_in(&folder), Vec::<String>::new());
}

/// Whatever a cell is, whether it is queued makes no difference.
#[test]
fn queued_cells_show_what_they_show_one_by_one() {
    let cells = [
        "use std::collections::HashMap;",
        "let mut map: HashMap<String, i32> = HashMap::new();",
        "fn twice(n: i32) -> i32 { 2 * n }",
        "map.insert(\"a\".into(), twice(4));",
        "map[\"a\"]",
        "#[derive(Debug, Clone)] struct P { x: f64 }",
        "impl P { fn norm(&self) -> f64 { self.x.abs() } }",
        "let p = P { x: -2.0 };\nlet q = p.clone();",
        "println!(\"{}\", p.norm());",
        "panic!(\"on purpose: {}\", q.x)",
        "drop(q);",
        "q.x",
        "dbg!(twice(3));",
        "let f = move |n: i32| n + 1;",
        "f(1)",
        "#[derive(Debug, Clone)] struct P { x: f64, y: f64 }",
        "p",
        "P { x: 1.0, y: 2.0 }",
        "let words = vec![\"a\", \"b\"];",
        "for word in words { print!(\"{word} \") }",
        "words.len()",
        "const N: usize = 3;",
        "[0_u8; N]",
        "let unknown = Vec::new();",
        "fn broken() -> i32 { \"a\" }",
        "trait Area { fn area(&self) -> f64; }\nimpl Area for P { fn area(&self) -> f64 { self.x * self.y } }",
        "P { x: 3.0, y: 2.0 }.area()",
        "static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(4);",
        "COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)",
        "fn next() -> usize { COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed) }",
        "next()",
        "std::future::ready(5).await",
        "1 + ",
        "macro_rules! three { () => { 3 } }",
        "three!() + N",
    ];
    let (mut queued, mut single) = (Notebook::open(), Notebook::open());
    let all = texts(queued.run_all(&cells));
    let each = texts(cells.iter().map(|cell| single.run(cell)).collect());
    for (index, (all, each)) in all.iter().zip(&each).enumerate() {
        assert_eq!(all, each, "cell [{}]: {}", index + 1, cells[index]);
    }
    assert_eq!(queued.variables(), single.variables());
    assert_eq!(ahead(&single), (0, 0));
    let (begun, taken) = ahead(&queued);
    assert!(begun > 15 && taken > 10 && taken < begun, "{begun} begun, {taken} taken");
    nothing_is_left(&queued);
}
