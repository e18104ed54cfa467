//! The `query` function: configuration, clients, handler.

// The futures of the SDK nest deeper than the compiler looks by itself.
#![recursion_limit = "256"]

use lambda_runtime::{LambdaEvent, service_fn};
use sluice_adapters_aws::{Aws, CloudWatchAges, EventSourceMapping, EventsTable, Queues};
use sluice_http::HttpEvent;
use sluice_ports::{Settings, SystemClock};
use sluice_query::{Config, Parts, Ports, Query};
use sluice_telemetry::Metrics;
use std::process::ExitCode;
use std::time::Duration;
use tracing::Instrument;

struct AwsPorts;

impl Ports for AwsPorts {
    type Table = EventsTable;
    type Queues = Queues;
    type Ages = CloudWatchAges;
    type Source = EventSourceMapping;
    type Clock = SystemClock;
}

/// How long a call to AWS may take, with all its tries. A request's calls run side by side, and
/// `functions.query.timeoutSeconds` (infra/config/schema.ts) begins a second above: when AWS does not answer, the caller
/// is told so.
const PATIENCE: Duration = Duration::from_secs(4);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    sluice_telemetry::exit_code(start().await)
}

async fn start() -> Result<(), lambda_runtime::Error> {
    let settings = Settings::from_process();
    sluice_telemetry::init(settings.optional("LOG_LEVEL").as_deref());
    let aws = Aws::from_settings(&settings, PATIENCE)?;
    let (queue_url, dlq_url) = (settings.text("QUEUE_URL")?, settings.text("DLQ_URL")?);
    let parts = Parts::<AwsPorts> {
        table: EventsTable::new(&aws, settings.text("EVENTS_TABLE")?),
        ages: CloudWatchAges::new(&aws, &queue_url, &dlq_url),
        queues: Queues::new(&aws, queue_url, dlq_url),
        source: EventSourceMapping::new(&aws, settings.text("EVENT_SOURCE_MAPPING_ID")?),
        clock: SystemClock,
    };
    let query = Query::new(parts, Config::from_settings(&settings)?);
    let metrics = Metrics::new(settings.text("ENVIRONMENT")?, "query");
    let (query, metrics) = (&query, &metrics);
    lambda_runtime::run(service_fn(|event: LambdaEvent<HttpEvent>| async move {
        let (event, context) = event.into_parts();
        let span = tracing::info_span!(target: "sluice", "invocation", request_id = context.request_id);
        let (answer, mut summary) = query.handle(event, context.xray_trace_id.as_deref()).instrument(span).await;
        summary.note("request_id", context.request_id);
        metrics.emit(&summary);
        Ok::<_, lambda_runtime::Error>(answer)
    }))
    .await
}
