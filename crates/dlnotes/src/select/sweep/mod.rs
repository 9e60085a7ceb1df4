//! Sweeps in a cell: settings with several seeds each, on all cores, with a figure that fills up meanwhile.

mod export;
mod figure;
mod importance;
mod live;
mod read;
mod result;
mod trial;

pub use importance::Importance;
pub use result::{Setting, SweepResult};
pub use trial::Trial;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

use dlnotes_display::Interrupted;

use self::live::Live;
use super::space::{Axes, Params, Scale};
use crate::dropped::{Field, drops_here};
use crate::plot::Values;
use crate::tensor::error::fail;
use crate::tensor::with_seed;
use crate::{interrupt, parallel};

/// Settings to try, each with several seeds.
///
/// A trial depends on its parameters and its seed alone: it draws the random numbers that follow
/// [`seed`](crate::tensor::seed)`(its seed)`, in a cell as in a process of its own. So all settings meet the same data
/// and the same starts where they draw them first, and what differs between them is the setting.
///
/// ```
/// use dlnotes::prelude::*;
/// let sweep = Sweep::new().log("lr", 1e-3, 1.0, 4).over("decay", [0.0, 0.1]).seeds(3);
/// let result = sweep.run(|p| {
///     let noise = Tensor::randn([1]).item();                       // the same for each setting with this seed
///     (p["lr"].log10() + 2.0).abs() + p["decay"] + 0.01 * f64::from(noise)   // in earnest: a validation loss
/// });
/// assert_eq!(result.best().params().to_string(), "lr = 0.01, decay = 0");
/// assert_eq!((result.rows().len(), result.trials()), (4 * 2, 4 * 2 * 3));
/// println!("{result}");
/// ```
#[derive(Clone, Debug)]
pub struct Sweep {
    axes: Field<Axes>,
    objective: Field<String>,
    draws: Option<usize>,
    seeds: u64,
    maximize: bool,
}
drops_here!(Sweep: axes, objective);

/// In messages.
const OP: &str = "Sweep";

impl Default for Sweep {
    fn default() -> Self {
        let objective = Field::new("value".into());
        Self { axes: Field::default(), objective, draws: None, seeds: 1, maximize: false }
    }
}

impl Sweep {
    /// A sweep over nothing yet, with one seed.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let sweep = Sweep::new().over("degree", 1..=3);
    /// assert_eq!(sweep.run(|p| p["degree"]).best()["degree"], 1.0);
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tries each of `values` for the parameter `name`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let sweep = Sweep::new().over("p", [0.0, 0.2, 0.5]).over("layers", 1..=2);
    /// assert_eq!(sweep.run(|_| 0.0).rows().len(), 3 * 2);
    /// ```
    ///
    /// # Panics
    /// If there are no values, or the name was given before.
    #[must_use]
    #[track_caller]
    pub fn over(self, name: &str, values: impl Values) -> Self {
        self.over_values(name, &values)
    }

    #[track_caller]
    fn over_values(mut self, name: &str, values: &dyn Values) -> Self {
        self.axes.list(OP, name, values);
        self
    }

    /// Tries `count` values from `low` to `high` for the parameter `name`, each the same multiple of the one before. With
    /// [`random`](Self::random) any number in the range, uniform in its logarithm.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().log("lr", 1e-4, 1e-1, 4).run(|p| p["lr"]);
    /// let rates: Vec<f64> = result.rows().iter().map(|row| row.params()["lr"]).collect();
    /// assert_eq!(rates, [0.0001, 0.001, 0.01, 0.1]);
    /// ```
    ///
    /// # Panics
    /// If `low` isn't above 0 and below `high`, `count` is below 2, or the name was given before.
    #[must_use]
    #[track_caller]
    pub fn log(mut self, name: &str, low: f64, high: f64, count: usize) -> Self {
        self.axes.range(OP, name, (low, high), count, Scale::Log);
        self
    }

    /// Tries `count` values from `low` to `high` for the parameter `name`, at equal distances. With
    /// [`random`](Self::random) any number in the range.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().linear("p", 0.0, 0.9, 4).run(|p| p["p"]);
    /// let probabilities: Vec<f64> = result.rows().iter().map(|row| row.params()["p"]).collect();
    /// assert_eq!(probabilities, [0.0, 0.3, 0.6, 0.9]);
    /// ```
    ///
    /// # Panics
    /// If `low` isn't below `high` or one isn't finite, `count` is below 2, or the name was given before.
    #[must_use]
    #[track_caller]
    pub fn linear(mut self, name: &str, low: f64, high: f64, count: usize) -> Self {
        self.axes.range(OP, name, (low, high), count, Scale::Linear);
        self
    }

    /// Draws `count` different settings instead of trying all combinations: with many parameters, of which few matter,
    /// the same number of trials sees more values of each. [`seed`](crate::tensor::seed) determines the draws.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let sweep = Sweep::new().log("lr", 1e-4, 1e-1, 7).linear("p", 0.0, 0.9, 10).random(20);
    /// let result = sweep.run(|p| (p["lr"].log10() + 2.0).powi(2));
    /// assert_eq!(result.rows().len(), 20);                             // 20 learning rates, where a grid has 7
    /// ```
    ///
    /// # Panics
    /// If `count` is 0; [`run`](Self::run) if there are fewer different settings.
    #[must_use]
    #[track_caller]
    pub fn random(mut self, count: usize) -> Self {
        if count == 0 {
            fail(OP, "random(0) draws no setting: draw at least 1");
        }
        self.draws = Some(count);
        self
    }

    /// Tries each setting with the seeds 0, …, `count` − 1.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1]).seeds(5).run(|p| p.seed() as f64);
    /// assert_eq!(result.rows()[0].values(), [0.0, 1.0, 2.0, 3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If `count` is 0.
    #[must_use]
    #[track_caller]
    pub fn seeds(mut self, count: u64) -> Self {
        if count == 0 {
            fail(OP, "seeds(0) makes no trial: give at least 1");
        }
        self.seeds = count;
        self
    }

    /// What a trial returns, for tables and figures: `validation loss`. It is called `value` unless set.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("lr", [0.1, 0.2]).objective("validation loss").run(|p| p["lr"]);
    /// assert!(result.figure().summary().starts_with("validation loss over lr"));
    /// ```
    #[must_use]
    pub fn objective(mut self, name: &str) -> Self {
        name.clone_into(&mut self.objective);
        self
    }

    /// Larger values are better, such as accuracies.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().over("p", [0.2, 0.5]).maximize().run(|p| p["p"]);
    /// assert_eq!(result.best()["p"], 0.5);
    /// ```
    #[must_use]
    pub fn maximize(mut self) -> Self {
        self.maximize = true;
        self
    }

    /// Calls `trial` with every setting and every seed, on several threads at once; smaller is better, and NaN (a training
    /// that diverged) worst. In a notebook a figure fills up meanwhile, and a line says how far it is.
    ///
    /// What comes of it depends neither on the number of threads nor on the order. Train with
    /// [`train_epochs`](crate::train::train_epochs), which draws nothing below the cell.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let result = Sweep::new().log("lr", 1e-3, 1e-1, 3).over("decay", [0.0, 1.0]).seeds(2).run(|p| {
    ///     let data = Batches::new(synthetic_data(&Tensor::ones([4, 1]), 0.5, 40), 10).shuffled();
    ///     let valid = Batches::new(synthetic_data(&Tensor::ones([4, 1]), 0.5, 40), 40);
    ///     let net = sequential![Linear::new(4, 1)];
    ///     let mut trainer = Sgd::new(net.parameters(), p["lr"] as f32).weight_decay(p["decay"] as f32);
    ///     train_epochs(5, &net, &data, &MseLoss::none(), &mut trainer);
    ///     evaluate_loss(&net, &valid, &MseLoss::none())
    /// });
    /// assert_eq!(result.best().params().to_string(), "lr = 0.1, decay = 0");
    /// ```
    ///
    /// # Panics
    /// If no parameters were given, there are fewer settings than are to be drawn, or a trial panics; the message has its
    /// parameters and its seed.
    #[track_caller]
    pub fn run<E: Into<f64>>(&self, trial: impl Fn(&Trial) -> E + Sync) -> SweepResult {
        self.search(&|params| trial(params).into())
    }

    #[track_caller]
    fn search(&self, trial: &(dyn Fn(&Trial) -> f64 + Sync)) -> SweepResult {
        let settings = match self.draws {
            Some(count) => self.axes.draws(OP, count),
            None => self.axes.combinations(OP),
        };
        let trials: Vec<Trial> = settings
            .iter()
            .flat_map(|params| (0..self.seeds).map(|seed| Trial { params: Field::new(params.clone()), seed }))
            .collect();
        let result = SweepResult::planned(&self.axes, &self.objective, settings, self.maximize);
        let live = Live::new(&result, trials.len(), self.seeds);
        let failed: Mutex<Option<(usize, String)>> = Mutex::new(None);
        let done = catch_unwind(AssertUnwindSafe(|| {
            parallel(0, trials.len(), |i| {
                interrupt::poll();
                let value = catch_unwind(AssertUnwindSafe(|| with_seed(trials[i].seed, || trial(&trials[i]))));
                match value {
                    Ok(value) => live.done(i, value),
                    Err(payload) => {
                        if !payload.is::<Interrupted>() {
                            // Trials begin in their order, and those that have begun end: the first one that fails is
                            // the same each time.
                            let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                            if failed.as_ref().is_none_or(|(first, _)| i < *first) {
                                *failed = Some((i, text(&*payload)));
                            }
                        }
                        resume_unwind(payload);
                    }
                }
            })
        }));
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        match (done, failed) {
            (Ok(_), _) => live.finish(),
            (Err(_), Some((i, message))) => {
                drop(live);
                fail(OP, format!("the trial with {} panicked: {message}", trials[i]))
            }
            (Err(payload), None) => {
                drop(live);
                resume_unwind(payload)
            }
        }
    }
}

/// What a panic says.
fn text(payload: &(dyn std::any::Any + Send)) -> String {
    match (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>()) {
        (Some(text), _) => text.clone(),
        (_, Some(text)) => (*text).to_owned(),
        _ => "it doesn't say why".to_owned(),
    }
}
