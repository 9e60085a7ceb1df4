//! The density of a parameter's values, from those that were tried.

use std::f64::consts::{SQRT_2, TAU};

use super::random::Stream;

/// A density over [0, 1), where a parameter's values lie.
#[derive(Debug)]
pub(super) enum Estimate {
    /// A mixture of normal densities, cut off at the ends.
    Line(Vec<Kernel>),
    /// The chance of each of so many values without an order.
    Choice(Vec<f64>),
}

#[derive(Debug)]
pub(super) struct Kernel {
    center: f64,
    width: f64,
    /// The part of the normal density that lies inside.
    inside: f64,
}

impl Estimate {
    /// Around each value a kernel as wide as the way to its farther neighbour, and a wide one for all that wasn't tried.
    pub(super) fn line(mut values: Vec<f64>) -> Self {
        const PRIOR: f64 = 0.5;
        values.push(PRIOR);
        values.sort_by(f64::total_cmp);
        let prior = values.iter().position(|value| *value == PRIOR).unwrap_or_default();
        let narrowest = 1.0 / values.len().min(100) as f64;
        let kernel = |(index, center): (usize, &f64)| {
            let before = if index == 0 { 0.0 } else { values[index - 1] };
            let after = values.get(index + 1).copied().unwrap_or(1.0);
            let width = (center - before).max(after - center).clamp(narrowest, 1.0);
            Kernel::new(*center, if index == prior { 1.0 } else { width })
        };
        Self::Line(values.iter().enumerate().map(kernel).collect())
    }

    /// As often as it was tried, and once more.
    pub(super) fn choice(values: &[usize], count: usize) -> Self {
        let chance = |value| (1 + values.iter().filter(|other| **other == value).count()) as f64;
        Self::Choice((0..count).map(|value| chance(value) / (values.len() + count) as f64).collect())
    }

    /// The density at a place.
    pub(super) fn at(&self, u: f64) -> f64 {
        match self {
            Self::Line(kernels) => kernels.iter().map(|kernel| kernel.at(u)).sum::<f64>() / kernels.len() as f64,
            Self::Choice(chances) => {
                chances[((u * chances.len() as f64) as usize).min(chances.len() - 1)] * chances.len() as f64
            }
        }
    }

    /// A place drawn from it.
    pub(super) fn draw(&self, stream: &mut Stream) -> f64 {
        match self {
            Self::Line(kernels) => {
                let kernel = &kernels[stream.below(kernels.len())];
                // At least a third of each kernel lies inside.
                loop {
                    let u = kernel.center + kernel.width * stream.normal();
                    if (0.0..1.0).contains(&u) {
                        return u;
                    }
                }
            }
            Self::Choice(chances) => {
                let mut rest = stream.next();
                let drawn = chances.iter().position(|chance| {
                    rest -= chance;
                    rest < 0.0
                });
                (drawn.unwrap_or(chances.len() - 1) as f64 + 0.5) / chances.len() as f64
            }
        }
    }
}

impl Kernel {
    fn new(center: f64, width: f64) -> Self {
        let below = |u: f64| 0.5 * (1.0 + libm::erf((u - center) / (width * SQRT_2)));
        Self { center, width, inside: below(1.0) - below(0.0) }
    }

    fn at(&self, u: f64) -> f64 {
        let z = (u - self.center) / self.width;
        libm::exp(-0.5 * z * z) / (self.width * libm::sqrt(TAU) * self.inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integral(estimate: &Estimate) -> f64 {
        const STEPS: usize = 10_000;
        (0..STEPS).map(|step| estimate.at((step as f64 + 0.5) / STEPS as f64)).sum::<f64>() / STEPS as f64
    }

    #[test]
    fn densities_have_an_integral_of_1() {
        for values in [vec![], vec![0.0], vec![0.2, 0.2], vec![0.5], vec![0.1, 0.11, 0.9, 0.999]] {
            // The midpoint rule is off by less than h² max |f″| ÷ 24, with f″ of some 10³ here: 10⁻⁶.
            assert!((integral(&Estimate::line(values)) - 1.0).abs() < 1e-6);
        }
        assert!((integral(&Estimate::choice(&[0, 2, 2], 4)) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn draws_follow_the_density() {
        for estimate in [Estimate::line(vec![0.1, 0.15, 0.8]), Estimate::choice(&[1, 1, 1, 3], 4)] {
            let mut stream = Stream::new("draws");
            let (mut counts, draws) = ([0.0; 4], 20_000);
            (0..draws).for_each(|_| counts[(estimate.draw(&mut stream) * 4.0) as usize] += 1.0);
            for (quarter, count) in counts.into_iter().enumerate() {
                let place = |step: usize| (quarter as f64 + (step as f64 + 0.5) / 1000.0) / 4.0;
                let chance = (0..1000).map(|step| estimate.at(place(step))).sum::<f64>() / 4000.0;
                // Five standard deviations of a binomial count.
                let spread = 5.0 * (f64::from(draws) * chance * (1.0 - chance)).sqrt();
                assert!((count - f64::from(draws) * chance).abs() < spread, "{estimate:?} {quarter}: {count}");
            }
        }
    }
}
