//! The activation functions as layers; each is declared in `tensor/ops/activation`.

use super::Module;
use super::fields::fields;
use crate::Real;
use crate::tensor::Tensor;
use crate::tensor::ops::activation::activations;

macro_rules! layers {
    ($(
        $(#[$doc:meta])*
        $Kind:ident $({ $(#[$parameter_doc:meta])* $parameter:ident = $usual:literal })? $method:ident $name:literal
            value: $value:expr;
            $keep:ident: $backward:expr;
            derivative: $derivative:expr;
    )*) => {$(
        layer! {
            $(#[$doc])*
            $Kind $({ $(#[$parameter_doc])* $parameter = $usual })?
        }

        impl Module for $Kind {
            fn forward(&self, x: &Tensor) -> Tensor {
                x.$method($(self.$parameter)?)
            }

            fields!($($parameter: setting)?);
        }
    )*};
}

/// The type of a layer, without or with a parameter.
macro_rules! layer {
    ($(#[$doc:meta])* $Kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $Kind;
    };
    ($(#[$doc:meta])* $Kind:ident { $(#[$parameter_doc:meta])* $parameter:ident = $usual:literal }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $Kind {
            $(#[$parameter_doc])*
            pub $parameter: Real,
        }

        impl Default for $Kind {
            fn default() -> Self {
                Self { $parameter: $usual }
            }
        }
    };
}
activations!(layers);
