//! The idempotency record: what the events table knows of one event.

use crate::{Millis, Seconds};
use sluice_events::{EventId, PayloadHash};
use std::fmt;
use std::str::FromStr;

/// Where an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// In the queue: new, or to be tried again.
    Queued,
    /// A worker holds a lease on it.
    InProgress,
    /// Done; the record holds its result.
    Completed,
    /// Failed for good, until somebody redrives it.
    Failed,
}

impl Status {
    /// As the table spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::InProgress => "INPROGRESS",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
        }
    }
}

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Queued, Self::InProgress, Self::Completed, Self::Failed]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| format!("`{text}` is no status of a record"))
    }
}

/// Who wrote a record last: unique to one record and one claim or settlement, so that a write that was answered
/// with an error, though it had happened, is recognised as one's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LeaseOwner(String);

impl LeaseOwner {
    /// An owner by name; [`crate::Dice`] makes new ones.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LeaseOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What went wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorInfo {
    /// Stable name, such as `BusinessRule`.
    pub class: String,
    /// For people.
    pub message: String,
}

/// One row of the events table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The event.
    pub id: EventId,
    /// Where it stands.
    pub status: Status,
    /// When the row stops counting; DynamoDB deletes it some time later.
    pub expiration: Seconds,
    /// Hash over type and payload: another one under the same id is another event, and refused.
    pub validation: PayloadHash,
    /// Until when the lease holds, while [`Status::InProgress`].
    pub in_progress_expiration: Option<Millis>,
    /// The result as JSON text, once [`Status::Completed`].
    pub data: Option<String>,
    /// Who wrote last; while [`Status::InProgress`], who holds the lease.
    pub lease_owner: Option<LeaseOwner>,
    /// Starts of processing that were counted.
    pub attempt: u32,
    /// The SQS message that brought the event to this state.
    pub message_id: Option<String>,
    /// Who sent it.
    pub producer: String,
    /// Its type.
    pub event_type: String,
    /// When ingest took it.
    pub received_at: Millis,
    /// When this row was last written.
    pub updated_at: Millis,
    /// The last error.
    pub error: Option<ErrorInfo>,
    /// How often it was sent back from the dead-letter queue.
    pub redrives: u32,
}
