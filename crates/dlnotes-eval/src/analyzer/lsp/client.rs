//! A language server as a process: messages to it and from it, without ever waiting for it longer than asked.

use std::io::{Read, Write};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde_json::{Value, json};

/// No message is longer.
const LONGEST: usize = 64 << 20;

/// A server that was started; it ends with this.
pub(super) struct Client {
    shared: Arc<Shared>,
    outbox: Sender<Vec<u8>>,
    inbox: Receiver<Value>,
    next: i64,
}

struct Shared {
    child: Mutex<Child>,
    used: Mutex<Instant>,
    /// Whether it was ended because nobody asked for long.
    idle: AtomicBool,
}

impl Client {
    /// Starts `program` in `folder`; it ends when nothing was sent for as long as `idle`.
    pub(super) fn start(program: &Path, folder: &Path, idle: Duration) -> std::io::Result<Self> {
        let mut command = Command::new(program);
        command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // It allocates on one thread at a time; an arena for each thread costs 50 MB.
        command.env("MALLOC_ARENA_MAX", "1");
        // An interrupt of the kernel's group is none of its business.
        let mut child = command.process_group(0).spawn()?;
        // Cells come first; without the right to say so, nothing is lost.
        let _ = rustix::process::setpriority_process(Some(rustix::process::Pid::from_child(&child)), 5);
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (Some(stdin), Some(stdout)) = (stdin, stdout) else {
            return Err(std::io::Error::other("the server has no standard streams"));
        };
        let (outbox, to_write) = channel();
        let (received, inbox) = channel();
        let shared = Arc::new(Shared {
            child: Mutex::new(child),
            used: Mutex::new(Instant::now()),
            idle: AtomicBool::new(false),
        });
        let reader = Reader { shared: Arc::clone(&shared), outbox: outbox.clone(), received, idle };
        let client = Self { shared, outbox, inbox, next: 0 };
        thread::Builder::new().name("analyzer-out".to_owned()).spawn(move || write_all(stdin, &to_write))?;
        thread::Builder::new().name("analyzer-in".to_owned()).spawn(move || reader.run(stdout))?;
        Ok(client)
    }

    /// Sends what needs no answer.
    pub(super) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a question; its number.
    pub(super) fn request(&mut self, method: &str, params: &Value) -> i64 {
        self.next += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next, "method": method, "params": params }));
        self.next
    }

    fn send(&self, message: &Value) {
        *self.shared.used.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        // Where the writer is gone, the server is, too: `receive` tells.
        let _ = self.outbox.send(framed(message));
    }

    /// The next message, if there is one until `deadline`; an error once the server is gone.
    pub(super) fn receive(&self, deadline: Instant) -> Result<Option<Value>, Gone> {
        match self.inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Gone { was_idle: self.shared.idle.load(Ordering::Relaxed) }),
        }
    }

    /// The number of its process.
    #[cfg(test)]
    pub(super) fn process(&self) -> u32 {
        self.shared.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }
}

/// The server is gone.
#[derive(Debug)]
pub(super) struct Gone {
    /// Because nobody needed it.
    pub(super) was_idle: bool,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.shared.end();
    }
}

impl Shared {
    fn end(&self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        // It has nothing to save. It's fine if it has gone already.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn framed(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn write_all(mut stdin: ChildStdin, messages: &Receiver<Vec<u8>>) {
    for message in messages {
        if stdin.write_all(&message).and_then(|()| stdin.flush()).is_err() {
            return;
        }
    }
}

struct Reader {
    shared: Arc<Shared>,
    outbox: Sender<Vec<u8>>,
    received: Sender<Value>,
    idle: Duration,
}

impl Reader {
    fn run(self, mut stdout: ChildStdout) {
        let mut buffer = Vec::new();
        let mut chunk = vec![0; 1 << 16];
        while self.wait(&stdout) {
            match stdout.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => buffer.extend_from_slice(&chunk[..count]),
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            }
            while let Some(message) = take(&mut buffer) {
                let Ok(message) = message else { return self.shared.end() };
                if !self.handle(message) {
                    return;
                }
            }
        }
        self.shared.end();
    }

    /// Waits for something to read; `false` if the server was idle for too long.
    fn wait(&self, stdout: &ChildStdout) -> bool {
        loop {
            let used = *self.shared.used.lock().unwrap_or_else(PoisonError::into_inner);
            let left = self.idle.saturating_sub(used.elapsed());
            if left.is_zero() {
                self.shared.idle.store(true, Ordering::Relaxed);
                return false;
            }
            let left = Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 60, tv_nsec: 0 });
            match poll(&mut [PollFd::new(stdout, PollFlags::IN)], Some(&left)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return true,
                Err(_) => return false,
            }
        }
    }

    /// Answers the server's own questions; everything else is for us. `false` when nobody listens any more.
    fn handle(&self, message: Value) -> bool {
        let (Some(id), Some(method)) = (message.get("id"), message.get("method")) else {
            return self.received.send(message).is_ok();
        };
        // Of settings it gets none but those it was started with.
        let count = message["params"]["items"].as_array().map_or(0, Vec::len);
        let result = if method == "workspace/configuration" { json!(vec![Value::Null; count]) } else { Value::Null };
        self.outbox.send(framed(&json!({ "jsonrpc": "2.0", "id": id, "result": result }))).is_ok()
    }
}

/// Takes the first whole message out of the buffer; an error if that holds something else.
fn take(buffer: &mut Vec<u8>) -> Option<Result<Value, ()>> {
    const END: &[u8] = b"\r\n\r\n";
    let head = buffer.windows(END.len()).position(|window| window == END)?;
    let lines = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let length = lines.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    let Some(length) = length.filter(|length| *length <= LONGEST) else { return Some(Err(())) };
    let body = head + END.len();
    if buffer.len() < body + length {
        return None;
    }
    let message = serde_json::from_slice(&buffer[body..body + length]).map_err(drop);
    buffer.drain(..body + length);
    Some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_taken_when_they_are_whole() {
        let mut buffer = framed(&json!({ "id": 1 }));
        let mut second = framed(&json!("损"));
        let last = second.pop().unwrap();
        buffer.extend(second);
        assert_eq!(take(&mut buffer), Some(Ok(json!({ "id": 1 }))));
        assert_eq!(take(&mut buffer), None);
        buffer.push(last);
        assert_eq!(take(&mut buffer), Some(Ok(json!("损"))));
        assert!(buffer.is_empty());
        assert_eq!(take(&mut b"Content-Length: x\r\n\r\n".to_vec()), Some(Err(())));
    }

    #[test]
    fn a_program_that_is_no_server_ends_without_harm() {
        let folder = tempfile::tempdir().unwrap();
        let idle = Duration::from_secs(60);
        let mut client = Client::start(Path::new("/bin/true"), folder.path(), idle).unwrap();
        client.request("initialize", &json!({}));
        assert!(!client.receive(Instant::now() + Duration::from_secs(10)).unwrap_err().was_idle);
        assert!(Client::start(Path::new("/nowhere"), folder.path(), idle).is_err());
    }

    #[test]
    fn a_server_that_nobody_asks_ends() {
        let folder = tempfile::tempdir().unwrap();
        let client = Client::start(Path::new("/bin/cat"), folder.path(), Duration::from_millis(50)).unwrap();
        assert!(client.receive(Instant::now() + Duration::from_secs(10)).unwrap_err().was_idle);
    }
}
