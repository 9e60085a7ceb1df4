//! Controls over real sockets, with the echo evaluator.

mod support;

use std::time::Duration;

use jupyter_protocol::{
    CommId, CommInfoRequest, CommMsg, CommOpen, ExecuteRequest, JupyterMessage, JupyterMessageContent as Content,
};
use serde_json::{Value, json};
use support::Frontend;

/// Runs a cell that JupyterLab would call `cell`.
fn cell(code: &str, cell: &str, allow_stdin: bool) -> JupyterMessage {
    let mut request: JupyterMessage = ExecuteRequest { allow_stdin, ..ExecuteRequest::new(code.into()) }.into();
    request.metadata = json!({ "cellId": cell });
    request
}

fn update(id: &str, name: &str, value: Value) -> JupyterMessage {
    let data = json!({ "method": "update", "state": { name: value }, "buffer_paths": [] });
    CommMsg { comm_id: CommId(id.to_owned()), data: data.as_object().cloned().unwrap() }.into()
}

/// The ids of the models that a cell opened, by class.
fn models(outputs: &[Content]) -> Vec<(String, String)> {
    let opens = outputs.iter().filter_map(|output| match output {
        Content::CommOpen(open) => Some(open),
        _ => None,
    });
    let class = |open: &CommOpen| open.data["state"]["_model_name"].as_str().unwrap().to_owned();
    opens.map(|open| (class(open), open.comm_id.0.clone())).collect()
}

fn id(models: &[(String, String)], class: &str) -> String {
    models.iter().find(|(name, _)| name == class).unwrap().1.clone()
}

async fn slider(frontend: &mut Frontend, code: &str) -> Vec<(String, String)> {
    let request = cell(code, "one", true);
    frontend.shell.send(request.clone()).await.unwrap();
    let answer = frontend.answer(&request).await;
    assert_eq!(answer.kinds().last(), Some(&"display_data"), "{:?}", answer.kinds());
    models(&answer.outputs)
}

/// What a message on a comm led to: models and what of them changed.
async fn changes(frontend: &mut Frontend, message: &JupyterMessage) -> Vec<(String, String, Value)> {
    let outputs = frontend.outputs(message).await;
    let changes = outputs.iter().map(|output| match output {
        Content::CommMsg(message) => {
            let method = message.data["method"].as_str().unwrap().to_owned();
            let rest = message.data.get("state").or(message.data.get("states")).cloned().unwrap();
            (message.comm_id.0.clone(), method, rest)
        }
        other => panic!("{}", other.message_type()),
    });
    changes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_calls_the_closure_between_busy_and_idle() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let models = slider(&mut frontend, "slide picture").await;
    let (slider, html) = (id(&models, "IntSliderModel"), id(&models, "HTMLModel"));
    let message = update(&slider, "value", json!(4));
    frontend.shell.send(message.clone()).await.unwrap();
    let changes = changes(&mut frontend, &message).await;
    assert_eq!(changes[0], (slider, "echo_update".into(), json!({ "value": 4 })));
    assert_eq!(changes[1], (html, "update".into(), json!({ "value": "<pre>picture 4</pre>" })));
    assert_eq!(changes[2].2["outputs"][0]["text"], "called with 4\n");
    assert_eq!(changes.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn moves_that_wait_are_one_call_and_a_reload_is_answered_while_a_cell_runs() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let models = slider(&mut frontend, "slide picture").await;
    let slider = id(&models, "IntSliderModel");
    let running = cell("wait", "two", true);
    frontend.shell.send(running.clone()).await.unwrap();
    frontend.wait_for_text(&running, "waiting").await;
    let moves: Vec<JupyterMessage> = (1..=5).map(|at| update(&slider, "value", json!(at))).collect();
    for message in &moves {
        frontend.shell.send(message.clone()).await.unwrap();
    }
    let open: JupyterMessage = CommOpen {
        comm_id: CommId("asker".into()),
        target_name: "jupyter.widget.control".into(),
        ..CommOpen::default()
    }
    .into();
    let ask: JupyterMessage = CommMsg {
        comm_id: CommId("asker".into()),
        data: json!({ "method": "request_states" }).as_object().cloned().unwrap(),
    }
    .into();
    frontend.shell.send(open.clone()).await.unwrap();
    frontend.shell.send(ask.clone()).await.unwrap();
    assert!(frontend.outputs(&open).await.is_empty());
    let states = &changes(&mut frontend, &ask).await[0];
    assert_eq!((states.0.as_str(), states.1.as_str()), ("asker", "update_states"));
    assert_eq!(states.2[&slider]["state"]["value"], 5, "where it stands now, although the cell still runs");
    // A list of what is open, too.
    let info = frontend.ask(CommInfoRequest { target_name: Some("jupyter.widget".into()) }).await;
    let Content::CommInfoReply(info) = info.reply.content else { panic!("no comm_info_reply") };
    assert_eq!(info.comms.len(), models.len());
    frontend.control(jupyter_protocol::InterruptRequest {}).await;
    let mut called = 0;
    for message in &moves {
        let changes = changes(&mut frontend, message).await;
        called += changes.iter().filter(|(_, method, _)| method == "update").count();
        if called > 0 && changes.len() > 1 {
            assert!(changes.iter().any(|(_, _, state)| state["value"] == "<pre>picture 5</pre>"), "{changes:?}");
        }
    }
    assert_eq!(called, 2, "a figure and a text, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_told_to_the_cell_that_runs() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let models = slider(&mut frontend, "steer rate").await;
    let slider = id(&models, "IntSliderModel");
    let running = cell("wait", "two", true);
    frontend.shell.send(running.clone()).await.unwrap();
    frontend.wait_for_text(&running, "waiting").await;
    let message = update(&slider, "value", json!(7));
    frontend.shell.send(message.clone()).await.unwrap();
    let told = changes(&mut frontend, &message).await;
    assert_eq!(told, [(slider, "echo_update".into(), json!({ "value": 7 }))]);
    frontend.control(jupyter_protocol::InterruptRequest {}).await;
    frontend.answer(&running).await;
    let steered = frontend.run("steered").await;
    assert!(format!("{:?}", steered.outputs).contains("\"7\""), "{:?}", steered.outputs);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_closure_is_told_below_and_the_last_picture_stays() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let models = slider(&mut frontend, "slide picture").await;
    let message = update(&id(&models, "IntSliderModel"), "value", json!(9));
    frontend.shell.send(message.clone()).await.unwrap();
    let changes = changes(&mut frontend, &message).await;
    assert_eq!(changes.len(), 2, "{changes:?}");
    let outputs = &changes[1].2["outputs"];
    assert_eq!((&outputs[0]["output_type"], &outputs[1]["ename"]), (&json!("stream"), &json!("Panic")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_runs_again_closes_its_models_and_forgets_its_closure() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let first = slider(&mut frontend, "slide picture").await;
    let request = cell("slide other", "one", true);
    frontend.shell.send(request.clone()).await.unwrap();
    let answer = frontend.answer(&request).await;
    let closed = answer.outputs.iter().filter(|output| matches!(output, Content::CommClose(_))).count();
    assert_eq!((closed, models(&answer.outputs).len()), (first.len(), first.len()));
    let message = update(&id(&first, "IntSliderModel"), "value", json!(2));
    frontend.shell.send(message.clone()).await.unwrap();
    assert!(changes(&mut frontend, &message).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_whose_process_ends_say_so() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let models = slider(&mut frontend, "slide picture").await;
    let answer = frontend.run("die").await;
    let told = format!("{:?}", answer.outputs);
    assert!(told.contains("Run the cell again") && told.contains("disabled"), "{told}");
    let message = update(&id(&models, "IntSliderModel"), "value", json!(2));
    frontend.shell.send(message.clone()).await.unwrap();
    assert_eq!(changes(&mut frontend, &message).await.len(), 1, "an echo, and no call");
}
