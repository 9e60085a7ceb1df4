//! An activation function as a value: to choose one, to name it, to draw it beside its derivative.

use super::*;

macro_rules! kind {
    ($(
        $(#[$doc:meta])*
        $Kind:ident $({ $(#[$parameter_doc:meta])* $parameter:ident = $usual:literal })? $method:ident $name:literal
            value: $value:expr;
            $keep:ident: $backward:expr;
            derivative: $derivative:expr;
    )*) => {
        /// An activation function with its parameter (notes, 1.5).
        ///
        /// ```
        /// use dlnotes::prelude::*;
        /// let x = Tensor::arange(-2.0, 3.0, 1.0).requires_grad();
        /// let y = Activation::Relu.forward(&x);
        /// y.backward_with(&y.ones_like());
        /// assert_eq!(x.grad().unwrap().to_vec(), Activation::Relu.derivative(&x).to_vec());
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Activation {$(
            $(#[$doc])*
            $Kind $({
                $(#[$parameter_doc])*
                $parameter: Real,
            })?,
        )*}

        impl Activation {
            /// Every activation function, with the parameter that is usual.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::arange(-8.0, 8.0, 0.1);
            /// for f in Activation::ALL {
            ///     assert!(f.derivative(&x).max().item() < 1.2);
            /// }
            /// ```
            pub const ALL: &'static [Self] = &[$(Self::$Kind $({ $parameter: $usual })?,)*];

            /// The function's value at every element; recorded if `x` is.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from([-1.0, 2.0]);
            /// let all = [Activation::Relu, Activation::LeakyRelu { slope: 0.1 }, Activation::Sigmoid];
            /// let values = all.map(|f| f.forward(&x).i(0).item());
            /// assert_eq!(values[..2], [0.0, -0.1]);
            /// assert_eq!(values[2], sigmoid(&x).i(0).item());
            /// ```
            #[must_use]
            pub fn forward(self, x: &Tensor) -> Tensor {
                match self {$(
                    Self::$Kind $({ $parameter })? => x.$method($($parameter)?),
                )*}
            }

            /// The derivative at every element in closed form, off the record; finite for every finite x.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::from_vec(vec![-100.0, 0.0, 100.0], [3]);
            /// assert_eq!(Activation::Sigmoid.derivative(&x).i(1).item(), 0.25);
            /// assert_eq!(Activation::Tanh.derivative(&x).to_vec(), [0.0, 1.0, 0.0]);
            /// ```
            #[must_use]
            pub fn derivative(self, x: &Tensor) -> Tensor {
                match self {$(
                    Self::$Kind $({ $parameter })? => x.apply($derivative),
                )*}
            }

            /// The name as in a formula or a legend.
            ///
            /// ```
            /// use dlnotes::prelude::*;
            /// let x = Tensor::arange(-8.0, 8.0, 0.1);
            /// let figure = [Activation::Sigmoid, Activation::Tanh]
            ///     .into_iter()
            ///     .fold(Figure::new(), |figure, f| figure.line(&x, &f.forward(&x), f.name()));
            /// assert!(figure.summary().contains("sigmoid"));
            /// assert_eq!(Activation::Gelu.name(), "GELU");
            /// ```
            pub fn name(self) -> &'static str {
                match self {$(
                    Self::$Kind { .. } => $name,
                )*}
            }
        }
    };
}
activations!(kind);
