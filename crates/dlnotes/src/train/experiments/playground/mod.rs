//! A small classifier of points in the plane, changed while it trains.

mod net;
mod points;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use net::Net;
use points::Points;

use crate::Real;
use crate::data::Batches;
use crate::interrupt;
use crate::nn::{CrossEntropyLoss, Loss};
use crate::optim::{Optimizer, ParamGroup, Sgd};
use crate::plot::{Grid, images, plot};
use crate::tensor::{Activation, Tensor, no_grad};
use crate::train::{accuracy, decision_map};

/// Samples in a step.
const BATCH: usize = 20;
/// What is seen of the plane, and the points along each side of a hidden unit's picture.
const SIDE: f64 = 2.0;
const PIXELS: usize = 24;
/// Epochs where nobody can move anything.
const UNWATCHED: usize = 300;
/// Time between two pictures: what Jupyter's limit on output allows.
const FRAME: Duration = Duration::from_millis(150);
/// As many points of the loss are drawn.
const DRAWN: usize = 200;

/// A net with tanh, ReLU, … units that learns which of two classes a point in the plane belongs to. Everything about it
/// can be changed *while it trains*: it goes on from the weights that it has.
///
/// ```
/// use dlnotes::prelude::*;
/// seed(1);
/// let mut net = Playground::new("rings");
/// (0..40).for_each(|_| net.train(0.3, 0.0));
/// assert!(net.accuracy() > 0.95);
/// net.layers(1, 8);                          // four more units, which begin without a say
/// assert!(net.accuracy() > 0.95);
/// net.layers(2, 8);                          // one more layer, which begins as the identity
/// net.train(0.3, 0.0);
/// net.figure().display();
/// ```
#[derive(Debug)]
pub struct Playground {
    points: Points,
    net: Net,
    losses: Vec<f64>,
}

impl Playground {
    /// Four tanh units in one hidden layer, and points of that kind: `"rings"`, `"quadrants"`, `"moons"` or `"spirals"`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert!(Playground::new("moons").figure().summary().contains("epoch 0"));
    /// ```
    ///
    /// # Panics
    /// If it is another kind.
    #[must_use]
    #[track_caller]
    pub fn new(points: &str) -> Self {
        Self { points: Points::draw(points), net: Net::new(4), losses: Vec::new() }
    }

    /// Other points, unless it has these.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let mut net = Playground::new("rings");
    /// (0..40).for_each(|_| net.train(0.3, 0.0));
    /// net.points("quadrants");
    /// assert!(net.accuracy() < 0.9);              // what it learned doesn't fit these
    /// ```
    ///
    /// # Panics
    /// If it isn't one of those that [`new`](Self::new) takes.
    #[track_caller]
    pub fn points(&mut self, kind: &str) {
        if self.points.name != kind {
            self.points = Points::draw(kind);
        }
    }

    /// This many hidden layers of this many units. New units begin with random weights from their inputs and none to what
    /// follows, a new layer as the identity; the last units and layers go first.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut net = Playground::new("rings");
    /// net.layers(3, 6);
    /// assert_eq!(net.weights().len(), 4);
    /// ```
    ///
    /// # Panics
    /// If one of them is 0.
    #[track_caller]
    pub fn layers(&mut self, layers: usize, units: usize) {
        self.net.reshape(layers, units);
    }

    /// Another activation function behind the same weights.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let mut net = Playground::new("rings");
    /// net.activation(Activation::Relu);
    /// ```
    pub fn activation(&mut self, activation: Activation) {
        self.net.activation = activation;
    }

    /// One epoch of SGD in batches of 20, with weight decay.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// let mut net = Playground::new("rings");
    /// (0..20).for_each(|_| net.train(0.1, 1.0));
    /// assert!(net.weights().iter().all(|w| w.norm().item() < 0.5));     // hardly anything is left of them
    /// ```
    pub fn train(&mut self, rate: Real, lambda: Real) {
        let (weights, biases) = self.net.parameters();
        let mut trainer = Sgd::new([ParamGroup::new(weights).weight_decay(lambda), ParamGroup::new(biases)], rate);
        let mut sum = 0.0;
        for (x, y) in &Batches::new((&self.points.places, &self.points.classes), BATCH).shuffled() {
            let loss = CrossEntropyLoss::mean().forward(&self.net.scores(&x), &y);
            loss.backward();
            trainer.step();
            trainer.zero_grad();
            sum += f64::from(loss.item()) * y.len() as f64;
        }
        self.losses.push(sum / self.points.classes.len() as f64);
    }

    /// The share of its points that it puts into the right class.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// seed(1);
    /// assert!((0.2..0.8).contains(&Playground::new("spirals").accuracy()));        // it has learned nothing yet
    /// ```
    pub fn accuracy(&self) -> Real {
        let right = no_grad(|| accuracy(&self.net.scores(&self.points.places), &self.points.classes));
        right as Real / self.points.classes.len() as Real
    }

    /// The weights of its layers, the first layer first.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// assert_eq!(Playground::new("rings").weights()[0].shape(), [4, 2]);
    /// ```
    pub fn weights(&self) -> Vec<Tensor> {
        self.net.parameters().0
    }

    /// What it thinks of every point of the plane, with its points; its loss so far; and what each of its hidden units
    /// does over the plane, a row for each layer.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let told = Playground::new("rings").figure().summary();
    /// assert!(told.contains("4 pictures of 24×24"));
    /// ```
    #[must_use]
    pub fn figure(&self) -> Grid {
        let range = (-SIDE, SIDE);
        let mut map = decision_map(&|x: &Tensor| self.net.scores(x), range, range);
        let (places, classes) = (self.points.places.to_vec(), self.points.classes.to_vec());
        for class in [0, 1] {
            let of_class = places.chunks(2).zip(&classes).filter(|(_, c)| **c == class as Real);
            let (x, y): (Vec<Real>, Vec<Real>) = of_class.map(|(at, _)| (at[0], at[1])).unzip();
            map = map.points(x, y, &format!("class {class}"));
        }
        let every = self.losses.len().div_ceil(DRAWN).max(1);
        let (epochs, losses): (Vec<f64>, Vec<f64>) =
            self.losses.iter().enumerate().step_by(every).map(|(i, loss)| ((i + 1) as f64, *loss)).unzip();
        let curve = plot(epochs, losses).ylog().xlabel("epoch").ylabel("loss");
        let hidden = self.net.hidden_maps(SIDE as Real, PIXELS);
        let units = self.net.units();
        let figures = [
            map.title(&format!("epoch {}: {:.0} % right", self.losses.len(), 100.0 * self.accuracy())),
            curve,
            images(hidden, [PIXELS, PIXELS], units).title("each hidden unit"),
        ];
        Grid::new(figures.map(|figure| figure.size(3, 2.8)))
    }

    /// Calls `step` once for each of `epochs` epochs and shows the [`figure`](Self::figure) below the cell, several times
    /// a second. `step` sets what has changed and trains. Where nobody can move a control (in a program that executes
    /// notebooks, say) it ends after 300 epochs.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let rate = log_slider(0.01..=1.0).label("rate").start(0.3).live();
    /// let units = slider(1..=8).label("units").start(4).live();
    /// seed(1);
    /// let mut net = Playground::new("rings");
    /// net.watch(20, |net| {
    ///     net.layers(1, units.value());
    ///     net.train(rate.value(), 1e-4);
    /// });
    /// ```
    pub fn watch(&mut self, epochs: usize, mut step: impl FnMut(&mut Self)) {
        self.follow(epochs, &mut step);
    }

    fn follow(&mut self, epochs: usize, step: &mut dyn FnMut(&mut Self)) {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let id = format!("dlnotes-playground-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let watched = dlnotes_display::controls::can_move();
        if watched {
            dlnotes_display::display_with_id(&self.figure().bundle(), &id);
        }
        let mut shown = Instant::now();
        for _ in 0..if watched { epochs } else { epochs.min(UNWATCHED) } {
            interrupt::poll();
            step(self);
            if watched && shown.elapsed() > FRAME {
                dlnotes_display::update(&self.figure().bundle(), &id);
                shown = Instant::now();
            }
        }
        if watched {
            dlnotes_display::update(&self.figure().bundle(), &id);
        } else {
            self.figure().display();
        }
    }
}
