//! Anything a producer or SQS may hand over: what comes of it, for property tests and the fuzz targets.

use serde_json::{Value, json};
use sluice_batch::Backoff;
use sluice_events::types::Registry;
use sluice_events::{
    ENVELOPE_VERSION, Envelope, EventId, Header, IdempotencyKey, Producer, json as strict, payload_hash,
};
use sluice_faults::Faults;
use sluice_http::{Access, HttpEvent};
use sluice_ingest::Ingest;
use sluice_ports::{Clock, Millis, Status};
use sluice_simulation::{ModelBus, ModelClock, ModelDice, ModelQueue, ModelTable};
use sluice_worker::{Ports, Worker};
use std::time::Duration;
use tokio::runtime::Builder;

const NOW: Millis = Millis(1_700_000_000_000);
/// The id of the message that is well, in each batch.
const NEIGHBOUR: &str = "neighbour";

struct Models;

impl Ports for Models {
    type Table = ModelTable;
    type Queue = ModelQueue;
    type DeadLetters = ModelQueue;
    type Bus = ModelBus;
    type Clock = ModelClock;
    type Dice = ModelDice;
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    runtime.block_on(work)
}

/// Posts a request, as API Gateway hands it over, to ingest, with either kind of queue; the status of
/// the answer, 0 if it would not have reached it.
///
/// # Panics
/// If it is answered with a 5xx or something that is no JSON, or if ingest panics.
pub fn post(request: &Value, fifo: bool) -> u16 {
    // API Gateway hands over what this reads; anything else never reaches a handler.
    let Ok(event) = serde_json::from_value::<HttpEvent>(request.clone()) else { return 0 };
    let ingest = Ingest {
        table: ModelTable::default(),
        queue: ModelQueue::default(),
        clock: ModelClock::at(NOW),
        types: Registry::built_in(),
        faults: Faults::off(),
        config: sluice_ingest::Config {
            fifo,
            access: Access::None,
            max_event_bytes: 262_144,
            resend_after: Duration::from_secs(900),
            record_ttl: Duration::from_secs(19 * 86_400),
            public_url: None,
            read_timeout: Duration::from_millis(500),
            note_timeout: Duration::from_millis(150),
        },
    };
    let (answer, _) = block_on(ingest.handle(event, None));
    assert!(answer.status_code < 500, "{request} was answered {}: {}", answer.status_code, answer.body);
    assert!(serde_json::from_str::<Value>(&answer.body).is_ok(), "{request} was answered {}", answer.body);
    answer.status_code
}

/// Delivers records, as Lambda hands them over, to the worker, with one that is well behind them.
///
/// # Panics
/// If that one is not completed and acknowledged, if the answer names what was not delivered, or if the worker panics.
pub fn deliver(records: &[Value], fifo: bool) {
    let worker = worker(fifo);
    let neighbour = order();
    let mut batch = records.to_vec();
    batch.push(json!({
        "messageId": NEIGHBOUR, "receiptHandle": NEIGHBOUR, "body": neighbour.to_body().expect("a body"),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": NOW.0.to_string(), "MessageGroupId": NEIGHBOUR},
    }));
    let event = json!({ "Records": batch }).to_string();
    let deadline = worker.clock.now().plus(Duration::from_secs(30));
    let (response, _) = block_on(worker.invoke(&event, deadline));
    let done = worker.table.row(neighbour.header.event_id).map(|row| row.status);
    assert_eq!(done, Some(Status::Completed), "{batch:?}");
    let Ok(response) = response else {
        // A message without an id cannot be named: to hand it back, the invocation fails.
        let nameless = records.iter().any(|record| record["messageId"].as_str().is_none_or(str::is_empty));
        assert!(nameless, "{batch:?}");
        return;
    };
    let back: Vec<&str> = response.batch_item_failures.iter().map(|item| item.item_identifier.as_str()).collect();
    let delivered = |id: &str| batch.iter().any(|record| record["messageId"] == id);
    assert!(back.iter().all(|id| !id.is_empty() && delivered(id)), "{back:?} of {batch:?}");
    assert!(!back.contains(&NEIGHBOUR), "{batch:?}");
}

fn worker(fifo: bool) -> Worker<Models> {
    Worker {
        table: ModelTable::default(),
        queue: ModelQueue::default(),
        dead_letters: ModelQueue::default(),
        bus: ModelBus::default(),
        clock: ModelClock::at(NOW),
        dice: ModelDice::default(),
        types: Registry::built_in(),
        faults: Faults::off(),
        config: sluice_worker::Config {
            max_attempts: 5,
            backoff: Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(900) },
            record_ttl: Duration::from_secs(19 * 86_400),
            deadline_reserve: Duration::from_secs(3),
            concurrency: 16,
            newer_wait: Duration::from_secs(300),
            newer_give_up: Duration::from_secs(86_400),
            completion_log_percent: 100,
            queue_name: if fifo { "main.fifo" } else { "main" }.to_owned(),
        },
    }
}

/// An order that is well, as ingest puts it into the queue.
#[must_use]
pub fn order() -> Envelope {
    let key = IdempotencyKey::Given(NEIGHBOUR.to_owned());
    let payload = strict::parse(br#"{"orderId":"o","amount":1}"#).expect("a payload");
    Envelope {
        header: Header {
            envelope_version: ENVELOPE_VERSION,
            event_id: EventId::derive(&Producer::anonymous(), &key),
            event_type: "order".to_owned(),
            schema_version: 1,
            producer: Producer::anonymous(),
            idempotency_key: key.to_string(),
            payload_hash: payload_hash("order", &payload).expect("a hash"),
            received_at_ms: NOW.0,
            trace_id: None,
        },
        cloud_event: None,
        payload,
    }
}
