//! Matrix products, with what comes after them.
//!
//! `plan.rs` says in what blocks a product is computed and by whom; `run.rs` does it: `pack.rs` lays out operands that
//! can't be read where they are, `tile.rs` multiplies, `Finish` is what the caller wants done to a block of the result
//! while it is in the cache. An element's sum has the same order whatever the number of threads: the inner dimension is
//! never shared out.

mod matrix;
mod output;
mod pack;
mod plan;
mod run;
mod small;
#[cfg(test)]
mod tests;
mod tile;
mod transpose;

use pulp::Arch;

use crate::real::Real;
pub(crate) use matrix::Mat;
pub(crate) use output::Block;
use output::Output;
use run::Job;

/// What is done to a block of the result when its numbers are complete.
pub(crate) type Finish<'a> = &'a (dyn Fn(Block<'_>) + Sync);

/// Products of fewer multiplications run on one thread: waking another takes longer.
const PAR_MIN: usize = 1 << 18;

/// Up to this many multiplications, plain loops are faster than arranging operands for SIMD.
const TINY: usize = 512;

/// A product that is to be written: out ← A·B; `out` is row-major and without gaps.
pub(crate) struct Product<'a> {
    a: Mat<'a>,
    b: Mat<'a>,
    out: &'a mut [Real],
    finish: Option<Finish<'a>>,
}

impl<'a> Product<'a> {
    pub(crate) fn new(a: Mat<'a>, b: Mat<'a>, out: &'a mut [Real]) -> Self {
        assert_eq!(a.columns, b.rows, "inner sizes of a product");
        assert_eq!(out.len(), a.rows * b.columns, "size of a product");
        Self { a, b, out, finish: None }
    }

    /// With `finish` called on every block of the result, once for each number.
    pub(crate) fn then(mut self, finish: Finish<'a>) -> Self {
        self.finish = Some(finish);
        self
    }

    fn multiplications(&self) -> usize {
        self.a.rows * self.a.columns * self.b.columns
    }

    /// The products without panels; what is left if it isn't one of them.
    fn small(self, arch: Arch, threads: usize) -> Option<Self> {
        let Self { a, b, out, finish } = self;
        let size = [a.rows, b.columns];
        if out.is_empty() {
            return None;
        } else if a.columns == 0 {
            out.fill(0.0);
        } else if a.rows * a.columns * b.columns <= TINY {
            small::tiny(a, b, out);
        } else if b.columns == 1 {
            small::vector(arch, a, b, out, threads);
        } else if a.rows == 1 {
            small::vector(arch, b.t(), a.t(), out, threads);
        } else {
            return Some(Self { a, b, out, finish });
        }
        if let Some(finish) = finish {
            finish(Block::whole(out, size));
        }
        None
    }
}

/// Computes independent products; large ones on several threads, which are woken once for all of them.
pub(crate) fn gemm<const N: usize>(products: [Product<'_>; N]) {
    let many = products.iter().map(Product::multiplications).sum::<usize>() >= PAR_MIN;
    compute(Arch::new(), products, if many { rayon::current_num_threads() } else { 1 });
}

fn compute<const N: usize>(arch: Arch, products: [Product<'_>; N], threads: usize) {
    let jobs = products.map(|product| {
        let Product { a, b, out, finish } = product.small(arch, threads)?;
        let size = [a.rows, b.columns];
        Some(Job::new(arch, a, b, Output::new(out, size), finish))
    });
    if threads == 1 {
        jobs.iter().flatten().for_each(|job| run::alone(arch, job));
    } else {
        let jobs: Vec<_> = jobs.into_iter().flatten().collect();
        run::together(arch, &jobs, threads);
    }
}
