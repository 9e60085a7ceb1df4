//! The wire decoder: frames from a socket, signature and all. Frames are the input's lines.
//!
//! Must hold: no panic; nothing whose signature is wrong is taken; what is taken can be answered.
#![no_main]

use dlnotes_fuzz::wire;
use jupyter_protocol::Status;
use jupyter_zmq_client::{Connection, RawMessage};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

/// A key as the kernel holds it; a socket that is never bound gives it.
static KEYED: LazyLock<Connection<zeromq::RouterSocket>> =
    LazyLock::new(|| Connection::new(<zeromq::RouterSocket as zeromq::Socket>::new(), "a key", "session"));

fuzz_target!(|data: &[u8]| {
    let frames: Vec<bytes::Bytes> =
        data.split(|b| *b == b'\n').map(|frame| bytes::Bytes::copy_from_slice(frame)).collect();
    // A signature that fits by chance would take 2²⁵⁶ tries: whoever is let in was not asked.
    let message = zeromq::ZmqMessage::try_from(frames.clone()).expect("split gives one frame at least");
    assert!(RawMessage::from_multipart(message.clone(), &KEYED.mac).is_err(), "a message without a signature is taken");
    // The same without a key reaches the decoder.
    let Ok(raw) = RawMessage::from_multipart(message, &None) else { return };
    if let Ok(message) = wire::decode(raw) {
        let answer = wire::child(Status::idle(), Some(&message));
        assert_eq!(answer.parent_header.map(|header| header.msg_id), Some(message.header.msg_id));
    }
});
