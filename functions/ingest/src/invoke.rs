//! An invocation as Lambda makes it, and what goes wrong with whole invocations on demand.
//!
//! None of it breaks the promise of a 2xx: what happens before a request is handled answers it with an error, or not
//! at all, and what becomes of an answer afterwards leaves its status alone.

use crate::Ingest;
use sluice_faults::Before;
use sluice_http::{Answer, HttpEvent, Problem};
use sluice_ports::{Clock, Millis, RecordReader, Records, Sender};
use sluice_telemetry::Summary;
use thiserror::Error;

/// Why an invocation fails: API Gateway answers 500 in its place.
#[derive(Debug, Error)]
pub enum InvokeError {
    /// Lambda handed over something else than a request.
    #[error("the event is no HTTP request: {0}")]
    NoRequest(#[from] serde_json::Error),
    /// On demand.
    #[error("{0}")]
    Injected(String),
}

impl<T: RecordReader + Records, Q: Sender, C: Clock> Ingest<T, Q, C> {
    /// Answers what Lambda handed over, as JSON. `deadline` is when Lambda ends the invocation, `xray` its X-Ray trace
    /// header. The summary is of what was done also where the invocation fails.
    pub async fn invoke(
        &self,
        event: &str,
        deadline: Millis,
        xray: Option<&str>,
    ) -> (Result<Answer, InvokeError>, Summary) {
        let (answer, mut summary) = match self.faults.before(event, deadline).await {
            Before::Fail(message) => (Err(InvokeError::Injected(message)), undone("injected")),
            Before::Answer(status) => (Ok(on_demand(status)), undone("injected")),
            Before::Handle => match serde_json::from_str::<HttpEvent>(event) {
                Ok(request) => {
                    let (answer, summary) = self.handle(request, xray).await;
                    (Ok(self.corrupted(event, answer)), summary)
                }
                Err(error) => (Err(error.into()), undone("no_request")),
            },
        };
        self.faults.count(&mut summary);
        (answer, summary)
    }

    fn corrupted(&self, event: &str, answer: Answer) -> Answer {
        match self.faults.corrupted(event, &answer.body) {
            Some(body) => Answer { body, ..answer },
            None => answer,
        }
    }
}

fn on_demand(status: u16) -> Answer {
    Problem::new(status, "injected", "A fault on demand", "this answer was asked for; the event was not looked at")
        .into_answer()
}

/// The record of an invocation whose request was not looked at.
fn undone(status: &str) -> Summary {
    let mut summary = Summary::default();
    summary.note("action", "post_events");
    summary.note("status", status);
    summary
}
