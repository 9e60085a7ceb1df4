//! Lines for the system's shell.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use super::Session;
use crate::failure::Failure;
use crate::host::Reach;
use crate::text::Utf8;
use crate::{Console, Event, Stream};

impl Session {
    /// Runs a line in the system's shell; what it prints is shown while it runs.
    pub(super) fn shell(&self, line: &str) -> Result<(), Failure> {
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(&self.directory);
        // A group of its own, so that an interrupt reaches everything that it starts.
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let failed = |error: std::io::Error| Failure::new("ShellError", format!("`{line}` could not be run: {error}"));
        let mut child = command.spawn().map_err(failed)?;
        let registered = self.watch.register(&child, Reach::Group);
        let (out, err) = (child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            let console = &*self.console;
            scope.spawn(|| pass_on(console, out, Stream::Out));
            pass_on(console, err, Stream::Err);
        });
        let status = registered.wait(&mut child);
        match status.map_err(failed)? {
            _ if self.watch.stop_requested() => Err(Failure::new("Interrupted", format!("`{line}` was stopped"))),
            status if status.success() => Ok(()),
            status => Err(Failure::new("ShellError", format!("`{line}` ended with {status}"))),
        }
    }
}

fn pass_on(console: &dyn Console, pipe: Option<impl Read>, stream: Stream) {
    let Some(mut pipe) = pipe else { return };
    let (mut utf8, mut bytes) = (Utf8::default(), [0; 8192]);
    while let Ok(length @ 1..) = pipe.read(&mut bytes) {
        console.show(Event::Text(stream, utf8.push(&bytes[..length])));
    }
    console.show(Event::Text(stream, utf8.finish()));
}
