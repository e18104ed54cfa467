//! The ingest function over models of its ports.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when something is not as it should be")]

mod bad_input;
mod batches;
mod cloud_events;
mod faults;
mod groups;
mod happy;
mod known;
mod trouble;

use serde_json::{Value, json};
use sluice_events::types::Registry;
use sluice_events::{Envelope, EventId};
use sluice_faults::Faults;
use sluice_http::{Access, Answer, HttpEvent};
use sluice_ingest::{Config, Ingest};
use sluice_ports::Millis;
use sluice_simulation::{ModelClock, ModelQueue, ModelTable};
use sluice_telemetry::Summary;
use std::time::Duration;

pub(crate) const START: Millis = Millis(1_700_000_000_000);

pub(crate) type TestIngest = Ingest<ModelTable, ModelQueue, ModelClock>;

pub(crate) fn ingest() -> TestIngest {
    Ingest {
        table: ModelTable::default(),
        queue: ModelQueue::default(),
        clock: ModelClock::at(START),
        types: Registry::built_in(),
        faults: Faults::off(),
        config: Config {
            access: Access::None,
            fifo: false,
            max_event_bytes: 262_144,
            resend_after: Duration::from_secs(900),
            record_ttl: Duration::from_secs(19 * 86_400),
            public_url: None,
            read_timeout: Duration::from_millis(500),
            note_timeout: Duration::from_millis(150),
        },
    }
}

pub(crate) fn event(body: &str) -> Value {
    json!({
        "rawPath": "/events",
        "headers": {"content-type": "application/json"},
        "body": body,
        "requestContext": {"requestId": "req-1", "apiId": "api", "domainName": "api.example", "http": {"method": "POST"}},
    })
}

pub(crate) async fn post_event(ingest: &TestIngest, event: Value) -> (Answer, Summary) {
    let event: HttpEvent = serde_json::from_value(event).unwrap();
    ingest.handle(event, Some("Root=1-5759e988-bd862e3fe1be46a994272793")).await
}

pub(crate) async fn post(ingest: &TestIngest, body: &str) -> (u16, Value) {
    let (answer, _) = post_event(ingest, event(body)).await;
    (answer.status_code, serde_json::from_str(&answer.body).unwrap())
}

pub(crate) fn sent(ingest: &TestIngest) -> Vec<Envelope> {
    ingest.queue.sent().iter().map(|message| Envelope::from_body(&message.body).unwrap()).collect()
}

pub(crate) fn id_of(answer: &Value) -> EventId {
    answer["eventId"].as_str().unwrap().parse().unwrap()
}
