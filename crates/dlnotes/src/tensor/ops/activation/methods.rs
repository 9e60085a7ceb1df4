//! The activation functions as methods: `x.relu()`.

use super::*;
use crate::tensor::Tensor; // named, so that who reads only sources finds whose methods these are

macro_rules! methods {
    ($(
        $(#[$doc:meta])*
        $Kind:ident $({ $(#[$parameter_doc:meta])* $parameter:ident = $usual:literal })? $method:ident $name:literal
            value: $value:expr;
            $keep:ident: $backward:expr;
            derivative: $derivative:expr;
    )*) => {
        impl Tensor {$(
            $(#[$doc])*
            #[must_use]
            pub fn $method(&self $(, $parameter: Real)?) -> Self {
                elementwise(stringify!($method), self, $value, Keep::$keep, $backward)
            }
        )*}
    };
}
activations!(methods);
