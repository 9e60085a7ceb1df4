//! Points in the plane in two classes, which no straight line parts.

use std::f32::consts::{PI, TAU};

use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// How many there are.
const COUNT: usize = 300;

/// Places `[n, 2]` and classes `[n]`, 0 or 1.
#[derive(Clone, Debug)]
pub(super) struct Points {
    pub(super) name: String,
    pub(super) places: Tensor,
    pub(super) classes: Tensor,
}

/// What they are called, and where point `i` of a class lies: `t` and `u` are random in 0..1.
type Place = fn(class: Real, t: Real, u: Real) -> [Real; 2];
const KINDS: [(&str, Place); 4] = [("rings", rings), ("quadrants", quadrants), ("moons", moons), ("spirals", spirals)];

impl Points {
    #[track_caller]
    pub(super) fn draw(name: &str) -> Self {
        let Some((_, place)) = KINDS.iter().find(|(kind, _)| *kind == name) else {
            let known = KINDS.map(|(kind, _)| kind).join(", ");
            fail("points", format!("unknown kind {name:?}: choose one of {known}"));
        };
        let (random, noise) = (Tensor::rand([COUNT, 2]).to_vec(), Tensor::normal(0.0, 0.08, [COUNT, 2]));
        let classes: Vec<Real> = (0..COUNT).map(|i| (i % 2) as Real).collect();
        let places = random.chunks(2).zip(&classes).flat_map(|(at, &class)| place(class, at[0], at[1])).collect();
        let places = Tensor::from_vec(places, [COUNT, 2]) + noise;
        Self { name: name.to_owned(), places, classes: Tensor::from_vec(classes, [COUNT]) }
    }
}

fn rings(class: Real, t: Real, u: Real) -> [Real; 2] {
    let radius = if class == 0.0 { 0.8 * u.sqrt() } else { 1.3 + 0.5 * u };
    [radius * (TAU * t).cos(), radius * (TAU * t).sin()]
}

fn quadrants(class: Real, t: Real, u: Real) -> [Real; 2] {
    let (x, y) = (0.15 + 1.5 * t, 0.15 + 1.5 * u);
    // Each class has two of the four; which one is told by t's second half.
    let side = if (t * 64.0).fract() < 0.5 { -1.0 } else { 1.0 };
    [side * x, if class == 0.0 { -side * y } else { side * y }]
}

fn moons(class: Real, t: Real, _: Real) -> [Real; 2] {
    let (x, y) = ((PI * t).cos(), (PI * t).sin());
    if class == 0.0 { [1.1 * x - 0.5, 1.1 * y - 0.3] } else { [0.6 - 1.1 * x, 0.25 - 1.1 * y] }
}

fn spirals(class: Real, t: Real, _: Real) -> [Real; 2] {
    let (radius, angle) = (0.2 + 1.6 * t, TAU * t + PI * class);
    [radius * angle.cos(), radius * angle.sin()]
}
