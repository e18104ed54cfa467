//! The query function over models of its ports.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when something is not as it should be")]

mod events;
mod health;
mod queues;
mod routes;

use serde_json::{Value, json};
use sluice_events::{EventId, IdempotencyKey, Producer, payload_hash};
use sluice_http::{Access, Answer};
use sluice_ports::{
    EventSource, Millis, PortError, QueueAges, QueueDepth, QueueDepths, QueueName, Record, Seconds, SourceState,
    Status, Trouble,
};
use sluice_query::{Config, Parts, Ports, Query};
use sluice_simulation::{ModelClock, ModelTable};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub(crate) const START: Millis = Millis(1_700_000_000_000);

/// Queues, ages and source in one: they answer the same, or fail, and count how often they are asked.
#[derive(Default, Clone)]
pub(crate) struct Sky {
    pub(crate) down: Arc<AtomicBool>,
    pub(crate) depths_asked: Arc<AtomicU64>,
    pub(crate) ages_asked: Arc<AtomicU64>,
    pub(crate) no_metrics: bool,
}

impl Sky {
    fn answer<T>(&self, value: T) -> Result<T, PortError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(PortError { trouble: Trouble::Unavailable, operation: "sky", message: "down".to_owned() });
        }
        Ok(value)
    }
}

impl QueueDepths for Sky {
    async fn depth(&self, queue: QueueName) -> Result<QueueDepth, PortError> {
        self.depths_asked.fetch_add(1, Ordering::SeqCst);
        let available = if queue == QueueName::Main { 7 } else { 2 };
        self.answer(QueueDepth { available, in_flight: 1, delayed: 0 })
    }
}

impl QueueAges for Sky {
    async fn oldest(&self, _: QueueName) -> Result<Option<Duration>, PortError> {
        self.ages_asked.fetch_add(1, Ordering::SeqCst);
        self.answer((!self.no_metrics).then(|| Duration::from_secs(42)))
    }
}

impl EventSource for Sky {
    async fn state(&self) -> Result<SourceState, PortError> {
        self.answer(SourceState { state: "Enabled".to_owned() })
    }
}

pub(crate) struct Models;

impl Ports for Models {
    type Table = ModelTable;
    type Queues = Sky;
    type Ages = Sky;
    type Source = Sky;
    type Clock = ModelClock;
}

pub(crate) struct Rig {
    pub(crate) query: Query<Models>,
    pub(crate) sky: Sky,
    pub(crate) clock: ModelClock,
}

pub(crate) fn rig(records: Vec<Record>, access: Access, sky: Sky) -> Rig {
    let table = ModelTable::default();
    records.into_iter().for_each(|record| table.put(record));
    let clock = ModelClock::at(START);
    let parts =
        Parts::<Models> { table, queues: sky.clone(), ages: sky.clone(), source: sky.clone(), clock: clock.clone() };
    let config = Config { access, main_retention: Duration::from_secs(4 * 86_400) };
    Rig { query: Query::new(parts, config), sky, clock }
}

pub(crate) fn open(records: Vec<Record>) -> Rig {
    rig(records, Access::None, Sky::default())
}

pub(crate) fn id() -> EventId {
    EventId::derive(&Producer::anonymous(), &IdempotencyKey::given("k").unwrap())
}

pub(crate) fn record(status: Status) -> Record {
    Record {
        id: id(),
        status,
        expiration: Seconds(START.0 / 1000 + 100),
        validation: payload_hash("order", &Value::Null).unwrap(),
        in_progress_expiration: None,
        data: None,
        lease_owner: None,
        attempt: 1,
        message_id: Some("m1".to_owned()),
        producer: "anonymous".to_owned(),
        event_type: "order".to_owned(),
        received_at: START,
        updated_at: START,
        error: None,
        redrives: 0,
    }
}

pub(crate) async fn ask(rig: &Rig, method: &str, path: &str) -> (u16, Value, Answer) {
    ask_as(rig, method, path, Value::Null).await
}

pub(crate) async fn ask_as(rig: &Rig, method: &str, path: &str, iam: Value) -> (u16, Value, Answer) {
    let event = json!({
        "rawPath": path, "headers": {},
        "requestContext": {"requestId": "req-1", "http": {"method": method}, "authorizer": {"iam": iam}},
    });
    let (answer, _) = rig.query.handle(serde_json::from_value(event).unwrap(), None).await;
    assert_eq!(answer.headers["x-request-id"], "req-1");
    (answer.status_code, serde_json::from_str(&answer.body).unwrap(), answer)
}
