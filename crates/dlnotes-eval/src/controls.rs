//! Controls that cells show, described as data, and what moving one led to.

use serde_json::Value;

pub use dlnotes_display::controls::{Click, Control, Kind, standing};

use crate::{Event, Failure, MimeBundle};

/// Controls, and what they move.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Its number, under which its closure is called; never given twice by one process that runs cells.
    pub number: u64,
    /// Whether cells read where its controls stand, while they run; otherwise it has a closure.
    pub steers: bool,
    /// From top to bottom.
    pub controls: Vec<Control>,
    /// What is shown below them, from top to bottom.
    pub views: Vec<MimeBundle>,
}

/// What calling a closure led to.
#[derive(Clone, Debug, Default)]
pub struct Called {
    /// What is to be shown below the controls; `None` where the last one stays.
    pub views: Option<Vec<MimeBundle>>,
    /// What else the closure showed and printed.
    pub shown: Vec<Event>,
    /// Why it did not come to its end.
    pub failure: Option<Failure>,
}

/// What a record says of controls; `None` if it can't be understood.
pub(crate) fn panel(record: &Value, views: Vec<MimeBundle>) -> Option<Panel> {
    let controls = record["controls"].as_array()?.iter().map(control).collect::<Option<_>>()?;
    Some(Panel { number: record["panel"].as_u64()?, steers: record["steers"] == true, controls, views })
}

fn control(value: &Value) -> Option<Control> {
    let real = |name: &str| value[name].as_f64();
    let (from, to, step) = (real("from"), real("to"), real("step"));
    let kind = match value["kind"].as_str()? {
        "slider" => Kind::Slider { from: from?, to: to?, step: step?, whole: value["whole"] == true },
        "log_slider" => Kind::LogSlider { from: from?, to: to?, step: step? },
        "choice" => {
            let options = value["options"].as_array()?.iter();
            Kind::Choice { options: options.map(|option| Some(option.as_str()?.to_owned())).collect::<Option<_>>()? }
        }
        "toggle" => Kind::Toggle,
        "play" => Kind::Play { from: from?, to: to?, step: step?, interval: real("interval")? },
        _ => return None,
    };
    let digits = value["digits"].as_u64().and_then(|digits| usize::try_from(digits).ok());
    let click = match value["click"].as_str() {
        None => None,
        Some("x") => Some(Click::X),
        Some("y") => Some(Click::Y),
        Some(_) => return None,
    };
    let label = value["label"].as_str()?.to_owned();
    Some(Control { label, kind, start: real("start")?, digits, moves: false, click })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dlnotes_display::Bundle;
    use dlnotes_display::record::{Record, json};

    #[test]
    fn controls_arrive_as_they_were_made() {
        let controls = vec![
            Control::slider(-2.0, 19.0, true).label("degree \"n\"").start(3.0),
            Control::slider(0.0, 1.0, false).step(0.125).digits(3).click(Click::X),
            Control::log_slider(1e-3, 1.0).click(Click::Y),
            Control::log_slider(1e-8, 10.0).label("λ"),
            Control::choice(vec!["L1".into(), "L2".into()]).start(1.0),
            Control::toggle(true),
            Control::play(0.0, 9.0).interval(50.0),
        ];
        let views = [Bundle::new("text/plain", "a")];
        let record = json(&Record::Controls { panel: 9, steers: true, controls: &controls, views: &views });
        let arrived = panel(&serde_json::from_str(&record).unwrap(), Vec::new());
        assert_eq!(arrived, Some(Panel { number: 9, steers: true, controls, views: Vec::new() }));
        for broken in [r#"{"panel":1}"#, r#"{"panel":1,"controls":[{"kind":"dial"}]}"#, r#"{"controls":[]}"#] {
            assert_eq!(panel(&serde_json::from_str(broken).unwrap(), Vec::new()), None, "{broken}");
        }
    }
}
