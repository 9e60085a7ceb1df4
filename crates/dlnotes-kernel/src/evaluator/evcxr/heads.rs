//! Lines at the head of a cell that are not Rust: those that the kernel answers itself.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{Evcxr, kernel_error};
use crate::analyzer::with_own_cargo;
use crate::cell::{Head, Source, export_project};
use crate::evaluator::Console;
use crate::output::{Event, Stream, Utf8};
use crate::report::Failure;

/// What the head of a cell asks for beyond what has been done.
#[derive(Debug, Default)]
pub(super) struct Rest {
    /// Commands for evcxr, each on its line of the cell.
    pub(super) commands: String,
    /// Compile and run time are to be shown.
    pub(super) time: bool,
    /// A dependency is added, which may take long.
    pub(super) adds_dependency: bool,
}

/// Runs what the kernel answers itself.
pub(super) fn run(evaluator: &mut Evcxr, source: &Source) -> Result<Rest, Failure> {
    let mut rest = Rest::default();
    for (line, head) in &source.head {
        let written = rest.commands.matches('\n').count();
        rest.commands += &"\n".repeat(line - 1 - written);
        match head {
            Head::Shell(command) => shell(evaluator, command)?,
            Head::Command { name, arguments } => match name.as_str() {
                ":quit" => {
                    let message = "`:quit` would end the kernel under the notebook: use Kernel → Shut Down";
                    return Err(Failure::new("CommandError", message));
                }
                ":restart" => {
                    evaluator.restart_child()?;
                    let text = "the process that runs cells was started anew: items are kept, variables are not\n";
                    evaluator.console.show(Event::Text(Stream::Out, text.into()));
                }
                ":clear" => {
                    evaluator.clear()?;
                    let text = "everything that cells defined is gone, as after a restart of the kernel\n";
                    evaluator.console.show(Event::Text(Stream::Out, text.into()));
                }
                ":time" => rest.time = true,
                ":export" => export(evaluator, arguments)?,
                ":dep" if is_there(evaluator, arguments) => {}
                _ => {
                    rest.adds_dependency |= name == ":dep";
                    rest.commands += format!("{name} {arguments}").trim_end();
                }
            },
        }
    }
    Ok(rest)
}

/// Whether a `:dep` line asks for what every notebook has.
fn is_there(evaluator: &Evcxr, arguments: &str) -> bool {
    let (name, specification) = arguments.split_once('=').unwrap_or((arguments, "\"*\""));
    let (name, specification) = (name.trim(), specification.trim());
    let path = specification.strip_prefix("{ path = \"").or(specification.strip_prefix("{path=\""));
    let same_place = path.and_then(|path| path.split('"').next()).is_some_and(|path| {
        let asked = evaluator.settings.directory.join(path).canonicalize().ok();
        asked.is_some() && asked == crate::prepare::helper_directory(name)
    });
    evaluator.settings.dependencies.name == name
        && (same_place || matches!(specification.trim_matches('"'), "*" | env!("CARGO_PKG_VERSION")))
}

/// Runs a line in the system's shell; what it prints is shown while it runs.
fn shell(evaluator: &Evcxr, line: &str) -> Result<(), Failure> {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(&evaluator.settings.directory);
    with_own_cargo(&mut command);
    // A group of its own, so that an interrupt reaches everything that it starts.
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().map_err(kernel_error)?;
    evaluator.watch.begin(false);
    evaluator.watch.set_shell(Some(child.id()));
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        let console = &*evaluator.console;
        scope.spawn(|| pass_on(console, out, Stream::Out));
        pass_on(console, err, Stream::Err);
    });
    let status = child.wait();
    evaluator.watch.set_shell(None);
    let seen = evaluator.watch.end();
    match status.map_err(kernel_error)? {
        _ if seen.stop_requested => Err(Failure::new("Interrupted", format!("`{line}` was stopped"))),
        status if status.success() => Ok(()),
        status => Err(Failure::new("ShellError", format!("`{line}` ended with {status}"))),
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

fn export(evaluator: &Evcxr, folder: &str) -> Result<(), Failure> {
    if folder.is_empty() {
        return Err(Failure::new("CommandError", "`:export` needs a folder: `:export my-notes`"));
    }
    let folder: PathBuf = evaluator.settings.directory.join(folder);
    // What the prelude imports; what it starts is for a kernel.
    let imports = evaluator.settings.dependencies.prelude.lines().filter(|line| line.starts_with("use "));
    let cells = imports.chain(evaluator.transcript.iter().map(String::as_str));
    export_project(&folder, &evaluator.settings.run.work().join("Cargo.toml"), cells)
        .map_err(|e| Failure::new("CommandError", e.to_string()))?;
    let message = format!("written: {0}; run it with `cargo run --release` in that folder\n", folder.display());
    evaluator.console.show(Event::Text(Stream::Out, message));
    Ok(())
}
