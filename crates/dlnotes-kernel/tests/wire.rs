//! What arrives broken is dropped, and the kernel goes on.

mod support;

use std::time::Duration;

use dlnotes_kernel::wire;
use jupyter_protocol::{ExecuteRequest, JupyterMessageContent as Content};
use jupyter_zmq_client::RawMessage;
use support::Frontend;
use zeromq::{Socket, SocketRecv, SocketSend, ZmqMessage};

fn frames(parts: &[&[u8]]) -> ZmqMessage {
    let parts: Vec<bytes::Bytes> = parts.iter().map(|part| bytes::Bytes::copy_from_slice(part)).collect();
    ZmqMessage::try_from(parts).unwrap()
}

const HEADER: &[u8] =
    br#"{"msg_id":"1","username":"u","session":"s","msg_type":"kernel_info_request","version":"5.3"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_kernel_survives_every_broken_message() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let (ids, bad) = (b"<IDS|MSG>".as_slice(), b"00".as_slice());
    let json = b"{}".as_slice();
    let huge = vec![b'x'; 32 << 20];
    let broken: Vec<Vec<&[u8]>> = vec![
        vec![b""],
        vec![b"no delimiter", b"at all"],
        vec![ids],
        vec![ids, bad],
        vec![ids, bad, json],
        vec![ids, bad, json, json],
        vec![ids, bad, json, json, json],
        vec![ids, bad, HEADER, json, json, json],
        vec![ids, b"not hexadecimal", HEADER, json, json, json],
        vec![ids, b"", HEADER, json, json, json],
        vec![ids, bad, b"not json", json, json, json],
        vec![ids, bad, &huge, &huge, json, json],
    ];
    for parts in &broken {
        frontend.shell.socket.send(frames(parts)).await.unwrap();
    }
    assert_eq!(frontend.run("print still here").await.printed(), "still here");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_nobody_knows_is_answered_with_an_error() {
    let mut frontend = Frontend::tcp(Duration::ZERO).await;
    let content = jupyter_protocol::UnknownMessage { msg_type: "party_request".into(), content: serde_json::json!({}) };
    let answer = frontend.ask(content).await;
    let Content::UnknownMessage(reply) = &answer.reply.content else { panic!("no reply") };
    assert_eq!(reply.msg_type, "party_reply");
    assert_eq!(reply.content["status"], "error");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_heartbeat_echoes_the_bytes_it_gets() {
    let frontend = Frontend::tcp(Duration::ZERO).await;
    let mut socket = zeromq::ReqSocket::new();
    socket.connect(&frontend.info.hb_url()).await.unwrap();
    for bytes in [b"ping".as_slice(), b"", &[0, 255, 7]] {
        socket.send(frames(&[bytes])).await.unwrap();
        let echo = tokio::time::timeout(Duration::from_secs(5), socket.recv()).await.unwrap().unwrap();
        assert_eq!(echo.get(0).map(|frame| &frame[..]), Some(bytes));
    }
}

fn raw(header: &[u8], content: &[u8]) -> RawMessage {
    let part = |bytes: &[u8]| bytes::Bytes::copy_from_slice(bytes);
    RawMessage {
        zmq_identities: vec![part(b"client")],
        jparts: vec![part(header), part(b"{}"), part(b"{}"), part(content)],
    }
}

#[test]
fn optional_fields_get_their_defaults() {
    let header = String::from_utf8_lossy(HEADER).replace("kernel_info_request", "execute_request");
    let message = wire::decode(raw(header.as_bytes(), br#"{"code":"1"}"#)).unwrap();
    let Content::ExecuteRequest(ExecuteRequest { silent, store_history, stop_on_error, .. }) = message.content else {
        panic!("no execute_request");
    };
    assert!(!silent && store_history && stop_on_error);
    assert_eq!(&message.zmq_identities[0][..], b"client");
    let header = header.replace("execute_request", "history_request");
    let message =
        wire::decode(raw(header.as_bytes(), br#"{"hist_access_type":"search","pattern":"a*","n":null}"#)).unwrap();
    assert!(matches!(message.content, Content::HistoryRequest(_)));
}

#[test]
fn every_frame_is_checked() {
    for (header, content) in [(b"{".as_slice(), b"{}".as_slice()), (b"[]", b"{}"), (HEADER, b"{"), (HEADER, b"")] {
        assert!(wire::decode(raw(header, content)).is_err(), "{:?}", String::from_utf8_lossy(header));
    }
    let mut short = raw(HEADER, b"{}");
    for length in (0..4).rev() {
        short.jparts.truncate(length);
        assert!(wire::decode(RawMessage { zmq_identities: vec![], jparts: short.jparts.clone() }).is_err());
    }
}
