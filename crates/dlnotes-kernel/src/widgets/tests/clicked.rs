//! Figures that tell where they are clicked.

use dlnotes_eval::controls::Click;

use super::*;

#[test]
fn a_click_into_the_figure_moves_the_controls_that_follow_it() {
    let controls = || {
        vec![
            Control::slider(0.0, 1.0, false).label("rate"),
            Control::slider(-5.0, 5.0, false).click(Click::X),
            Control::log_slider(1e-3, 10.0).click(Click::Y),
        ]
    };
    let mut widgets = Widgets::new(Some("0.11.0".into()));
    let models = opened(&mut widgets, panel(1, controls()));
    let (_, figure, state) = find(&models, "AnyModel");
    assert_eq!((&state["_model_module"], &state["_view_name"]), (&json!("anywidget"), &json!("AnyView")));
    assert_eq!((&state["_model_module_version"], &state["value"]), (&json!("~0.11.0"), &json!("<pre>first</pre>")));
    assert!(state["_esm"].as_str().unwrap().contains("export default { render }"));

    assert!(matches!(move_to(&mut widgets, figure, "at", json!([2.5, 0.1])), Arrival::Later));
    let answers: Vec<Value> = widgets.answers(&CommId(figure.clone())).iter().map(json_of).collect();
    assert_eq!(answers.len(), 2, "both sliders are moved on the page: {answers:?}");
    assert_eq!(due(&mut widgets, figure), Some((1, vec![0.0, 2.5, 0.1])));
    // Beside the controls' ranges: their ends.
    move_to(&mut widgets, figure, "at", json!([-9.0, 99.0]));
    assert_eq!(due(&mut widgets, figure), Some((1, vec![0.0, -5.0, 10.0])));
    for odd in [json!([]), json!(null), json!("x"), json!([null, "1"]), json!({"0": 1})] {
        move_to(&mut widgets, figure, "at", odd.clone());
        assert_eq!(due(&mut widgets, figure), None, "{odd}");
    }
    let drawn = Called { views: Some(vec![text("second")]), ..Called::default() };
    let sent: Vec<Value> = widgets.called(1, &drawn).iter().map(json_of).collect();
    assert_eq!(sent[0]["data"]["state"], json!({ "value": "<pre>second</pre>" }));

    // Without anywidget, and where nothing follows clicks, the figure is a stock one.
    let mut plain = Widgets::default();
    assert!(opened(&mut plain, panel(1, controls())).iter().all(|(name, ..)| name != "AnyModel"));
    let still = vec![Control::toggle(true)];
    assert!(opened(&mut widgets, panel(2, still)).iter().all(|(name, ..)| name != "AnyModel"));
}
