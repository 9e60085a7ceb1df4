//! The thread on which the evaluator lives.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use dlnotes_eval::{Event, Failure, MimeBundle, Next};
use tokio::sync::oneshot;

use super::opening::{Opening, Teller};
use super::queue::Queue;
use super::shared::Shared;
use super::widgets::SharedWidgets;
use crate::evaluator::{Called, Cell, Completions, Console, Evaluator, Launch};
use crate::output::Router;

/// With nothing to do for this long the evaluator may prepare for later.
const IDLE_AFTER: Duration = Duration::from_secs(1);

/// Something for the evaluator to do, with the place for its answer.
pub(super) enum Job {
    Evaluate { code: String, count: usize, is_parameters: bool, answer: oneshot::Sender<Result<(), Failure>> },
    Value { expression: String, answer: oneshot::Sender<Result<MimeBundle, Failure>> },
    Call { panel: u64, at: Vec<f64>, answer: oneshot::Sender<Called> },
    Forget { panels: Vec<u64>, answer: oneshot::Sender<()> },
    Complete { code: String, at: usize, answer: oneshot::Sender<Completions> },
    Inspect { code: String, at: usize, answer: oneshot::Sender<Option<MimeBundle>> },
}

/// Hands work to the evaluator's thread.
#[derive(Clone)]
pub(super) struct Worker {
    jobs: Sender<Job>,
    opening: Arc<Opening>,
}

impl Worker {
    /// Whether the evaluator still opens.
    pub(super) fn is_opening(&self) -> bool {
        self.opening.is_under_way()
    }

    /// Runs a cell; one whose caller has given up waiting before it began is left out.
    pub(super) async fn evaluate(&self, code: String, count: usize, is_parameters: bool) -> Result<(), Failure> {
        self.opening.is_awaited();
        self.ask(|answer| Job::Evaluate { code, count, is_parameters, answer }).await.unwrap_or_else(|| Err(broken()))
    }

    pub(super) async fn value(&self, expression: String) -> Result<MimeBundle, Failure> {
        self.ask(|answer| Job::Value { expression, answer }).await.unwrap_or_else(|| Err(broken()))
    }

    /// Calls the closure behind controls.
    pub(super) async fn call(&self, panel: u64, at: Vec<f64>) -> Called {
        let called = self.ask(|answer| Job::Call { panel, at, answer }).await;
        called.unwrap_or_else(|| Called { failure: Some(broken()), ..Called::default() })
    }

    /// Drops closures.
    pub(super) async fn forget(&self, panels: Vec<u64>) {
        self.ask(|answer| Job::Forget { panels, answer }).await;
    }

    pub(super) async fn complete(&self, code: String, at: usize) -> Completions {
        self.ask(|answer| Job::Complete { code, at, answer }).await.unwrap_or_default()
    }

    pub(super) async fn inspect(&self, code: String, at: usize) -> Option<MimeBundle> {
        self.ask(|answer| Job::Inspect { code, at, answer }).await.flatten()
    }

    /// `None` if the job panicked: its end of the channel is dropped then.
    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.jobs.send(job(answer)).ok()?;
        answered.await.ok()
    }
}

fn broken() -> Failure {
    let message = "the kernel itself failed on this cell; its log says where. The session goes on";
    Failure::new("KernelError", message)
}

struct RouterConsole {
    router: Arc<Router>,
    stdin: Arc<super::stdin::Stdin>,
    widgets: Arc<SharedWidgets>,
}

impl Console for RouterConsole {
    fn show(&self, event: Event) {
        match event {
            Event::Controls(panel) => self.widgets.open(panel, &self.router),
            Event::ControlsEnded => self.widgets.ended(&self.router),
            event => self.router.emit(event),
        }
    }

    fn ask(&self, prompt: &str, password: bool) -> Option<String> {
        self.stdin.ask(prompt, password)
    }

    fn has_reader(&self) -> bool {
        self.widgets.has_reader(self.stdin.has_asker())
    }
}

pub(super) fn spawn(launch: Launch, shared: &Shared) -> Worker {
    let console = RouterConsole {
        router: Arc::clone(&shared.router),
        stdin: Arc::clone(&shared.stdin),
        widgets: Arc::clone(&shared.widgets),
    };
    let (jobs, queue) = channel();
    let opening = Arc::new(Opening::new());
    let (shown, requests) = (Arc::clone(&opening), Arc::clone(&shared.queue));
    std::thread::Builder::new()
        .name("evaluator".into())
        .spawn(move || work(launch, Arc::new(console), &queue, &shown, &requests))
        .expect("the evaluator's thread could not be started");
    Worker { jobs, opening }
}

fn work(launch: Launch, console: Arc<dyn Console>, jobs: &Receiver<Job>, opening: &Arc<Opening>, requests: &Queue) {
    let teller = Teller::start(opening, launch.stage, Arc::clone(&console));
    let opened = catch_unwind(AssertUnwindSafe(|| (launch.open)(console)));
    teller.finish();
    match opened.unwrap_or_else(|_| Err(broken())) {
        Ok(mut evaluator) => {
            let mut job = jobs.recv_timeout(IDLE_AFTER);
            if matches!(job, Err(RecvTimeoutError::Timeout)) {
                let _ = catch_unwind(AssertUnwindSafe(|| evaluator.idle()));
                job = jobs.recv().map_err(|_| RecvTimeoutError::Disconnected);
            }
            for job in job.into_iter().chain(jobs) {
                // A panic in one job must not end the kernel: its asker gets `broken`, the next job runs.
                let _ = catch_unwind(AssertUnwindSafe(|| run(evaluator.as_mut(), job, requests)));
            }
        }
        Err(failure) => {
            log::error!("no cell can run: {}: {}", failure.ename, failure.evalue);
            for job in jobs {
                refuse(&failure, job);
            }
        }
    }
}

fn run(evaluator: &mut dyn Evaluator, job: Job, requests: &Queue) {
    // An asker that has gone doesn't need its answer.
    match job {
        Job::Evaluate { answer, .. } if answer.is_closed() => {}
        Job::Evaluate { code, count, is_parameters, answer } => {
            let next = || requests.next_cell(count);
            let cell = Cell { code: &code, count, is_parameters, next: Next::new(&next) };
            let _ = answer.send(evaluator.evaluate(&cell));
        }
        Job::Value { expression, answer } => drop(answer.send(evaluator.value(&expression))),
        Job::Call { panel, at, answer } => drop(answer.send(evaluator.call(panel, &at))),
        Job::Forget { panels, answer } => {
            evaluator.forget(&panels);
            let _ = answer.send(());
        }
        Job::Complete { code, at, answer } => drop(answer.send(evaluator.complete(&code, at))),
        Job::Inspect { code, at, answer } => drop(answer.send(evaluator.inspect(&code, at))),
    }
}

fn refuse(failure: &Failure, job: Job) {
    match job {
        Job::Evaluate { answer, .. } => drop(answer.send(Err(failure.clone()))),
        Job::Value { answer, .. } => drop(answer.send(Err(failure.clone()))),
        Job::Call { answer, .. } => drop(answer.send(Called { failure: Some(failure.clone()), ..Called::default() })),
        Job::Forget { answer, .. } => drop(answer.send(())),
        Job::Complete { answer, .. } => drop(answer.send(Completions::default())),
        Job::Inspect { answer, .. } => drop(answer.send(None)),
    }
}
