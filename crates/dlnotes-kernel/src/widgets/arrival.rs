//! What a page sends about models, and what is done about it when it arrives.

use std::path::Path;

use jupyter_protocol::{CommId, CommMsg, CommOpen, JupyterMessageContent as Content};
use serde_json::{Map, Value, json};

use super::{CONTROL, Model, Widgets, close, left_over, model};

/// So many pages may ask for everything at the same time; each that is loaded again is another one.
const MOST_ASKERS: usize = 64;

/// What is to be done about a message.
#[derive(Debug)]
pub enum Arrival {
    /// It is answered at once, even while a cell runs.
    Now(Vec<Content>),
    /// A closure will have to be called, when its turn comes.
    Later,
    /// Cells read where the controls stand: they are told at once.
    Steer {
        /// The panel.
        panel: u64,
        /// Where its controls stand.
        at: Vec<f64>,
        /// What is to be sent.
        answers: Vec<Content>,
    },
}

impl Widgets {
    /// A page opens a comm. `notebook` is the file that the kernel belongs to.
    pub fn comm_opened(&mut self, open: &CommOpen) -> Arrival {
        if open.target_name != CONTROL {
            log::info!("comm target {:?} is unknown", open.target_name);
            return Arrival::Now(vec![close(open.comm_id.0.clone())]);
        }
        if self.askers.len() >= MOST_ASKERS {
            self.askers.pop_first();
        }
        self.askers.insert(open.comm_id.0.clone());
        Arrival::Now(Vec::new())
    }

    /// A page closes a comm.
    pub fn comm_closed(&mut self, comm: &CommId) -> Arrival {
        self.askers.remove(&comm.0);
        match self.home(comm) {
            Some(panel) => {
                // What is left of the panel is of no use. Its closure goes when the next cell begins.
                self.unused.push(panel);
                Arrival::Now(self.close(panel))
            }
            None => Arrival::Now(Vec::new()),
        }
    }

    /// A page says something on a comm.
    pub fn comm_message(&mut self, message: &CommMsg, notebook: Option<&Path>) -> Arrival {
        let method = message.data.get("method").and_then(Value::as_str).unwrap_or_default();
        if self.askers.contains(&message.comm_id.0) {
            return Arrival::Now(match method {
                "request_states" => vec![self.states(&message.comm_id, notebook)],
                _ => Vec::new(),
            });
        }
        let Some(number) = self.home(&message.comm_id) else { return Arrival::Now(Vec::new()) };
        let Some(shown) = self.panels.get_mut(&number) else { return Arrival::Now(Vec::new()) };
        let id = &message.comm_id.0;
        match (method, message.data.get("state").and_then(Value::as_object)) {
            ("request_state", _) => {
                let state = shown.models.iter().find(|model| model.id == *id).map(|model| model.state.clone());
                Arrival::Now(vec![model::message(id, "update", state.unwrap_or_default())])
            }
            ("update", Some(state)) => {
                let (taken, mut answers) = shown.update(id, state);
                answers.extend(echo(id, taken));
                if shown.steers && !shown.ended {
                    shown.moved = false;
                    return Arrival::Steer { panel: number, at: shown.at(), answers };
                }
                shown.answers.push((id.clone(), answers));
                Arrival::Later
            }
            _ => Arrival::Now(Vec::new()),
        }
    }

    /// What answers the next move of a model, now that its turn has come.
    pub fn answers(&mut self, comm: &CommId) -> Vec<Content> {
        let shown = self.home(comm).and_then(|number| self.panels.get_mut(&number));
        let answers = shown.and_then(|shown| {
            let place = shown.answers.iter().position(|(id, _)| *id == comm.0)?;
            Some(shown.answers.remove(place).1)
        });
        answers.unwrap_or_default()
    }

    /// All models, and those that a notebook was saved with.
    fn states(&self, asker: &CommId, notebook: Option<&Path>) -> Content {
        let left_over = notebook.map(|path| left_over::models(path, |id| self.models().any(|model| model.id == id)));
        let left_over = left_over.unwrap_or_default();
        let states: Map<String, Value> =
            self.models().chain(&left_over).map(|model| (model.id.clone(), described(model))).collect();
        let data = json!({ "method": "update_states", "states": states, "buffer_paths": [] });
        CommMsg { comm_id: asker.clone(), data: data.as_object().cloned().unwrap_or_default() }.into()
    }
}

fn described(model: &Model) -> Value {
    let name = |name: &str| model.state.get(name).cloned().unwrap_or_default();
    json!({
        "model_name": name("_model_name"),
        "model_module": name("_model_module"),
        "model_module_version": name("_model_module_version"),
        "state": model.state,
    })
}

/// Other pages on the same notebook move their controls too.
fn echo(id: &str, taken: Map<String, Value>) -> Option<Content> {
    (!taken.is_empty()).then(|| model::message(id, "echo_update", taken))
}
