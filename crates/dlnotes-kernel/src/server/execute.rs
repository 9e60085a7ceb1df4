//! `execute_request`: running a cell.

use std::collections::HashMap;
use std::sync::Arc;

use jupyter_protocol::{
    ExecuteInput, ExecuteReply, ExecuteRequest, ExecutionCount, ExpressionResult, HistoryEntry, HistoryRequest,
    JupyterMessage, Media, MediaType, Payload, ReplyError, ReplyStatus,
};

use super::queue::{code, is_counted};
use super::shared::Shared;
use super::worker::Worker;
use crate::history::History;

use dlnotes_eval::{Event, Failure};

/// What lasts from cell to cell.
pub(super) struct Session {
    worker: Worker,
    shared: Arc<Shared>,
    history: History,
    /// The number of the last cell that counted.
    count: usize,
}

impl Session {
    pub(super) fn new(worker: Worker, shared: Arc<Shared>, history: History) -> Self {
        Self { worker, shared, history, count: 0 }
    }

    pub(super) fn history(&self, query: &HistoryRequest) -> Vec<HistoryEntry> {
        self.history.answer(query)
    }

    pub(super) async fn execute(
        &mut self,
        number: u64,
        request: &JupyterMessage,
        execute: &ExecuteRequest,
    ) -> ExecuteReply {
        if self.shared.queue.is_aborted(number) {
            return ExecuteReply { status: ReplyStatus::Aborted, ..self.reply() };
        }
        let code = code(execute);
        if is_counted(execute) {
            self.count += 1;
            self.history.record(self.count, code);
        }
        if !execute.silent {
            let input = ExecuteInput { code: execute.code.clone(), execution_count: ExecutionCount::new(self.count) };
            self.shared.router.send(input, Some(request));
        }
        self.shared.router.begin(request, self.count, execute.silent);
        let gone = self.shared.widgets.begin(request, &self.shared.router);
        if !gone.is_empty() {
            self.worker.forget(gone).await;
        }
        self.shared.stdin.set_asker(execute.allow_stdin.then_some(request));
        let outcome = match code.is_empty() {
            true => Ok(()),
            false => tokio::select! {
                outcome = self.worker.evaluate(code.to_owned(), self.count, is_parameters(request)) => outcome,
                () = self.interrupted_while_opening() => Err(Failure::new(
                    "Interrupted",
                    "the cell had not begun; the kernel goes on starting, and the next cell waits for it again",
                )),
            },
        };
        self.shared.stdin.set_asker(None);
        match outcome {
            Ok(()) => {
                let user_expressions = Some(self.expressions(execute).await);
                let pages = self.shared.router.end();
                let payload =
                    pages.iter().map(|page| Payload::Page { data: crate::output::media(page), start: 0 }).collect();
                ExecuteReply { user_expressions, payload, ..self.reply() }
            }
            Err(failure) => {
                self.shared.router.emit(Event::Error(failure.clone()));
                self.shared.router.end();
                if execute.stop_on_error {
                    self.shared.queue.abort();
                }
                ExecuteReply { status: ReplyStatus::Error, error: Some(Box::new(as_reply(failure))), ..self.reply() }
            }
        }
    }

    /// Returns when the reader interrupts and no evaluator is there yet to hear of it.
    async fn interrupted_while_opening(&self) {
        loop {
            self.shared.stop_waiting.notified().await;
            if self.worker.is_opening() {
                return;
            }
        }
    }

    fn reply(&self) -> ExecuteReply {
        ExecuteReply {
            execution_count: ExecutionCount::new(self.count),
            user_expressions: Some(HashMap::new()),
            ..ExecuteReply::default()
        }
    }

    async fn expressions(&self, execute: &ExecuteRequest) -> HashMap<String, ExpressionResult> {
        let mut results = HashMap::new();
        for (name, expression) in execute.user_expressions.iter().flatten() {
            let result = match self.worker.value(expression.clone()).await {
                Ok(bundle) => ExpressionResult::Ok {
                    data: Media::new(bundle.data.into_iter().map(MediaType::Other).collect()),
                    metadata: bundle.metadata,
                },
                Err(Failure { ename, evalue, traceback }) => ExpressionResult::Error { ename, evalue, traceback },
            };
            results.insert(name.clone(), result);
        }
        results
    }
}

/// Whether the cell has the tag by which papermill knows the one with parameters. JupyterLab sends a cell's metadata along;
/// for programs that don't, a comment in the cell says the same.
fn is_parameters(request: &JupyterMessage) -> bool {
    let tags = request.metadata.get("tags").and_then(|tags| tags.as_array());
    tags.is_some_and(|tags| tags.iter().any(|tag| tag == "parameters"))
}

fn as_reply(failure: Failure) -> ReplyError {
    ReplyError { ename: failure.ename, evalue: failure.evalue, traceback: failure.traceback }
}
