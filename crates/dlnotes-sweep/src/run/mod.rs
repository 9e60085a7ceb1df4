//! Runs trials as processes of this machine.

mod attempt;
mod cores;
mod generations;
mod progress;
mod prune;
mod stop;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

pub use generations::search;
pub use progress::Progress;
pub use stop::Stop;

use crate::ledger::{Claim, Ledger, Outcome, Peers, Published, Runner, Taken};
use crate::point::Point;
use crate::program::Watch;
use crate::{Error, Result};
use attempt::Ended;
use prune::Pruner;

/// How trials are run.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many processes at once.
    pub jobs: usize,
    /// These trials only, by their ids; all of them if there are none.
    pub only: Vec<String>,
    /// Whether trials that failed are tried once more.
    pub retry_failed: bool,
    /// A trial that was killed from outside is started again until it was started this many times; then it has failed.
    pub attempts: u32,
    /// A runner on another machine that hasn't been heard of for so long is dead, and its trials are tried by others.
    pub dead_after: Duration,
}

/// One process for each two cores of the machine, or of what a scheduler granted, a minute until a runner is dead.
impl Default for Options {
    fn default() -> Self {
        Self {
            jobs: cores::granted().div_ceil(2),
            only: Vec::new(),
            retry_failed: false,
            attempts: 3,
            dead_after: Duration::from_secs(60),
        }
    }
}

/// How often waiting for others ends in a look.
pub(crate) const LOOK: Duration = Duration::from_millis(250);

/// What the workers share.
struct Shared<'a> {
    ledger: &'a Ledger,
    options: &'a Options,
    stop: &'a Stop,
    runner: Runner,
    peers: Peers,
    watch: Watch,
    /// Where hopeless trials are ended early.
    pruner: Option<Pruner>,
    /// Failures that are tried again: the attempt of each, by index.
    retries: BTreeMap<usize, u32>,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    next: VecDeque<usize>,
    /// What others were working on.
    held: Vec<usize>,
    /// Workers that are looking at a trial, or running it.
    busy: usize,
    progress: Progress,
    error: Option<Error>,
}

/// Runs the trials that have no result yet, and returns when all of them have one, whoever has run them, or when `stop`
/// is asked for. `watch` hears several times a second how far it is.
///
/// ```
/// use dlnotes_sweep::{Ledger, Options, Plan, Space, Stop, run};
/// let folder = tempfile::tempdir()?;
/// let script = r#"echo "{\"value\": $4}" > $DLNOTES_SWEEP_TRIAL/result.json"#;      // --lr 0.1 --seed 0: the seed
/// let plan = Plan {
///     command: ["sh", "-c", script, "sh"].map(String::from).to_vec(),
///     space: Space { axes: vec!["lr=0.1,0.01".parse()?], seeds: 3, ..Space::default() },
///     maximize: false,
///     prune: None,
/// };
/// let ledger = Ledger::plan(&folder.path().join("a"), &plan)?;
/// let progress = run(&ledger, &Options { jobs: 2, ..Options::default() }, &Stop::default(), |_| {})?;
/// assert_eq!((progress.done, progress.failed), (6, 0));
/// let values: Vec<f64> = ledger.outcomes()?.iter().flatten().map(|outcome| outcome.value().unwrap()).collect();
/// assert_eq!(values, [0.0, 1.0, 2.0, 0.0, 1.0, 2.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If the program has changed or can't be started, or the ledger can't be read or written. What is done is kept.
pub fn run(ledger: &Ledger, options: &Options, stop: &Stop, watch: impl FnMut(&Progress)) -> Result<Progress> {
    let shared = Shared::new(ledger, options, stop)?;
    shared.run(watch)
}

impl<'a> Shared<'a> {
    fn new(ledger: &'a Ledger, options: &'a Options, stop: &'a Stop) -> Result<Self> {
        let wanted: BTreeSet<&str> = options.only.iter().map(String::as_str).collect();
        let is_wanted = |point: &Point| wanted.is_empty() || wanted.contains(point.id.as_str());
        let chosen: Vec<usize> =
            (0..ledger.points().len()).filter(|index| is_wanted(&ledger.points()[*index])).collect();
        if let Some(unknown) = wanted.iter().find(|id| !chosen.iter().any(|index| ledger.points()[*index].id == **id)) {
            return Err(Error::Usage(format!("{unknown} isn't a trial of this sweep; points.json lists them")));
        }
        // One of a thousand tasks looks at its own trials only.
        let outcomes = match wanted.is_empty() {
            true => ledger.outcomes()?,
            false => chosen.iter().map(|index| ledger.outcome(&ledger.points()[*index].id)).collect::<Result<_>>()?,
        };
        let runner = Runner::start(ledger, options.dead_after)?;
        let mut retries = BTreeMap::new();
        let mut next = VecDeque::new();
        let mut progress = Progress::new();
        for (index, outcome) in chosen.into_iter().zip(outcomes) {
            progress.total += 1;
            match outcome {
                Some(outcome) if outcome.has_failed() && options.retry_failed => {
                    retries.insert(index, outcome.attempt);
                    next.push_back(index);
                }
                Some(outcome) => progress.count(ledger, index, &outcome),
                None => next.push_back(index),
            }
        }
        if options.only.is_empty() {
            progress.total = ledger.planned();
        }
        progress.before = progress.ended();
        Ok(Self {
            ledger,
            options,
            stop,
            runner,
            peers: Peers::new(options.dead_after),
            watch: Watch::default(),
            pruner: ledger.prune().map(Pruner::new),
            retries,
            state: Mutex::new(State { next, held: Vec::new(), busy: 0, progress, error: None }),
            changed: Condvar::new(),
        })
    }

    fn run(&self, mut watch: impl FnMut(&Progress)) -> Result<Progress> {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..self.options.jobs.max(1)).map(|_| scope.spawn(|| self.work())).collect();
            let begin = Instant::now();
            while !workers.iter().all(thread::ScopedJoinHandle::is_finished) {
                let mut state = self.state();
                state.progress.elapsed = begin.elapsed();
                watch(&state.progress);
                drop(self.changed.wait_timeout(state, LOOK));
                self.stop.press();
                if let Some(Err(error)) = self.pruner.as_ref().map(|pruner| pruner.look(self.ledger)) {
                    self.state().error.get_or_insert(error);
                }
            }
        });
        let mut state = self.state();
        watch(&state.progress);
        match state.error.take() {
            Some(error) => Err(error),
            None => Ok(state.progress.clone()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the lock")
    }

    /// One worker: takes trials until there are none.
    fn work(&self) {
        while let Some(index) = self.take() {
            let tried = self.attempt(index);
            let mut state = self.state();
            state.busy -= 1;
            match tried {
                Ok(Some(outcome)) => state.progress.count(self.ledger, index, &outcome),
                Ok(None) if !self.stop.is_asked() => state.held.push(index),
                Ok(None) => {}
                // Later errors follow from the first one.
                Err(error) => drop(state.error.get_or_insert(error)),
            }
            drop(state);
            self.changed.notify_all();
        }
    }

    /// The next trial, as soon as there is one.
    fn take(&self) -> Option<usize> {
        let mut state = self.state();
        loop {
            if self.stop.is_asked() || state.error.is_some() {
                return None;
            }
            if let Some(index) = state.next.pop_front() {
                state.busy += 1;
                return Some(index);
            }
            if state.held.is_empty() && state.busy == 0 {
                return None;
            }
            let waited = self.changed.wait_timeout(state, LOOK).expect("nothing panics while it holds the lock");
            state = waited.0;
            if waited.1.timed_out() {
                let held = std::mem::take(&mut state.held);
                state.next.extend(held);
            }
        }
    }

    /// The outcome of a trial, unless another runner is at it or all are to stop.
    fn attempt(&self, index: usize) -> Result<Option<Outcome>> {
        let point = &self.ledger.points()[index];
        let retry = self.retries.get(&index).copied();
        let claim = match self.ledger.claim(point, &self.runner, &self.peers, retry)? {
            Taken::Claimed(claim) => claim,
            Taken::Done(outcome) => return Ok(Some(outcome)),
            Taken::Held => return Ok(None),
        };
        self.state().progress.running += 1;
        let tried = self.try_claimed(point, claim);
        self.state().progress.running -= 1;
        tried
    }

    fn try_claimed(&self, point: &Point, mut claim: Claim) -> Result<Option<Outcome>> {
        loop {
            match attempt::attempt(self, point, &claim) {
                Ok(Ended::Outcome(outcome)) => {
                    return match self.ledger.publish(claim, outcome)? {
                        Published::First(outcome) | Published::Again(outcome) => Ok(Some(outcome)),
                    };
                }
                Ok(Ended::Killed) => match claim.next(self.ledger, &self.runner)? {
                    Some(next) => claim = next,
                    None => return Ok(None),
                },
                Ok(Ended::Stopped) => {
                    claim.stop(self.ledger)?;
                    return Ok(None);
                }
                Err(error) => {
                    // That the trial can't be tried is what is told, and a claim that stays is taken over.
                    let _ = claim.stop(self.ledger);
                    return Err(error);
                }
            }
        }
    }
}
