//! Event types: one JSON Schema in `schemas/` and one module here each.
//!
//! To add one: write `schemas/<name>.json`, write `<name>.rs` beside `order.rs`, and name it twice below. README.md
//! goes through it; `tests.rs` holds all types to what the rest of Sluice expects of them.

mod job;
mod number;
mod order;
mod purchase;
pub(crate) mod schema;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod transaction;

pub use schema::MOST_VIOLATIONS;

use crate::EventId;
use futures_util::future::BoxFuture;
use serde_json::Value;
use thiserror::Error;

/// The type of a plain event that names none.
pub const DEFAULT: &str = "order";

/// Every type this build knows.
static ALL: &[&dyn EventType] = &[
    &order::Order, // One a line, so that two branches that add one each can be merged.
    &transaction::Transaction,
    &purchase::Purchase,
    &job::Job,
];

/// What happens outside Sluice when an event is processed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effects {
    /// Nothing but the record and the outcome event. Processing it twice, even at the same time, is harmless, as only
    /// one result is written; so it needs no claim at first, and one write per event.
    Pure,
    /// Another system is called. The event is claimed first, so that one worker at a time has it. The call may still
    /// happen again: after a crash, when it was cut off, or when its result could not be written. It has the same
    /// `effect_key` then, and one effect if the other system takes that as its idempotency key.
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
        /// For people; holds no value of the payload, as it is logged.
        message: String,
    },
    /// It may succeed later: the event is tried again, after a back-off and a limited number of times.
    #[error("{message}")]
    Transient {
        /// Stable name.
        class: &'static str,
        /// For people; holds no value of the payload, as it is logged.
        message: String,
    },
}

/// One kind of event.
pub trait EventType: Sync {
    /// What producers call it, in `type`, and the name of its schema's file. At most 64 bytes.
    fn name(&self) -> &'static str;

    /// The version of its schema; rises when the schema changes what it accepts. Ingest stamps it on every event.
    fn schema_version(&self) -> u32;

    /// What happens outside when it is processed.
    fn effects(&self) -> Effects;

    /// Where in a payload its group is, as an RFC 6901 pointer: in an environment with a FIFO queue, events of one group
    /// are processed in the order sent. `None`: each event is a group of its own, unless its producer names one.
    fn group_pointer(&self) -> Option<&'static str> {
        None
    }

    /// What is wrong with a payload's shape, by the schema; refused at the door with 422. Empty: nothing.
    /// The first [`MOST_VIOLATIONS`] are enough.
    fn violations(&self, payload: &Value) -> Vec<Violation>;

    /// The rules of business, beyond the schema; breaking one is a permanent failure, `BusinessRule`. A payload that
    /// lacks what a rule is about passes: [`process`](Self::process) says what it lacks.
    ///
    /// # Errors
    /// The rule that is broken, in words for operators and producers, and without values of the payload.
    fn validate(&self, payload: &Value) -> Result<(), String>;

    /// Does the work; returns the result that the record and the outcome event carry.
    ///
    /// The payload has passed [`validate`](Self::validate). It has no [`violations`](Self::violations) either, unless
    /// ingest took it under an older version of the schema: what is missing then is a [`Failure`] too.
    ///
    /// `effect_key` is the event's id, the same at every start, redrives included: clients of other systems send it as
    /// their idempotency key. Bound what is waited for: when the invocation's time is over, this is dropped where it
    /// awaits, and counts as `TimedOut`.
    fn process<'a>(&'a self, payload: &'a Value, effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>>;
}

/// The types that a function knows.
#[derive(Clone, Copy)]
pub struct Registry(&'static [&'static dyn EventType]);

impl Registry {
    /// Those of this build.
    #[must_use]
    pub fn built_in() -> Self {
        Self(ALL)
    }

    /// Others, for tests.
    #[must_use]
    pub fn of(types: &'static [&'static dyn EventType]) -> Self {
        Self(types)
    }

    /// The type of that name.
    #[must_use]
    pub fn find(self, name: &str) -> Option<&'static dyn EventType> {
        self.0.iter().copied().find(|event_type| event_type.name() == name)
    }

    /// The names of all types, for the answer to an unknown one.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|event_type| event_type.name())
    }
}
