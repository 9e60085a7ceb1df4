//! The animator as the stock kernel sees it; what ours gets is tested where the kernel is.

use dlnotes::plot::Animator;
use std::process::Command;
use std::time::{Duration, Instant};

/// How long the training below lasts, and the pause between two of its points.
const TRAINING: Duration = Duration::from_millis(700);
const STEP: Duration = Duration::from_millis(2);

/// Runs the test `name` of this file in a process with `environment`, and gives what it writes.
fn output(name: &str, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this test's file"));
    command.args(["--exact", name, "--ignored", "--nocapture"]).env_remove("EVCXR_IS_RUNTIME");
    let output = command.envs(environment.iter().copied()).output().expect("a process");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// Trains for a while; the last points come faster than pictures are drawn.
fn train() -> Animator {
    let mut animator = Animator::new().xlabel("epoch").legend(["train", "test"]);
    let start = Instant::now();
    let mut epoch = 0;
    while start.elapsed() < TRAINING {
        epoch += 1;
        animator.add(epoch, [1.0 / f64::from(epoch), 2.0]);
        std::thread::sleep(STEP);
    }
    animator.add(epoch + 1, [0.0, 12.5]);
    animator
}

#[test]
#[ignore = "started by the test below"]
fn a_cell_that_ends_in_its_animator() {
    train().evcxr_display();
}

#[test]
#[ignore = "started by the test below"]
fn a_cell_that_drops_its_animator() {
    drop(train());
}

#[test]
fn the_stock_kernel_gets_the_final_figure_where_it_is_asked_for() {
    let stock = [("EVCXR_IS_RUNTIME", "1")];
    let out = output("a_cell_that_ends_in_its_animator", &stock);
    assert_eq!(out.matches("EVCXR_BEGIN_CONTENT image/svg+xml").count(), 1);
    assert!(out.contains("rises from 2 to 12.5"));
    assert!(!output("a_cell_that_drops_its_animator", &stock).contains("EVCXR_BEGIN_CONTENT"));
}

#[test]
fn an_animated_figure_is_an_ordinary_figure() {
    let mut animator = Animator::new().xlim(0, 10).ylim(1e-3, 1).ylog().title("loss");
    animator.push("train", 1, 0.5);
    animator.add(2, [0.25]);
    let figure = animator.figure();
    assert_eq!(figure.summary(), "loss over x from 0 to 10 (log y axis): train falls from 0.5 to 0.25.");
    assert_eq!(animator.to_string(), figure.to_string());
    animator.add(3, [0.1]);
    assert!(figure.summary().ends_with("0.25."), "a figure that was taken stays as it was");
}
