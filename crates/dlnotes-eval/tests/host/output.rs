//! What cells print and show arrives whole and in order.

use std::time::Duration;

use dlnotes_eval::host::Ending;

use super::session::{Session, as_body};

/// Nobody is held up: a busy machine is slow, but what waits for something that doesn't come waits longer.
const PATIENCE: Duration = Duration::from_secs(30);
const SHOW: &str = "let show = |text: &str| dlnotes_display::display(&dlnotes_display::Bundle::new(\"a/b\", text));";

#[test]
fn everything_is_in_order() {
    let mut session = Session::start();
    let cell = format!(
        "{SHOW} unsafe extern \"C\" {{ fn puts(s: *const std::ffi::c_char) -> i32; fn printf(s: *const std::ffi::c_char, ...) -> i32; }}
        println!(\"1\"); unsafe {{ puts(c\"2\".as_ptr()) }}; print!(\"3\"); show(\"4\"); eprint!(\"5\"); show(\"6\");
        unsafe {{ printf(c\"7\".as_ptr()) }}; show(\"8\"); dlnotes_display::result(&dlnotes_display::Bundle::new(\"a/b\", \"9\"));
        print!(\"10 \"); unsafe {{ printf(c\"11\".as_ptr()) }};"
    );
    for _ in 0..20 {
        session.body(&cell).unwrap();
        let display = |text: &str| format!("display {{\"a/b\": String(\"{text}\")}} None");
        let expect = ["out 1\n2\n3".into(), display("4"), "err 5".into(), display("6"), "out 7".into(), display("8")];
        let expect = [&expect[..], &["result {\"a/b\": String(\"9\")}".into(), "out 10 11".into()]].concat();
        assert_eq!(session.shown(), expect);
    }
}

#[test]
fn an_unfinished_line_appears_while_the_cell_runs() {
    let mut session = Session::start();
    let seen = session.when_shown("now", |watch| watch.interrupt());
    let ran = session.body("print!(\"now: DONE\"); loop { dlnotes_display::poll_interrupt() }").unwrap();
    seen.join().unwrap();
    assert_eq!(ran.ending, Ending::Interrupted);
    assert!(session.waited < PATIENCE, "{:?}", session.waited);
    assert_eq!(session.shown(), ["out now: DONE"]);
}

#[test]
fn a_flood_arrives_whole() {
    let mut session = Session::start();
    session.body("for i in 0..200_000 { println!(\"line {i}\") }").unwrap();
    let shown = session.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].lines().count(), 200_000);
    assert!(shown[0].ends_with("line 199999\n"));
}

#[test]
fn thousands_of_updates_and_a_large_picture_arrive() {
    let mut session = Session::start();
    let cell = "let b = dlnotes_display::Bundle::new(\"a/b\", \"x\".repeat(3_000_000)); dlnotes_display::display_with_id(&b, \"p\");
        for i in 0..5_000 { print!(\"{i} \"); dlnotes_display::update(&dlnotes_display::Bundle::new(\"a/b\", i.to_string()), \"p\") }";
    session.body(cell).unwrap();
    let shown = session.shown();
    assert!(shown[0].len() > 3_000_000, "{:.80}", shown[0]);
    assert_eq!(shown.len(), 1 + 2 * 5_000);
    assert_eq!(shown[10_000 - 1..], ["out 4999 ", "update {\"a/b\": String(\"4999\")} p"]);
}

#[test]
fn nothing_that_a_cell_prints_has_power() {
    let mut session = Session::start();
    let lines = "\\x1b_dlnotes;1;16;{\\\"kind\\\":\\\"ready\\\"}\\x1b\\\\\n\\x1b_dlnotes;0123456789abcdef0123456789abcdef;1\\x1b\\\\\n\
        EVCXR_PANIC_NOTIFICATION\nEVCXR_EXECUTION_COMPLETE\nEVCXR_ERROR_OCCURRED\nEVCXR_VARIABLE_CHANGED_TYPE:x\n\
        EVCXR_END_CONTENT\nEVCXR_BEGIN_CONTENT\nEVCXR_BEGIN_CONTENT text/html\nnever ended\n";
    let ran = session.body(&format!("let lines = \"{lines}\"; print!(\"{{lines}}\"); eprint!(\"{{lines}}\")")).unwrap();
    assert_eq!(ran.ending, Ending::Completed);
    let expect = lines.replace("\\x1b", "\x1b").replace("\\\\", "\\").replace("\\\"", "\"");
    for stream in ["out ", "err "] {
        let shown = session.shown_on(stream);
        assert_eq!(shown, expect);
    }
}

#[test]
fn content_blocks_are_displays_and_the_last_one_is_the_value() {
    let mut session = Session::start();
    let block =
        |mime: &str, text: &str| format!("println!(\"EVCXR_BEGIN_CONTENT {mime}\\n{text}\\nEVCXR_END_CONTENT\");");
    let cell = block("a/b", "1") + &block("c/d", "1") + "println!(\"text\");" + &block("a/b", "2") + &block("a/b", "3");
    session.body(&cell).unwrap();
    let first = "display {\"a/b\": String(\"1\"), \"c/d\": String(\"1\")} None";
    let display = |n| format!("display {{\"a/b\": String(\"{n}\")}} None");
    assert_eq!(session.shown(), [first.into(), "out text\n".into(), display(2), display(3)]);
    session.function(&as_body(&cell), &[], true).unwrap();
    let value = "result {\"a/b\": String(\"3\")}";
    assert_eq!(session.shown(), [first.into(), "out text\n".into(), display(2), value.into()]);
    session.function(&as_body(&block("text/plain", "()")), &[], true).unwrap();
    assert_eq!(session.shown(), [""; 0]);
    // One that a panic cuts short is dropped.
    let ran = session.body("println!(\"EVCXR_BEGIN_CONTENT a/b\\n<b>\"); print!(\"half\"); panic!(\"cut\")").unwrap();
    assert!(matches!(ran.ending, Ending::Panicked(place) if place.message == "cut"));
    assert_eq!(session.shown(), [""; 0]);
}

#[test]
fn bytes_that_are_no_text_are_marked() {
    let mut session = Session::start();
    session.body("use std::io::Write; std::io::stdout().write_all(b\"a\\xff\\xe6\\x8d\\n\\xe6\")?").unwrap();
    assert_eq!(session.shown(), ["out a\u{fffd}\u{fffd}\n\u{fffd}"]);
}

const DESCRIPTORS: &str = "unsafe extern \"C\" { safe fn close(fd: i32) -> i32; safe fn dup(fd: i32) -> i32; safe fn dup2(a: i32, b: i32) -> i32; }
    use std::os::fd::AsRawFd;";

#[test]
fn a_stream_that_is_closed_or_sent_elsewhere_holds_nobody_up() {
    let mut session = Session::start();
    let file = std::env::temp_dir().join(format!("dlnotes-elsewhere-{}", std::process::id()));
    let elsewhere = format!(
        "{DESCRIPTORS} {SHOW} let file = std::fs::File::create({file:?})?; let old = dup(1);
        println!(\"before\"); dup2(file.as_raw_fd(), 1); println!(\"to the file\"); show(\"picture\"); dup2(old, 1); close(old);
        println!(\"after\")"
    );
    session.body(&elsewhere).unwrap();
    // Where the picture belongs among the text can't be known: the mark would be in the file.
    let shown = session.shown().concat();
    assert!(shown.contains("out before\n") && shown.contains("after\n") && shown.contains("picture"), "{shown}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "to the file\n");
    std::fs::remove_file(&file).unwrap();
    for (fds, last) in [("close(0);", "out text\n"), ("close(2);", "out text\n"), ("close(1);", "display")] {
        session.body(&format!("{DESCRIPTORS} {SHOW} {fds} show(\"picture\"); println!(\"text\")")).unwrap();
        assert!(session.shown().last().unwrap().starts_with(last), "{fds}");
    }
    let ran = session.body(&format!("{SHOW} show(\"picture\"); panic!(\"still told\")")).unwrap();
    assert!(matches!(ran.ending, Ending::Panicked(place) if place.message == "still told"));
    assert_eq!(session.shown(), ["display {\"a/b\": String(\"picture\")} None"]);
    assert!(session.waited < PATIENCE, "{:?}", session.waited);
}

#[test]
fn threads_print_after_their_cell_and_one_that_holds_the_lock_holds_nobody_up() {
    let mut session = Session::start();
    let later =
        "std::thread::spawn(|| { std::thread::sleep(std::time::Duration::from_millis(150)); print!(\"later\") })";
    session.body(later).unwrap();
    assert_eq!(session.shown(), [""; 0]);
    session.wait_for("later");
    let panics = "let out = std::io::stdout().lock(); std::thread::spawn(|| panic!(\"while it is locked\")).join().unwrap_err(); drop(out)";
    session.body(panics).unwrap();
    session.wait_for("while it is locked");
    let holds = "let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || { let _out = std::io::stdout().lock(); sender.send(()); std::thread::park() }); receiver.recv()?";
    assert_eq!(session.body(holds).unwrap().ending, Ending::Completed);
    assert_eq!(session.body("eprintln!(\"still here\")").unwrap().ending, Ending::Completed);
    session.wait_for("still here");
    assert!(session.waited < PATIENCE, "{:?}", session.waited);
}
