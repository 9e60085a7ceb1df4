//! Closures behind controls: called between cells, in the process that runs them.

use std::time::{Duration, Instant};

use dlnotes_eval::controls::Called;
use dlnotes_eval::failure::without_colours;
use dlnotes_eval::{Event, MimeBundle};

use crate::notebook::Notebook;

const USES: &str = "use dlnotes_display::{Bundle, controls::{Control, Frames, Live, View, interact}};";

fn notebook() -> Notebook {
    let mut notebook = Notebook::with_reader();
    notebook.ok(USES);
    notebook
}

/// What a call gives, prints, and fails with.
fn call(notebook: &mut Notebook, panel: u64, at: &[f64]) -> (Option<String>, String, String) {
    let Called { views, shown, failure } = notebook.session.call(panel, at);
    let text = |bundle: &MimeBundle| bundle.text("text/plain").unwrap_or_default().to_owned();
    let views = views.map(|views| views.iter().map(text).collect::<Vec<_>>().join(", "));
    let printed = shown.iter().map(|event| match event {
        Event::Text(_, text) => text.clone(),
        other => format!("{other:?}"),
    });
    let failure = failure.map(|failure| without_colours(&failure.traceback.join("\n")));
    (views, printed.collect(), failure.unwrap_or_default())
}

fn given(text: &str) -> (Option<String>, String, String) {
    (Some(text.to_owned()), String::new(), String::new())
}

#[test]
fn a_closure_is_called_with_where_its_controls_stand_and_keeps_what_it_owns() {
    let mut notebook = notebook();
    notebook.ok("let base = 10.0;");
    let cell = "interact(vec![Control::slider(0.0, 9.0, true), Control::toggle(true)], \
                {let base = base; let mut calls = 0; move |at| { calls += 1; (base + at[0], at[1] != 0.0, calls).view() }});";
    notebook.shows(cell, "controls 1: 10, true, 1");
    assert_eq!(call(&mut notebook, 1, &[4.0, 0.0]), given("14, false, 2"));
    // Cells go on between calls, and what closures print doesn't belong to one.
    notebook.shows("base + 1.0", "= 11.0");
    let cell = "interact(vec![Control::toggle(false)], |at| { println!(\"at {}\", at[0]); dlnotes_display::display(&Bundle::new(\"text/plain\", \"shown\")); Vec::new() });";
    notebook.shows(cell, "at 0\ncontrols 2: shown");
    assert_eq!(call(&mut notebook, 2, &[1.0]), (Some("shown".into()), "at 1\n".into(), String::new()));
    assert_eq!(call(&mut notebook, 1, &[5.0, 1.0]), given("15, true, 3"));
}

#[test]
fn a_panic_is_told_with_its_line_and_the_closure_goes_on() {
    let mut notebook = notebook();
    let cell = "let limit = 3.0;\ninteract(vec![Control::slider(0.0, 9.0, true)], move |at| {\n    \
                assert!(at[0] < limit, \"{} is too much\", at[0]);\n    at[0].view()\n});";
    notebook.shows(cell, "controls 1: 0");
    let (views, _, failure) = call(&mut notebook, 1, &[4.0]);
    assert_eq!(views, None, "the last good one stays");
    for part in ["Panic: 4 is too much", "cell [2], line 3", "assert!(at[0] < limit"] {
        assert!(failure.contains(part), "{part} is missing in\n{failure}");
    }
    assert_eq!(call(&mut notebook, 1, &[2.0]), given("2"));
    notebook.shows("limit", "= 3.0");
    // When it shows the controls, a panic is the cell's.
    notebook.fails("interact(vec![Control::toggle(true)], |_| panic!(\"at once\"));", &["Panic: at once", "line 1"]);
    notebook.fails("interact(vec![Control::toggle(true)], |_| Vec::new());", &["shows nothing", "line 1"]);
}

#[test]
fn a_long_closure_is_interrupted_and_the_session_goes_on() {
    let mut notebook = notebook();
    let cell = "let kept = 7; interact(vec![Control::toggle(false)], |at| { while at[0] == 1.0 { \
                std::thread::sleep(std::time::Duration::from_millis(1)); dlnotes_display::poll_interrupt(); } at[0].view() });";
    notebook.shows(cell, "controls 1: 0");
    let (watch, started) = (notebook.watch.clone(), Instant::now());
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        watch.interrupt();
    });
    let (views, _, failure) = call(&mut notebook, 1, &[1.0]);
    stopper.join().unwrap();
    assert!(started.elapsed() >= Duration::from_millis(300));
    assert!(views.is_none() && failure.starts_with("Interrupted"), "{failure}");
    assert_eq!(call(&mut notebook, 1, &[0.0]), given("0"));
    notebook.shows("kept", "= 7");
}

#[test]
fn what_is_forgotten_is_dropped_and_what_dies_takes_its_closures_along() {
    let mut notebook = notebook();
    notebook.ok("struct Loud; impl Drop for Loud { fn drop(&mut self) { println!(\"dropped\"); } }");
    let cell = "interact(vec![Control::toggle(false)], {let loud = Loud; move |at| { let _ = &loud; at[0].view() }});";
    notebook.shows(cell, "controls 1: 0");
    notebook.session.forget(&[1, 99]);
    notebook.shows("1", "dropped\n= 1");
    assert!(call(&mut notebook, 1, &[1.0]).2.contains("run their cell again"));
    let cell =
        "interact(vec![Control::toggle(false)], |at| { if at[0] == 1.0 { std::process::exit(3) } at[0].view() });";
    notebook.shows(cell, "controls 2: 0");
    notebook.ok("let lost = 1;");
    let (_, _, failure) = call(&mut notebook, 2, &[1.0]);
    assert!(failure.starts_with("ChildDied") && failure.contains("`lost`"), "{failure}");
    assert_eq!(notebook.ok("2 + 2"), "ControlsEnded\n= 4\n");
    assert!(call(&mut notebook, 2, &[0.0]).2.contains("run their cell again"));
}

#[test]
fn a_value_follows_the_reader_while_a_cell_runs() {
    let mut notebook = notebook();
    notebook.shows("let rate = Live::show(Control::slider(0.0, 9.0, true));", "controls 1:");
    let (watch, shown) = (notebook.watch.clone(), notebook.shown());
    let mover = std::thread::spawn(move || {
        for at in 0..4 {
            shown.wait_for(&format!("sees {at}"));
            watch.steer(1, &[f64::from(at + 1)]);
        }
    });
    let cell = "let mut last = -1.0;\nwhile last < 4.0 { if rate.value() != last { last = rate.value(); \
                println!(\"sees {last}\"); } std::thread::sleep(std::time::Duration::from_millis(1)); }\nlast";
    notebook.shows(cell, "sees 0\nsees 1\nsees 2\nsees 3\nsees 4\n= 4.0");
    mover.join().unwrap();
    notebook.shows("rate.value()", "= 4.0");
}

#[test]
fn without_a_reader_there_are_frames_and_a_value_keeps_its_start() {
    let mut notebook = Notebook::open();
    notebook.ok(USES);
    let shown = notebook.ok("interact(vec![Control::slider(0.0, 3.0, true).label(\"n\")], |at| at[0].view());");
    assert!(
        shown.starts_with("Display(") && shown.contains("text/html") && shown.contains("type=\\\"range\\\""),
        "{shown}"
    );
    let shown = notebook.ok("let rate = Live::show(Control::slider(0.0, 3.0, true).label(\"n\"));");
    assert!(shown.contains("n = 0 (a control, when a reader runs the cell)"), "{shown}");
}
