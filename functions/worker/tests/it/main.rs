//! The worker over models of its ports.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when something is not as it should be")]

mod bad_records;
mod claims;
mod deadline;
mod external;
mod external_again;
mod failures;
mod faults;
mod fifo;
mod fresh;
mod odd_table;
mod order;
mod storm;
mod trouble;

use serde_json::{Value, json};
use sluice_batch::Backoff;
use sluice_events::types::Registry;
use sluice_events::{ENVELOPE_VERSION, Envelope, EventId, Header, IdempotencyKey, Producer, json, payload_hash};
use sluice_faults::{Before, Faults, Function};
use sluice_ports::{Clock, DeadLetter, Millis, Queued, Record};
use sluice_simulation::{ModelBus, ModelClock, ModelDice, ModelParameter, ModelQueue, ModelTable};
use sluice_telemetry::Summary;
use sluice_worker::{Config, Ports, SqsEvent, Worker};
use std::time::Duration;

pub(crate) const START: Millis = Millis(1_700_000_000_000);
pub(crate) const LEASE: Duration = Duration::from_secs(30);

pub(crate) struct Models;

impl Ports for Models {
    type Table = ModelTable;
    type Queue = ModelQueue;
    type DeadLetters = ModelQueue;
    type Bus = ModelBus;
    type Clock = ModelClock;
    type Dice = ModelDice;
}

pub(crate) type TestWorker = Worker<Models>;

pub(crate) fn worker() -> TestWorker {
    Worker {
        table: ModelTable::default(),
        queue: ModelQueue::default(),
        dead_letters: ModelQueue::default(),
        bus: ModelBus::default(),
        clock: ModelClock::at(START),
        dice: ModelDice::default(),
        types: Registry::built_in(),
        faults: Faults::off(),
        config: Config {
            max_attempts: 3,
            backoff: Backoff { base: Duration::from_secs(2), cap: Duration::from_secs(900) },
            record_ttl: Duration::from_secs(19 * 86_400),
            deadline_reserve: Duration::from_secs(3),
            concurrency: 4,
            newer_wait: Duration::from_secs(300),
            newer_give_up: Duration::from_secs(86_400),
            completion_log_percent: 100,
            queue_name: "main".to_owned(),
        },
    }
}

/// An order as ingest puts it into the queue, under a key.
pub(crate) fn order(key: &str, amount: &str) -> Envelope {
    let producer = Producer::anonymous();
    let key = IdempotencyKey::given(key).unwrap();
    let payload = json::parse(format!(r#"{{"orderId":"o","amount":{amount}}}"#).as_bytes()).unwrap();
    Envelope {
        header: Header {
            envelope_version: ENVELOPE_VERSION,
            event_id: EventId::derive(&producer, &key),
            event_type: "order".to_owned(),
            schema_version: 1,
            producer,
            idempotency_key: key.to_string(),
            payload_hash: payload_hash("order", &payload).unwrap(),
            received_at_ms: START.0,
            trace_id: Some("5759e988bd862e3fe1be46a994272793".to_owned()),
        },
        cloud_event: None,
        payload,
    }
}

/// A job as ingest puts it into the queue, under a key.
pub(crate) fn job(key: &str, task: &str, data: &str) -> Envelope {
    let payload = json::parse(format!(r#"{{"task":"{task}","data":{data}}}"#).as_bytes()).unwrap();
    let mut envelope = order(key, "1");
    envelope.header.event_type = "job".to_owned();
    envelope.header.payload_hash = payload_hash("job", &payload).unwrap();
    Envelope { payload, ..envelope }
}

/// The row that ingest writes for a message.
pub(crate) fn queued(message_id: &str, envelope: &Envelope) -> Queued {
    let header = &envelope.header;
    Queued {
        id: header.event_id,
        validation: header.payload_hash,
        message_id: message_id.to_owned(),
        producer: header.producer.as_str().to_owned(),
        event_type: header.event_type.clone(),
        received_at: Millis(header.received_at_ms),
        expiration: START.to_seconds().plus(Duration::from_secs(19 * 86_400)),
    }
}

pub(crate) fn id(key: &str) -> EventId {
    order(key, "1").header.event_id
}

/// One message of a batch.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) receives: u32,
    pub(crate) sent_at: Millis,
    pub(crate) redriven: bool,
    pub(crate) group: Option<String>,
}

pub(crate) fn sent(id: &str, envelope: &Envelope) -> Sent {
    raw(id, &envelope.to_body().unwrap())
}

pub(crate) fn raw(id: &str, body: &str) -> Sent {
    Sent { id: id.to_owned(), body: body.to_owned(), receives: 1, sent_at: START, redriven: false, group: None }
}

impl Sent {
    pub(crate) fn of(mut self, group: &str) -> Self {
        self.group = Some(group.to_owned());
        self
    }

    pub(crate) fn again(mut self) -> Self {
        self.receives += 1;
        self
    }
}

fn event(messages: &[Sent]) -> SqsEvent {
    let record = |message: &Sent| {
        let mark = if message.redriven { json!({"sluice-redrive": {"stringValue": "job"}}) } else { json!({}) };
        let mut attributes = json!({"ApproximateReceiveCount": message.receives.to_string(), "SentTimestamp": message.sent_at.0.to_string()});
        if let Some(group) = &message.group {
            attributes["MessageGroupId"] = json!(group);
        }
        json!({
            "messageId": message.id, "receiptHandle": format!("handle-{}", message.id), "body": message.body,
            "attributes": attributes, "messageAttributes": mark,
        })
    };
    serde_json::from_value(json!({"Records": messages.iter().map(record).collect::<Vec<_>>()})).unwrap()
}

/// Works a batch; the ids that go back, sorted, and the summary.
pub(crate) async fn work(worker: &TestWorker, messages: &[Sent]) -> (Vec<String>, Summary) {
    let deadline = worker.clock.now().plus(LEASE);
    let (response, summary) = worker.handle(event(messages), deadline).await;
    let mut back: Vec<_> = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
    back.sort();
    (back, summary)
}

/// `detail-type` and detail of everything published.
pub(crate) fn published(worker: &TestWorker) -> Vec<(&'static str, Value)> {
    worker.bus.published().into_iter().map(|event| (event.kind.detail_type(), event.detail)).collect()
}

pub(crate) fn kinds(worker: &TestWorker) -> Vec<&'static str> {
    published(worker).into_iter().map(|(kind, _)| kind).collect()
}

pub(crate) fn letters(worker: &TestWorker) -> Vec<DeadLetter> {
    worker.dead_letters.buried()
}

pub(crate) fn row(worker: &TestWorker, key: &str) -> Record {
    worker.table.row(id(key)).unwrap()
}

/// Faults that make every start of an event panic.
pub(crate) async fn panic_at(key: &str) -> Faults {
    let parameter = ModelParameter::default();
    let on = format!(r#"{{"panic":{{"enabled":true,"match":[{{"path":"eventId","value":"{}"}}]}}}}"#, id(key));
    parameter.put(&on, START);
    let keep = Duration::from_secs(30);
    let faults = Faults::new(Function::Worker, parameter, keep, ModelClock::at(START), ModelDice::default());
    assert_eq!(faults.before("{}", START).await, Before::Handle);
    faults
}

/// The seconds for which messages were hidden, by receipt handle.
pub(crate) fn hidden(worker: &TestWorker) -> Vec<(String, u64)> {
    worker.queue.hidden().into_iter().map(|change| (change.receipt_handle, change.hidden_for.as_secs())).collect()
}
