//! Requests that wait for their turn on the shell socket, in the order of their arrival.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlnotes_eval::Queued;
use jupyter_protocol::{ExecuteRequest, JupyterMessage, JupyterMessageContent as Content};
use tokio::sync::Notify;

/// A request and its number in the order of arrival.
pub(super) type Numbered = (u64, JupyterMessage);

/// Requests that wait for their turn.
#[derive(Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    arrival: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Numbered>,
    /// How many have arrived so far.
    arrived: u64,
    /// Cells that arrived up to here are aborted.
    abort_until: u64,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request has arrived.
    pub(super) fn push(&self, request: JupyterMessage) {
        let mut state = self.lock();
        state.arrived += 1;
        let number = state.arrived;
        state.waiting.push_back((number, request));
        self.arrival.notify_one();
    }

    /// The request whose turn it is, once there is one.
    pub(super) async fn pop(&self) -> Numbered {
        loop {
            let first = self.lock().waiting.pop_front();
            match first {
                Some(first) => return first,
                None => self.arrival.notified().await,
            }
        }
    }

    /// Cells that wait now are answered with `aborted`.
    pub(crate) fn abort(&self) {
        let mut state = self.lock();
        state.abort_until = state.arrived;
    }

    /// Whether the cell of this number is to be aborted.
    pub(super) fn is_aborted(&self, number: u64) -> bool {
        number <= self.lock().abort_until
    }

    /// The cell behind number `[count]`, if there is one that will run and be numbered.
    pub(super) fn next_cell(&self, count: usize) -> Option<Queued> {
        let state = self.lock();
        let cell = state.waiting.iter().find_map(|(number, request)| match &request.content {
            Content::ExecuteRequest(execute) => Some((*number, execute)),
            _ => None,
        });
        let (number, execute) = cell?;
        let runs = number > state.abort_until && is_counted(execute);
        runs.then(|| Queued { code: code(execute).to_owned(), count: count + 1 })
    }
}

/// What a request asks to run.
pub(super) fn code(execute: &ExecuteRequest) -> &str {
    execute.code.trim_end()
}

/// Whether a cell gets a number, and a place in the history.
pub(super) fn is_counted(execute: &ExecuteRequest) -> bool {
    !execute.silent && execute.store_history && !code(execute).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(code: &str) -> ExecuteRequest {
        ExecuteRequest::new(code.to_owned())
    }

    fn next(queue: &Queue) -> Option<String> {
        queue.next_cell(4).map(|next| format!("[{}] {}", next.count, next.code))
    }

    #[tokio::test]
    async fn the_next_cell_is_the_first_that_waits() {
        let queue = Queue::default();
        assert_eq!(next(&queue), None);
        queue.push(cell("a").into());
        queue.push(jupyter_protocol::CompleteRequest { code: "b".into(), cursor_pos: 1 }.into());
        queue.push(cell("b\n").into());
        queue.push(cell("c").into());
        assert_eq!(queue.pop().await.0, 1);
        assert_eq!(next(&queue).as_deref(), Some("[5] b"));
        queue.abort();
        queue.push(cell("d").into());
        assert_eq!(next(&queue), None, "it is aborted, and nobody knows what the reader does then");
        for number in 2..=4 {
            assert_eq!(queue.pop().await.0, number);
            assert!(queue.is_aborted(number));
        }
        assert_eq!(next(&queue).as_deref(), Some("[5] d"));
        assert!(!queue.is_aborted(queue.pop().await.0));
    }

    #[test]
    fn a_cell_without_a_number_is_not_foreseen() {
        for without in [
            ExecuteRequest { silent: true, ..cell("a") },
            ExecuteRequest { store_history: false, ..cell("a") },
            cell(" \n"),
        ] {
            let queue = Queue::default();
            queue.push(without.into());
            queue.push(cell("b").into());
            assert_eq!(next(&queue), None);
        }
    }
}
