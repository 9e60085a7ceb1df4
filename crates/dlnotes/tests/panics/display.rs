//! Controls below the typed ones: those of `dlnotes-display`.

use dlnotes::dlnotes_display::Bundle;
use dlnotes::dlnotes_display::controls::{Click, Control, Frames, interact};

use crate::{cases, told};

cases! {
    "dlnotes-display/control.rs slider": ["slider", "5 to 1", "empty range"] => Control::slider(5.0, 1.0, true);
    "dlnotes-display/control.rs slider": ["slider", "inf", "finite"] => Control::slider(0.0, f64::INFINITY, false);
    "dlnotes-display/control.rs slider": ["slider", "2⁵³"] => Control::slider(0.0, 1e17, true);
    "dlnotes-display/control.rs log_slider": ["log_slider", "-1 to 1", "above 0"] => Control::log_slider(-1.0, 1.0);
    "dlnotes-display/control.rs choice": ["choice", "at least one"] => Control::choice(Vec::new());
    "dlnotes-display/control.rs play": ["play", "3 to 3"] => Control::play(3.0, 3.0);
    "dlnotes-display/control.rs start": ["start", "2", "0 to 1"] => Control::slider(0.0, 1.0, false).start(2.0);
    "dlnotes-display/control.rs step": ["step", "NaN"] => Control::slider(0.0, 1.0, false).step(f64::NAN);
    "dlnotes-display/control.rs step": ["step", "0.5", "whole"] => Control::slider(0.0, 9.0, true).step(0.5);
    "dlnotes-display/control.rs step": ["step", "only sliders"] => Control::toggle(true).step(1.0);
    "dlnotes-display/control.rs interval": ["interval", "0 ms"] => Control::play(0.0, 9.0).interval(0.0);
    "dlnotes-display/control.rs interval": ["interval", "clock"] => Control::toggle(true).interval(100.0);
    "dlnotes-display/control.rs click": ["click", "only sliders"] => Control::toggle(true).click(Click::X);
    "dlnotes-display/frames.rs new": ["shows nothing"] => Frames::new(Control::toggle(true), |_| Vec::new());
    "dlnotes-display/frames.rs save": ["/no/such", "No such file"] => told(Frames::new(Control::toggle(true), |_| vec![Bundle::new("text/plain", "a")]).save("/no/such/page.html"));
    "dlnotes-display/panel.rs interact": ["interact", "at least one control"] => interact(Vec::new(), |_| Vec::new());
    "dlnotes-display/panel.rs interact": ["shows nothing"] => interact(vec![Control::toggle(true)], |_| Vec::new());
}
