//! In a FIFO queue: which events are processed in the order sent.

use crate::Config;
use crate::incoming::Draft;
use sluice_events::types::EventType;
use sluice_events::{EventId, PayloadHash, deduplication_id, group_id, group_of};
use sluice_http::{FieldError, Problem, Request};
use sluice_ports::Fifo;

/// The header by which a producer names the group of all events of a request, in lower case.
const HEADER: &str = "x-message-group";

/// What a request says of its events' groups, where there is a FIFO queue.
pub(crate) struct Grouping {
    header: Option<String>,
}

impl Grouping {
    /// `None`: the queue is a standard one, and the header is not looked at.
    pub(crate) fn of(request: &Request, config: &Config) -> Result<Option<Self>, Problem> {
        if !config.fifo {
            return Ok(None);
        }
        match request.header(HEADER) {
            Some(text) if text.trim().is_empty() => Err(no_group()),
            header => Ok(Some(Self { header: header.map(str::to_owned) })),
        }
    }

    /// An event's group: its own partition key, else the header, else what its type says, else itself.
    pub(crate) fn fifo(&self, draft: &Draft, event_type: &dyn EventType, id: EventId, hash: PayloadHash) -> Fifo {
        let partition_key = draft.cloud_event.as_ref().and_then(|event| event.partition_key());
        let group = partition_key
            .or(self.header.as_deref())
            .map(str::to_owned)
            .or_else(|| group_of(event_type, &draft.payload))
            .unwrap_or_else(|| id.to_string());
        Fifo { group_id: group_id(&group), deduplication_id: deduplication_id(id, hash) }
    }
}

fn no_group() -> Problem {
    let detail = "the header is empty; name the group, or leave the header out";
    let place = FieldError::new("#header/x-message-group", "empty", detail);
    Problem::new(400, "invalid_message_group", "The X-Message-Group header is not valid", detail)
        .with_errors(vec![place])
}
