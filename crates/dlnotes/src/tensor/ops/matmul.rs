//! Matrix products.

use smallvec::SmallVec;

use crate::gemm::{Mat, Product, gemm};
use crate::tensor::error::{Error, OrFail};
use crate::tensor::graph::{self, two};
use crate::tensor::layout::{Dims, Layout, broadcast_shape};
use crate::tensor::{Tensor, pool};

impl Tensor {
    /// The matrix product, by rank as in PyTorch:
    /// `[k]·[k]` → scalar, `[m, k]·[k]` → `[m]`, `[k]·[k, n]` → `[n]`, `[m, k]·[k, n]` → `[m, n]`, and
    /// `[…, m, k]·[…, k, n]` → `[…, m, n]` with the leading dimensions broadcast.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let a = Tensor::from_vec(vec![1.0, 2.0, 3.0, 4.0], [2, 2]);
    /// assert_eq!(a.matmul(&Tensor::eye(2)).to_vec(), a.to_vec());
    /// assert_eq!(a.matmul(&Tensor::ones([2])).to_vec(), [3.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// If the inner sizes differ, the leading ones can't be broadcast, or one side is a scalar.
    #[must_use]
    #[track_caller]
    pub fn matmul(&self, other: &Self) -> Self {
        self.try_matmul(other).or_fail()
    }

    /// [`matmul`](Self::matmul) for programs that want the error.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let (x, w) = (Tensor::zeros([64, 784]), Tensor::zeros([256, 784]));
    /// let error = x.try_matmul(&w).unwrap_err();
    /// assert!(error.to_string().starts_with("matmul: shapes [64, 784] and [256, 784] don't fit"));
    /// assert_eq!(x.try_matmul(&w.t()).unwrap().shape(), [64, 256]);
    /// ```
    ///
    /// # Errors
    /// Where [`matmul`](Self::matmul) panics.
    pub fn try_matmul(&self, other: &Self) -> Result<Self, Error> {
        check(self, other)?;
        // Vectors are matrices of one row or column; the extra dimension goes from the result.
        let a = if self.rank() == 1 { self.unsqueeze(0) } else { self.clone() };
        let b = if other.rank() == 1 { other.unsqueeze(1) } else { other.clone() };
        let mut product = batched(&a, &b)?;
        if other.rank() == 1 {
            product = product.squeeze(-1);
        }
        if self.rank() == 1 {
            product = product.squeeze(if other.rank() == 1 { -1 } else { -2 });
        }
        Ok(product)
    }
}

fn unfit<T>(a: &Tensor, b: &Tensor, why: impl std::fmt::Display) -> Result<T, Error> {
    Err(Error::new("matmul", format!("shapes {:?} and {:?} don't fit: {why}", a.shape(), b.shape())))
}

fn check(a: &Tensor, b: &Tensor) -> Result<(), Error> {
    if a.rank() == 0 || b.rank() == 0 {
        return unfit(a, b, "a scalar has no rows or columns; multiply with `*`");
    }
    let (inner_a, inner_b) = (a.shape()[a.rank() - 1], b.shape()[b.rank().saturating_sub(2)]);
    if inner_a != inner_b {
        return unfit(
            a,
            b,
            format!(
                "the last dimension of the left ({inner_a}) must equal the {} of the right ({inner_b}); \
             is a .t() missing?",
                if b.rank() == 1 { "only one" } else { "last but one" }
            ),
        );
    }
    Ok(())
}

/// Products of matrices with leading dimensions.
fn batched(a: &Tensor, b: &Tensor) -> Result<Tensor, Error> {
    let (lead_a, [m, k]) = split(a.shape());
    let (lead_b, [_, n]) = split(b.shape());
    // One large product is faster than many small ones where the right side is shared.
    if lead_b.is_empty() && !lead_a.is_empty() {
        let rows = lead_a.iter().product::<usize>() * m;
        let mut shape: Dims = lead_a.into();
        shape.extend([m, n]);
        return batched(&a.reshape([rows, k]), b).map(|c| c.reshape(&shape[..]));
    }
    let Ok(lead) = broadcast_shape("matmul", lead_a, lead_b) else {
        return unfit(a, b, format!("the leading dimensions {lead_a:?} and {lead_b:?} can't be broadcast"));
    };
    let y = product(a, b, &lead);
    if !graph::tracks(&[a, b]) {
        return Ok(y);
    }
    // dA = dC·Bᵀ, dB = Aᵀ·dC
    let saved = [b.tape.as_ref().map(|_| a), a.tape.as_ref().map(|_| b)];
    Ok(graph::record_some("matmul", &[a, b], y, &saved, |ctx, grad| {
        let side = |wanted: &[usize], a: &Tensor, b: &Tensor| {
            let lead = broadcast_shape("matmul", split(a.shape()).0, split(b.shape()).0).expect("as in forward");
            super::arithmetic::sum_to(product(a, b, &lead), wanted)
        };
        two(
            ctx.needs(0).then(|| side(ctx.shape(0), &grad, &ctx.saved(1).transpose(-1, -2))),
            ctx.needs(1).then(|| side(ctx.shape(1), &ctx.saved(0).transpose(-1, -2), &grad)),
        )
    }))
}

fn split(shape: &[usize]) -> (&[usize], [usize; 2]) {
    let (lead, last) = shape.split_at(shape.len() - 2);
    (lead, [last[0], last[1]])
}

/// C[i] = A[i]·B[i] for every index i of the leading dimensions, off the record.
fn product(a: &Tensor, b: &Tensor, lead: &[usize]) -> Tensor {
    let ([m, k], [_, n]) = (split(a.shape()).1, split(b.shape()).1);
    let mut shape: Dims = lead.into();
    shape.extend([m, n]);
    let mut out = pool::take(shape.iter().product());
    let (starts_a, starts_b) = (starts(a, lead), starts(b, lead));
    a.storage.read_both(&b.storage, |x, y| {
        for ((&i, &j), out) in starts_a.iter().zip(&starts_b).zip(out.chunks_exact_mut((m * n).max(1))) {
            gemm([Product::new(matrix(a, x, i, [m, k]), matrix(b, y, j, [k, n]), out)]);
        }
    });
    Tensor::from_buffer(out, &shape)
}

fn matrix<'a>(t: &Tensor, data: &'a [crate::real::Real], start: usize, size: [usize; 2]) -> Mat<'a> {
    let strides = &t.layout.strides()[t.rank() - 2..];
    Mat::new(&data[start.min(data.len())..], size, [strides[0], strides[1]])
}

/// Where each matrix begins in the storage.
fn starts(t: &Tensor, lead: &[usize]) -> SmallVec<[usize; 4]> {
    let (own, _) = split(t.shape());
    let outer = Layout::view(own.into(), t.layout.strides()[..own.len()].into(), t.layout.offset());
    let mut starts = SmallVec::new();
    outer.broadcast(lead).expect("a shape from broadcast_shape").for_each_position(|p| starts.push(p));
    starts
}
