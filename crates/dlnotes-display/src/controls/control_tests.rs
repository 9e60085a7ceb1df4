//! Positions, their names, and what makes no control.

use super::*;

#[test]
fn positions_are_even_tidy_and_have_the_start() {
    assert_eq!(Control::slider(0.0, 0.3, false).step(0.1).positions(20), [0.0, 0.1, 0.2, 0.3]);
    assert_eq!(Control::slider(0.0, 10.0, true).step(3.0).positions(20), [0.0, 3.0, 6.0, 9.0]);
    assert_eq!(Control::slider(0.0, 100.0, true).start(7.0).positions(3), [0.0, 7.0, 50.0, 100.0]);
    assert_eq!(Control::toggle(true).positions(20), [0.0, 1.0]);
    assert_eq!(Control::choice(vec!["one".into()]).positions(20), [0.0]);
    assert_eq!(Control::log_slider(1.0, 10.0).step(0.5).positions(20), [1.0, 3.16227766017, 10.0]);
    assert_eq!(Control::slider(-1.0, 1.0, false).positions(20).len(), 20);
    let huge = Control::slider(0.0, 1e15, true).positions(20);
    assert_eq!((huge.len(), huge[0], huge[19]), (20, 0.0, 1e9));
}

#[test]
fn a_step_nobody_chose_is_a_round_number() {
    for (range, expect) in [(1.0, 0.01), (2.0, 0.02), (3.0, 0.05), (0.7, 0.01), (1000.0, 10.0)] {
        assert_eq!(round_step(range / STEPS), expect, "{range}");
    }
}

#[test]
fn positions_are_called_by_their_shortest_name() {
    assert_eq!(Control::log_slider(1e-8, 10.0).text(3.1622776e-3), "0.00316");
    assert_eq!(Control::log_slider(1e-8, 10.0).text(2.5e-7), "2.5e-7");
    assert_eq!(Control::slider(0.0, 1.0, false).text(0.1 + 0.2), "0.3");
    assert_eq!(Control::toggle(false).label("dropout").standing(0.0), "dropout = off");
}

#[test]
fn what_makes_no_control_is_told() {
    let check = |make: fn() -> Control, expect: &str| {
        let message = crate::cell::message(std::panic::catch_unwind(make).unwrap_err());
        assert!(message.contains(expect), "{message}");
    };
    check(|| Control::slider(3.0, 3.0, true), "slider: 3 to 3 is an empty range");
    check(|| Control::slider(f64::NAN, 3.0, false), "finite");
    check(|| Control::log_slider(0.0, 3.0), "above 0");
    check(|| Control::choice(Vec::new()), "nothing to choose from");
    check(|| Control::play(3.0, 1.0), "play: 3 to 1 is an empty range");
    check(|| Control::slider(0.0, 3.0, true).step(0.0), "step: 0: a step is a number above 0");
    check(|| Control::slider(0.0, 3.0, true).step(0.5), "whole step");
    check(|| Control::toggle(true).step(1.0), "only sliders");
    check(|| Control::slider(0.0, 3.0, true).start(4.0), "start: 4 is not in the control's range, 0 to 3");
    check(|| Control::slider(0.0, 3.0, true).start(f64::NAN), "start: NaN");
    check(|| Control::toggle(true).interval(4.0), "only a clock");
}
