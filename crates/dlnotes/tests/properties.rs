//! Broadcasting, views and reductions against ndarray, over random shapes and values.

use dlnotes::prelude::*;
use ndarray::{ArrayD, Axis, IxDyn};
use proptest::prelude::*;

/// Shapes of rank 0 to 4, empty ones included.
fn shape() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0usize..5, 0..5)
}

/// Two shapes that broadcast to a third.
fn broadcast_shapes() -> impl Strategy<Value = (Vec<usize>, Vec<usize>, Vec<usize>)> {
    (prop::collection::vec(1usize..5, 0..5), any::<[bool; 8]>(), 0usize..5).prop_map(|(full, ones, dropped)| {
        let thin = |ones: &[bool]| full.iter().zip(ones).map(|(&n, &one)| if one { 1 } else { n }).collect::<Vec<_>>();
        // One of both keeps each size, so that the result is the full shape.
        let keep: Vec<bool> = ones[4..].iter().zip(&ones[..4]).map(|(&b, &a)| b && !a).collect();
        let a = thin(&ones[..4]);
        let b: Vec<usize> = thin(&keep);
        let lead = dropped.min(b.len());
        let may_drop = b[..lead].iter().zip(&a).zip(&full).all(|((_, &a), &n)| a == n);
        (a, if may_drop { b[lead..].to_vec() } else { b }, full)
    })
}

fn filled(shape: &[usize], salt: u64) -> (Tensor, ArrayD<f32>) {
    let tensor = with_stream(salt, 0, || Tensor::randn(shape));
    let array = ArrayD::from_shape_vec(IxDyn(shape), tensor.to_vec()).unwrap();
    (tensor, array)
}

fn close(a: &[f32], b: &[f32]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(x, y)| (x - y).abs() <= 1e-5 * y.abs().max(1.0) || (x.is_nan() && y.is_nan()))
}

fn elements(array: &ArrayD<f32>) -> Vec<f32> {
    array.iter().copied().collect()
}

proptest! {
    #[test]
    fn arithmetic_broadcasts_as_ndarray((a, b, full) in broadcast_shapes(), salt: u64) {
        let (x, p) = filled(&a, salt);
        let (y, q) = filled(&b, salt ^ 1);
        let (p, q) = (p.broadcast(IxDyn(&full)).unwrap(), q.broadcast(IxDyn(&full)).unwrap());
        let sum = &x + &y;
        prop_assert_eq!(sum.shape(), &full[..]);
        prop_assert_eq!(sum.to_vec(), elements(&(&p + &q)));
        prop_assert_eq!((&x - &y).to_vec(), elements(&(&p - &q)));
        prop_assert_eq!((&x * &y).to_vec(), elements(&(&p * &q)));
        prop_assert_eq!((&x / &y).to_vec(), elements(&(&p / &q)));
    }

    /// The gradient of a broadcast sum counts how often each element was used.
    #[test]
    fn gradients_of_broadcasts_have_the_shape_of_the_input((a, b, full) in broadcast_shapes(), salt: u64) {
        let (x, y) = (filled(&a, salt).0.requires_grad(), filled(&b, salt ^ 1).0.requires_grad());
        (&x + &y).sum().backward();
        let used = |shape: &[usize]| full.iter().product::<usize>() as f32 / shape.iter().product::<usize>() as f32;
        for (input, shape) in [(&x, &a), (&y, &b)] {
            let grad = input.grad().unwrap();
            prop_assert_eq!(grad.shape(), &shape[..]);
            prop_assert!(grad.to_vec().iter().all(|&g| g == used(shape)));
        }
    }

    #[test]
    fn shapes_that_ndarray_refuses_are_refused(a in shape(), b in shape()) {
        let (x, y) = (Tensor::zeros(&a), Tensor::zeros(&b));
        let full: Vec<usize> = {
            let rank = a.len().max(b.len());
            let at = |s: &[usize], i: usize| if i + s.len() >= rank { s[i + s.len() - rank] } else { 1 };
            (0..rank).map(|i| if at(&a, i) == 1 { at(&b, i) } else { at(&a, i) }).collect()
        };
        let fits = ArrayD::<f32>::zeros(&a[..]).broadcast(&full[..]).is_some()
            && ArrayD::<f32>::zeros(&b[..]).broadcast(&full[..]).is_some();
        let result = std::panic::catch_unwind(|| &x + &y);
        prop_assert_eq!(result.is_ok(), fits, "{:?} {:?}", a, b);
    }

    #[test]
    fn permuted_views_read_as_ndarrays(dims in shape(), order in any::<[u8; 4]>(), salt: u64) {
        let (x, p) = filled(&dims, salt);
        let mut axes: Vec<usize> = (0..dims.len()).collect();
        axes.sort_by_key(|&d| order.get(d).copied().unwrap_or(0));
        let view = x.permute(axes.iter().map(|&d| d as isize).collect::<Vec<_>>());
        let other = p.permuted_axes(IxDyn(&axes));
        prop_assert_eq!(view.shape(), other.shape());
        prop_assert_eq!(view.to_vec(), elements(&other));
        prop_assert!(view.with_ndarray(|v| v == other.view()));
        prop_assert_eq!(view.flatten().to_vec(), elements(&other));
    }

    #[test]
    fn slices_are_ndarrays(rows in 1usize..6, columns in 1usize..6, from in 0usize..6, to in 0usize..6, salt: u64) {
        let (x, p) = filled(&[rows, columns], salt);
        let (from, to) = (from.min(to).min(rows), to.min(rows));
        let view = x.i((from..to, ..));
        let other = p.slice_axis(Axis(0), ndarray::Slice::from(from..to)).to_owned();
        prop_assert_eq!(view.to_vec(), elements(&other));
        prop_assert!(view.is_empty() || view.shares_storage(&x));
    }

    #[test]
    fn sums_over_any_dimensions_are_ndarrays(dims in shape(), chosen in any::<[bool; 4]>(), salt: u64) {
        let (x, p) = filled(&dims, salt);
        let axes: Vec<usize> = (0..dims.len()).filter(|&d| chosen.get(d).copied().unwrap_or(false)).collect();
        let mut other = p;
        for &d in axes.iter().rev() {
            other = other.sum_axis(Axis(d));
        }
        let sum = x.sum_dim(&axes[..], false);
        prop_assert_eq!(sum.shape(), other.shape());
        prop_assert!(close(&sum.to_vec(), &elements(&other)));
    }

    #[test]
    fn products_are_ndarrays(m in 0usize..20, k in 0usize..20, n in 0usize..20, salt: u64) {
        let (x, p) = filled(&[m, k], salt);
        let (y, q) = filled(&[k, n], salt ^ 1);
        let p = p.into_dimensionality::<ndarray::Ix2>().unwrap();
        let q = q.into_dimensionality::<ndarray::Ix2>().unwrap();
        prop_assert!(close(&x.matmul(&y).to_vec(), &elements(&p.dot(&q).into_dyn())));
        prop_assert!(close(&y.t().matmul(&x.t()).to_vec(), &elements(&q.t().dot(&p.t()).into_dyn())));
    }

    #[test]
    fn arrays_come_back_as_they_went_in(dims in shape(), salt: u64) {
        let (x, p) = filled(&dims, salt);
        prop_assert_eq!(x.to_ndarray(), p.clone());
        prop_assert_eq!(Tensor::from(p.clone()).to_vec(), x.to_vec());
        let reversed = p.reversed_axes();
        prop_assert_eq!(Tensor::from(reversed.view()).to_vec(), elements(&reversed));
        prop_assert_eq!(Tensor::from(reversed.clone()).to_vec(), elements(&reversed));
    }
}
