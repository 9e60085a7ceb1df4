//! What a tree-structured Parzen estimator proposes.

use super::estimate::Estimate;
use super::random::Stream;
use crate::Axis;
use crate::point::Params;

/// How many settings are drawn of which the best is taken.
const CANDIDATES: usize = 24;

/// Settings, the most promising first. `told` are those that are done, the best first; `pending` are some that will be
/// tried at the same time, which count as no good, so that others are tried, too.
pub(super) fn candidates(
    axes: &[Axis],
    told: &[(&Params, f64)],
    pending: &[Params],
    stream: &mut Stream,
) -> Vec<Params> {
    // A tenth is good, at most 25, as in Optuna; what failed or diverged never is.
    let finite = told.iter().filter(|(_, loss)| loss.is_finite()).count();
    let good = told.len().div_ceil(10).min(25).min(finite);
    let (good, others) = told.split_at(good);
    let good: Vec<&Params> = good.iter().map(|(params, _)| *params).collect();
    let others: Vec<&Params> = others.iter().map(|(params, _)| *params).chain(pending).collect();
    let densities: Vec<(Estimate, Estimate)> =
        axes.iter().map(|axis| (estimate(axis, &good), estimate(axis, &others))).collect();
    let mut drawn: Vec<(f64, Params)> = (0..CANDIDATES)
        .map(|_| {
            let (mut params, mut score) = (Params::default(), 0.0);
            for (axis, (good, others)) in axes.iter().zip(&densities) {
                let value = axis.at(good.draw(stream));
                // Where the value is: of a list that is the middle of its part.
                let u = axis.place(&value).unwrap_or(0.5);
                score += libm::log(good.at(u)) - libm::log(others.at(u));
                params.insert(axis.name(), value);
            }
            (score, params)
        })
        .collect();
    drawn.sort_by(|a, b| b.0.total_cmp(&a.0));
    drawn.into_iter().map(|(_, params)| params).collect()
}

fn estimate(axis: &Axis, settings: &[&Params]) -> Estimate {
    let places = settings.iter().filter_map(|params| axis.place(params.get(axis.name())?));
    match axis.choices() {
        Some(count) => Estimate::choice(&places.map(|u| (u * count as f64) as usize).collect::<Vec<_>>(), count),
        None => Estimate::line(places.collect()),
    }
}
