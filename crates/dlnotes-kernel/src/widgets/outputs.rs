//! What a closure showed and printed, and why it failed, as outputs of a notebook.

use dlnotes_eval::controls::Called;
use dlnotes_eval::{Event, Failure, MimeBundle, Stream};
use serde_json::{Value, json};

/// The list that an output model holds.
pub(super) fn of(called: &Called) -> Value {
    let mut outputs: Vec<Value> = Vec::new();
    for event in &called.shown {
        match event {
            Event::Text(stream, text) => {
                let name = if *stream == Stream::Out { "stdout" } else { "stderr" };
                outputs.push(json!({ "output_type": "stream", "name": name, "text": text }));
            }
            Event::Display(bundle, _) | Event::Result(bundle) => outputs.push(display(bundle)),
            Event::Clear(_) => outputs.clear(),
            Event::Error(failure) => outputs.push(error(failure)),
            Event::Update(..) | Event::Page(_) | Event::Controls(_) | Event::View(..) | Event::ControlsEnded => {}
        }
    }
    outputs.extend(called.failure.as_ref().map(error));
    Value::from(outputs)
}

fn display(bundle: &MimeBundle) -> Value {
    json!({ "output_type": "display_data", "data": bundle.data, "metadata": bundle.metadata })
}

fn error(failure: &Failure) -> Value {
    let Failure { ename, evalue, traceback } = failure;
    json!({ "output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback })
}
