//! Parameters that share settings.

use std::borrow::Borrow;

use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::error::fail;

/// Parameters with settings of their own, which override the optimizer's.
///
/// ```
/// use dlnotes::prelude::*;
/// let layer = Linear::new(200, 1);
/// let decayed = ParamGroup::new([&layer.weight]).weight_decay(3.0);
/// let optimizer = Sgd::new([decayed, ParamGroup::new(&layer.bias)], 0.003);   // the bias is not decayed
/// ```
#[derive(Clone, Debug)]
pub struct ParamGroup {
    pub(crate) params: Vec<Tensor>,
    pub(crate) lr: Option<Real>,
    pub(crate) weight_decay: Option<Real>,
    pub(crate) momentum: Option<Real>,
}

impl ParamGroup {
    /// A group of these parameters: an array, a `Vec`, or the `Option` of a bias.
    pub fn new(params: impl IntoIterator<Item: Borrow<Tensor>>) -> Self {
        let params = params.into_iter().map(|p| p.borrow().clone()).collect();
        Self { params, lr: None, weight_decay: None, momentum: None }
    }

    /// The parameters of this group.
    pub fn params(&self) -> &[Tensor] {
        &self.params
    }

    /// A learning rate for this group.
    ///
    /// # Panics
    /// If it is negative or not finite; so do the other settings.
    #[must_use]
    #[track_caller]
    pub fn lr(mut self, lr: Real) -> Self {
        self.lr = Some(checked("the learning rate", lr));
        self
    }

    /// A weight decay for this group.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: Real) -> Self {
        self.weight_decay = Some(checked("the weight decay", weight_decay));
        self
    }

    /// A momentum for this group (SGD).
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn momentum(mut self, momentum: Real) -> Self {
        self.momentum = Some(checked("the momentum", momentum));
        self
    }
}

/// A setting that must be a number from 0 on.
#[track_caller]
pub(crate) fn checked(what: &str, value: Real) -> Real {
    if !(value >= 0.0 && value.is_finite()) {
        fail("optimizer", format!("{what} is {value}: it must be a finite number, 0 or more"));
    }
    value
}

/// What an optimizer can be made for: parameters, or groups of them.
pub trait IntoGroups {
    /// The groups.
    fn into_groups(self) -> Vec<ParamGroup>;
}

impl IntoGroups for Vec<Tensor> {
    fn into_groups(self) -> Vec<ParamGroup> {
        vec![ParamGroup::new(self)]
    }
}

impl<const N: usize> IntoGroups for [&Tensor; N] {
    fn into_groups(self) -> Vec<ParamGroup> {
        vec![ParamGroup::new(self)]
    }
}

impl IntoGroups for Vec<ParamGroup> {
    fn into_groups(self) -> Vec<ParamGroup> {
        self
    }
}

impl<const N: usize> IntoGroups for [ParamGroup; N] {
    fn into_groups(self) -> Vec<ParamGroup> {
        self.into()
    }
}

/// The groups, each parameter checked: recorded, a leaf, and in one place only.
#[track_caller]
pub(crate) fn into_checked(groups: impl IntoGroups) -> Vec<ParamGroup> {
    let groups = groups.into_groups();
    let mut seen: Vec<&Tensor> = Vec::new();
    for param in groups.iter().flat_map(|group| &group.params) {
        if !param.is_tracked() || !param.is_leaf() {
            let shape = param.shape();
            fail(
                "optimizer",
                format!("a tensor of shape {shape:?} is no leaf that requires grad: make it with .requires_grad()"),
            );
        }
        if seen.iter().any(|other| other.shares_storage(param)) {
            fail(
                "optimizer",
                format!("a parameter of shape {:?} is given twice: its steps would add up", param.shape()),
            );
        }
        seen.push(param);
    }
    if seen.is_empty() {
        fail("optimizer", "no parameters: give it net.parameters()");
    }
    groups
}
