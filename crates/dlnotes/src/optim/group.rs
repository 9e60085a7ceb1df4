//! Parameters that share settings.

use std::borrow::Borrow;

use crate::Real;
use crate::dropped::{Field, drops_here};
use crate::tensor::error::fail;
use crate::tensor::{Tensor, no_grad};

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
    pub(crate) params: Field<Vec<Tensor>>,
    pub(crate) lr: Option<Real>,
    pub(crate) weight_decay: Option<Real>,
    pub(crate) momentum: Option<Real>,
}
drops_here!(ParamGroup: params);

impl ParamGroup {
    /// A group of these parameters: an array, a `Vec`, or the `Option` of a bias.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let layer = Linear::new(3, 2);
    /// assert_eq!(ParamGroup::new([&layer.weight]).params().len(), 1);
    /// assert_eq!(ParamGroup::new(&layer.bias).params().len(), 1);
    /// assert_eq!(ParamGroup::new(&Linear::without_bias(3, 2).bias).params().len(), 0);
    /// ```
    pub fn new(params: impl IntoIterator<Item: Borrow<Tensor>>) -> Self {
        let mut params = params.into_iter();
        Self::of(tensors(&mut || params.next().map(|p| p.borrow().clone())))
    }

    fn of(params: Vec<Tensor>) -> Self {
        Self { params: Field::new(params), lr: None, weight_decay: None, momentum: None }
    }

    /// The parameters of this group: handles, not copies.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let w = Tensor::zeros([2]).requires_grad();
    /// let group = ParamGroup::new([&w]);
    /// assert!(group.params()[0].shares_storage(&w));
    /// ```
    pub fn params(&self) -> &[Tensor] {
        &self.params
    }

    /// A learning rate for this group, in place of the optimizer's.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (old, new) = (Tensor::zeros([1]).requires_grad(), Tensor::zeros([1]).requires_grad());
    /// let mut trainer = Sgd::new([ParamGroup::new([&old]).lr(0.125), ParamGroup::new([&new])], 1.0);
    /// (&old + &new).sum().backward();
    /// trainer.step();
    /// assert_eq!((old.item(), new.item()), (-0.125, -1.0));
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite; so do the other settings.
    #[must_use]
    #[track_caller]
    pub fn lr(mut self, lr: Real) -> Self {
        self.lr = Some(checked("the learning rate", lr));
        self
    }

    /// A weight decay for this group, in place of the optimizer's (notes, 权重衰减, 简洁实现: the bias is not decayed).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (w, b) = (Tensor::ones([1]).requires_grad(), Tensor::ones([1]).requires_grad());
    /// let mut trainer = Sgd::new([ParamGroup::new([&w]).weight_decay(2.0), ParamGroup::new([&b])], 0.25);
    /// ((&w + &b) * 0.0).sum().backward();                // no gradient: what is left is the decay
    /// trainer.step();
    /// assert_eq!((w.item(), b.item()), (0.5, 1.0));
    /// ```
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[must_use]
    #[track_caller]
    pub fn weight_decay(mut self, weight_decay: Real) -> Self {
        self.weight_decay = Some(checked("the weight decay", weight_decay));
        self
    }

    /// A momentum for this group, in place of the optimizer's ([`Sgd`](super::Sgd) only).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (heavy, light) = (Tensor::zeros([1]).requires_grad(), Tensor::zeros([1]).requires_grad());
    /// let mut trainer = Sgd::new([ParamGroup::new([&heavy]).momentum(0.5), ParamGroup::new([&light])], 1.0);
    /// for _ in 0..2 {
    ///     trainer.zero_grad();
    ///     (&heavy + &light).sum().backward();
    ///     trainer.step();
    /// }
    /// assert_eq!((heavy.item(), light.item()), (-2.5, -2.0));              // −1 − (0.5·1 + 1)
    /// ```
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

/// What an iterator gives, in a vector that no cell has to compile.
pub(super) fn tensors(next: &mut dyn FnMut() -> Option<Tensor>) -> Vec<Tensor> {
    std::iter::from_fn(next).collect()
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
///
/// ```
/// use dlnotes::prelude::*;
/// let net = sequential![Linear::new(3, 2)];
/// assert_eq!(Sgd::new(net.parameters(), 0.1).groups().len(), 1);
/// let layer = net.get::<Linear>(0);
/// let groups = [ParamGroup::new([&layer.weight]).weight_decay(0.01), ParamGroup::new(&layer.bias)];
/// assert_eq!(Sgd::new(groups, 0.1).groups().len(), 2);
/// ```
pub trait IntoGroups {
    /// The groups.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// use dlnotes::optim::IntoGroups;
    /// let (w, b) = (Tensor::zeros([2]).requires_grad(), Tensor::zeros([1]).requires_grad());
    /// assert_eq!([&w, &b].into_groups().len(), 1);
    /// assert_eq!([ParamGroup::new([&w]), ParamGroup::new([&b])].into_groups().len(), 2);
    /// ```
    fn into_groups(self) -> Vec<ParamGroup>;
}

impl IntoGroups for Vec<Tensor> {
    fn into_groups(self) -> Vec<ParamGroup> {
        vec![ParamGroup::of(self)]
    }
}

impl<const N: usize> IntoGroups for [&Tensor; N] {
    fn into_groups(self) -> Vec<ParamGroup> {
        one_group(&self)
    }
}

fn one_group(params: &[&Tensor]) -> Vec<ParamGroup> {
    vec![ParamGroup::new(params.iter().copied())]
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

/// The groups of an optimizer with the settings that all optimizers have.
#[derive(Debug)]
pub(super) struct Groups {
    groups: Vec<ParamGroup>,
    lr: Real,
    lr_factor: Real,
    weight_decay: Real,
}

/// The settings that hold for one parameter.
#[derive(Clone, Copy)]
pub(super) struct Settings {
    pub(super) lr: Real,
    pub(super) weight_decay: Real,
    /// The group's own momentum.
    pub(super) momentum: Option<Real>,
}

impl Groups {
    /// Each parameter checked: recorded, a leaf, and in one place only.
    #[track_caller]
    pub(super) fn new(groups: Vec<ParamGroup>, lr: Real, weight_decay: Real) -> Self {
        let mut seen: Vec<&Tensor> = Vec::new();
        for param in groups.iter().flat_map(ParamGroup::params) {
            if !param.is_tracked() || !param.is_leaf() {
                let shape = param.shape();
                fail(
                    "optimizer",
                    format!(
                        "a tensor of shape {shape:?} isn't a leaf that requires grad: make it with .requires_grad()"
                    ),
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
        Self { groups, lr: checked("the learning rate", lr), lr_factor: 1.0, weight_decay }
    }

    pub(super) fn as_slice(&self) -> &[ParamGroup] {
        &self.groups
    }

    /// All parameters, in the order of the groups.
    pub(super) fn params(&self) -> impl Iterator<Item = &Tensor> {
        self.groups.iter().flat_map(ParamGroup::params)
    }

    #[track_caller]
    pub(super) fn set_weight_decay(&mut self, weight_decay: Real) {
        self.weight_decay = checked("the weight decay", weight_decay);
    }

    #[track_caller]
    pub(super) fn set_lr_factor(&mut self, factor: Real) {
        self.lr_factor = checked("the factor of the learning rate", factor);
    }

    /// Calls `step` on every parameter that has a gradient, with its number, the gradient and what holds for it.
    ///
    /// All of it without recording: that is also what keeps an interrupt from coming between two parameters.
    pub(super) fn for_each_gradient(&self, step: impl FnMut(usize, &Tensor, Tensor, Settings)) {
        no_grad(|| self.visit_gradients(step));
    }

    fn visit_gradients(&self, mut step: impl FnMut(usize, &Tensor, Tensor, Settings)) {
        let mut number = 0;
        for group in &self.groups {
            let settings = Settings {
                lr: group.lr.unwrap_or(self.lr) * self.lr_factor,
                weight_decay: group.weight_decay.unwrap_or(self.weight_decay),
                momentum: group.momentum,
            };
            for param in group.params() {
                if let Some(grad) = param.grad() {
                    step(number, param, grad, settings);
                }
                number += 1;
            }
        }
    }
}

/// The builder method that all optimizers with [`Groups`] share; its example is that of the optimizer.
macro_rules! weight_decay_setting {
    ($($example:literal)*) => {
        /// Weight decay λ for groups without their own.
        ///
        #[doc = "```"]
        #[doc = "use dlnotes::prelude::*;"]
        #[doc = "let w = Tensor::from([1.0]).requires_grad();"]
        $(#[doc = $example])*
        #[doc = "```"]
        ///
        /// # Panics
        /// If it is negative or not finite.
        #[must_use]
        #[track_caller]
        pub fn weight_decay(mut self, weight_decay: Real) -> Self {
            self.groups.set_weight_decay(weight_decay);
            self
        }
    };
}
pub(super) use weight_decay_setting;
