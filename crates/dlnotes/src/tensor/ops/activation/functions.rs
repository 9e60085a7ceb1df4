//! The activation functions as functions of a tensor, as the notes write them: `relu(&x)`.

use super::activations;
use crate::real::Real;
use crate::tensor::Tensor;

macro_rules! functions {
    ($(
        $(#[$doc:meta])*
        $Kind:ident $({ $(#[$parameter_doc:meta])* $parameter:ident = $usual:literal })? $method:ident $name:literal
            value: $value:expr;
            $keep:ident: $backward:expr;
            derivative: $derivative:expr;
    )*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $method(x: &Tensor $(, $parameter: Real)?) -> Tensor {
            x.$method($($parameter)?)
        }
    )*};
}
activations!(functions);
