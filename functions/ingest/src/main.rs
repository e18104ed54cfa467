//! The `ingest` function: configuration, clients, handler.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use sluice_adapters_aws::{Aws, EventsTable, MainQueue};
use sluice_events::types::Registry;
use sluice_faults::Function;
use sluice_ingest::{Config, Ingest};
use sluice_ports::{Millis, Settings, SystemClock};
use sluice_telemetry::Metrics;
use std::process::ExitCode;
use std::time::Duration;
use tracing::Instrument;

/// How long a call to AWS may take, with all its tries. `functions.ingest.timeoutSeconds` (infra/config/schema.ts) begins
/// where this, the time-outs of `config.rs` and a second fit: when SQS does not answer, the producer is told so.
const PATIENCE: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    sluice_telemetry::exit_code(start().await)
}

async fn start() -> Result<(), lambda_runtime::Error> {
    let settings = Settings::from_process();
    sluice_telemetry::init(settings.optional("LOG_LEVEL").as_deref());
    let aws = Aws::from_settings(&settings, PATIENCE)?;
    let faults = sluice_adapters_aws::faults(&aws, &settings, Function::Ingest)?;
    let aws = aws.with_faults(&faults);
    let ingest = Ingest {
        table: EventsTable::new(&aws, settings.text("EVENTS_TABLE")?),
        queue: MainQueue::new(&aws, settings.text("QUEUE_URL")?),
        clock: SystemClock,
        types: Registry::built_in(),
        faults,
        config: Config::from_settings(&settings)?,
    };
    let metrics = Metrics::new(settings.text("ENVIRONMENT")?, "ingest");
    let (ingest, metrics) = (&ingest, &metrics);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let (event, context) = event.into_parts();
        let span = tracing::info_span!(target: "sluice", "invocation", request_id = context.request_id);
        let deadline = Millis(i64::try_from(context.deadline).unwrap_or(i64::MAX));
        let xray = context.xray_trace_id.as_deref();
        let (answer, mut summary) = ingest.invoke(event.get(), deadline, xray).instrument(span).await;
        summary.note("request_id", context.request_id);
        metrics.emit(&summary);
        answer.map_err(lambda_runtime::Error::from)
    }))
    .await
}
