//! What pages say about controls: each of the input's lines is a message's data, behind a digit that chooses the model.
//!
//! Must hold: no panic; wherever a closure is called, its controls stand where they can; the state can be sent.
#![no_main]

use dlnotes_eval::MimeBundle;
use dlnotes_eval::controls::{Control, Panel};
use dlnotes_fuzz::widgets::{Arrival, Widgets};
use jupyter_protocol::{CommId, CommMsg, CommOpen, JupyterMessageContent as Content};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fn controls() -> Vec<Control> {
    vec![
        Control::slider(-2.0, 19.0, true),
        Control::slider(0.0, 1.0, false),
        Control::log_slider(1e-8, 10.0),
        Control::choice(vec!["L1".into(), "L2".into()]),
        Control::toggle(false),
        Control::play(0.0, 9.0),
    ]
}

fuzz_target!(|data: &[u8]| {
    let mut widgets = Widgets::default();
    widgets.begin(Some("cell"), &[]);
    let views = vec![MimeBundle::new("text/plain", "first")];
    let (opens, _) = widgets.open(Panel { number: 1, steers: false, controls: controls(), views }, |_| {});
    let mut ids: Vec<CommId> = opens
        .iter()
        .filter_map(|open| match open {
            Content::CommOpen(open) => Some(open.comm_id.clone()),
            _ => None,
        })
        .collect();
    ids.push(CommId("asker".into()));
    for line in data.split(|byte| *byte == b'\n') {
        let Some((which, json)) = line.split_first() else { continue };
        let id = ids[usize::from(*which) % ids.len()].clone();
        let Ok(Value::Object(data)) = serde_json::from_slice(json) else {
            let target_name = String::from_utf8_lossy(json).into_owned();
            widgets.comm_opened(&CommOpen { comm_id: id, target_name, ..CommOpen::default() });
            continue;
        };
        if let Arrival::Now(answers) | Arrival::Steer { answers, .. } =
            widgets.comm_message(&CommMsg { comm_id: id.clone(), data }, None)
        {
            assert!(answers.iter().all(|answer| serde_json::to_string(answer).is_ok()));
        }
        assert!(widgets.answers(&id).len() <= 2);
        if let Some((number, at)) = widgets.due(&id) {
            assert_eq!((number, at.len()), (1, controls().len()));
            for (control, at) in controls().iter().zip(at) {
                assert_eq!(control.accept(at), Some(at), "{control:?}");
            }
        }
    }
});
