//! Values over cells, and the ways in which a cell ends.

use dlnotes_eval::host::{Ending, Trouble};

use super::session::{Session, as_body};

#[test]
fn values_last_from_one_cell_to_the_next() {
    let mut session = Session::start();
    let ran = session
        .body(
            r#"keeper.keep("x", vec![1, 2, 3]); keeper.keep("f", Box::new(|x: i32| x + 1) as Box<dyn Fn(i32) -> i32>)"#,
        )
        .unwrap();
    assert_eq!(ran.ending, Ending::Completed);
    let [x, f] = &ran.kept[..] else { panic!("{ran:?}") };
    assert_eq!((x.name.as_str(), x.slot, x.type_name.as_str()), ("x", 0, "alloc::vec::Vec<i32>"));
    assert_eq!((x.size, x.align), (24, 8));
    assert_eq!((f.name.as_str(), f.slot), ("f", 1));
    let use_both = "let f: Box<dyn Fn(i32) -> i32> = frame.take(0); let mut x: Vec<i32> = frame.take(1);
        frame.run(|_| { x.push(f(9)); println!(\"{x:?}\"); Ok(()) });
        frame.put_back(0, f); frame.put_back(1, x);";
    let ran = session.function(use_both, &[1, 0], false).unwrap();
    assert_eq!((ran.ending, ran.kept.len()), (Ending::Completed, 0));
    assert_eq!(session.shown(), ["out [1, 2, 3, 10]\n"]);
    // Not put back: gone.
    session.function("let f: Box<dyn Fn(i32) -> i32> = frame.take(0);", &[1], false).unwrap();
    let ran = session.function("let f: Box<dyn Fn(i32) -> i32> = frame.take(0);", &[1], false).unwrap();
    assert!(matches!(ran.ending, Ending::Panicked(place) if place.message.contains("is gone")));
    // Another type: refused, and still there.
    let ran = session.function("let x: Vec<u8> = frame.take(0);", &[0], false).unwrap();
    assert!(matches!(ran.ending, Ending::Panicked(place) if place.message.contains("`x`")));
    session.function("let x: Vec<i32> = frame.take(0); println!(\"{x:?}\");", &[0], false).unwrap();
    assert_eq!(session.shown(), ["out [1, 2, 3, 10]\n"]);
}

#[test]
fn values_are_dropped_when_told_and_destructors_may_print_and_panic() {
    let mut session = Session::start();
    let kept = "struct Told(u32); impl Drop for Told { fn drop(&mut self) { print!(\"gone {} \", self.0);
        if self.0 == 1 { panic!(\"on purpose\") } } }
        for i in 0..3 { keeper.keep(\"told\", Told(i)) }";
    session.body(kept).unwrap();
    session.watch.begin();
    session.host.drop_values(&[2, 0, 1, 1, 77]).unwrap();
    session.watch.end();
    let shown = session.shown();
    assert_eq!(shown[0], "out gone 2 gone 0 gone 1 ");
    assert!(
        shown[1].starts_with("err thread 'main' panicked at cell_") && shown[1].ends_with(":\non purpose\n"),
        "{shown:?}"
    );
}

#[test]
fn a_panic_and_a_question_mark_tell_their_place() {
    let mut session = Session::start();
    let ran = session.body("keeper.keep(\"before\", 1);\nprint!(\"unfinished\");\n  panic!(\"no {}\", 1)").unwrap();
    let Ending::Panicked(place) = ran.ending else { panic!("{:?}", ran.ending) };
    assert_eq!((place.message.as_str(), place.line, place.column, place.thread.as_str()), ("no 1", 4, 3, "main"));
    assert!(place.file.starts_with("cell_"), "{}", place.file);
    assert_eq!(ran.kept[0].name, "before");
    let ran = session.body("\n \"x\".parse::<i32>()?").unwrap();
    let Ending::Left { message, place: Some((file, line, column)) } = ran.ending else { panic!("{:?}", ran.ending) };
    assert_eq!((message.as_str(), line, column), ("invalid digit found in string", 3, 2));
    assert!(file.starts_with("cell_"), "{file}");
    assert_eq!(session.shown(), ["out unfinished"]);
}

#[test]
fn only_the_panic_that_ends_the_cell_is_its_failure() {
    let mut session = Session::start();
    let caught = "let _ = std::panic::catch_unwind(|| panic!(\"caught\")); println!(\"goes on\");
        std::thread::Builder::new().name(\"other\".into()).spawn(|| panic!(\"in a thread\")).unwrap().join().unwrap_err()";
    assert_eq!(session.body(caught).unwrap().ending, Ending::Completed);
    let shown = session.shown();
    assert_eq!((shown.len(), shown[0].as_str()), (2, "out goes on\n"), "{shown:?}");
    for part in ["thread 'main' panicked", ":\ncaught\n", "thread 'other' panicked", ":\nin a thread\n"] {
        assert!(shown[1].contains(part), "{shown:?}");
    }
    // The user's hook, and a payload that no hook sees.
    session.body("std::panic::set_hook(Box::new(|_| println!(\"my hook\")))").unwrap();
    let ran = session.body("panic!(\"quiet\")").unwrap();
    assert!(matches!(ran.ending, Ending::Panicked(place) if place.message == "quiet" && place.file.is_empty()));
    assert_eq!(session.shown(), ["out my hook\n"]);
}

#[test]
fn a_library_that_cannot_be_loaded_is_no_end() {
    let mut session = Session::start();
    session.watch.begin();
    let trouble = session.host.run("/nowhere/cell.so".as_ref(), &[], false).unwrap_err();
    assert!(matches!(trouble, Trouble::Load(why) if why.contains("/nowhere/cell.so")));
    let missing = "unsafe extern \"C\" { fn nobody_has_this(); } unsafe { nobody_has_this() }";
    let trouble = session.body(missing).unwrap_err();
    assert!(matches!(trouble, Trouble::Load(why) if why.contains("nobody_has_this")));
    assert!(session.host.open("/nowhere/lib.so".as_ref()).is_err());
    assert_eq!(session.body("()").unwrap().ending, Ending::Completed);
}

#[test]
fn a_library_that_is_opened_serves_all_cells() {
    let mut session = Session::start();
    let library = super::session::compile(
        "use std::sync::atomic::*; static N: AtomicU32 = AtomicU32::new(5);
        #[unsafe(no_mangle)] pub extern \"C\" fn shared_counter() -> u32 { N.fetch_add(1, Ordering::Relaxed) }",
    );
    session.host.open(&library).unwrap();
    for _ in 0..2 {
        session
            .body("unsafe extern \"C\" { safe fn shared_counter() -> u32; } println!(\"{}\", shared_counter())")
            .unwrap();
    }
    assert_eq!(session.shown(), ["out 5\n6\n"]);
}

#[test]
fn ten_thousand_values_are_no_trouble() {
    let mut session = Session::start();
    let ran = session.body("for i in 0..10_000_u64 { keeper.keep(&format!(\"v{i}\"), i) }").unwrap();
    assert_eq!((ran.kept.len(), ran.kept[9_999].slot, ran.kept[9_999].name.as_str()), (10_000, 9_999, "v9999"));
    let slots: Vec<usize> = (0..10_000).collect();
    let sum =
        "let all: Vec<u64> = (0..10_000).map(|i| frame.take(i)).collect(); println!(\"{}\", all.iter().sum::<u64>());
        for (i, one) in all.into_iter().enumerate() { frame.put_back(i, one) }";
    session.function(sum, &slots, false).unwrap();
    assert_eq!(session.shown(), ["out 49995000\n"]);
    session.host.drop_values(&slots).unwrap();
}

#[test]
fn cells_see_the_readers_environment_and_folder() {
    let folder = std::env::temp_dir().canonicalize().unwrap();
    let mut session = Session::start_in(&folder);
    let print = "println!(\"{:?}\", (std::env::var_os(\"LD_LIBRARY_PATH\"), std::env::current_dir().unwrap()));
        println!(\"{:?}\", std::env::vars_os().filter(|(k, _)| k.to_string_lossy().contains(\"DLNOTES\")).count());
        let fds = std::process::Command::new(\"ls\").arg(\"/proc/self/fd\").output().unwrap().stdout;
        println!(\"{}\", String::from_utf8(fds).unwrap().split_whitespace().count())";
    let ours = std::env::vars_os().filter(|(k, _)| k.to_string_lossy().contains("DLNOTES")).count();
    assert_eq!(session.function(&as_body(print), &[], false).unwrap().ending, Ending::Completed);
    let expect = (std::env::var_os("LD_LIBRARY_PATH"), &folder);
    // What a cell starts has the descriptors that it would have if we had started it.
    let fds = std::process::Command::new("ls").arg("/proc/self/fd").output().unwrap().stdout;
    let fds = String::from_utf8(fds).unwrap().split_whitespace().count();
    assert_eq!(session.shown(), [format!("out {expect:?}\n{ours}\n{fds}\n")]);
}
