//! A product's way: pack, multiply, finish.
#![allow(unsafe_code)] // Each part of a result is one thread's alone: `Multiply::multiply` says why.

use std::cell::Cell;
use std::ops::Range;

use pulp::{Arch, NullaryFnOnce, Simd, WithSimd};

use super::Finish;
use super::matrix::Mat;
use super::output::Output;
use super::pack::Pack;
use super::plan::{AskSize, Plan, Round, Side};
use super::tile::{Kernel, Rows, Scalar, Short, Tall, Tile};
use crate::share::share_out;

/// Rows at a multiple of so many numbers from each other meet in one place of the nearest cache, which holds fewer of them
/// than a tile has: they are packed.
const CROWDED: usize = 1024;

/// Shared operands of fewer numbers are packed by the calling thread alone.
const PACK_TOGETHER: usize = 1 << 14;

/// A product on its way.
pub(super) struct Job<'a> {
    a: Mat<'a>,
    b: Mat<'a>,
    out: Output<'a>,
    finish: Option<Finish<'a>>,
    plan: Plan,
}

thread_local! {
    // Kept from product to product: room for shared operands, and for this thread's own lines.
    static SHARED: Cell<Vec<Vec<f32>>> = const { Cell::new(Vec::new()) };
    static OWN: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Room for `len` numbers from the start of a cache line on.
fn aligned(buffer: &mut Vec<f32>, len: usize) -> &mut [f32] {
    const LINE: usize = 16;
    if buffer.len() < len + LINE {
        buffer.resize(len + LINE, 0.0);
    }
    let start = buffer.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE);
    &mut buffer[start..start + len]
}

impl<'a> Job<'a> {
    pub(super) fn new(arch: Arch, a: Mat<'a>, b: Mat<'a>, out: Output<'a>, finish: Option<Finish<'a>>) -> Self {
        let plan = Plan::new([a.rows, a.columns, b.columns], arch.dispatch(AskSize));
        Self { a, b, out, finish, plan }
    }

    fn shared(&self, lines: Range<usize>, depth: &Range<usize>) -> Mat<'a> {
        let all = if self.plan.by_columns { self.a } else { self.b.t() };
        all.rows(lines.start, lines.len()).columns(depth.start, depth.len())
    }

    fn own(&self, lines: &Range<usize>, depth: &Range<usize>) -> Mat<'a> {
        let all = if self.plan.by_columns { self.b.t() } else { self.a };
        all.rows(lines.start, lines.len()).columns(depth.start, depth.len())
    }

    /// Numbers that the packed lines of a round take.
    fn room(&self, round: &Round) -> usize {
        if self.is_read_in_place(true) { 0 } else { self.plan.shared().room(round.lines.len(), round.depth.len()) }
    }

    /// Whether the lines of one side, the shared one or the other, are multiplied where they are.
    fn is_read_in_place(&self, shared: bool) -> bool {
        let is_left = shared == self.plan.by_columns;
        is_left && self.a.column_stride == 1 && !self.a.row_stride.is_multiple_of(CROWDED)
    }
}

/// Lines of an operand as the micro-kernel reads them.
#[derive(Clone, Copy)]
enum Lines<'a> {
    Packed(&'a [f32]),
    InPlace(Mat<'a>),
}

impl<'a> Lines<'a> {
    /// Rows of the left operand from `start` on, where a panel begins.
    #[inline(always)]
    fn rows(self, start: usize, height: usize, depth: usize) -> Rows<'a> {
        match self {
            Self::Packed(_) => Rows::Panel(self.panel(start, height, depth)),
            Self::InPlace(lines) => {
                Rows::InPlace { data: &lines.data[start * lines.row_stride..], stride: lines.row_stride }
            }
        }
    }

    #[inline(always)]
    fn panel(self, start: usize, height: usize, depth: usize) -> &'a [f32] {
        match self {
            Self::Packed(panels) => &panels[start * depth..][..height * depth],
            Self::InPlace(_) => unreachable!("columns are packed"),
        }
    }
}

/// Computes a product on this thread.
pub(super) fn alone(arch: Arch, job: &Job<'_>) {
    let mut buffers = SHARED.take();
    if buffers.is_empty() {
        buffers.push(Vec::new());
    }
    for round in &mut job.plan.rounds() {
        let lines = job.shared(round.lines.clone(), &round.depth);
        let shared = if job.is_read_in_place(true) {
            Lines::InPlace(lines)
        } else {
            let out = aligned(&mut buffers[0], job.room(&round));
            arch.dispatch(Pack { lines, height: job.plan.shared().height, out: &mut *out });
            Lines::Packed(out)
        };
        for part in job.plan.parts(1) {
            arch.dispatch(Multiply { job, round: &round, shared, part });
        }
    }
    SHARED.set(buffers);
}

/// Computes independent products on so many threads.
pub(super) fn together(arch: Arch, jobs: &[Job<'_>], threads: usize) {
    let mut buffers = SHARED.take();
    buffers.resize_with(buffers.len().max(jobs.len()), Vec::new);
    let mut rounds: Vec<_> = jobs.iter().map(|job| job.plan.rounds()).collect();
    loop {
        let of_job = jobs.iter().zip(&mut rounds).zip(&mut buffers);
        let round: Vec<_> = of_job
            .filter_map(|((job, rounds), buffer)| {
                let round = rounds.next()?;
                let shared = aligned(buffer, job.room(&round));
                Some((job, round, shared))
            })
            .collect();
        if round.is_empty() {
            break;
        }
        let round = pack_shared(arch, round, threads);
        let parts: Vec<_> = round
            .iter()
            .flat_map(|(job, round, shared)| {
                job.plan.parts(threads).map(move |part| Multiply { job, round, shared: *shared, part })
            })
            .collect();
        share_out(parts.into_iter(), &|part| arch.dispatch(part));
    }
    SHARED.set(buffers);
}

type Packed<'a> = (&'a Job<'a>, Round, Lines<'a>);

fn pack_shared<'a>(arch: Arch, mut round: Vec<(&'a Job<'a>, Round, &'a mut [f32])>, threads: usize) -> Vec<Packed<'a>> {
    let mut parts = Vec::new();
    for (job, round, out) in &mut round {
        let Side { height, .. } = job.plan.shared();
        let step = round.lines.len().div_ceil(2 * threads).next_multiple_of(height);
        for (i, out) in out.chunks_mut(step * round.depth.len()).enumerate() {
            let start = round.lines.start + i * step;
            let lines = job.shared(start..(start + step).min(round.lines.end), &round.depth);
            parts.push(Pack { lines, height, out });
        }
    }
    if parts.iter().map(|part| part.out.len()).sum::<usize>() < PACK_TOGETHER {
        parts.into_iter().for_each(|part| arch.dispatch(part));
    } else {
        share_out(parts.into_iter(), &|part| arch.dispatch(part));
    }
    let packed = |(job, round, out): (&'a Job<'a>, Round, &'a mut [f32])| {
        let lines = if job.is_read_in_place(true) {
            Lines::InPlace(job.shared(round.lines.clone(), &round.depth))
        } else {
            Lines::Packed(out)
        };
        (job, round, lines)
    };
    round.into_iter().map(packed).collect()
}

/// Multiplies own lines with the shared ones.
struct Multiply<'a> {
    job: &'a Job<'a>,
    round: &'a Round,
    shared: Lines<'a>,
    part: Range<usize>,
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if S::IS_SCALAR {
            self.multiply::<S, Scalar>(simd);
        } else if S::REGISTER_COUNT >= 32 {
            self.multiply::<S, Tall>(simd);
        } else {
            self.multiply::<S, Short>(simd);
        }
    }
}

impl Multiply<'_> {
    #[inline(always)]
    fn multiply<S: Simd, K: Kernel>(self, simd: S) {
        let Self { job, round, shared, part } = self;
        let (plan, depth) = (&job.plan, round.depth.len());
        let (shared_height, own_height) = (plan.shared().height, plan.own().height);
        let mut buffer = OWN.take();
        let lines = job.own(&part, &round.depth);
        let own = if job.is_read_in_place(false) {
            Lines::InPlace(lines)
        } else {
            let out = aligned(&mut buffer, plan.own().room(part.len(), depth));
            Pack { lines, height: own_height, out: &mut *out }.call();
            Lines::Packed(out)
        };
        let (add, last) = (round.depth.start > 0, round.depth.end == plan.depth());
        // Own panels stay in this core's cache, shared ones come and go.
        for s in (0..round.lines.len()).step_by(shared_height) {
            let start = round.lines.start + s;
            let shared_lines = start..(start + shared_height).min(round.lines.end);
            for o in (0..part.len()).step_by(own_height) {
                let start = part.start + o;
                let own_lines = start..(start + own_height).min(part.end);
                let (a, b, rows, columns) = if plan.by_columns {
                    let a = shared.rows(s, shared_height, depth);
                    (a, own.panel(o, own_height, depth), shared_lines.clone(), own_lines)
                } else {
                    let a = own.rows(o, own_height, depth);
                    (a, shared.panel(s, shared_height, depth), own_lines, shared_lines.clone())
                };
                // SAFETY: `Plan::parts` gives each part to one thread alone, several products have several results, and
                // rounds come one after the other.
                let out = unsafe { job.out.block(rows, columns) };
                K::compute(simd, Tile { a, b, add, out });
            }
            if plan.by_columns && last {
                job.finish(shared_lines, part.clone());
            }
        }
        if !plan.by_columns && last {
            job.finish(part, round.lines.clone());
        }
        OWN.set(buffer);
    }
}

impl Job<'_> {
    fn finish(&self, rows: Range<usize>, columns: Range<usize>) {
        if let Some(finish) = self.finish {
            // SAFETY: as in `Multiply::multiply`, and the blocks of its tiles are gone.
            finish(unsafe { self.out.block(rows, columns) });
        }
    }
}
