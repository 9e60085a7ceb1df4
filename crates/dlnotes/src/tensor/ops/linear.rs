//! A fully connected layer: product, bias, ReLU and dropout in one pass over the result.

use smallvec::SmallVec;

use super::activation::relu_value;
use super::dropout::Mask;
use crate::gemm::{Block, Mat, Product, gemm};
use crate::real::Real;
use crate::tensor::error::{Error, OrFail, counted};
use crate::tensor::graph::{self, Context, Grads};
use crate::tensor::layout::Dims;
use crate::tensor::{Tensor, kernels, pool};

/// What is done to each element of x·Wᵀ + b while it is still in the cache.
#[derive(Clone, Copy)]
enum After {
    Nothing,
    Relu,
    ReluDropout(Mask),
}

impl Tensor {
    /// y = x·Wᵀ + b, with x `[…, in]`, `weight` `[out, in]` and `bias` `[out]`: the result is `[…, out]`.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let weight = Tensor::from([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// let y = Tensor::from([[1.0, 1.0]]).linear(&weight, Some(&Tensor::from([0.5, 0.5, 0.5])));
    /// assert_eq!(y.to_vec(), [3.5, 7.5, 11.5]);
    /// ```
    ///
    /// # Panics
    /// If the shapes don't fit.
    #[must_use]
    #[track_caller]
    pub fn linear(&self, weight: &Self, bias: Option<&Self>) -> Self {
        layer("linear", self, weight, bias, After::Nothing).or_fail()
    }

    /// ReLU(x·Wᵀ + b), a hidden layer, in one pass: the same numbers as [`linear`](Self::linear) and
    /// [`relu`](Self::relu) in turn. Shapes as in [`linear`](Self::linear) (notes, 1.2 and 1.3).
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (weight, bias) = (Tensor::from([[1.0, 2.0], [-3.0, 4.0]]), Tensor::from([0.5, -2.0]));
    /// let x = Tensor::from([[1.0, 0.0], [0.0, 1.0]]);
    /// let h = x.linear_relu(&weight, Some(&bias));
    /// assert_eq!(h.to_vec(), [1.5, 0.0, 2.5, 2.0]);
    /// assert_eq!(h.to_vec(), x.linear(&weight, Some(&bias)).relu().to_vec());
    /// ```
    ///
    /// # Panics
    /// If the shapes don't fit.
    #[must_use]
    #[track_caller]
    pub fn linear_relu(&self, weight: &Self, bias: Option<&Self>) -> Self {
        layer("linear_relu", self, weight, bias, After::Relu).or_fail()
    }

    /// Dropout(ReLU(x·Wᵀ + b)), the same numbers as [`linear`](Self::linear), [`relu`](Self::relu) and
    /// [`dropout`](Self::dropout) in turn, in one pass and without keeping what lies between. Shapes as in
    /// [`linear`](Self::linear); what stays is divided by 1 − p (notes, "暂退法 Dropout").
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (weight, x) = (Tensor::ones([4, 3]), Tensor::ones([2, 3]));
    /// seed(1);
    /// let fused = x.linear_relu_dropout(&weight, None, 0.5);
    /// seed(1);
    /// assert_eq!(fused.to_vec(), x.linear(&weight, None).relu().dropout(0.5).to_vec());
    /// assert!(fused.to_vec().iter().all(|&h| h == 0.0 || h == 6.0));   // dropped, or 3 / (1 − 0.5)
    /// ```
    ///
    /// # Panics
    /// If the shapes don't fit, or p lies outside 0..=1.
    #[must_use]
    #[track_caller]
    pub fn linear_relu_dropout(&self, weight: &Self, bias: Option<&Self>, p: Real) -> Self {
        let mask = Mask::draw("linear_relu_dropout", p).or_fail();
        layer("linear_relu_dropout", self, weight, bias, mask.map_or(After::Relu, After::ReluDropout)).or_fail()
    }
}

fn layer(name: &'static str, x: &Tensor, w: &Tensor, b: Option<&Tensor>, after: After) -> Result<Tensor, Error> {
    let [rows, inputs, outputs] = sizes(name, x, w, b)?;
    let x_packed = x.packed();
    let mut out = pool::take(rows * outputs);
    let mut multiply = |data: &[Real], weights: &[Real], bias: Option<&[Real]>| {
        let done = |block: Block<'_>| finish(block, bias, after);
        let product = Product::new(packed_matrix(&x_packed, data, [rows, inputs]), matrix(w, weights).t(), &mut out);
        gemm([if bias.is_none() && matches!(after, After::Nothing) { product } else { product.then(&done) }]);
    };
    match b.map(Tensor::packed) {
        Some(b) => x_packed.storage.read_three(&w.storage, &b.storage, |data, weights, bias| {
            multiply(data, weights, Some(&bias[b.layout.range()]));
        }),
        None => x_packed.storage.read_both(&w.storage, |data, weights| multiply(data, weights, None)),
    }
    let mut shape: Dims = x.shape().into();
    *shape.last_mut().expect("checked: at least one dimension") = outputs;
    let y = Tensor::from_buffer(out, &shape);

    let mut graph_inputs: SmallVec<[&Tensor; 3]> = SmallVec::from_slice(&[x, w]);
    graph_inputs.extend(b);
    if !graph::tracks(&graph_inputs) {
        return Ok(y);
    }
    let kept = y.detach();
    let kept_y = (!matches!(after, After::Nothing)).then_some(&kept);
    let saved = [w.node.as_ref().map(|_| &x_packed), x.node.as_ref().map(|_| w), kept_y];
    Ok(graph::record_some(name, &graph_inputs, y, &saved, move |ctx, grad| {
        derivative(ctx, grad, after, [rows, inputs, outputs])
    }))
}

/// dz = dy where y > 0; dx = dz·W, dW = dzᵀ·x, db = Σ over rows of dz
fn derivative(ctx: &Context<'_>, grad: Tensor, after: After, [rows, inputs, outputs]: [usize; 3]) -> Grads {
    // Where a unit was dropped, or ReLU cut it off, y is 0: the mask need not be kept.
    let dz = match after {
        After::Nothing => grad.packed(),
        After::Relu => grad.apply_with(ctx.saved(2), |g, y| if y <= 0.0 { 0.0 } else { g }),
        After::ReluDropout(mask) => {
            let scale = mask.scale();
            grad.apply_with(ctx.saved(2), move |g, y| if y <= 0.0 { 0.0 } else { g * scale })
        }
    };
    let mut dx = ctx.needs(0).then(|| pool::take(rows * inputs));
    let mut dw = ctx.needs(1).then(|| pool::take(outputs * inputs));
    // Both products side by side where both are wanted: the threads are woken once.
    match (&mut dx, &mut dw) {
        (Some(dx), Some(dw)) => {
            let (x, w) = (ctx.saved(0), ctx.saved(1));
            dz.storage.read_three(&x.storage, &w.storage, |g, x_data, w_data| {
                let (g, x) = (packed_matrix(&dz, g, [rows, outputs]), packed_matrix(x, x_data, [rows, inputs]));
                gemm([Product::new(g, matrix(w, w_data), dx), Product::new(g.t(), x, dw)]);
            });
        }
        (Some(dx), None) => {
            let w = ctx.saved(1);
            dz.storage.read_both(&w.storage, |g, data| {
                gemm([Product::new(packed_matrix(&dz, g, [rows, outputs]), matrix(w, data), dx)]);
            });
        }
        (None, Some(dw)) => {
            let x = ctx.saved(0);
            dz.storage.read_both(&x.storage, |g, data| {
                let (g, x) = (packed_matrix(&dz, g, [rows, outputs]), packed_matrix(x, data, [rows, inputs]));
                gemm([Product::new(g.t(), x, dw)]);
            });
        }
        (None, None) => {}
    }
    let mut grads = Grads::new();
    grads.push(dx.map(|dx| Tensor::from_buffer(dx, ctx.shape(0))));
    grads.push(dw.map(|dw| Tensor::from_buffer(dw, &[outputs, inputs])));
    if ctx.inputs.len() == 3 {
        grads.push(ctx.needs(2).then(|| {
            let mut out = pool::filled(outputs, 0.0);
            if rows > 0 {
                dz.with_data(|g| kernels::sum_rows(g, &mut out));
            }
            Tensor::from_buffer(out, &[outputs])
        }));
    }
    grads
}

/// The numbers of a packed tensor as a matrix.
fn packed_matrix<'a>(t: &Tensor, data: &'a [Real], [rows, columns]: [usize; 2]) -> Mat<'a> {
    Mat::new(&data[t.layout.range()], [rows, columns], [columns, 1])
}

/// The numbers of a tensor of two dimensions.
fn matrix<'a>(t: &Tensor, data: &'a [Real]) -> Mat<'a> {
    let (shape, strides) = (t.shape(), t.layout.strides());
    Mat::new(&data[t.layout.offset()..], [shape[0], shape[1]], [strides[0], strides[1]])
}

/// Adds the bias and does what comes after.
fn finish(block: Block<'_>, bias: Option<&[Real]>, after: After) {
    kernels::simd(
        #[inline(always)]
        || {
            block.each_row(
                #[inline(always)]
                |row, first, columns| {
                    if let Some(bias) = bias {
                        row.iter_mut().zip(&bias[columns]).for_each(|(x, &b)| *x += b);
                    }
                    match after {
                        After::Nothing => {}
                        After::Relu => row.iter_mut().for_each(|x| *x = relu_value(*x)),
                        After::ReluDropout(mask) => mask.each(row, first, relu_value),
                    }
                },
            );
        },
    );
}

/// [rows, in, out], or what does not fit.
fn sizes(op: &'static str, x: &Tensor, w: &Tensor, b: Option<&Tensor>) -> Result<[usize; 3], Error> {
    let &[outputs, inputs] = w.shape() else {
        return Err(Error::new(op, format!("the weight has shape {:?}: it must be a matrix [out, in]", w.shape())));
    };
    let Some((&last, lead)) = x.shape().split_last() else {
        return Err(Error::new(op, "the input is a scalar: it must be […, in]; .reshape([1, 1]) makes it a row"));
    };
    if last != inputs {
        return Err(Error::new(
            op,
            format!(
                "the input has shape {:?}, but the weight {:?} takes {}: the last size must be \
                 {inputs} (is a Flatten missing before, or another number of features meant?)",
                x.shape(),
                w.shape(),
                counted(inputs, "feature")
            ),
        ));
    }
    match b {
        Some(b) if b.shape() != [outputs] => Err(Error::new(
            op,
            format!("the bias has shape {:?}, the weight {:?}: the bias must be [{outputs}]", b.shape(), w.shape()),
        )),
        _ => Ok([lead.iter().product(), inputs, outputs]),
    }
}
