//! The kernel as a front end sees it, with the echo evaluator: every message of the protocol.

mod support;

use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use jupyter_protocol::{
    CommInfoRequest, CommOpen, CompleteRequest, ExecuteRequest, ExpressionResult, HistoryRequest, InputReply,
    InspectRequest, InterruptRequest, IsCompleteReplyStatus, IsCompleteRequest, JupyterMessage,
    JupyterMessageContent as Content, KernelInfoRequest, ReplyStatus, ShutdownRequest,
};
use support::Frontend;

#[tokio::test(flavor = "multi_thread")]
async fn kernel_info_is_answered_before_the_evaluator_is_ready() {
    let mut frontend = Frontend::tcp(Duration::from_secs(5)).await;
    let start = Instant::now();
    let answer = frontend.ask(KernelInfoRequest {}).await;
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let Content::KernelInfoReply(info) = answer.reply.content else { panic!("no kernel_info_reply") };
    assert_eq!(info.protocol_version, "5.4");
    assert_eq!(answer.reply.header.version, "5.4");
    let language = &info.language_info;
    assert_eq!((language.name.as_str(), language.file_extension.as_deref()), ("rust", Some(".rs")));
    assert_eq!(language.mimetype.as_deref(), Some("text/rust"));
    assert!(!info.debugger);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_shows_things_in_order_and_the_first_count_is_one() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let answer = frontend.run("print a\n").await;
    assert_eq!(answer.kinds(), ["execute_input", "stream"]);
    assert_eq!(answer.execute().status, ReplyStatus::Ok);
    assert_eq!(answer.execute().execution_count.value(), 1);
    let answer = frontend.run("value").await;
    assert_eq!(answer.kinds(), ["execute_input", "execute_result"]);
    assert_eq!(answer.execute().execution_count.value(), 2);
    assert_eq!(frontend.run("show x").await.kinds(), ["execute_input", "display_data"]);
    let page = frontend.run("page help").await;
    assert_eq!((page.kinds().as_slice(), page.execute().payload.len()), (&["execute_input"][..], 1));
    assert_eq!(frontend.run("").await.execute().execution_count.value(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_one_error_and_the_reply_says_the_same_and_waiting_cells_are_aborted() {
    let mut frontend = Frontend::tcp(Duration::from_millis(500)).await;
    let requests: Vec<JupyterMessage> =
        ["fail no", "never", "never"].map(|code| ExecuteRequest::new(code.into()).into()).into();
    for request in &requests {
        frontend.shell.send(request.clone()).await.unwrap();
    }
    let failed = frontend.answer(&requests[0]).await;
    assert_eq!(failed.kinds(), ["execute_input", "error"]);
    assert_eq!(failed.execute().status, ReplyStatus::Error);
    let error = failed.execute().error.as_ref().unwrap();
    assert_eq!((error.ename.as_str(), error.evalue.as_str()), ("Error", "no"));
    assert!(!error.traceback.is_empty());
    for request in &requests[1..] {
        let aborted = frontend.answer(request).await;
        assert_eq!(aborted.execute().status, ReplyStatus::Aborted);
        assert!(aborted.outputs.is_empty());
    }
    assert_eq!(frontend.run("again").await.execute().status, ReplyStatus::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_stop_on_error_waiting_cells_run() {
    let mut frontend = Frontend::tcp(Duration::from_millis(500)).await;
    let first: JupyterMessage = ExecuteRequest { stop_on_error: false, ..ExecuteRequest::new("fail no".into()) }.into();
    let second: JupyterMessage = ExecuteRequest::new("value".into()).into();
    frontend.shell.send(first.clone()).await.unwrap();
    frontend.shell.send(second.clone()).await.unwrap();
    assert_eq!(frontend.answer(&first).await.execute().status, ReplyStatus::Error);
    assert_eq!(frontend.answer(&second).await.execute().status, ReplyStatus::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_inside_the_kernel_ends_in_idle_and_the_next_cell_runs() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let answer = frontend.run("panic on purpose").await;
    assert_eq!(answer.kinds(), ["execute_input", "error"]);
    assert_eq!(answer.execute().error.as_ref().unwrap().ename, "KernelError");
    assert_eq!(frontend.run("print b").await.printed(), "b");
}

#[tokio::test(flavor = "multi_thread")]
async fn silent_cells_show_and_count_nothing_and_expressions_fail_on_their_own() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let silent = frontend.ask(ExecuteRequest { silent: true, ..ExecuteRequest::new("print a".into()) }).await;
    assert!(silent.outputs.is_empty());
    let unstored = ExecuteRequest { store_history: false, ..ExecuteRequest::new("print a".into()) };
    assert_eq!(frontend.ask(unstored).await.printed(), "a");
    let expressions = [("good".to_owned(), "1".to_owned()), ("bad".to_owned(), "fail no".to_owned())].into();
    let request = ExecuteRequest { user_expressions: Some(expressions), ..ExecuteRequest::new("value".into()) };
    let answer = frontend.ask(request).await;
    assert_eq!(answer.execute().execution_count.value(), 1);
    let results = answer.execute().user_expressions.as_ref().unwrap();
    assert!(matches!(&results["good"], ExpressionResult::Ok { .. }));
    assert!(matches!(&results["bad"], ExpressionResult::Error { evalue, .. } if evalue == "no"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_stops_the_cell_and_what_waits_behind_it() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let running: JupyterMessage = ExecuteRequest::new("wait".into()).into();
    let waiting: JupyterMessage = ExecuteRequest::new("never".into()).into();
    frontend.shell.send(running.clone()).await.unwrap();
    frontend.shell.send(waiting.clone()).await.unwrap();
    frontend.wait_for_text(&running, "waiting").await;
    let reply = frontend.control(InterruptRequest {}).await;
    assert!(matches!(reply.content, Content::InterruptReply(_)));
    let stopped = timeout_reply(&mut frontend).await;
    assert_eq!(stopped.error.as_ref().unwrap().ename, "Interrupted");
    assert_eq!(timeout_reply(&mut frontend).await.status, ReplyStatus::Aborted);
    assert_eq!(frontend.run("value").await.execute().status, ReplyStatus::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_waits_for_the_kernel_says_for_what_and_nothing_of_it_stays() {
    let mut frontend = Frontend::tcp(Duration::from_millis(2600)).await;
    let answer = frontend.run("print ready").await;
    let mut kinds = answer.kinds();
    kinds.dedup();
    assert_eq!(kinds, ["execute_input", "display_data", "update_display_data", "clear_output", "stream"]);
    let told = answer.outputs.iter().filter_map(|output| match output {
        Content::DisplayData(display) => serde_json::to_string(&display.data).ok(),
        Content::UpdateDisplayData(update) => serde_json::to_string(&update.data).ok(),
        _ => None,
    });
    let told: Vec<String> = told.collect();
    assert!(told.iter().all(|line| line.contains("the kernel is starting: warming up; ")), "{told:?}");
    // Once a second: each line names another one.
    assert!(told.windows(2).all(|pair| pair[0] != pair[1]), "{told:?}");
    assert_eq!(frontend.run("print again").await.kinds(), ["execute_input", "stream"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_that_waits_for_the_kernel_can_be_given_up() {
    let mut frontend = Frontend::tcp(Duration::from_secs(3)).await;
    let start = Instant::now();
    let waiting: JupyterMessage = ExecuteRequest::new("print never".into()).into();
    frontend.shell.send(waiting.clone()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    frontend.control(InterruptRequest {}).await;
    let given_up = timeout_reply(&mut frontend).await;
    assert_eq!(given_up.error.as_ref().unwrap().ename, "Interrupted");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    assert_eq!(frontend.run("print next").await.printed(), "next");
}

async fn timeout_reply(frontend: &mut Frontend) -> jupyter_protocol::ExecuteReply {
    match tokio::time::timeout(Duration::from_secs(10), frontend.shell.read()).await.unwrap().unwrap().content {
        Content::ExecuteReply(reply) => reply,
        other => panic!("{} instead of execute_reply", other.message_type()),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_asks_the_reader_only_where_that_is_allowed() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let request: JupyterMessage =
        ExecuteRequest { allow_stdin: true, ..ExecuteRequest::new("ask name?".into()) }.into();
    frontend.shell.send(request.clone()).await.unwrap();
    let question = tokio::time::timeout(Duration::from_secs(10), frontend.stdin.read()).await.unwrap().unwrap();
    let Content::InputRequest(input) = &question.content else { panic!("no input_request") };
    assert_eq!(input.prompt, "name?");
    let reply = InputReply { value: "Ferris".into(), ..InputReply::default() };
    frontend.stdin.send(JupyterMessage::new(reply, None)).await.unwrap();
    assert_eq!(frontend.answer(&request).await.kinds(), ["execute_input", "execute_result"]);
    let refused = frontend.run("ask name?").await;
    assert_eq!(refused.execute().status, ReplyStatus::Error);
}

#[tokio::test(flavor = "multi_thread")]
async fn lookups_answer_with_code_points() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let code = "损失 pri".to_owned();
    let answer = frontend.ask(CompleteRequest { cursor_pos: code.chars().count(), code }).await;
    let Content::CompleteReply(found) = &answer.reply.content else { panic!("no complete_reply") };
    assert_eq!((found.matches.as_slice(), found.cursor_start, found.cursor_end), (&["print".to_owned()][..], 3, 6));
    for (code, expect) in [("print", true), ("other", false)] {
        let request = InspectRequest { code: code.into(), cursor_pos: 5, detail_level: Some(0) };
        let answer = frontend.ask(request).await;
        let Content::InspectReply(found) = &answer.reply.content else { panic!("no inspect_reply") };
        assert_eq!(found.found, expect, "{code}");
    }
    for (code, expect) in [("1", IsCompleteReplyStatus::Complete), ("{", IsCompleteReplyStatus::Incomplete)] {
        let answer = frontend.ask(IsCompleteRequest { code: code.into() }).await;
        assert!(matches!(&answer.reply.content, Content::IsCompleteReply(reply) if reply.status == expect), "{code}");
    }
    frontend.run("print x").await;
    let answer = frontend.ask(HistoryRequest::Tail { n: 1, output: false, raw: true }).await;
    assert!(matches!(&answer.reply.content, Content::HistoryReply(reply) if reply.history.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn comms_are_answered_and_unknown_targets_closed() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let answer = frontend.ask(CommInfoRequest::default()).await;
    assert!(matches!(answer.reply.content, Content::CommInfoReply(_)));
    let open: JupyterMessage = CommOpen { target_name: "unknown".into(), ..CommOpen::default() }.into();
    frontend.shell.send(open.clone()).await.unwrap();
    let outputs = frontend.outputs(&open).await;
    assert!(matches!(outputs.as_slice(), [Content::CommClose(_)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_is_answered_and_ends_the_kernel() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let reply = frontend.control(ShutdownRequest { restart: true }).await;
    assert!(matches!(reply.content, Content::ShutdownReply(reply) if reply.restart));
    frontend.ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sockets_in_the_file_system_work_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut frontend = Frontend::ipc(folder.path()).await;
    assert_eq!(frontend.run("print a").await.printed(), "a");
    for entry in std::fs::read_dir(folder.path()).unwrap().flatten() {
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
    }
}
