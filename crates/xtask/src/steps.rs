//! Long steps: say what is done, show that it moves, keep a log, and fail with the part of the log that matters.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use duct::Expression;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::clock;
use crate::progress::Progress;
use crate::project::Project;

/// How many of a failed program's last lines are shown.
const TAIL: usize = 40;
/// How many characters of a program's line are shown while it runs.
const NOTE: usize = 80;
/// Without a terminal, a sign of life after this long.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// The lines of the steps that are under way: several may be at once.
static LINES: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// A step that is under way.
pub(crate) struct Step {
    title: String,
    bar: ProgressBar,
    start: Instant,
    heartbeat: Instant,
}

/// Announces `title`, runs `work` and prints how long it took; `expected` tells beforehand ("about 5 minutes", or "").
pub(crate) fn step<T>(title: &str, expected: &str, work: impl FnOnce(&mut Step) -> Result<T>) -> Result<T> {
    let mut step = Step::begin(title, expected);
    let result = work(&mut step);
    step.bar.finish_and_clear();
    let time = clock::human(step.start.elapsed());
    match result {
        Ok(value) => {
            say(&format!("  ok      {title} ({time})"));
            Ok(value)
        }
        Err(error) => {
            say(&format!("  FAILED  {title} ({time})"));
            Err(error)
        }
    }
}

/// Says that there was nothing to do for `title`.
pub(crate) fn already(title: &str) {
    say(&format!("  ready   {title}"));
}

/// Says that `title` is left out, and why.
pub(crate) fn skipped(title: &str, reason: &str) {
    say(&format!("  skipped {title}: {reason}"));
}

/// Prints a line above those of the steps that are under way.
fn say(line: &str) {
    LINES.suspend(|| eprintln!("{line}"));
}

/// Does two things at once, since one of them mostly waits for the network. Both are gone through with; if both fail, the
/// second failure is printed and the first one returned.
pub(crate) fn both<A: Send, B>(
    first: impl FnOnce() -> Result<A> + Send,
    second: impl FnOnce() -> Result<B>,
) -> Result<(A, B)> {
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), second)
    });
    match (first, second) {
        (Err(first), Err(second)) => {
            say(&format!("{second:#}\n"));
            Err(first)
        }
        (first, second) => Ok((first?, second?)),
    }
}

impl Step {
    fn begin(title: &str, expected: &str) -> Self {
        let title = if expected.is_empty() { title.to_owned() } else { format!("{title} ({expected})") };
        let bar = LINES.add(ProgressBar::new_spinner());
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("  {spinner}       {prefix} {elapsed:.dim} {wide_msg:.dim}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_prefix(title.clone());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            say(&format!("  …       {title}"));
        }
        Self { title, bar, start: Instant::now(), heartbeat: Instant::now() }
    }

    /// Shows what the step is at.
    pub(crate) fn note(&mut self, text: &str) {
        if self.bar.is_hidden() {
            if self.heartbeat.elapsed() > HEARTBEAT {
                self.heartbeat = Instant::now();
                let text: String = text.chars().take(NOTE).collect();
                say(&format!("  …       {}: {} so far; {text}", self.title, clock::human(self.start.elapsed())));
            }
        } else {
            self.bar.set_message(text.to_owned());
        }
    }

    /// Runs `command` with its output in `.tools/logs/LOG.log`; each line is handed to `on_line` as well.
    pub(crate) fn run_with(
        &mut self,
        project: &Project,
        log: &str,
        command: &Expression,
        mut on_line: impl FnMut(&mut Self, &str),
    ) -> Result<()> {
        let path = project.tools(Path::new("logs").join(log).with_extension("log"))?;
        let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        let output = command.stderr_to_stdout().unchecked().reader()?;
        let mut tail = VecDeque::new();
        let mut lines = BufReader::new(&output);
        let mut bytes = Vec::new();
        while read_line(&mut lines, &mut bytes)? > 0 {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            on_line(self, &line);
            // What is written over by the next line, and what cargo tells programs, is nothing to read later.
            if !bytes.ends_with(b"\r") && !line.starts_with(r#"{"reason":""#) {
                file.write_all(&bytes)?;
                if tail.len() == TAIL {
                    tail.pop_front();
                }
                tail.push_back(line);
            }
            bytes.clear();
        }
        let status = output.try_wait()?.map(|output| output.status).context("the program closed its output early")?;
        if !status.success() {
            let tail = tail.make_contiguous().join("\n");
            bail!("{}: {status}\n{tail}\n(all of it: {})", self.title, path.display());
        }
        Ok(())
    }

    /// Runs `command` with its output in a log, showing the latest line.
    pub(crate) fn run(&mut self, project: &Project, log: &str, command: &Expression) -> Result<()> {
        self.run_with(project, log, command, |step, line| step.note(line.trim()))
    }

    /// Runs a command of cargo's, showing how far it is and about how long it will take.
    pub(crate) fn run_cargo(
        &mut self,
        project: &Project,
        log: &str,
        command: &Expression,
        mut on_line: impl FnMut(&mut Self, &str),
    ) -> Result<()> {
        let command = command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "80");
        let mut progress = Progress::default();
        self.run_with(project, log, &command, |step, line| match progress.read(line, Instant::now()) {
            Some(text) => step.note(&text),
            // The crate that is just begun says less than how far it is.
            None if progress.has_begun() && names_crate(line) => {}
            None => on_line(step, line),
        })
    }
}

/// Whether cargo says which crate it begins with.
fn names_crate(line: &str) -> bool {
    ["Compiling ", "Checking ", "Documenting "].iter().any(|word| line.trim_start().starts_with(word))
}

/// Reads up to and with the next line feed, or carriage return, behind which a program writes its line again.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<usize> {
    loop {
        let read = match reader.fill_buf() {
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = read.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let taken = end.map_or(read.len(), |end| end + 1);
        line.extend_from_slice(&read[..taken]);
        reader.consume(taken);
        if end.is_some() || taken == 0 {
            return Ok(line.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_written_anew_is_a_line() {
        let mut reader = BufReader::with_capacity(3, "Building 1\rBuilding 2\rdone\n\nend".as_bytes());
        let mut next = || {
            let mut line = Vec::new();
            read_line(&mut reader, &mut line).unwrap();
            String::from_utf8(line).unwrap()
        };
        let lines: Vec<String> = std::iter::from_fn(|| Some(next()).filter(|line| !line.is_empty())).collect();
        assert_eq!(lines, ["Building 1\r", "Building 2\r", "done\n", "\n", "end"]);
    }

    #[test]
    fn a_failure_of_either_side_is_a_failure() {
        assert_eq!(both(|| Ok(1), || Ok("a")).unwrap(), (1, "a"));
        assert!(both(|| Ok(1), || anyhow::bail!("second") as Result<()>).is_err());
        let error =
            both(|| anyhow::bail!("first") as Result<()>, || anyhow::bail!("second") as Result<()>).unwrap_err();
        assert_eq!(error.to_string(), "first");
    }
}
