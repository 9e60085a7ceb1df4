//! What a derived [`Module`] is made of: what each type of field is to a model.

use super::fields::Part;
use super::{Mode, Module};
use crate::tensor::Tensor;

/// What a field of a model with `#[derive(Module)]` may be: a layer or a model; several of them (`Vec<Linear>`,
/// `[Linear; 3]`) or perhaps one (`Option<Linear>`); a tensor, which is a parameter if it requires grad and a buffer
/// otherwise; a [`Mode`]; a number, a text or a `bool`, which is a setting.
///
/// ```
/// use dlnotes::prelude::*;
/// #[derive(Module)]
/// struct Scaled { factor: Tensor, layers: Vec<Linear>, name: &'static str }
/// impl Scaled {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         &self.factor * self.layers.iter().fold(x.clone(), |h, layer| layer.forward(&h))
///     }
/// }
/// let layers = vec![Linear::new(4, 4), Linear::without_bias(4, 2)];
/// let net = Scaled { factor: Tensor::ones([1]).requires_grad(), layers, name: "two layers" };
/// let names: Vec<String> = net.named_parameters().into_iter().map(|(name, _)| name).collect();
/// assert_eq!(names, ["factor", "layers.0.weight", "layers.0.bias", "layers.1.weight"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "a model can't have a field of type `{Self}`",
    label = "neither a layer, nor a tensor, nor a setting",
    note = "derive `Module` for that type, too, or leave the field out of the model's parameters: `#[module(skip)]`"
)]
pub trait Field {
    /// What it is to a model.
    #[doc(hidden)]
    fn part<'a>(&'a self, name: &'static str) -> Part<'a>;
}

/// The fields of a model that derives [`Module`].
#[doc(hidden)]
pub trait Fields {
    /// Each with what it is.
    #[doc(hidden)]
    fn parts(&self) -> Vec<Part<'_>>;
}

impl Field for Tensor {
    fn part<'a>(&'a self, name: &'static str) -> Part<'a> {
        if self.is_tracked() { Part::Parameter(name, Some(self)) } else { Part::Buffer(name, self) }
    }
}

impl Field for Option<Tensor> {
    fn part<'a>(&'a self, name: &'static str) -> Part<'a> {
        self.as_ref().map_or(Part::Setting, |tensor| tensor.part(name))
    }
}

impl Field for Mode {
    fn part<'a>(&'a self, _: &'static str) -> Part<'a> {
        Part::Mode(self)
    }
}

impl<M: Module> Field for M {
    fn part<'a>(&'a self, name: &'static str) -> Part<'a> {
        Part::Child(name, self)
    }
}

impl<M: Module> Field for Option<M> {
    fn part<'a>(&'a self, name: &'static str) -> Part<'a> {
        self.as_ref().map_or(Part::Setting, |module| Part::Child(name, module))
    }
}

impl<M: Module> Field for Vec<M> {
    fn part<'a>(&'a self, name: &'static str) -> Part<'a> {
        Part::Children(name, self.iter().map(|module| module as &dyn Module).collect())
    }
}

impl<M: Module, const N: usize> Field for [M; N] {
    fn part<'a>(&'a self, name: &'static str) -> Part<'a> {
        Part::Children(name, self.iter().map(|module| module as &dyn Module).collect())
    }
}

macro_rules! settings {
    ($($kind:ty),*) => {$(
        impl Field for $kind {
            fn part<'a>(&'a self, _: &'static str) -> Part<'a> {
                Part::Setting
            }
        }
    )*};
}
settings!(f32, f64, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, bool, char, String, &'static str);
