//! Losses. Whether one is averaged is part of its type.
//!
//! Functions that add up losses over batches ([`train_epoch`](crate::train::train_epoch) and those built on it) need the
//! loss of each sample. Given a batch's mean they would report it divided by the batch size once more, a mistake that
//! the notes' concise dropout makes. Here it does not compile:
//!
//! ```compile_fail
//! use dlnotes::prelude::*;
//! let net = sequential![Linear::new(2, 2)];
//! let data = Batches::new((&Tensor::ones([4, 2]), &Tensor::zeros([4])), 2);
//! evaluate_loss(&net, &data, &CrossEntropyLoss::mean());   // ::none() is what is needed
//! ```

use std::marker::PhantomData;

use crate::tensor::Tensor;
use crate::tensor::error::{counted, fail};

/// A measure of how far predictions are from targets: smaller is better.
///
/// ```
/// use dlnotes::prelude::*;
/// let (y_hat, y) = (Tensor::from([[2.0], [0.0]]), Tensor::from([[1.0], [0.0]]));
/// assert_eq!(MseLoss::mean().forward(&y_hat, &y).item(), 0.5);
/// let absolute = |y_hat: &Tensor, y: &Tensor| (y_hat - y).abs();       // a function is a loss, too
/// assert_eq!(absolute.forward(&y_hat, &y).to_vec(), [1.0, 0.0]);
/// ```
pub trait Loss {
    /// The loss of a batch: predictions first.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (y_hat, y) = (Tensor::from([3.0, 1.0]), Tensor::from([1.0, 1.0]));
    /// assert_eq!(MseLoss::sum().forward(&y_hat, &y).item(), 4.0);
    /// ```
    #[track_caller] // here and not only where it is implemented, as in [`Module`](super::Module)
    fn forward(&self, prediction: &Tensor, target: &Tensor) -> Tensor;
}

/// A [`Loss`] that returns a number for every sample, or every element of it, not their mean or sum.
///
/// A function of two tensors that does so is one too.
///
/// ```
/// use dlnotes::prelude::*;
/// let (x, y) = (Tensor::from([[1.0], [2.0]]), Tensor::from([[1.0], [4.0]]));
/// let data = Batches::new((&x, &y), 1);
/// let identity = |x: &Tensor| x.clone();
/// assert_eq!(evaluate_loss(&identity, &data, &MseLoss::none()), 2.0);  // (0 + 4) / 2, whatever the batches
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not give the loss of each sample",
    label = "already a mean or a sum over the batch",
    note = "functions that add up losses over batches need single ones: use `::none()` in place of `::mean()` or `::sum()`"
)]
pub trait PerSample: Loss {}

/// The reduction of a loss that leaves every sample its own.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::nn::Unreduced;
/// let loss: MseLoss<Unreduced> = MseLoss::none();
/// assert_eq!(loss.forward(&Tensor::from([3.0, 0.0]), &Tensor::zeros([2])).to_vec(), [9.0, 0.0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Unreduced;

/// The reduction of a loss to the mean over the batch.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::nn::Mean;
/// let loss: MseLoss<Mean> = MseLoss::mean();
/// assert_eq!(loss.forward(&Tensor::from([3.0, 0.0]), &Tensor::zeros([2])).item(), 4.5);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mean;

/// The reduction of a loss to the sum over the batch.
///
/// ```
/// use dlnotes::prelude::*;
/// use dlnotes::nn::Sum;
/// let loss: MseLoss<Sum> = MseLoss::sum();
/// assert_eq!(loss.forward(&Tensor::from([3.0, 0.0]), &Tensor::zeros([2])).item(), 9.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Sum;

/// Each loss with its method; for the examples: a batch, its losses, their mean and sum.
macro_rules! losses {
    (@loss $loss:ty, |$prediction:ident, $target:ident| $value:expr) => {
        impl Loss for $loss {
            #[track_caller]
            fn forward(&self, $prediction: &Tensor, $target: &Tensor) -> Tensor {
                $value
            }
        }
    };
    ($($(#[$doc:meta])* $name:ident => $method:ident, $example:literal, [$each:literal, $mean:literal, $sum:literal];)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<R = Unreduced>(PhantomData<R>);

        impl $name {
            /// The loss of every sample (PyTorch: `reduction='none'`).
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = $example]
            #[doc = concat!("let loss = ", stringify!($name), "::none().forward(&y_hat, &y);")]
            #[doc = concat!("assert_eq!(loss.to_vec(), ", $each, ");")]
            #[doc = "```"]
            #[must_use]
            pub fn none() -> $name<Unreduced> {
                $name(PhantomData)
            }

            /// The mean over the batch, as a scalar: PyTorch's default.
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = $example]
            #[doc = concat!("let loss = ", stringify!($name), "::mean().forward(&y_hat, &y);")]
            #[doc = concat!("assert_eq!(loss.item(), ", $mean, ");")]
            #[doc = "```"]
            #[must_use]
            pub fn mean() -> $name<Mean> {
                $name(PhantomData)
            }

            /// The sum over the batch, as a scalar (PyTorch: `reduction='sum'`).
            ///
            #[doc = "```"]
            #[doc = "use dlnotes::prelude::*;"]
            #[doc = $example]
            #[doc = concat!("let loss = ", stringify!($name), "::sum().forward(&y_hat, &y);")]
            #[doc = concat!("assert_eq!(loss.item(), ", $sum, ");")]
            #[doc = "```"]
            #[must_use]
            pub fn sum() -> $name<Sum> {
                $name(PhantomData)
            }
        }

        // One by one, so that each is compiled here and not in the cell that uses it.
        losses!(@loss $name<Unreduced>, |prediction, target| prediction.$method(target));
        losses!(@loss $name<Mean>, |prediction, target| prediction.$method(target).mean());
        losses!(@loss $name<Sum>, |prediction, target| prediction.$method(target).sum());

        impl PerSample for $name<Unreduced> {}
    )*};
}

losses! {
    /// Squared error (ŷ − y)², without a ½.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (y_hat, y) = (Tensor::from([3.0, 1.0]), Tensor::from([1.0, 1.0]));
    /// assert_eq!(MseLoss::none().forward(&y_hat, &y).to_vec(), [4.0, 0.0]);
    /// assert_eq!(MseLoss::mean().forward(&y_hat, &y).item(), 2.0);
    /// ```
    MseLoss => squared_error,
        "let (y_hat, y) = (Tensor::from([3.0, 1.0]), Tensor::from([1.0, 0.0]));", ["[4.0, 1.0]", "2.5", "5.0"];

    /// Cross entropy of logits `[n, classes]` against class indices `[n]`: see [`Tensor::cross_entropy`].
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let loss = CrossEntropyLoss::mean().forward(&Tensor::zeros([4, 10]), &Tensor::from([0.0, 3.0, 5.0, 9.0]));
    /// assert!((loss.item() - 10.0_f32.ln()).abs() < 1e-6);
    /// ```
    CrossEntropyLoss => cross_entropy,
        "let (y_hat, y) = (Tensor::from([[0.0, 0.0], [1e4, 0.0]]), Tensor::from([1.0, 0.0]));",
        ["[2.0_f32.ln(), 0.0]", "2.0_f32.ln() / 2.0", "2.0_f32.ln()"];
}

impl<F: Fn(&Tensor, &Tensor) -> Tensor> Loss for F {
    fn forward(&self, prediction: &Tensor, target: &Tensor) -> Tensor {
        self(prediction, target)
    }
}

impl<F: Fn(&Tensor, &Tensor) -> Tensor> PerSample for F {}

/// Half the squared error, (ŷ − y)²/2, of every element, as the notes' from-scratch chapters use it; `y` takes the
/// shape of `y_hat`.
///
/// ```
/// use dlnotes::prelude::*;
/// let loss = squared_loss(&Tensor::from([[3.0], [1.0]]), &Tensor::from([1.0, 1.0]));
/// assert_eq!(loss.to_vec(), [2.0, 0.0]);
/// ```
///
/// # Panics
/// If the two differ in their number of elements.
#[must_use]
#[track_caller]
pub fn squared_loss(y_hat: &Tensor, y: &Tensor) -> Tensor {
    if y_hat.len() != y.len() {
        let (predictions, targets) = (counted(y_hat.len(), "prediction"), counted(y.len(), "target"));
        let message = format!("{predictions} (shape {:?}), {targets}", y_hat.shape());
        fail("squared_loss", message);
    }
    y_hat.squared_error(&y.reshape(y_hat.shape())).div_scalar(2.0)
}
