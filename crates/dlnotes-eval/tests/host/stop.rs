//! Interrupts, and the ends that a process can come to.

use std::time::{Duration, Instant};

use dlnotes_eval::host::{Died, Ending, Trouble};

use super::session::Session;

fn died(session: &mut Session, cell: &str) -> Died {
    match session.body(cell) {
        Err(Trouble::Died(died)) => died,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_interrupt_stops_a_cell_that_polls_and_keeps_the_session() {
    let mut session = Session::start();
    session.body("keeper.keep(\"x\", 5)").unwrap();
    let stop = session.when_shown("running", |watch| watch.interrupt());
    let cell = "let x: i32 = frame.take(0); frame.run(|_| { println!(\"running\");
        loop { dlnotes_display::poll_interrupt() } }); frame.put_back(0, x);";
    assert_eq!(session.function(cell, &[0], false).unwrap().ending, Ending::Interrupted);
    stop.join().unwrap();
    assert_eq!(session.shown(), ["out running\n"]);
    let print = "let x: i32 = frame.take(0); dlnotes_display::poll_interrupt(); println!(\"{x}\");";
    assert_eq!(session.function(print, &[0], false).unwrap().ending, Ending::Completed);
    assert_eq!(session.shown(), ["out 5\n"]);
    // One that threads of the cell have answered, and that the cell has made an error of.
    let stop = session.when_shown("running", |watch| watch.interrupt());
    let cell =
        "println!(\"running\"); std::thread::spawn(|| loop { dlnotes_display::poll_interrupt() }).join().unwrap()";
    assert_eq!(session.body(cell).unwrap().ending, Ending::Interrupted);
    stop.join().unwrap();
}

#[test]
fn an_interrupt_before_the_cell_runs_stops_it_and_one_after_it_hits_nobody() {
    let mut session = Session::start();
    session.watch.begin();
    session.watch.interrupt();
    let library = super::session::compile(
        "#[unsafe(no_mangle)] pub fn cell(_: &mut dlnotes_display::cell::Frame<'_>) { println!(\"ran\") }",
    );
    let ran = session.host.run(&library, &[], false).unwrap();
    assert_eq!((ran.ending, ran.kept.len()), (Ending::Interrupted, 0));
    assert!(session.watch.end());
    session.watch.interrupt();
    for _ in 0..20 {
        session.watch.begin();
        let ran = session.host.run(&library, &[], false).unwrap();
        assert_eq!(ran.ending, Ending::Completed);
        session.watch.interrupt();
        session.watch.end();
    }
    assert_eq!(session.shown(), ["out ".to_owned() + &"ran\n".repeat(20)]);
}

/// Wherever it comes, an interrupt stops the cell that it was meant for, and no other.
#[test]
fn an_interrupt_at_any_moment_stops_this_cell_only() {
    let mut session = Session::start();
    let quick = super::session::compile(
        "#[unsafe(no_mangle)] pub fn cell(_: &mut dlnotes_display::cell::Frame<'_>) { let start = std::time::Instant::now(); while start.elapsed().as_millis() < 10 { dlnotes_display::poll_interrupt() } }",
    );
    let mut stopped = 0;
    for delay in 0..100 {
        session.watch.begin();
        let watch = session.watch.clone();
        let stop = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_micros(100 * delay));
            watch.interrupt();
        });
        stopped += u32::from(session.host.run(&quick, &[], false).unwrap().ending == Ending::Interrupted);
        stop.join().unwrap();
        session.watch.end();
        session.watch.begin();
        assert_eq!(session.host.run(&quick, &[], false).unwrap().ending, Ending::Completed);
        session.watch.end();
    }
    assert!(stopped > 0);
}

#[test]
fn a_second_interrupt_kills_what_never_polls_with_all_that_it_started() {
    let mut session = Session::start();
    let stop = session.when_shown("looping", |watch| {
        watch.interrupt();
        std::thread::sleep(Duration::from_millis(100));
        watch.interrupt();
    });
    let cell =
        "let child = std::process::Command::new(\"sleep\").arg(\"100\").spawn()?; print!(\"pid {} \", child.id());
        println!(\"looping\"); let mut n = 0_u64; loop { n = std::hint::black_box(n) + 1 }";
    let died = died(&mut session, cell);
    stop.join().unwrap();
    assert_eq!(died, Died { how: "signal: 9 (SIGKILL)".into(), killed: true });
    let shown = session.shown().concat();
    let pid = shown.split_whitespace().nth(2).unwrap().to_owned();
    let until = Instant::now() + Duration::from_secs(5);
    while std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z")) {
        assert!(Instant::now() < until, "{pid} still runs");
        std::thread::sleep(Duration::from_millis(10));
    }
    // Whoever asks again hears the same.
    assert!(matches!(session.body("()"), Err(Trouble::Died(_))));
    assert!(matches!(session.host.drop_values(&[0]), Err(Trouble::Died(_))));
}

#[test]
fn a_process_that_ends_says_how_and_loses_no_output() {
    for (cell, how) in [
        ("println!(\"last\"); print!(\"words\"); std::process::exit(3)", "exit status: 3"),
        ("println!(\"last\"); println!(\"words\"); std::process::abort()", "signal: 6 (SIGABRT)"),
        (
            "println!(\"last\"); println!(\"words\"); unsafe { std::ptr::null_mut::<u8>().write_volatile(1) }",
            "signal: 11 (SIGSEGV)",
        ),
        (
            "println!(\"last\"); println!(\"words\"); fn f(n: u64) -> u64 { std::hint::black_box(f(n + 1)) + 1 } f(0);",
            "signal: 6 (SIGABRT)",
        ),
        (
            "println!(\"last\"); println!(\"words\"); std::thread::spawn(|| std::process::exit(0)).join().unwrap()",
            "exit status: 0",
        ),
    ] {
        let mut session = Session::start();
        let died = died(&mut session, cell);
        assert!(died.how.starts_with(how) && !died.killed, "{cell}: {died:?}");
        let shown = session.shown();
        assert_eq!(shown[0].trim_end(), "out last\nwords", "{cell}");
        assert_eq!(shown.len() > 1, cell.contains("f(n + 1)"), "{cell}: {shown:?}");
    }
}

#[test]
fn what_the_process_has_started_outlives_it_and_holds_nobody_up() {
    let mut session = Session::start();
    let started = Instant::now();
    session
        .body("std::process::Command::new(\"sh\").args([\"-c\", \"sleep 0.2; echo later; sleep 6\"]).spawn()?")
        .unwrap();
    session.wait_for("later");
    let died = died(&mut session, "std::process::Command::new(\"sleep\").arg(\"6\").spawn()?; std::process::exit(4)");
    assert_eq!(died.how, "exit status: 4");
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
}

#[test]
fn a_cell_that_forks_stays_one_session() {
    let mut session = Session::start();
    let cell = "unsafe extern \"C\" { safe fn fork() -> i32; safe fn waitpid(pid: i32, status: *mut i32, options: i32) -> i32; }
        let pid = fork(); if pid == 0 { print!(\"child \") } else { waitpid(pid, std::ptr::null_mut(), 0); println!(\"parent\") }";
    assert_eq!(session.body(cell).unwrap().ending, Ending::Completed);
    assert_eq!(session.body("println!(\"next\")").unwrap().ending, Ending::Completed);
    assert_eq!(session.shown(), ["out child parent\nnext\n"]);
}

#[test]
fn a_session_that_is_dropped_ends_its_process_also_in_the_middle_of_a_cell() {
    let mut session = Session::start();
    let pid = session.host.id();
    let kill = session.when_shown("running", |watch| watch.kill());
    let died = died(&mut session, "println!(\"running\"); loop { std::thread::park() }");
    kill.join().unwrap();
    assert!(died.killed);
    drop(session);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    let session = Session::start();
    let pid = session.host.id();
    drop(session);
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}
