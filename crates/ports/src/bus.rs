//! The event bus.

use crate::PortError;
use serde_json::Value;
use std::future::Future;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    /// Done.
    Completed,
    /// Failed for good.
    Failed,
    /// A message that is no event, or claims the id of another one.
    Rejected,
}

impl OutcomeKind {
    /// EventBridge's `detail-type`.
    #[must_use]
    pub fn detail_type(self) -> &'static str {
        match self {
            Self::Completed => "Event Completed",
            Self::Failed => "Event Failed",
            Self::Rejected => "Event Rejected",
        }
    }
}

/// An event for the bus; its source is `sluice.pipeline`.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeEvent {
    /// What happened.
    pub kind: OutcomeKind,
    /// EventBridge's `detail`: a JSON object.
    pub detail: Value,
}

/// Publishes outcomes.
pub trait Bus: Send + Sync {
    /// Publishes each; `Ok` means that the bus has it.
    fn publish(&self, events: &[OutcomeEvent]) -> impl Future<Output = Vec<Result<(), PortError>>> + Send;
}
