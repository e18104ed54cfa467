//! An invocation as Lambda makes it, and what goes wrong with whole invocations on demand.
//!
//! None of it loses or acknowledges what was not done: before the batch is handled nothing of it is started, and a
//! corrupted answer is one that says nothing was done.

use crate::message::SqsEvent;
use crate::{Ports, Worker};
use sluice_batch::BatchResponse;
use sluice_faults::Before;
use sluice_ports::{Clock, Millis};
use sluice_telemetry::Summary;
use thiserror::Error;

/// Why an invocation fails: its whole batch shows again.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// Lambda handed over something else than a batch.
    #[error("the event is no SQS batch: {0}")]
    NoBatch(#[from] serde_json::Error),
    /// A message goes back that no answer can name.
    #[error("a message without an id goes back: only with its whole batch is it not lost")]
    Nameless,
    /// On demand.
    #[error("{0}")]
    Injected(String),
}

impl<P: Ports> Worker<P> {
    /// Works what Lambda handed over, as JSON. `deadline` is when Lambda ends the invocation. The summary is of what
    /// was done also where the invocation fails.
    pub async fn invoke(&self, event: &str, deadline: Millis) -> (Result<BatchResponse, InvokeError>, Summary) {
        let (response, mut summary) = match self.faults.before(event, deadline).await {
            Before::Fail(message) => (Err(InvokeError::Injected(message)), undone()),
            Before::Handle | Before::Answer(_) => self.work_event(event, deadline).await,
        };
        self.faults.count(&mut summary);
        (response, summary)
    }

    async fn work_event(&self, event: &str, deadline: Millis) -> (Result<BatchResponse, InvokeError>, Summary) {
        let batch = match SqsEvent::read(event) {
            Ok(batch) => batch,
            Err(error) => return (Err(error.into()), undone()),
        };
        // Of which no message was said to be done: all of them go back.
        let unanswered = self.faults.are_allowed().then(|| batch.batch(self.clock.now(), self.config.is_fifo()));
        let (response, summary) = self.handle(batch, deadline).await;
        let corrupted = unanswered.filter(|_| self.faults.corrupted(event, "").is_some());
        let response = corrupted.map_or(response, |batch| batch.answer(self.clock.now()).response);
        if response.leaves_one_out() {
            return (Err(InvokeError::Nameless), summary);
        }
        (Ok(response), summary)
    }
}

/// The record of an invocation that did nothing.
fn undone() -> Summary {
    let mut summary = Summary::default();
    summary.note("action", "work_batch");
    summary
}
