//! Controls as front ends know them: models in the form of ipywidgets 8 (its protocol 2.1), with no Python behind them.
//!
//! The kernel owns their state, not the process that runs cells, so that a page that is loaded again gets it at any time,
//! even while a cell runs. [`Widgets`] is told what arrives and what cells show, and says what is to be sent and done; it
//! sends nothing itself.

pub mod anywidget;
mod arrival;
mod html;
mod left_over;
mod model;
mod outputs;
mod panel;

use std::collections::{BTreeMap, BTreeSet};

use dlnotes_eval::MimeBundle;
use dlnotes_eval::controls::{Called, Panel};
use jupyter_protocol::{CommClose, CommId, CommInfo, CommInfoReply, CommOpen, JupyterMessageContent as Content};
use serde_json::{Map, Value, json};

pub use arrival::Arrival;
use model::Model;
use panel::Shown;

/// The target of every model.
const MODEL: &str = "jupyter.widget";
/// The target by which a page asks for all of them.
const CONTROL: &str = "jupyter.widget.control";
/// The version of the protocol, in the metadata of every message that opens a model.
pub const VERSION: &str = "2.1.0";

/// All models, by the cells that showed them.
#[derive(Default)]
pub struct Widgets {
    /// The cell that runs or ran last, as the front end calls it.
    cell: Option<String>,
    panels: BTreeMap<u64, Shown>,
    /// Panels that pages have closed.
    unused: Vec<u64>,
    /// Comms on which pages may ask for everything.
    askers: BTreeSet<String>,
    /// The version of the front end's anywidget, where it has one: only with it do figures tell clicks.
    anywidget: Option<String>,
}

impl Widgets {
    /// None yet, for a front end with this version of anywidget.
    pub fn new(anywidget: Option<String>) -> Self {
        Self { anywidget, ..Self::default() }
    }

    /// A cell begins: what it showed before goes, and what deleted cells showed. What is to be sent, and the panels whose
    /// closures nobody can move any more.
    pub fn begin(&mut self, cell: Option<&str>, deleted: &[&str]) -> (Vec<Content>, Vec<u64>) {
        self.cell = cell.map(str::to_owned);
        let goes =
            |shown: &Shown| shown.cell.as_deref().is_some_and(|owner| Some(owner) == cell || deleted.contains(&owner));
        let numbers: Vec<u64> =
            self.panels.iter().filter(|(_, shown)| goes(shown)).map(|(number, _)| *number).collect();
        let closes = numbers.iter().flat_map(|number| self.close(*number)).collect();
        let mut gone = std::mem::take(&mut self.unused);
        gone.extend(numbers);
        (closes, gone)
    }

    /// A cell shows controls: what opens the models, and what shows them. `picture` adds a PNG to what has none.
    pub fn open(&mut self, panel: Panel, picture: impl Fn(&mut MimeBundle)) -> (Vec<Content>, MimeBundle) {
        let mut bundle = panel::still(&panel);
        picture(&mut bundle);
        // The picture is there for pages without scripts, which can't show an SVG either.
        bundle.data.remove("image/svg+xml");
        let number = panel.number;
        let shown = Shown::new(panel, self.cell.clone(), self.anywidget.as_deref());
        let view = json!({ "version_major": 2, "version_minor": 0, "model_id": shown.root() });
        bundle.data.insert("application/vnd.jupyter.widget-view+json".into(), view);
        let opens = shown.models.iter().map(open).collect();
        self.panels.insert(number, shown);
        (opens, bundle)
    }

    /// Whether a closure is to be called because of moves of this model, and with what; asked once for all moves that
    /// have arrived.
    pub fn due(&mut self, comm: &CommId) -> Option<(u64, Vec<f64>)> {
        let number = self.home(comm)?;
        let shown = self.panels.get_mut(&number)?;
        (std::mem::take(&mut shown.moved) && !shown.steers && !shown.ended).then(|| (number, shown.at()))
    }

    /// A closure was called: what is to be sent.
    pub fn called(&mut self, number: u64, called: &Called) -> Vec<Content> {
        self.panels.get_mut(&number).map(|shown| shown.called(called)).unwrap_or_default()
    }

    /// The process that runs cells has ended: its controls say so until their cell runs again.
    pub fn ended(&mut self) -> Vec<Content> {
        self.panels.values_mut().flat_map(Shown::end).collect()
    }

    /// The kernel ends.
    pub fn close_all(&mut self) -> Vec<Content> {
        let numbers: Vec<u64> = self.panels.keys().copied().collect();
        numbers.into_iter().flat_map(|number| self.close(number)).collect()
    }

    /// What is open, of this target or of all.
    pub fn info(&self, target: Option<&str>) -> Content {
        let wanted = |name: &str| target.is_none_or(|target| target == name);
        let models = self.models().filter(|_| wanted(MODEL)).map(|model| (model.id.clone(), MODEL));
        let askers = self.askers.iter().filter(|_| wanted(CONTROL)).map(|id| (id.clone(), CONTROL));
        let comms = models.chain(askers);
        let comms = comms.map(|(id, target)| (CommId(id), CommInfo { target_name: target.to_owned() })).collect();
        CommInfoReply { comms, ..CommInfoReply::default() }.into()
    }

    /// How many models there are.
    pub fn len(&self) -> usize {
        self.models().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.panels.is_empty()
    }

    fn models(&self) -> impl Iterator<Item = &Model> {
        self.panels.values().flat_map(|shown| &shown.models)
    }

    /// The panel that a model belongs to.
    fn home(&self, comm: &CommId) -> Option<u64> {
        self.panels.iter().find(|(_, shown)| shown.models.iter().any(|model| model.id == comm.0)).map(|(n, _)| *n)
    }

    fn close(&mut self, number: u64) -> Vec<Content> {
        let shown = self.panels.remove(&number);
        let models = shown.into_iter().flat_map(|shown| shown.models);
        // Parents before children, so that nothing that is still shown misses a part.
        let mut closes: Vec<Content> = models.map(|model| close(model.id)).collect();
        closes.reverse();
        closes
    }
}

fn open(model: &Model) -> Content {
    let mut data = Map::new();
    data.insert("state".into(), Value::Object(model.state.clone()));
    data.insert("buffer_paths".into(), json!([]));
    CommOpen { comm_id: CommId(model.id.clone()), target_name: MODEL.into(), data, target_module: None }.into()
}

fn close(id: String) -> Content {
    CommClose { comm_id: CommId(id), data: Map::new() }.into()
}

#[cfg(test)]
mod tests;
