//! A thread for each process that runs cells: reads all that it writes, and shows it in order.

use std::io::{ErrorKind, PipeReader, Read};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use dlnotes_display::cells::protocol::{self, Frames, Garbled, Place, Reply};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, recv};

use super::order::{Next, Numbered, Order};
use super::show::Shower;
use super::stdin::Asker;
use super::{PanicPlace, Watch};
use crate::Stream;

/// What has arrived waits so long for what belongs before it. A mark that was announced comes, unless the cell closed the
/// stream at that moment; what a mark stands for was sent before the mark.
const MARK_WAITS: Duration = Duration::from_secs(5);

const CHUNK: usize = 64 * 1024;
/// No pipe or socket of ours holds more: after so much it is another one's turn.
const ALL: usize = 1 << 20;

/// What the process has answered, with the panic that was the cell's failure.
pub(super) type Answer = (Reply, Option<PanicPlace>);

/// Reads one process until it ends.
pub(super) struct Pump {
    pub(super) stdout: Source<PipeReader>,
    pub(super) stderr: Source<PipeReader>,
    pub(super) records: Source<PipeReader>,
    pub(super) socket: Source<Socket>,
    /// Closes when the process has ended.
    pub(super) end: PipeReader,
    pub(super) watch: Watch,
    pub(super) answers: Sender<Answer>,
    pub(super) has_value: Arc<AtomicBool>,
    pub(super) order: Order,
    pub(super) shower: Shower,
    pub(super) asker: Asker,
    /// A cell runs.
    pub(super) running: bool,
    /// The number that something waits for, and since when.
    pub(super) awaited: Option<(u64, Instant)>,
}

/// Our end of the socket, read without waiting; writing to it waits.
pub(super) struct Socket(pub(super) UnixStream);

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        Ok(recv(&self.0, buffer, RecvFlags::DONTWAIT)?.0)
    }
}

/// Something to read from.
pub(super) struct Source<R> {
    reader: R,
    open: bool,
    /// For what arrives in frames.
    frames: Frames,
}

impl<R: Read> Source<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, open: true, frames: Frames::default() }
    }

    /// What is there to read now; `None` when there is nothing.
    fn read<'a>(&mut self, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
        match self.reader.read(buffer) {
            Ok(length @ 1..) => return Some(&buffer[..length]),
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Ok(0) | Err(_) => self.open = false,
        }
        None
    }

    /// Reads everything that is there.
    fn read_frames(&mut self, buffer: &mut [u8]) {
        let mut total = 0;
        // Looked at before reading: what has been read must not be lost.
        while total < ALL
            && let Some(bytes) = self.read(buffer)
        {
            self.frames.push(bytes);
            total += bytes.len();
        }
    }

    /// The next frame; after one that can't be understood nothing more is read.
    fn next<T>(&mut self, decode: impl FnOnce(&[u8]) -> Result<T, Garbled>) -> Option<T> {
        match self.frames.next_frame().and_then(|frame| frame.map(decode).transpose()) {
            Ok(decoded) => decoded,
            Err(garbled) => {
                log::error!("{garbled}");
                (self.open, self.frames) = (false, Frames::default());
                None
            }
        }
    }
}

impl Pump {
    /// Until the process has ended and all that it wrote has been shown.
    pub(super) fn run(mut self) {
        let mut buffer = vec![0; CHUNK];
        while self.wait() {
            self.read_stream(Stream::Out, &mut buffer);
            self.read_stream(Stream::Err, &mut buffer);
            self.read_numbered(&mut buffer);
            while let Some(next) = self.order.next() {
                self.handle(next);
            }
            self.after_reading();
        }
        // Everything that is still in the pipes was written before the process ended. What it has started may go on
        // writing, which nobody waits for.
        let mut total = 0;
        while total < ALL {
            let read = self.read_stream(Stream::Out, &mut buffer) + self.read_stream(Stream::Err, &mut buffer);
            self.read_numbered(&mut buffer);
            while let Some(next) = self.order.next() {
                self.handle(next);
            }
            total += read;
            if read == 0 {
                let Some(next) = self.order.next_at_any_cost() else { break };
                self.handle(next);
            }
        }
        self.order.closed(Stream::Out);
        self.order.closed(Stream::Err);
        while let Some(next) = self.order.next_at_any_cost() {
            self.handle(next);
        }
        self.shower.finish();
        self.watch.has_run();
    }

    /// Waits until there is something to do; `false` when the process has ended.
    fn wait(&self) -> bool {
        let mark = self.awaited.map(|(_, since)| MARK_WAITS.saturating_sub(since.elapsed()));
        let question = if self.running { self.asker.due() } else { None };
        // A millisecond more: never woken just before the time.
        let timeout = [mark, question, self.shower.due()].into_iter().flatten().min();
        let timeout = timeout.and_then(|t| Timespec::try_from(t + Duration::from_millis(1)).ok());
        // Only what is open: a closed one would be reported again and again.
        let sources = [
            (self.end.as_fd(), true),
            (self.stdout.reader.as_fd(), self.stdout.open && self.order.wants(Stream::Out)),
            (self.stderr.reader.as_fd(), self.stderr.open && self.order.wants(Stream::Err)),
            (self.records.reader.as_fd(), self.records.open),
            (self.socket.reader.0.as_fd(), self.socket.open),
        ];
        let open = sources.iter().filter(|(_, open)| *open);
        let mut fds: Vec<_> = open.map(|(fd, _)| PollFd::from_borrowed_fd(*fd, PollFlags::IN)).collect();
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => fds[0].revents().is_empty(),
            Err(rustix::io::Errno::INTR) => true,
            Err(e) => {
                log::error!("waiting for the process that runs cells: {e}");
                false
            }
        }
    }

    /// How much was there to read, at most a chunk.
    fn read_stream(&mut self, stream: Stream, buffer: &mut [u8]) -> usize {
        let source = match stream {
            Stream::Out => &mut self.stdout,
            Stream::Err => &mut self.stderr,
        };
        if !source.open || !self.order.wants(stream) {
            return 0;
        }
        let length = source.read(buffer).map_or(0, <[u8]>::len);
        if length > 0 {
            self.order.text(stream, &buffer[..length]);
        } else if !source.open {
            self.order.closed(stream);
        }
        length
    }

    /// After the streams: what a mark stands for was sent before the mark. The socket before the records: what was sent
    /// there comes after all records with a smaller number.
    fn read_numbered(&mut self, buffer: &mut [u8]) {
        if self.socket.open {
            self.socket.read_frames(buffer);
        }
        if self.records.open {
            self.records.read_frames(buffer);
        }
        while let Some((place, reply)) = self.socket.next(Reply::decode) {
            self.reply(place, reply);
        }
        let decode = |frame: &[u8]| protocol::decode_record(frame).map(|(place, json)| (place, json.to_vec()));
        while let Some((place, json)) = self.records.next(decode) {
            // One that can't be understood is shown as nothing, but is counted.
            let record = serde_json::from_slice(&json).unwrap_or_else(|e| {
                log::warn!("a record that can't be understood: {e}");
                serde_json::Value::Null
            });
            self.order.numbered(place, Numbered::Record(record));
        }
    }

    fn reply(&mut self, place: Place, reply: Reply) {
        match reply {
            Reply::Started => {
                self.running = true;
                self.shower.starts(self.has_value.load(Ordering::SeqCst));
                self.asker.cell_starts();
                self.watch.runs();
            }
            Reply::Ready => {
                // Whoever starts the process waits for it; if not, it is given up.
                let _ = self.answers.send((reply, None));
            }
            Reply::Done | Reply::NotLoaded(_) | Reply::Ran { .. } | Reply::Called(_) => {
                self.running = false;
                self.watch.has_run();
                self.order.numbered(place, Numbered::Reply(reply));
            }
        }
    }

    fn handle(&mut self, next: Next) {
        match next {
            Next::Text(stream, bytes) => self.shower.text(stream, &bytes, &mut self.asker),
            Next::Numbered(Numbered::Record(record)) => self.shower.record(&record),
            Next::Numbered(Numbered::Reply(reply)) => {
                let ending = match &reply {
                    Reply::Ran { ending, .. } | Reply::Called(ending) => Some(ending),
                    _ => None,
                };
                let panic = self.shower.ends(ending);
                // As above.
                let _ = self.answers.send((reply, panic));
            }
        }
    }

    fn after_reading(&mut self) {
        self.shower.tick();
        if self.running {
            self.asker.tick();
        }
        let number = self.order.awaited();
        if number != self.awaited.map(|(number, _)| number) {
            self.awaited = number.map(|number| (number, Instant::now()));
        } else if self.awaited.is_some_and(|(_, since)| since.elapsed() >= MARK_WAITS) {
            self.awaited = None;
            while let Some(next) = self.order.next_at_any_cost() {
                self.handle(next);
            }
        }
    }
}
