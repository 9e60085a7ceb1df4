//! Up to six controls call a closure; below them a figure's axes stay where they are, whatever the data do.

#[path = "common/page.rs"]
mod page;

use dlnotes::controls::Frames;
use dlnotes::prelude::*;
use page::frame;
use std::cell::RefCell;
use std::rc::Rc;

/// Where the axes of each position's figures lie, read from the page of the frames.
fn axes(frames: &Frames) -> Vec<Vec<String>> {
    let html = frames.html();
    let (_, data) = html.split_once("<script type=\"application/json\">").expect("the data");
    let data: serde_json::Value = serde_json::from_str(data.split_once("</script>").expect("its end").0).unwrap();
    let parts = |list: &serde_json::Value| -> String {
        list.as_array()
            .unwrap()
            .iter()
            .map(|part| data["pieces"][part.as_u64().unwrap() as usize].as_str().unwrap())
            .collect()
    };
    let positions = data["frames"].as_array().unwrap().iter();
    positions.map(|views| views.as_array().unwrap().iter().flat_map(|view| frame(&parts(&view[2]))).collect()).collect()
}

#[track_caller]
fn stays(frames: &Frames) {
    let axes = axes(frames);
    assert!(axes.len() > 1 && !axes[0].is_empty());
    for (position, axes_there) in axes.iter().enumerate() {
        assert_eq!(axes_there, &axes[0], "at position {position}");
    }
}

#[test]
fn names_stand_in_one_place_whether_or_not_the_lines_end_apart() {
    let lines = |end: f64| {
        let curves: Vec<[f64; 3]> = (0..4).map(|i| [0.0, 0.0, end * f64::from(i)]).collect();
        plot([0, 1, 2], curves).legend(["first", "second", "third", "fourth"]).ylim(-1, 9)
    };
    stays(&frames(slider(0.0..=2.5).step(0.5), lines));
    // Outside of controls they are beside the lines where there is room.
    let frame = |end| frame(&lines(end).to_svg());
    assert_ne!(frame(2.5), frame(0.1));
}

#[test]
fn numbers_at_the_axis_have_room_for_more_digits() {
    stays(&frames(choice([1, 10, 100, 1000]), |most: i32| {
        bar([0.2 * f64::from(most), f64::from(most)]).ylabel("models")
    }));
    stays(&frames(choice([1, 100]), |most: i32| {
        Grid::new([plot([0, 1], [0, most]).ylabel("y"), plot([0, 1], [0, 1])])
    }));
}

#[test]
fn a_note_takes_no_line_away() {
    let path = |rate: f64| {
        let steps: Vec<f64> =
            (0..9).map(|i| if rate > 0.5 && i > 5 { f64::NAN } else { rate * f64::from(i) }).collect();
        surface([[2.0, 1.0, 2.0], [1.0, 0.0, 1.0]], (-1.0, 1.0), (-1.0, 1.0))
            .path(&steps, &steps)
            .xlabel("w₁")
            .ylabel("w₂")
    };
    let noted = frames(slider(0.0..=1.0).step(0.25), path);
    assert!(noted.html().contains("not shown: 3 not finite"));
    stays(&noted);
    let line = |last: f64| plot([0.0, 1.0, 2.0], [1.0, 2.0, last]).xlabel("epoch").ylabel("loss").title("a line");
    stays(&frames(choice([3, 0]), move |last: i32| line(if last == 0 { f64::INFINITY } else { f64::from(last) })));
}

#[test]
fn six_controls_of_every_kind_give_the_closure_an_argument_each() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = Rc::clone(&seen);
    let controls = (
        slider(0..=9).label("whole").start(1),
        slider(0.0..=1.0).start(0.5),
        log_slider(0.01..=1.0).start(0.1),
        choice(["L1", "L2"]).start("L2"),
        toggle(true),
        play(1..=3),
    );
    interact!([noted], controls, |whole, real, log, norm, on, clock| {
        let told = format!("{whole} {real} {log} {norm} {on} {clock}");
        noted.borrow_mut().push(told.clone());
        let _: (i32, f64, f64, &str, bool, i32) = (whole, real, log, norm, on, clock);
        told
    });
    // Nobody can move the first one here: the closure is called at each of its positions.
    let expected: Vec<String> = (0..=9).map(|whole| format!("{whole} 0.5 0.1 L2 true 1")).collect();
    assert_eq!(*seen.borrow(), expected);
}
