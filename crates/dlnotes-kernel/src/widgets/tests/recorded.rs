//! Our messages beside those that ipywidgets sends of the same controls (`recorded.py`).

use super::*;

fn recorded() -> Value {
    serde_json::from_str(include_str!("recorded.json")).unwrap()
}

/// The controls that `recorded.py` has.
fn controls() -> Vec<Control> {
    vec![
        Control::slider(0.0, 19.0, true).label("degree").start(3.0),
        Control::slider(0.0, 1.0, false).start(0.5),
        Control::log_slider(1e-8, 10.0).start(1e-4),
        Control::choice(vec!["L1".into(), "L2".into()]).start(1.0),
        Control::toggle(true),
        Control::play(0.0, 9.0).interval(50.0),
    ]
}

fn keys(value: &Value) -> Vec<&String> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().collect();
    keys.sort();
    keys
}

/// What the messages say, with their own names for the models.
fn messages(recorded: &Value, names: &[(&str, &str)]) -> Vec<Value> {
    let mut text = recorded.to_string();
    for (theirs, ours) in names {
        text = text.replace(&format!("\"{theirs}\""), &format!("\"{ours}\""));
    }
    let messages: Vec<Value> = serde_json::from_str(&text).unwrap();
    messages.into_iter().map(|message| message["content"].clone()).collect()
}

fn id_of(recorded: &Value, class: &str) -> String {
    recorded["opened"][class]["content"]["comm_id"].as_str().unwrap().to_owned()
}

#[test]
fn models_have_the_fields_and_the_values_that_ipywidgets_gives_them() {
    let (recorded, mut widgets) = (recorded(), Widgets::default());
    let (opens, bundle) = widgets.open(panel(1, controls()), |_| {});
    let opens: Vec<Value> = opens.iter().map(json_of).collect();
    let mut classes = std::collections::BTreeSet::new();
    for open in &opens {
        let state = &open["data"]["state"];
        let class = state["_model_name"].as_str().unwrap();
        let theirs = &recorded["opened"][class];
        assert_eq!(theirs["metadata"]["version"], VERSION);
        assert_eq!(keys(&open["data"]), keys(&theirs["content"]["data"]));
        for key in keys(open) {
            assert!(theirs["content"].get(key).is_some(), "{class}: {key}");
        }
        let theirs = &theirs["content"]["data"]["state"];
        for (name, value) in state.as_object().unwrap() {
            let known = theirs.get(name).unwrap_or_else(|| panic!("{class} has no {name}"));
            match (class, name.as_str()) {
                // How wide things are is ours to say.
                ("LayoutModel", "width") | (_, "description_width") => assert!(value.is_string()),
                (_, "children" | "layout" | "style" | "source" | "target") => {
                    let refers = |value: &Value| value.to_string().contains("IPY_MODEL_");
                    assert_eq!((refers(value), value.is_array()), (refers(known), known.is_array()), "{class}: {name}");
                }
                // A slider that belongs to a clock has the clock's range.
                ("IntSliderModel", _) if state["description"] != "degree" => {}
                // ipywidgets knows no format without zeros at the end; its page does.
                ("FloatLogSliderModel", "readout_format") => {
                    assert_eq!((value, known), (&json!(".3~g"), &json!(".3g")))
                }
                ("HTMLModel", "value") => assert!(value.is_string() && known.is_string()),
                _ => assert_eq!(value, known, "{class}: {name}"),
            }
        }
        classes.insert(class);
    }
    let theirs: std::collections::BTreeSet<&str> =
        recorded["opened"].as_object().unwrap().keys().map(String::as_str).collect();
    // HTML keeps its style, which we don't change.
    assert_eq!(theirs.difference(&classes).collect::<Vec<_>>(), [&"HTMLStyleModel"]);
    // A control comes behind its layout and its style.
    let order = |classes: Vec<&str>| classes[..9].join(" ");
    let ours = opens.iter().map(|open| open["data"]["state"]["_model_name"].as_str().unwrap()).collect();
    let theirs = recorded["order"].as_array().unwrap().iter().map(|class| class.as_str().unwrap()).collect();
    assert_eq!(order(ours), order(theirs));

    let mime = "application/vnd.jupyter.widget-view+json";
    let mut view = bundle.data[mime].clone();
    view["model_id"] = recorded["shown"][mime]["model_id"].clone();
    assert_eq!(view, recorded["shown"][mime]);
}

#[test]
fn a_move_is_answered_as_ipywidgets_answers_it() {
    let (recorded, mut widgets) = (recorded(), Widgets::default());
    let models = opened(&mut widgets, panel(1, controls()));
    let [slider, figure, below] =
        ["IntSliderModel", "HTMLModel", "OutputModel"].map(|class| find(&models, class).1.as_str());
    let ids = ["IntSliderModel", "HTMLModel", "OutputModel"].map(|class| id_of(&recorded, class));
    let names = [(ids[0].as_str(), slider), (&ids[1], figure), (&ids[2], below)];

    assert!(matches!(move_to(&mut widgets, slider, "value", json!(4)), Arrival::Later));
    let mut sent: Vec<Value> = widgets.answers(&CommId(slider.to_owned())).iter().map(json_of).collect();
    let shown = vec![Event::Text(Stream::Out, "printed".into())];
    let called = Called { views: Some(vec![text("second")]), shown, failure: None };
    sent.extend(widgets.called(1, &called).iter().map(json_of));
    assert_eq!(sent, messages(&recorded["moved"], &names));

    // Asked for one model: an update with its whole state.
    let Arrival::Now(answers) = say(&mut widgets, slider, json!({ "method": "request_state" })) else { panic!("now") };
    let [theirs] = &messages(&recorded["asked for one"], &names)[..] else { panic!("one message") };
    let ours = json_of(&answers[0]);
    assert_eq!((&ours["comm_id"], &ours["data"]["method"]), (&theirs["comm_id"], &theirs["data"]["method"]));
    assert_eq!(keys(&ours["data"]), keys(&theirs["data"]));
    assert_eq!(ours["data"]["state"]["value"], theirs["data"]["state"]["value"]);

    // Asked for all of them.
    let [theirs] = &messages(&recorded["asked for all"], &names)[..] else { panic!("one message") };
    let asker = theirs["comm_id"].as_str().unwrap();
    let target_name = "jupyter.widget.control".into();
    widgets.comm_opened(&CommOpen { comm_id: CommId(asker.to_owned()), target_name, ..CommOpen::default() });
    let Arrival::Now(answers) = say(&mut widgets, asker, json!({ "method": "request_states" })) else { panic!("now") };
    let ours = json_of(&answers[0]);
    assert_eq!((&ours["comm_id"], &ours["data"]["method"]), (&theirs["comm_id"], &theirs["data"]["method"]));
    assert_eq!(keys(&ours["data"]), keys(&theirs["data"]));
    let (ours, theirs) = (&ours["data"]["states"][slider], &theirs["data"]["states"][slider]);
    assert_eq!(keys(ours), keys(theirs));
    for key in ["model_name", "model_module", "model_module_version"] {
        assert_eq!(ours[key], theirs[key]);
    }

    // Closed.
    let [theirs] = &messages(&recorded["closed"], &names)[..] else { panic!("one message") };
    let closes: Vec<Value> = widgets.close_all().iter().map(json_of).collect();
    assert!(closes.contains(theirs), "{closes:?}");
}
