//! The models of what a cell showed at once: controls, what they move, and a place for text and errors.

use dlnotes_eval::MimeBundle;
use dlnotes_eval::controls::{Called, Control, Panel, standing};
use jupyter_protocol::JupyterMessageContent as Content;
use serde_json::{Map, Value, json};

use super::model::{self, Model};
use super::{html, outputs};

const WIDTH: &str = "30em";
const GONE: &str = "<p><em>The process that ran this cell has ended, and with it what the controls moved. Run the cell again \
                    to move them.</em></p>";

/// A panel as front ends have it.
pub(super) struct Shown {
    /// The cell that showed it.
    pub(super) cell: Option<String>,
    /// Whether running cells read it; otherwise a closure is called.
    pub(super) steers: bool,
    /// Children before parents; the last one is the whole.
    pub(super) models: Vec<Model>,
    /// Whether controls stand elsewhere than when the closure was called last.
    pub(super) moved: bool,
    /// What answers moves whose turn has not come, by model, in the order in which they arrived.
    pub(super) answers: Vec<(String, Vec<Content>)>,
    /// Whether the process that it belonged to has ended.
    pub(super) ended: bool,
    controls: Vec<Knob>,
    /// Place of the model that holds what the closure gives, of the one for text and errors.
    figure: usize,
    below: usize,
}

/// A control and where it stands.
struct Knob {
    control: Control,
    at: f64,
    /// Places of its models: two where a clock moves a slider.
    models: Vec<usize>,
}

impl Shown {
    /// `anywidget` is the version that the front end has of it.
    pub(super) fn new(panel: Panel, cell: Option<String>, anywidget: Option<&str>) -> Self {
        let mut models = Vec::new();
        let mut rows = Vec::new();
        let mut push = |model: Model| {
            let reference = model.reference();
            models.push(model);
            (models.len() - 1, reference)
        };
        let follows_clicks = panel.controls.iter().any(|control| control.click.is_some());
        let mut controls = Vec::new();
        for control in panel.controls {
            let (layout, style) = (Model::layout(WIDTH), Model::style(model::style_of(&control)));
            let knob = Model::of(&control, &layout, &style);
            let clock = Model::clock(&control);
            let link = clock.as_ref().map(|clock| Model::link(clock, &knob));
            push(layout);
            push(style);
            let (place, mut row) = push(knob);
            let mut places = vec![place];
            if let (Some(clock), Some(link)) = (clock, link) {
                let (place, of_clock) = push(clock);
                places.push(place);
                push(link);
                row = push(Model::horizontal(&[of_clock, row])).1;
            }
            rows.push(row);
            controls.push(Knob { at: control.start, control, models: places });
        }
        let html = html::of(&panel.views);
        let (figure, of_figure) = push(match anywidget.filter(|_| follows_clicks) {
            Some(version) => Model::clicked(&html, version),
            None => Model::html(&html),
        });
        let (below, of_below) = push(Model::output());
        rows.extend([of_figure, of_below]);
        push(Model::vertical(&rows));
        Self {
            cell,
            steers: panel.steers,
            models,
            moved: false,
            answers: Vec::new(),
            ended: false,
            controls,
            figure,
            below,
        }
    }

    /// The model that is shown.
    pub(super) fn root(&self) -> &str {
        self.models.last().map_or("", |model| &model.id)
    }

    /// Where its controls stand.
    pub(super) fn at(&self) -> Vec<f64> {
        self.controls.iter().map(|knob| knob.at).collect()
    }

    /// A page has moved a model. What it said that has an effect; what has to be put right on the page.
    pub(super) fn update(&mut self, id: &str, state: &Map<String, Value>) -> (Map<String, Value>, Vec<Content>) {
        let (mut taken, mut corrections) = (Map::new(), Vec::new());
        let Some(place) = self.models.iter().position(|model| model.id == id) else { return (taken, corrections) };
        if place == self.figure {
            return (Map::new(), self.clicked(state));
        }
        let Some(knob) = self.controls.iter_mut().find(|knob| knob.models.contains(&place)) else {
            return (taken, corrections);
        };
        let name = model::name_of_value(&knob.control);
        let Some(said) = state.get(name) else { return (taken, corrections) };
        let at = model::number(&knob.control, said);
        if let Some(at) = at {
            self.moved |= at != knob.at;
            knob.at = at;
        }
        let value = model::value(&knob.control, knob.at);
        if at.is_some_and(|at| model::value(&knob.control, at) == *said || said.as_f64() == Some(at)) {
            taken.insert(name.to_owned(), value.clone());
        }
        // Where a clock moves a slider, the page moves the other one itself.
        for place in &knob.models {
            self.models[*place].state.insert(name.to_owned(), value.clone());
        }
        if taken.is_empty() {
            corrections.push(self.models[place].set(name, value));
        }
        (taken, corrections)
    }

    /// A page tells where its figure was clicked: the controls that follow clicks move there.
    fn clicked(&mut self, state: &Map<String, Value>) -> Vec<Content> {
        let Some(at) = state.get("at") else { return Vec::new() };
        let mut sent = Vec::new();
        for knob in &mut self.controls {
            let Some(at) = model::clicked(&knob.control, at) else { continue };
            if at == knob.at {
                continue;
            }
            (knob.at, self.moved) = (at, true);
            let (name, value) = (model::name_of_value(&knob.control), model::value(&knob.control, at));
            sent.extend(knob.models.iter().map(|place| self.models[*place].set(name, value.clone())));
        }
        sent
    }

    /// The closure was called; what is to be sent.
    pub(super) fn called(&mut self, called: &Called) -> Vec<Content> {
        let mut sent = Vec::new();
        if let Some(views) = &called.views {
            sent.extend(self.set(self.figure, "value", html::of(views).into()));
        }
        sent.extend(self.set(self.below, "outputs", outputs::of(called)));
        sent
    }

    /// What it moved is gone.
    pub(super) fn end(&mut self) -> Vec<Content> {
        if std::mem::replace(&mut self.ended, true) {
            return Vec::new();
        }
        let figure = self.models[self.figure].state.get("value").and_then(Value::as_str).unwrap_or_default();
        let value = format!("{figure}{GONE}");
        let mut sent: Vec<Content> = self.set(self.figure, "value", value.into()).into_iter().collect();
        let places: Vec<usize> = self.controls.iter().flat_map(|knob| knob.models.clone()).collect();
        sent.extend(places.into_iter().filter_map(|place| self.set(place, "disabled", true.into())));
        sent
    }

    fn set(&mut self, place: usize, name: &str, value: Value) -> Option<Content> {
        let model = &mut self.models[place];
        (model.state.get(name) != Some(&value)).then(|| model.set(name, value))
    }
}

/// What is shown where no script runs: the first picture, and in words where the controls stand.
pub(super) fn still(panel: &Panel) -> MimeBundle {
    let mut lines = vec![standing(&panel.controls)];
    lines.extend(panel.views.iter().filter_map(|view| view.text("text/plain").map(str::to_owned)));
    let mut bundle = match &panel.views[..] {
        [view] => view.clone(),
        _ => MimeBundle::default(),
    };
    bundle.data.remove("text/html");
    bundle.data.insert("text/plain".into(), json!(lines.join("\n")));
    bundle
}
