//! The `worker` function: configuration, clients, handler.

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;
use sluice_adapters_aws::{Aws, DeadLetterQueue, EventBus, EventsTable, MainQueue};
use sluice_events::types::Registry;
use sluice_faults::Function;
use sluice_ports::{Millis, Settings, SystemClock, SystemDice};
use sluice_telemetry::Metrics;
use sluice_worker::{Config, Ports, Worker};
use std::process::ExitCode;
use std::time::Duration;
use tracing::Instrument;

struct AwsPorts;

impl Ports for AwsPorts {
    type Table = EventsTable;
    type Queue = MainQueue;
    type DeadLetters = DeadLetterQueue;
    type Bus = EventBus;
    type Clock = SystemClock;
    type Dice = SystemDice;
}

/// How long a call to AWS may take, with all its tries. A start needs three at most, claim, settlement and giving
/// back, and the deadline reserve leaves room for them (infra/config/schema.ts): a worker that is killed in between has an attempt counted
/// that was none.
const PATIENCE: Duration = Duration::from_millis(800);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    sluice_telemetry::exit_code(start().await)
}

async fn start() -> Result<(), lambda_runtime::Error> {
    let settings = Settings::from_process();
    sluice_telemetry::init(settings.optional("LOG_LEVEL").as_deref());
    let aws = Aws::from_settings(&settings, PATIENCE)?;
    let faults = sluice_adapters_aws::faults(&aws, &settings, Function::Worker)?;
    let aws = aws.with_faults(&faults);
    let worker = Worker::<AwsPorts> {
        table: EventsTable::new(&aws, settings.text("EVENTS_TABLE")?),
        queue: MainQueue::new(&aws, settings.text("QUEUE_URL")?),
        dead_letters: DeadLetterQueue::new(&aws, settings.text("DLQ_URL")?),
        bus: EventBus::new(&aws, settings.text("EVENT_BUS_NAME")?),
        clock: SystemClock,
        dice: SystemDice,
        types: Registry::built_in(),
        faults,
        config: Config::from_settings(&settings)?,
    };
    let metrics = Metrics::new(settings.text("ENVIRONMENT")?, "worker");
    let (worker, metrics) = (&worker, &metrics);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        let (event, context) = event.into_parts();
        let deadline = Millis(i64::try_from(context.deadline).unwrap_or(i64::MAX));
        let span = tracing::info_span!(target: "sluice", "invocation", request_id = context.request_id);
        let (response, mut summary) = worker.invoke(event.get(), deadline).instrument(span).await;
        summary.note("request_id", context.request_id);
        metrics.emit(&summary);
        response.map_err(lambda_runtime::Error::from)
    }))
    .await
}
