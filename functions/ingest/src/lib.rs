//! `POST /events`: from a request to a message in the queue.
//!
//! The promise: **a 2xx answer means SQS has the event.** Read on in `post_events.rs`, which is the whole way.
//!
//! | Step | File |
//! |---|---|
//! | what kind of body it is; plain events; CloudEvents | `content.rs`, `plain.rs`, `cloud_events.rs` |
//! | its events, each valid or refused | `incoming.rs` |
//! | in a FIFO queue, their groups | `group.rs` |
//! | which of them are doubles | `known.rs` |
//! | look up, send, note as queued | `calls.rs` |
//! | answer | `accepted.rs` |

mod accepted;
mod calls;
mod cloud_events;
mod config;
mod content;
mod group;
mod incoming;
mod invoke;
mod known;
mod plain;
mod post_events;

pub use config::Config;
pub use invoke::InvokeError;

use sluice_events::types::Registry;
use sluice_faults::Faults;
use sluice_http::{Answer, HttpEvent, Request};
use sluice_ports::{Clock, RecordReader, Records, Sender};
use sluice_telemetry::Summary;
use tracing::Instrument;

/// The function, over its ports.
pub struct Ingest<T, Q, C> {
    /// The events table.
    pub table: T,
    /// The main queue.
    pub queue: Q,
    /// The clock.
    pub clock: C,
    /// The event types it takes.
    pub types: Registry,
    /// What goes wrong on demand.
    pub faults: Faults,
    /// Its configuration.
    pub config: Config,
}

impl<T: RecordReader + Records, Q: Sender, C: Clock> Ingest<T, Q, C> {
    /// Answers one request. `xray` is the invocation's X-Ray trace header.
    pub async fn handle(&self, event: HttpEvent, xray: Option<&str>) -> (Answer, Summary) {
        let request = Request::from(event);
        let trace_id = sluice_http::trace_id(request.header("traceparent"), xray);
        let started = self.clock.now();
        let mut summary = Summary::default();
        summary.note("action", "post_events");
        if let Some(trace_id) = &trace_id {
            summary.note("trace_id", trace_id);
        }
        let span = tracing::info_span!(target: "sluice", "event", trace_id);
        let answer = match self.post_events(&request, trace_id, &mut summary).instrument(span).await {
            Ok(answer) => answer,
            Err(problem) => {
                summary.count_class("Rejected", problem.code());
                summary.note("status", problem.code());
                problem.into_answer()
            }
        };
        summary.measure("ProcessingTime", self.clock.now().since(started));
        (answer.with_header("x-request-id", request.request_id), summary)
    }
}
