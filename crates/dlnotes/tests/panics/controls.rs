//! Controls that can't be, and closures that show nothing.

#![allow(clippy::reversed_empty_ranges, reason = "what the calls are refused for")]

use dlnotes::prelude::*;

use crate::cases;

cases! {
    "controls/build.rs slider": ["slider", "5 to 1", "empty range"] => slider(5..=1);
    "controls/build.rs slider": ["slider", "NaN", "finite"] => slider(0.0..=f64::NAN);
    "controls/build.rs log_slider": ["log_slider", "0 to 1", "above 0"] => log_slider(0.0..=1.0);
    "controls/build.rs play": ["play", "5 to 1"] => play(5..=1);
    "controls/build.rs choice": ["choice", "at least one"] => choice([0; 0]);
    "controls/build.rs start": ["start", "9", "0 to 5"] => slider(0..=5).start(9);
    "controls/build.rs start": ["start", "L3"] => choice(["L1", "L2"]).start("L3");
    "controls/build.rs step": ["step", "0", "above 0"] => slider(0..=5).step(0);
    "controls/build.rs click_x": ["click", "only sliders"] => play(0..=5).click_x();
    "controls/build.rs click_y": ["click", "only sliders"] => play(0..=5).click_y();
    "controls/build.rs interval": ["interval", "play"] => slider(0..=5).interval(100);
    "controls/build.rs interval": ["interval", "0 ms"] => play(0..=5).interval(0);
    "controls/mod.rs interact": ["interact", "shows nothing"] => interact(toggle(true), |_| ());
    "controls/mod.rs frames": ["shows nothing"] => frames(toggle(true), |_| ());
}
