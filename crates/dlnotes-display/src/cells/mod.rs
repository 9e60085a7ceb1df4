//! The program that runs cells.
//!
//! It is linked to the same shared standard library and to the same copy of this crate as the cells, so output, panic
//! hook, thread-locals and allocator are shared. The kernel speaks to it on a socket ([`protocol`]); what cells show goes
//! to another descriptor, in order with what they print (`sink`). When the kernel goes, it goes.
#![doc(hidden)]

mod flush;
mod frame;
mod library;
pub mod protocol;
mod setup;
pub(crate) mod sink;

use std::any::Any;
use std::io::{ErrorKind, Read as _};
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::time::Instant;

use crate::cell::{self, Frame, Store};
use crate::controls;
use crate::interrupt::{self, Interrupted};
use crate::late;
use flush::Flusher;
use protocol::{Command, Ending, Frames, Kept, Reply};
use sink::Sink;

/// The whole program.
pub fn main() {
    if let Err(why) = set_up_and_run() {
        eprintln!("{why}");
        std::process::exit(2);
    }
}

fn set_up_and_run() -> Result<(), String> {
    let (commands, frames) = setup::set_up()?;
    let flusher = Flusher::start().map_err(|e| e.to_string())?;
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::Builder::new().name("dlnotes-commands".into());
    reader.spawn(move || read_commands(commands, frames, &sender)).map_err(|e| e.to_string())?;
    let sink = sink::sink().ok_or("the descriptors are not open")?;
    sink.reply_at_once(&Reply::Ready);
    let mut runner = Runner { sink, flusher, store: Store::new() };
    for command in receiver {
        runner.obey(command);
    }
    Ok(())
}

/// A thread of its own, so that the end of the kernel is noticed in the middle of a cell.
fn read_commands(mut commands: UnixStream, mut frames: Frames, to: &mpsc::Sender<Command>) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        loop {
            let command = match frames.next_frame() {
                Ok(None) => break,
                Ok(Some(frame)) => Command::decode(frame),
                Err(garbled) => Err(garbled),
            };
            if let Ok(Command::Steer { panel, at }) = command {
                controls::set_live(panel, &at);
                continue;
            }
            // The main thread is gone, or nobody speaks our language: there is nothing left to do.
            if !command.is_ok_and(|command| to.send(command).is_ok()) {
                setup::leave();
            }
        }
        match commands.read(&mut bytes) {
            Ok(length @ 1..) => frames.push(&bytes[..length]),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Ok(0) | Err(_) => setup::leave(),
        }
    }
}

struct Runner {
    sink: &'static Sink,
    flusher: Flusher,
    store: Store,
}

impl Runner {
    fn obey(&mut self, command: Command) {
        let process = std::process::id();
        let reply = match command {
            // The thread that reads commands obeys the second one.
            Command::Begin { .. } | Command::Steer { .. } => Reply::Done,
            Command::Open(library) => match library::open_for_all(&library) {
                Ok(()) => Reply::Done,
                Err(why) => Reply::NotLoaded(why),
            },
            Command::Run { library, taken, has_reader } => {
                controls::allow(has_reader);
                self.run(&library, &taken)
            }
            Command::Drop(slots) => {
                self.start();
                slots.into_iter().for_each(|slot| self.store.drop_value(slot));
                Reply::Done
            }
            Command::Call { panel, at } => Reply::Called(self.call(panel, &at)),
            Command::Forget(panels) => {
                self.start();
                for panel in panels {
                    // A destructor that panics is none of the session's business.
                    let _ = catch_unwind(|| controls::forget(panel)).map_err(cell::discard);
                }
                Reply::Done
            }
        };
        if std::process::id() != process {
            // The cell has forked, and this is the copy, which has come to the end of its program.
            std::process::exit(0);
        }
        // Nothing of what was interrupted is left.
        interrupt::forget_interrupt();
        late::show_what_waits();
        self.flusher.flush();
        self.sink.reply(&reply);
    }

    /// An interrupt that came too late for the last cell isn't meant for this one.
    fn start(&self) {
        interrupt::forget_interrupt();
        interrupt::forget_answer();
        self.sink.reply_at_once(&Reply::Started);
    }

    fn run(&mut self, library: &Path, taken: &[usize]) -> Reply {
        let cell = match library::open_cell(library) {
            Ok(cell) => cell,
            Err(why) => return Reply::NotLoaded(why),
        };
        let (before, first_panel) = (self.store.len(), controls::upcoming());
        self.start();
        let started = Instant::now();
        let mut frame = Frame::new(&mut self.store, taken);
        let outcome = catch_unwind(AssertUnwindSafe(|| cell(&mut frame)));
        let nanoseconds = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let ending = match outcome {
            Ok(()) => ending(frame.ending()),
            Err(payload) => unwound(payload),
        };
        self.store.forget_taken(taken);
        Reply::Ran {
            kept: self.kept_since(before),
            ending,
            nanoseconds,
            panels: controls::registered_since(first_panel),
        }
    }

    fn call(&self, panel: u64, at: &[f64]) -> Ending {
        // What a closure shows has no controls of its own: they would be others after each move.
        controls::allow(false);
        self.start();
        match catch_unwind(AssertUnwindSafe(|| controls::call(panel, at))) {
            Ok(true) => Ending::Completed,
            Ok(false) => Ending::Panicked { message: String::from("these controls are gone: run their cell again") },
            Err(payload) => unwound(payload),
        }
    }

    fn kept_since(&self, before: usize) -> Vec<Kept> {
        let slots = (before..self.store.len()).filter_map(|number| Some((number, self.store.get(number)?)));
        slots
            .map(|(number, slot)| Kept {
                name: slot.name.clone(),
                slot: number,
                type_name: (slot.kind.name)().to_owned(),
                size: slot.kind.layout.size(),
                align: slot.kind.layout.align(),
            })
            .collect()
    }
}

fn ending(ending: cell::Ending) -> Ending {
    match ending {
        cell::Ending::Completed => Ending::Completed,
        // What an interrupt has left of other threads is often an error of the one that waits for them.
        _ if interrupt::was_answered() => Ending::Interrupted,
        cell::Ending::Left { message, place } => Ending::Left {
            message,
            file: place.file().to_owned(),
            line: place.line() as usize,
            column: place.column() as usize,
        },
        cell::Ending::Panicked { message } => Ending::Panicked { message },
        cell::Ending::Interrupted => Ending::Interrupted,
    }
}

/// Outside a cell's body: a value could not be taken out, or a closure unwinds.
fn unwound(payload: Box<dyn Any + Send>) -> Ending {
    let interrupted = payload.is::<Interrupted>() || interrupt::was_answered();
    let message = cell::message(payload);
    if interrupted { Ending::Interrupted } else { Ending::Panicked { message } }
}
