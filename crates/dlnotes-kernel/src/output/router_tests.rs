//! Order, pacing and the live figures of the router, through a front end that notes what it gets.

use super::*;
use dlnotes_eval::Failure;
use jupyter_protocol::ExecuteRequest;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

struct Sent(UnboundedReceiver<(JupyterMessage, usize)>);

impl Sent {
    fn all(&mut self) -> Vec<JupyterMessageContent> {
        std::iter::from_fn(|| self.0.try_recv().ok()).map(|(message, _)| message.content).collect()
    }

    fn kinds(&mut self) -> Vec<String> {
        self.all().iter().map(|content| content.message_type().to_owned()).collect()
    }
}

fn router(silent: bool) -> (Router, Sent) {
    let (queue, receiver) = unbounded_channel();
    let router = Router::new(Outbox { queue, in_flight: Arc::default() });
    router.begin(&ExecuteRequest::new("1".into()).into(), 3, silent);
    (router, Sent(receiver))
}

fn out(text: &str) -> Event {
    Event::Text(Stream::Out, text.to_owned())
}

fn figure(text: &str) -> MimeBundle {
    MimeBundle::new("text/plain", text)
}

#[test]
fn the_first_text_goes_at_once_and_what_follows_quickly_goes_together() {
    let (router, mut sent) = router(false);
    router.emit(out("a"));
    assert_eq!(sent.kinds(), ["stream"]);
    for _ in 0..1000 {
        router.emit(out("b"));
    }
    router.end();
    let rest = sent.all();
    assert!(rest.len() < 100, "{} messages", rest.len());
    let text: String = rest
        .iter()
        .map(|content| match content {
            JupyterMessageContent::StreamContent(stream) => stream.text.clone(),
            other => panic!("unexpected {}", other.message_type()),
        })
        .collect();
    assert_eq!(text, "b".repeat(1000));
}

#[test]
fn a_figure_does_not_overtake_text_and_an_error_comes_last() {
    let (router, mut sent) = router(false);
    router.emit(out("a"));
    router.emit(out("b"));
    router.emit(Event::Display(figure("f"), None));
    router.emit(out("c"));
    router.emit(Event::Error(Failure::new("Panic", "no")));
    assert_eq!(sent.kinds(), ["stream", "stream", "display_data", "stream", "error"]);
}

#[test]
fn updates_faster_than_the_pace_keep_the_newest() {
    let (router, mut sent) = router(false);
    router.emit(Event::Display(figure("0"), Some("id".into())));
    for i in 1..=500 {
        router.emit(Event::Update(figure(&i.to_string()), "id".into()));
    }
    router.end();
    let messages = sent.all();
    assert!(messages.len() < 50, "{} messages", messages.len());
    let Some(JupyterMessageContent::UpdateDisplayData(last)) = messages.last() else { panic!("no update at the end") };
    assert_eq!(serde_json::to_value(&last.data).unwrap(), serde_json::json!({ "text/plain": "500" }));
    assert_eq!(last.transient.display_id.as_deref(), Some("id"));
}

#[test]
fn clear_with_wait_goes_out_with_the_next_output() {
    let (router, mut sent) = router(false);
    router.emit(out("a"));
    router.emit(Event::Clear(true));
    assert_eq!(sent.kinds(), ["stream"]);
    router.emit(Event::Display(figure("b"), None));
    assert_eq!(sent.kinds(), ["clear_output", "display_data"]);
    router.emit(Event::Clear(false));
    assert_eq!(sent.kinds(), ["clear_output"]);
}

#[test]
fn a_silent_cell_shows_nothing_but_its_error() {
    let (router, mut sent) = router(true);
    router.emit(out("a"));
    router.emit(Event::Display(figure("b"), None));
    router.emit(Event::Result(figure("c")));
    router.emit(Event::Error(Failure::new("Panic", "no")));
    router.end();
    assert_eq!(sent.kinds(), ["error"]);
}

#[test]
fn a_result_always_has_plain_text_and_its_number() {
    let (router, mut sent) = router(false);
    router.emit(Event::Result(MimeBundle::new("text/html", "<b>1</b>")));
    let [JupyterMessageContent::ExecuteResult(result)] = &sent.all()[..] else { panic!("no result") };
    assert_eq!(result.execution_count, ExecutionCount::new(3));
    assert!(serde_json::to_value(&result.data).unwrap().get("text/plain").is_some());
}

#[test]
fn nothing_is_left_out_while_the_server_takes_it() {
    for (count, text) in [(20_000, "line 12345\n"), (1, &"x".repeat(500_000)), (8, &"y".repeat(64 * 1024))] {
        let (router, mut sent) = router(false);
        for _ in 0..count {
            router.emit(out(text));
        }
        router.end();
        let messages = sent.all();
        assert!(messages.len() < 1000, "{} messages", messages.len());
        let texts = messages.iter().map(|content| match content {
            JupyterMessageContent::StreamContent(stream) => stream.text.as_str(),
            other => panic!("unexpected {}", other.message_type()),
        });
        assert!(texts.collect::<String>() == text.repeat(count), "{count} times {} bytes", text.len());
    }
}

#[test]
fn a_flood_stays_within_the_servers_limit() {
    let (router, mut sent) = router(false);
    for _ in 0..2_000 {
        router.emit(out(&"x".repeat(50_000)));
    }
    router.end();
    let bytes: usize = sent
        .all()
        .iter()
        .map(|content| match content {
            JupyterMessageContent::StreamContent(stream) => stream.text.len(),
            _ => 0,
        })
        .sum();
    assert!((100_000..3_000_000).contains(&bytes), "{bytes} bytes of 100 MB were sent");
}
