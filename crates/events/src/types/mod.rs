//! Event types: one JSON Schema in `schemas/` and one module here each.
//!
//! To add one: write `schemas/<name>.json`, write `<name>.rs` beside `order.rs`, and list it in `ALL`.

mod order;
pub(crate) mod schema;

pub use schema::MOST_VIOLATIONS;

use crate::EventId;
use futures_util::future::BoxFuture;
use serde_json::Value;
use thiserror::Error;

/// The type of a plain event that names none.
pub const DEFAULT: &str = "order";

/// Every type this build knows.
static ALL: &[&dyn EventType] = &[&order::Order];

/// What happens outside Sluice when an event is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effects {
    /// Nothing but the record and the outcome event: processing it twice is harmless, so it needs no claim.
    Pure,
    /// Another system is called: the event is claimed first, and `effect_key` is that system's idempotency key.
    External,
}

/// One thing that is wrong with a payload's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// RFC 6901 pointer to the value, or to where the missing one belongs.
    pub pointer: String,
    /// The JSON Schema keyword that was violated, such as `required`.
    pub code: String,
    /// For people; holds no value of the payload.
    pub detail: String,
}

/// Why processing an event failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// It would fail again: the event goes to the dead-letter queue at once.
    #[error("{message}")]
    Permanent {
        /// Stable name, such as `BusinessRule`: outcomes, alarms and redrive group by it.
        class: &'static str,
        /// For people; holds no value of the payload that operators may not see.
        message: String,
    },
    /// It may succeed later: the event is tried again.
    #[error("{message}")]
    Transient {
        /// Stable name.
        class: &'static str,
        /// For people.
        message: String,
    },
}

/// One kind of event.
pub trait EventType: Sync {
    /// What producers call it, in `type`.
    fn name(&self) -> &'static str;

    /// The version of its schema; rises when the schema changes what it accepts.
    fn schema_version(&self) -> u32;

    /// What happens outside when it is processed.
    fn effects(&self) -> Effects;

    /// What is wrong with a payload's shape, by the schema; refused at the door with 422. Empty: nothing.
    /// The first [`MOST_VIOLATIONS`] are enough.
    fn violations(&self, payload: &Value) -> Vec<Violation>;

    /// The rules of business, beyond the schema; violating one is a permanent failure.
    ///
    /// # Errors
    /// The rule that is broken, in words for operators and producers.
    fn validate(&self, payload: &Value) -> Result<(), String>;

    /// Does the work; returns the result that the record and the outcome event carry. Called with a payload that
    /// has no [`violations`](Self::violations) and passed [`validate`](Self::validate). `effect_key` is the same
    /// at every try of one event: clients of downstream systems send it as their idempotency key.
    fn process<'a>(&'a self, payload: &'a Value, effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>>;
}

/// The type of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn EventType> {
    ALL.iter().copied().find(|event_type| event_type.name() == name)
}

/// The names of all types, for the answer to an unknown one.
pub fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|event_type| event_type.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_unique_and_found() {
        let all: HashSet<_> = names().collect();
        assert_eq!(all.len(), ALL.len());
        assert!(all.into_iter().all(|name| find(name).is_some_and(|found| found.name() == name)));
        assert!(find(DEFAULT).is_some());
        assert!(find("Order").is_none());
    }
}
