//! The messages that front ends get, in the form that ipywidgets 8 gives them.

use dlnotes_eval::controls::Control;
use dlnotes_eval::{Event, Failure, Stream};
use jupyter_protocol::CommMsg;

use super::*;

mod clicked;
mod recorded;

fn text(text: &str) -> MimeBundle {
    MimeBundle::new("text/plain", text)
}

fn panel(number: u64, controls: Vec<Control>) -> Panel {
    Panel { number, steers: false, controls, views: vec![text("first")] }
}

fn json_of(content: &Content) -> Value {
    let value = match content {
        Content::CommOpen(open) => serde_json::to_value(open),
        Content::CommMsg(message) => serde_json::to_value(message),
        Content::CommClose(close) => serde_json::to_value(close),
        Content::CommInfoReply(info) => serde_json::to_value(info),
        other => panic!("{}", other.message_type()),
    };
    value.unwrap()
}

/// Opens a panel; ids and states of its models by class.
fn opened(widgets: &mut Widgets, panel: Panel) -> Vec<(String, String, Value)> {
    let (opens, _) = widgets.open(panel, |_| {});
    let opens = opens.iter().map(json_of).map(|open| {
        assert_eq!(open["target_name"], "jupyter.widget");
        assert_eq!(open["data"]["buffer_paths"], json!([]));
        let state = open["data"]["state"].clone();
        (state["_model_name"].as_str().unwrap().to_owned(), open["comm_id"].as_str().unwrap().to_owned(), state)
    });
    opens.collect()
}

fn find<'a>(models: &'a [(String, String, Value)], class: &str) -> &'a (String, String, Value) {
    models.iter().find(|(name, ..)| name == class).unwrap_or_else(|| panic!("no {class}"))
}

fn say(widgets: &mut Widgets, id: &str, data: Value) -> Arrival {
    let data = data.as_object().cloned().unwrap_or_default();
    widgets.comm_message(&CommMsg { comm_id: CommId(id.into()), data }, None)
}

fn move_to(widgets: &mut Widgets, id: &str, name: &str, value: Value) -> Arrival {
    say(widgets, id, json!({ "method": "update", "state": { name: value }, "buffer_paths": [] }))
}

fn due(widgets: &mut Widgets, id: &str) -> Option<(u64, Vec<f64>)> {
    widgets.due(&CommId(id.into()))
}

#[test]
fn each_control_is_a_model_of_its_class_with_children_before_parents() {
    let mut widgets = Widgets::default();
    let controls = vec![
        Control::slider(0.0, 19.0, true).label("degree").start(3.0),
        Control::slider(0.0, 1.0, false).start(0.5),
        Control::log_slider(1e-8, 10.0).start(1e-4),
        Control::choice(vec!["L1".into(), "L2".into()]).start(1.0),
        Control::toggle(true),
        Control::play(0.0, 9.0).interval(50.0),
    ];
    let models = opened(&mut widgets, panel(1, controls));
    let whole = &find(&models, "IntSliderModel").2;
    assert_eq!((&whole["min"], &whole["max"], &whole["step"]), (&json!(0), &json!(19), &json!(1)));
    assert_eq!((&whole["value"], &whole["description"]), (&json!(3), &json!("degree")));
    for (name, value) in [
        ("_model_module", "@jupyter-widgets/controls"),
        ("_model_module_version", "2.0.0"),
        ("_view_module", "@jupyter-widgets/controls"),
        ("_view_module_version", "2.0.0"),
        ("_view_name", "IntSliderView"),
    ] {
        assert_eq!(whole[name], value);
    }
    let real = &find(&models, "FloatSliderModel").2;
    assert_eq!((&real["step"], &real["value"], &real["readout_format"]), (&json!(0.01), &json!(0.5), &json!(".2f")));
    let log = &find(&models, "FloatLogSliderModel").2;
    assert_eq!(
        (&log["base"], &log["min"], &log["max"], &log["value"]),
        (&json!(10.0), &json!(-8.0), &json!(1.0), &json!(1e-4))
    );
    let choice = &find(&models, "DropdownModel").2;
    assert_eq!((&choice["_options_labels"], &choice["index"]), (&json!(["L1", "L2"]), &json!(1)));
    assert_eq!(find(&models, "CheckboxModel").2["value"], true);
    let (_, clock, state) = find(&models, "PlayModel");
    assert_eq!((&state["interval"], &state["value"]), (&json!(50), &json!(0)));
    let link = &find(&models, "LinkModel").2;
    assert_eq!(link["source"], json!([format!("IPY_MODEL_{clock}"), "value"]));
    assert_eq!(link["_view_name"], Value::Null);
    let output = &find(&models, "OutputModel").2;
    assert_eq!(
        (&output["_model_module"], &output["_model_module_version"]),
        (&json!("@jupyter-widgets/output"), &json!("1.0.0"))
    );
    assert_eq!(find(&models, "HTMLModel").2["value"], "<pre>first</pre>");
    // Whatever names a model comes behind it.
    for (i, (_, _, state)) in models.iter().enumerate() {
        for named in state.to_string().split("IPY_MODEL_").skip(1) {
            let place = models.iter().position(|(_, id, _)| named.starts_with(id.as_str()));
            assert!(place.is_some_and(|place| place < i), "{named}");
        }
    }
}

#[test]
fn what_shows_a_panel_has_its_view_its_picture_and_its_text_for_other_pages() {
    let mut widgets = Widgets::default();
    let controls = vec![Control::slider(0.0, 9.0, true).label("at"), Control::toggle(true)];
    let mut svg = text("a line");
    svg.insert("image/svg+xml", "<svg/>");
    let shown = Panel { views: vec![svg], ..panel(4, controls) };
    let (opens, bundle) = widgets.open(shown, |bundle| bundle.insert("image/png", "iVBO"));
    let root = json_of(opens.last().unwrap())["comm_id"].clone();
    let view = &bundle.data["application/vnd.jupyter.widget-view+json"];
    assert_eq!((&view["model_id"], &view["version_major"]), (&root, &json!(2)));
    assert_eq!((bundle.text("image/png"), bundle.text("image/svg+xml")), (Some("iVBO"), None));
    assert_eq!(bundle.text("text/plain"), Some("at = 0, on\na line"));
}

#[test]
fn a_move_is_echoed_and_asks_for_one_call_however_many_have_arrived() {
    let mut widgets = Widgets::default();
    let models = opened(&mut widgets, panel(1, vec![Control::slider(0.0, 9.0, true), Control::toggle(false)]));
    let (slider, switch) = (find(&models, "IntSliderModel").1.clone(), find(&models, "CheckboxModel").1.clone());
    assert!(matches!(move_to(&mut widgets, &slider, "value", json!(4)), Arrival::Later));
    assert!(matches!(move_to(&mut widgets, &switch, "value", json!(true)), Arrival::Later));
    let echo = widgets.answers(&CommId(slider.clone()));
    let expect = json!({
        "comm_id": slider,
        "data": { "method": "echo_update", "state": { "value": 4 }, "buffer_paths": [] },
    });
    assert_eq!(echo.iter().map(json_of).collect::<Vec<_>>(), [expect]);
    assert_eq!(due(&mut widgets, &slider), Some((1, vec![4.0, 1.0])));
    assert_eq!(widgets.answers(&CommId(switch.clone())).len(), 1);
    assert_eq!(due(&mut widgets, &switch), None, "the call before had it already");
    // The same value again moves nothing.
    move_to(&mut widgets, &slider, "value", json!(4));
    assert_eq!(due(&mut widgets, &slider), None);
}

#[test]
fn what_a_page_may_not_say_is_put_right_or_passed_over() {
    let mut widgets = Widgets::default();
    let controls = vec![Control::slider(0.0, 9.0, true), Control::choice(vec!["a".into(), "b".into()])];
    let models = opened(&mut widgets, panel(1, controls));
    let (slider, choice) = (find(&models, "IntSliderModel").1.clone(), find(&models, "DropdownModel").1.clone());
    for (id, name, said, stands) in [
        (&slider, "value", json!(1e300), json!(9)),
        (&slider, "value", json!(2.4), json!(2)),
        (&slider, "value", json!("3"), json!(2)),
        (&slider, "value", json!(null), json!(2)),
        (&slider, "value", json!([1]), json!(2)),
        (&choice, "index", json!(7), json!(1)),
        (&choice, "index", json!(null), json!(1)),
    ] {
        assert!(matches!(move_to(&mut widgets, id, name, said.clone()), Arrival::Later));
        let [answer] = &widgets.answers(&CommId(id.clone()))[..] else { panic!("{said}: one answer") };
        let data = &json_of(answer)["data"];
        assert_eq!((&data["method"], &data["state"][name]), (&json!("update"), &stands), "{said}");
    }
    assert_eq!(due(&mut widgets, &slider), Some((1, vec![2.0, 1.0])));
    for data in
        [json!({}), json!({ "method": 3 }), json!({ "method": "update" }), json!({ "method": "update", "state": 1 })]
    {
        assert!(matches!(say(&mut widgets, &slider, data), Arrival::Now(answers) if answers.is_empty()));
    }
    for id in ["", "unknown", &models[0].1] {
        move_to(&mut widgets, id, "value", json!(1));
        assert_eq!(due(&mut widgets, id), None);
    }
}

#[test]
fn a_page_that_is_loaded_again_gets_everything_as_it_stands() {
    let mut widgets = Widgets::default();
    let models = opened(&mut widgets, panel(1, vec![Control::slider(0.0, 9.0, true)]));
    let slider = find(&models, "IntSliderModel").1.clone();
    move_to(&mut widgets, &slider, "value", json!(4));
    widgets.called(1, &Called { views: Some(vec![text("second")]), ..Called::default() });
    let asker = CommOpen {
        comm_id: CommId("asker".into()),
        target_name: "jupyter.widget.control".into(),
        ..CommOpen::default()
    };
    assert!(matches!(widgets.comm_opened(&asker), Arrival::Now(answers) if answers.is_empty()));
    let Arrival::Now(answers) = say(&mut widgets, "asker", json!({ "method": "request_states" })) else {
        panic!("now")
    };
    let reply = json_of(&answers[0]);
    assert_eq!((&reply["comm_id"], &reply["data"]["method"]), (&json!("asker"), &json!("update_states")));
    let states = reply["data"]["states"].as_object().unwrap();
    assert_eq!(states.len(), models.len());
    assert_eq!(states[&slider]["state"]["value"], 4);
    for (name, value) in [
        ("model_name", "IntSliderModel"),
        ("model_module", "@jupyter-widgets/controls"),
        ("model_module_version", "2.0.0"),
    ] {
        assert_eq!(states[&slider][name], value);
    }
    assert_eq!(states[&find(&models, "HTMLModel").1]["state"]["value"], "<pre>second</pre>");
    // The older way: one by one.
    let info = json_of(&widgets.info(Some("jupyter.widget")));
    assert_eq!(info["comms"].as_object().unwrap().len(), models.len());
    assert_eq!(json_of(&widgets.info(Some("other")))["comms"], json!({}));
    let Arrival::Now(answers) = say(&mut widgets, &slider, json!({ "method": "request_state" })) else { panic!("now") };
    assert_eq!(json_of(&answers[0])["data"]["state"]["value"], 4);
    for _ in 0..1000 {
        let id = CommId(uuid::Uuid::new_v4().to_string());
        widgets.comm_opened(&CommOpen {
            comm_id: id,
            target_name: "jupyter.widget.control".into(),
            ..CommOpen::default()
        });
    }
    assert!(widgets.askers.len() <= 64);
}

#[test]
fn what_the_closure_gives_takes_the_place_of_the_last_and_what_it_says_stands_below() {
    let mut widgets = Widgets::default();
    let models = opened(&mut widgets, panel(1, vec![Control::toggle(false)]));
    let (html, output) = (find(&models, "HTMLModel").1.clone(), find(&models, "OutputModel").1.clone());
    let called = Called {
        views: Some(vec![text("<b>")]),
        shown: vec![Event::Text(Stream::Out, "printed".into())],
        failure: None,
    };
    let sent: Vec<Value> = widgets.called(1, &called).iter().map(json_of).collect();
    assert_eq!(sent[0]["comm_id"], html.as_str());
    assert_eq!(sent[0]["data"]["state"], json!({ "value": "<pre>&lt;b&gt;</pre>" }));
    assert_eq!(sent[1]["comm_id"], output.as_str());
    let stream = json!({ "output_type": "stream", "name": "stdout", "text": "printed" });
    assert_eq!(sent[1]["data"]["state"]["outputs"], json!([stream]));
    // A failure: the last good figure stays.
    let failed = Called { failure: Some(Failure::new("Panic", "no")), ..Called::default() };
    let sent: Vec<Value> = widgets.called(1, &failed).iter().map(json_of).collect();
    assert_eq!(sent.len(), 1);
    let error = &sent[0]["data"]["state"]["outputs"][0];
    assert_eq!(
        (&error["output_type"], &error["ename"], &error["evalue"]),
        (&json!("error"), &json!("Panic"), &json!("no"))
    );
    // And what is well again has no error below it.
    let sent: Vec<Value> = widgets.called(1, &Called::default()).iter().map(json_of).collect();
    assert_eq!(sent[0]["data"]["state"]["outputs"], json!([]));
    assert!(widgets.called(1, &Called::default()).is_empty());
    assert!(widgets.called(99, &called).is_empty());
}

#[test]
fn a_cell_that_runs_again_closes_what_it_showed_and_nothing_else() {
    let mut widgets = Widgets::default();
    for (number, cell) in (1..).zip(["a", "b", "a"]) {
        widgets.begin(Some(if number == 3 { "c" } else { cell }), &[]);
        opened(&mut widgets, panel(number, vec![Control::toggle(false)]));
    }
    let before = widgets.len();
    let (closes, gone) = widgets.begin(Some("a"), &[]);
    assert_eq!((gone, widgets.len()), (vec![1], before / 3 * 2));
    assert_eq!(closes.len(), before / 3);
    assert!(closes.iter().all(|close| matches!(close, Content::CommClose(_))));
    assert_eq!(widgets.begin(Some("d"), &["b"]).1, [2]);
    assert_eq!(widgets.begin(None, &[]).1, [] as [u64; 0]);
    assert_eq!(widgets.close_all().len(), before / 3);
    assert!(widgets.is_empty());
    for run in 0..10 {
        widgets.begin(Some("again"), &[]);
        opened(&mut widgets, panel(10 + run, vec![Control::toggle(false)]));
    }
    assert_eq!(widgets.len(), before / 3);
}

#[test]
fn controls_whose_process_has_ended_say_so_and_call_nothing() {
    let mut widgets = Widgets::default();
    let models = opened(&mut widgets, panel(1, vec![Control::slider(0.0, 9.0, true)]));
    let slider = find(&models, "IntSliderModel").1.clone();
    let sent: Vec<Value> = widgets.ended().iter().map(json_of).collect();
    let html = sent[0]["data"]["state"]["value"].as_str().unwrap();
    assert!(html.starts_with("<pre>first</pre>") && html.contains("Run the cell again"), "{html}");
    assert_eq!(sent[1]["data"]["state"], json!({ "disabled": true }));
    assert!(widgets.ended().is_empty(), "once");
    move_to(&mut widgets, &slider, "value", json!(4));
    assert_eq!(due(&mut widgets, &slider), None);
}

#[test]
fn controls_that_cells_read_are_told_at_once() {
    let mut widgets = Widgets::default();
    let steering = Panel { steers: true, ..panel(3, vec![Control::log_slider(1e-4, 1.0)]) };
    let models = opened(&mut widgets, steering);
    let slider = find(&models, "FloatLogSliderModel").1.clone();
    let Arrival::Steer { panel, at, answers } = move_to(&mut widgets, &slider, "value", json!(0.01)) else {
        panic!("not at once")
    };
    assert_eq!((panel, at, answers.len()), (3, vec![0.01], 1));
    assert_eq!(due(&mut widgets, &slider), None);
}

#[test]
fn a_clock_and_its_slider_are_one_control() {
    let mut widgets = Widgets::default();
    let models = opened(&mut widgets, panel(1, vec![Control::play(0.0, 9.0)]));
    let (clock, slider) = (find(&models, "PlayModel").1.clone(), find(&models, "IntSliderModel").1.clone());
    move_to(&mut widgets, &clock, "value", json!(5));
    move_to(&mut widgets, &slider, "value", json!(5));
    assert_eq!(due(&mut widgets, &clock), Some((1, vec![5.0])));
    assert_eq!(due(&mut widgets, &slider), None);
}

#[test]
fn targets_that_nobody_has_are_closed_and_so_is_what_a_page_closes() {
    let mut widgets = Widgets::default();
    let open = CommOpen { comm_id: CommId("x".into()), target_name: "jupyter.widget".into(), ..CommOpen::default() };
    let Arrival::Now(answers) = widgets.comm_opened(&open) else { panic!("now") };
    assert!(matches!(&answers[..], [Content::CommClose(close)] if close.comm_id.0 == "x"));
    let models = opened(&mut widgets, panel(1, vec![Control::toggle(false)]));
    widgets.comm_closed(&CommId(models[0].1.clone()));
    assert!(widgets.is_empty());
    assert_eq!(widgets.begin(Some("any"), &[]).1, [1], "its closure goes with the next cell");
}
