//! What a model's state looks like.

use dlnotes_eval::controls::{Click, Control, Kind};
use jupyter_protocol::{CommId, CommMsg, JupyterMessageContent as Content};
use serde_json::{Map, Value, json};

const BASE: (&str, &str) = ("@jupyter-widgets/base", "2.0.0");
const CONTROLS: (&str, &str) = ("@jupyter-widgets/controls", "2.0.0");
/// The page's side of a figure that is clicked.
const CLICKED: &str = include_str!("clicked.js");
const OUTPUT: (&str, &str) = ("@jupyter-widgets/output", "1.0.0");

/// A model: what a front end makes a widget of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    pub(super) id: String,
    pub(super) state: Map<String, Value>,
}

impl Model {
    /// A model of the class `name`, such as `IntSlider`, with what differs from its defaults.
    fn new((module, version): (&str, &str), name: &str, traits: Value) -> Self {
        let mut state = Map::new();
        for side in ["model", "view"] {
            let (name, capital) = (format!("{name}{}", if side == "model" { "Model" } else { "View" }), side);
            state.insert(format!("_{capital}_module"), module.into());
            state.insert(format!("_{capital}_module_version"), version.into());
            state.insert(format!("_{capital}_name"), name.into());
        }
        if let Value::Object(traits) = traits {
            state.extend(traits);
        }
        Self { id: uuid::Uuid::new_v4().simple().to_string(), state }
    }

    /// How other models name it.
    pub(super) fn reference(&self) -> String {
        format!("IPY_MODEL_{}", self.id)
    }

    pub(super) fn layout(width: &str) -> Self {
        Self::new(BASE, "Layout", json!({ "width": width }))
    }

    /// Labels are as wide as their text.
    pub(super) fn style(name: &str) -> Self {
        let mut style = Self::new(CONTROLS, name, json!({ "description_width": "initial" }));
        style.state.extend(view(BASE, "StyleView"));
        style
    }

    pub(super) fn html(value: &str) -> Self {
        Self::new(CONTROLS, "HTML", json!({ "value": value }))
    }

    /// HTML with figures in it that tells where it is clicked, by the front end's anywidget of this version.
    pub(super) fn clicked(value: &str, version: &str) -> Self {
        let traits =
            json!({ "value": value, "at": [], "_esm": CLICKED, "_css": "", "_anywidget_id": "dlnotes.Clicked" });
        Self::new(("anywidget", &format!("~{version}")), "Any", traits)
    }

    pub(super) fn output() -> Self {
        Self::new(OUTPUT, "Output", json!({ "outputs": [], "msg_id": "" }))
    }

    pub(super) fn vertical(children: &[String]) -> Self {
        Self::new(CONTROLS, "VBox", json!({ "children": children }))
    }

    pub(super) fn horizontal(children: &[String]) -> Self {
        Self::new(CONTROLS, "HBox", json!({ "children": children }))
    }

    /// Keeps the numbers of two models the same, in the front end.
    pub(super) fn link(source: &Self, target: &Self) -> Self {
        let ends = json!({ "source": [source.reference(), "value"], "target": [target.reference(), "value"] });
        let mut link = Self::new(CONTROLS, "Link", ends);
        link.state.insert("_view_name".into(), Value::Null);
        link
    }

    /// The clock that moves a slider.
    pub(super) fn clock(control: &Control) -> Option<Self> {
        let Kind::Play { from, to, step, interval } = control.kind else { return None };
        let (min, max, step, interval) = (whole(from), whole(to), whole(step), whole(interval));
        let traits =
            json!({ "min": min, "max": max, "step": step, "interval": interval, "value": whole(control.start) });
        Some(Self::new(CONTROLS, "Play", traits))
    }

    /// What the reader moves.
    pub(super) fn of(control: &Control, layout: &Self, style: &Self) -> Self {
        let real = |from: f64, to: f64, step: f64, name: &str, format: String| {
            (name.to_owned(), json!({ "min": from, "max": to, "step": step, "readout_format": format }))
        };
        let fixed = |digits: usize| format!(".{digits}f");
        let (name, traits) = match &control.kind {
            Kind::Slider { from, to, step, whole: true } | Kind::Play { from, to, step, .. } => {
                ("IntSlider".into(), json!({ "min": whole(*from), "max": whole(*to), "step": whole(*step) }))
            }
            Kind::Slider { from, to, step, whole: false } => {
                let digits = control.digits.unwrap_or_else(|| digits_of(*step));
                real(*from, *to, *step, "FloatSlider", fixed(digits))
            }
            Kind::LogSlider { from, to, step } => {
                // Three digits without zeros behind them.
                let format = control.digits.map_or_else(|| String::from(".3~g"), fixed);
                let (name, mut traits) = real(from.log10(), to.log10(), *step, "FloatLogSlider", format);
                traits["base"] = json!(10.0);
                (name, traits)
            }
            Kind::Choice { options } => ("Dropdown".into(), json!({ "_options_labels": options })),
            // A kind from a newer version: a switch is better than nothing.
            Kind::Toggle | _ => ("Checkbox".into(), json!({ "indent": false })),
        };
        let mut model = Self::new(CONTROLS, &name, traits);
        model.state.insert("description".into(), control.label.clone().into());
        model.state.insert("layout".into(), layout.reference().into());
        model.state.insert("style".into(), style.reference().into());
        model.state.insert(name_of_value(control).into(), value(control, control.start));
        model
    }

    /// Changes a part of the state; what tells front ends.
    pub(super) fn set(&mut self, name: &str, value: Value) -> Content {
        self.state.insert(name.to_owned(), value.clone());
        message(&self.id, "update", [(name.to_owned(), value)].into_iter().collect())
    }
}

/// Which style a control has.
pub(super) fn style_of(control: &Control) -> &'static str {
    match control.kind {
        Kind::Choice { .. } => "DescriptionStyle",
        Kind::Toggle => "CheckboxStyle",
        _ => "SliderStyle",
    }
}

/// The name under which a control's model holds where it stands.
pub(super) fn name_of_value(control: &Control) -> &'static str {
    if matches!(control.kind, Kind::Choice { .. }) { "index" } else { "value" }
}

/// Where it stands, as its model holds it.
pub(super) fn value(control: &Control, at: f64) -> Value {
    match control.kind {
        Kind::Toggle => json!(at != 0.0),
        Kind::Slider { whole: false, .. } | Kind::LogSlider { .. } => json!(at),
        _ => json!(whole(at)),
    }
}

/// Where a control is to stand, as a page says it.
pub(super) fn number(control: &Control, value: &Value) -> Option<f64> {
    control.accept(value.as_f64().or_else(|| value.as_bool().map(|on| f64::from(u8::from(on))))?)
}

/// Where a control that follows clicks is to stand after one.
pub(super) fn clicked(control: &Control, at: &Value) -> Option<f64> {
    let place = match control.click? {
        Click::X => 0,
        Click::Y => 1,
    };
    control.accept(at.get(place)?.as_f64()?)
}

/// A message on a model's comm.
pub(super) fn message(id: &str, method: &str, state: Map<String, Value>) -> Content {
    let data = json!({ "method": method, "state": state, "buffer_paths": [] });
    CommMsg { comm_id: CommId(id.to_owned()), data: data.as_object().cloned().unwrap_or_default() }.into()
}

fn view((module, version): (&str, &str), name: &str) -> [(String, Value); 3] {
    [("_view_module", module), ("_view_module_version", version), ("_view_name", name)]
        .map(|(key, value)| (key.to_owned(), value.into()))
}

/// Whole numbers have no point on the wire: pages tell `3` from `3.0`.
fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// Digits behind the point that a step has.
fn digits_of(step: f64) -> usize {
    (0..10)
        .find(|digits| (step * 10f64.powi(*digits)).fract().min(1.0 - (step * 10f64.powi(*digits)).fract()) < 1e-6)
        .map_or(3, |digits| digits as usize)
}
