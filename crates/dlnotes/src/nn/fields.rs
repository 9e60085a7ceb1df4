//! What each field of a layer is. From that follow its parameters, its buffers, its parts and its mode.
//!
//! The methods of [`Module`] have defaults, so that a closure and a notebook's model of five lines are modules. A layer
//! that forgot one would be trained without its parameters, or saved without its buffers, and nobody would notice.
//! Therefore the layers of this crate name their fields with what they are (`fields!`): one that isn't named, or whose type
//! is something else, doesn't compile. That every layer does so is checked in `tests/nn_layers.rs`.

use super::{Mode, Module};
use crate::Real;
use crate::tensor::Tensor;

/// A field of a layer.
#[doc(hidden)]
pub enum Part<'a> {
    /// Is trained, where the layer has it.
    Parameter(&'static str, Option<&'a Tensor>),
    /// Isn't trained, but saved.
    Buffer(&'static str, &'a Tensor),
    /// A layer inside.
    Child(&'static str, &'a dyn Module),
    /// Several of them, named by their numbers behind the field's name.
    Children(&'static str, Vec<&'a dyn Module>),
    /// Layers whose names are their numbers.
    Layers(&'a [Box<dyn Module + Send + Sync>]),
    /// The switch between training and evaluation.
    Mode(&'a Mode),
    /// Nothing that is trained or saved.
    Setting,
}

/// Is trained; an `Option` where a layer can do without.
pub(crate) fn parameter<'a>(name: &'static str, field: impl Into<Option<&'a Tensor>>) -> Part<'a> {
    Part::Parameter(name, field.into())
}

/// Isn't trained, but belongs to a model that is saved.
pub(crate) fn buffer<'a>(name: &'static str, field: &'a Tensor) -> Part<'a> {
    Part::Buffer(name, field)
}

/// A layer inside.
pub(crate) fn child<'a>(name: &'static str, field: &'a dyn Module) -> Part<'a> {
    Part::Child(name, field)
}

/// Layers whose names are their numbers.
pub(crate) fn layers<'a>(_: &'static str, field: &'a [Box<dyn Module + Send + Sync>]) -> Part<'a> {
    Part::Layers(field)
}

/// The switch between training and evaluation.
pub(crate) fn mode<'a>(_: &'static str, field: &'a Mode) -> Part<'a> {
    Part::Mode(field)
}

/// A number that the layer was made with.
pub(crate) fn setting<'a>(_: &'static str, _: &impl Setting) -> Part<'a> {
    Part::Setting
}

pub(crate) trait Setting {}

impl Setting for Real {}
impl<const N: usize> Setting for [Real; N] {}

/// [`Module::own_parameters`] of a layer with these fields.
#[doc(hidden)]
pub fn own_parameters(parts: &[Part<'_>]) -> Vec<(&'static str, Tensor)> {
    let of = |part: &Part<'_>| match *part {
        Part::Parameter(name, tensor) => tensor.map(|tensor| (name, tensor.clone())),
        _ => None,
    };
    parts.iter().filter_map(of).collect()
}

/// [`Module::own_buffers`] of a layer with these fields.
#[doc(hidden)]
pub fn own_buffers(parts: &[Part<'_>]) -> Vec<(&'static str, Tensor)> {
    let of = |part: &Part<'_>| match *part {
        Part::Buffer(name, tensor) => Some((name, tensor.clone())),
        _ => None,
    };
    parts.iter().filter_map(of).collect()
}

/// [`Module::children`] of a layer with these fields.
#[doc(hidden)]
pub fn children<'a>(parts: &[Part<'a>]) -> Vec<(String, &'a dyn Module)> {
    let mut all: Vec<(String, &dyn Module)> = Vec::new();
    for part in parts {
        match part {
            Part::Child(name, child) => all.push(((*name).to_owned(), *child)),
            Part::Children(name, children) => {
                all.extend(children.iter().enumerate().map(|(i, child)| (format!("{name}.{i}"), *child)));
            }
            Part::Layers(layers) => {
                all.extend(layers.iter().enumerate().map(|(i, layer)| (i.to_string(), &**layer as &dyn Module)));
            }
            _ => {}
        }
    }
    all
}

/// [`Module::mode`] of a layer with these fields.
#[doc(hidden)]
pub fn own_mode<'a>(parts: &[Part<'a>]) -> Option<&'a Mode> {
    parts.iter().find_map(|part| match *part {
        Part::Mode(mode) => Some(mode),
        _ => None,
    })
}

/// In a layer's `impl Module`: its fields, each with what it is, and all methods that follow. `parameter as "weight"`
/// is called so in files of parameters.
macro_rules! fields {
    ($($field:ident: $what:ident $(as $name:literal)?),*) => {
        fn own_parameters(&self) -> Vec<(&'static str, $crate::tensor::Tensor)> {
            $crate::nn::fields::own_parameters(&$crate::nn::fields::parts!(self; $($field: $what $(as $name)?),*))
        }

        fn own_buffers(&self) -> Vec<(&'static str, $crate::tensor::Tensor)> {
            $crate::nn::fields::own_buffers(&$crate::nn::fields::parts!(self; $($field: $what $(as $name)?),*))
        }

        fn children(&self) -> Vec<(String, &dyn $crate::nn::Module)> {
            $crate::nn::fields::children(&$crate::nn::fields::parts!(self; $($field: $what $(as $name)?),*))
        }

        fn mode(&self) -> Option<&$crate::nn::Mode> {
            $crate::nn::fields::own_mode(&$crate::nn::fields::parts!(self; $($field: $what $(as $name)?),*))
        }

        fn as_any(&self) -> Option<&dyn std::any::Any> {
            Some(self)
        }

        // The same for all, but compiled in this crate instead of in a cell.
        fn boxed(self) -> Box<dyn $crate::nn::Module + Send + Sync> {
            Box::new(self)
        }

        fn named_parameters(&self) -> Vec<(String, $crate::tensor::Tensor)> {
            $crate::nn::module::named_parameters(self)
        }

        fn parameters(&self) -> Vec<$crate::tensor::Tensor> {
            $crate::nn::module::parameters(self)
        }

        fn train(&self) {
            $crate::nn::module::set_training(self, true);
        }

        fn eval(&self) {
            $crate::nn::module::set_training(self, false);
        }
    };
}
pub(crate) use fields;

/// The fields of a layer as an array; all must be named.
macro_rules! parts {
    ($self:ident; $($field:ident: $what:ident $(as $name:literal)?),*) => {{
        let Self { $($field),* } = $self;
        [$($crate::nn::fields::$what([$($name,)? stringify!($field)][0], $field)),*]
    }};
}
pub(crate) use parts;
