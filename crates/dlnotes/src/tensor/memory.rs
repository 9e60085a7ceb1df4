//! What a graph keeps in memory.

use std::collections::HashSet;

use triomphe::Arc;

use super::Tensor;
use super::graph::{Kind, Node, lock};
use crate::real::Real;

impl Tensor {
    /// How many bytes of values the graph behind this tensor keeps for backward, those of `except` (the parameters,
    /// say) left out. A buffer that several operations keep counts once.
    ///
    /// ```
    /// use dlnotes::prelude::*;
    /// let x = Tensor::ones([100]).requires_grad();
    /// assert_eq!(x.exp().bytes_kept_for_backward(&[]), 400);   // exp keeps its result
    /// assert_eq!((&x + 1.0).bytes_kept_for_backward(&[]), 0);  // a sum keeps nothing
    /// ```
    pub fn bytes_kept_for_backward(&self, except: &[Self]) -> usize {
        let mut counted: HashSet<_> = except.iter().map(|t| Arc::as_ptr(&t.storage)).collect();
        let mut pending: Vec<Arc<Node>> = self.node.iter().cloned().collect();
        let mut seen = HashSet::new();
        let mut bytes = 0;
        while let Some(node) = pending.pop() {
            let Kind::Op(op) = &node.kind else { continue };
            if !seen.insert(node.number) {
                continue;
            }
            for saved in lock(&op.saved).iter().flatten().flatten() {
                if counted.insert(Arc::as_ptr(&saved.value.storage)) {
                    bytes += saved.value.storage.read().len() * size_of::<Real>();
                }
            }
            pending.extend(op.inputs.iter().flatten().cloned());
        }
        bytes
    }
}

/// The memory behind some tensors; what several of them share counts once.
pub(crate) fn bytes_behind<'a>(tensors: impl Iterator<Item = &'a Tensor>) -> usize {
    let mut counted = HashSet::new();
    let first = tensors.filter(|tensor| counted.insert(Arc::as_ptr(&tensor.storage)));
    first.map(|tensor| tensor.storage.read().len() * size_of::<Real>()).sum()
}
