//! `POST /events`: from a request to a message in the queue.
//!
//! The promise: **a 2xx answer means SQS has the event.** Read on in `post_event.rs`, which is the whole way;
//! `incoming.rs` reads the request, `known.rs` decides what is a double.

mod config;
mod incoming;
mod known;
mod post_event;

pub use config::Config;

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
        summary.note("action", "post_event");
        if let Some(trace_id) = &trace_id {
            summary.note("trace_id", trace_id);
        }
        let span = tracing::info_span!(target: "sluice", "event", trace_id);
        let answer = match self.post_event(&request, trace_id, &mut summary).instrument(span).await {
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
