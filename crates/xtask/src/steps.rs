//! Long steps: say what is done, show that it moves, keep a log, and fail with the part of the log that matters.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use duct::Expression;
use indicatif::{ProgressBar, ProgressStyle};

use crate::clock;
use crate::project::Project;

/// How many of a failed program's last lines are shown.
const TAIL: usize = 40;
/// How many characters of a program's line are shown while it runs.
const NOTE: usize = 80;
/// Without a terminal, a sign of life after this long.
const HEARTBEAT: Duration = Duration::from_secs(30);

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
            eprintln!("  ok      {title} ({time})");
            Ok(value)
        }
        Err(error) => {
            eprintln!("  FAILED  {title} ({time})");
            Err(error)
        }
    }
}

/// Says that there was nothing to do for `title`.
pub(crate) fn already(title: &str) {
    eprintln!("  ready   {title}");
}

/// Says that `title` is left out, and why.
pub(crate) fn skipped(title: &str, reason: &str) {
    eprintln!("  skipped {title}: {reason}");
}

impl Step {
    fn begin(title: &str, expected: &str) -> Self {
        let title = if expected.is_empty() { title.to_owned() } else { format!("{title} ({expected})") };
        let bar = ProgressBar::new_spinner();
        if std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template("  {spinner}       {prefix} {elapsed:.dim} {wide_msg:.dim}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_prefix(title.clone());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            eprintln!("  …       {title}");
        }
        Self { title, bar, start: Instant::now(), heartbeat: Instant::now() }
    }

    /// Shows what the step is at.
    pub(crate) fn note(&mut self, text: &str) {
        if self.bar.is_hidden() {
            if self.heartbeat.elapsed() > HEARTBEAT {
                self.heartbeat = Instant::now();
                let text: String = text.chars().take(NOTE).collect();
                eprintln!("  …       {}: {} so far; {text}", self.title, clock::human(self.start.elapsed()));
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
        while lines.read_until(b'\n', &mut bytes)? > 0 {
            file.write_all(&bytes)?;
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            on_line(self, &line);
            if tail.len() == TAIL {
                tail.pop_front();
            }
            tail.push_back(line);
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
}
