//! `+ − × ÷` and negation on tensors and numbers, by value and by reference.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::real::Real;
use crate::tensor::Tensor;

macro_rules! binary {
    ($trait:ident, $method:ident, |$x:ident, $c:ident| $with_scalar:expr, |$c2:ident, $x2:ident| $from_scalar:expr) => {
        binary!(@tensors $trait, $method, Tensor, Tensor);
        binary!(@tensors $trait, $method, Tensor, &Tensor);
        binary!(@tensors $trait, $method, &Tensor, Tensor);
        binary!(@tensors $trait, $method, &Tensor, &Tensor);
        binary!(@scalar $trait, $method, Tensor, |$x, $c| $with_scalar, |$c2, $x2| $from_scalar);
        binary!(@scalar $trait, $method, &Tensor, |$x, $c| $with_scalar, |$c2, $x2| $from_scalar);
    };
    (@tensors $trait:ident, $method:ident, $left:ty, $right:ty) => {
        impl $trait<$right> for $left {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: $right) -> Tensor {
                Tensor::$method(&self, &other)
            }
        }
    };
    (@scalar $trait:ident, $method:ident, $tensor:ty, |$x:ident, $c:ident| $with_scalar:expr, |$c2:ident, $x2:ident| $from_scalar:expr) => {
        impl $trait<Real> for $tensor {
            type Output = Tensor;
            fn $method(self, $c: Real) -> Tensor {
                let $x = &self;
                $with_scalar
            }
        }
        impl $trait<$tensor> for Real {
            type Output = Tensor;
            fn $method(self, tensor: $tensor) -> Tensor {
                let ($c2, $x2) = (self, &tensor);
                $from_scalar
            }
        }
    };
}

binary!(Add, add, |x, c| x.add_scalar(c), |c, x| x.add_scalar(c));
binary!(Sub, sub, |x, c| x.add_scalar(-c), |c, x| x.neg().add_scalar(c));
binary!(Mul, mul, |x, c| x.mul_scalar(c), |c, x| x.mul_scalar(c));
binary!(Div, div, |x, c| x.div_scalar(c), |c, x| x.div_from_scalar(c));

impl Neg for Tensor {
    type Output = Self;
    fn neg(self) -> Self {
        Self::neg(&self)
    }
}

impl Neg for &Tensor {
    type Output = Tensor;
    fn neg(self) -> Tensor {
        Tensor::neg(self)
    }
}
