//! What is seen while a world runs, and what must not be.

use sluice_events::{EventId, PayloadHash};
use sluice_ports::Status;
use std::collections::{BTreeMap, BTreeSet};

/// A record's change of status.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) status: Status,
    pub(crate) message_id: String,
}

#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Broken promises, in words.
    pub(crate) violations: Vec<String>,
    /// Every change of each record.
    pub(crate) changes: BTreeMap<EventId, Vec<Change>>,
    /// Claims that were written, by invocation and event.
    pub(crate) claims: BTreeSet<(u64, EventId)>,
    /// Starts of processing, by event.
    pub(crate) starts: BTreeMap<EventId, u64>,
    /// Starts that failed as planned.
    pub(crate) stumbles: BTreeMap<EventId, u32>,
    /// Events that ingest took: with a 2xx.
    pub(crate) accepted: Vec<(EventId, PayloadHash)>,
    /// Completed events, in the order in which they were.
    pub(crate) completions: Vec<EventId>,
    /// The first message of each event and payload, by its place in the order of sending.
    pub(crate) first_messages: BTreeMap<EventId, Vec<(PayloadHash, u64)>>,
    /// Messages that are no events.
    pub(crate) strangers: Vec<String>,
    /// Redrives, by event.
    pub(crate) redrives: BTreeMap<EventId, u32>,
}

impl Watch {
    pub(crate) fn violation(&mut self, text: String) {
        self.violations.push(text);
    }

    /// Whether an event ever had this status by that message.
    pub(crate) fn ever(&self, id: EventId, status: Status, message_id: &str) -> bool {
        let changes = self.changes.get(&id).map(Vec::as_slice).unwrap_or_default();
        changes.iter().any(|change| change.status == status && change.message_id == message_id)
    }
}
