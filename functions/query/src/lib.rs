//! The routes that read: `GET /events/{id}`, `GET /queues`, `GET /health`; and the answer to everything else.
//!
//! One route a file; `routes.rs` chooses.

mod cache;
mod config;
mod get_event;
mod get_health;
mod get_queues;
mod routes;

pub use config::Config;

use cache::Cache;
use sluice_http::{Answer, HttpEvent, Request};
use sluice_ports::{Clock, EventSource, QueueAges, QueueDepths, RecordReader};
use sluice_telemetry::Summary;
use std::time::Duration;
use tracing::Instrument;

/// What the function needs of the outside world.
pub trait Ports {
    /// The events table.
    type Table: RecordReader;
    /// Both queues.
    type Queues: QueueDepths;
    /// What CloudWatch knows of them.
    type Ages: QueueAges;
    /// The mapping that feeds the worker.
    type Source: EventSource;
    /// The clock.
    type Clock: Clock;
}

/// The function, over its ports.
pub struct Query<P: Ports> {
    table: P::Table,
    queues: P::Queues,
    ages: P::Ages,
    source: P::Source,
    clock: P::Clock,
    config: Config,
    health: Cache<bool>,
    queue_ages: Cache<get_queues::Ages>,
}

/// The ports, by name.
pub struct Parts<P: Ports> {
    /// The events table.
    pub table: P::Table,
    /// Both queues.
    pub queues: P::Queues,
    /// What CloudWatch knows of them.
    pub ages: P::Ages,
    /// The mapping that feeds the worker.
    pub source: P::Source,
    /// The clock.
    pub clock: P::Clock,
}

impl<P: Ports> Query<P> {
    /// The function.
    pub fn new(parts: Parts<P>, config: Config) -> Self {
        let Parts { table, queues, ages, source, clock } = parts;
        let (health, queue_ages) = (Cache::new(Duration::from_secs(10)), Cache::new(Duration::from_secs(60)));
        Self { table, queues, ages, source, clock, config, health, queue_ages }
    }

    /// Answers one request. `xray` is the invocation's X-Ray trace header.
    pub async fn handle(&self, event: HttpEvent, xray: Option<&str>) -> (Answer, Summary) {
        let request = Request::from(event);
        let trace_id = sluice_http::trace_id(request.header("traceparent"), xray);
        let started = self.clock.now();
        let mut summary = Summary::default();
        if let Some(trace_id) = &trace_id {
            summary.note("trace_id", trace_id);
        }
        let span = tracing::info_span!(target: "sluice", "request", trace_id);
        let answer = match self.route(&request, &mut summary).instrument(span).await {
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
