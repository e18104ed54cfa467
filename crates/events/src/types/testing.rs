//! What the types' tests have in common.

use super::{EventType, Failure};
use crate::{EventId, IdempotencyKey, Producer, json};
use serde_json::Value;

/// A payload as the door reads it.
pub(super) fn payload(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap()
}

/// Where the schema finds a payload wrong, sorted, each place once.
pub(super) fn pointers(event_type: &dyn EventType, text: &str) -> Vec<String> {
    let found = event_type.violations(&payload(text));
    let mut pointers: Vec<_> = found.into_iter().map(|violation| violation.pointer).collect();
    pointers.sort();
    pointers.dedup();
    pointers
}

/// What a payload comes to, as the worker gets it: its result as JSON text, or the class of its failure.
pub(super) async fn outcome(event_type: &dyn EventType, text: &str) -> Result<String, &'static str> {
    let payload = payload(text);
    event_type.validate(&payload).map_err(|_| "BusinessRule")?;
    let result = event_type.process(&payload, effect_key()).await;
    result.map(|result| result.to_string()).map_err(|failure| match failure {
        Failure::Permanent { class, .. } | Failure::Transient { class, .. } => class,
    })
}

/// An event's id.
pub(super) fn effect_key() -> EventId {
    EventId::derive(&Producer::anonymous(), &IdempotencyKey::given("k").unwrap())
}
