//! Amazon EventBridge.

use crate::Aws;
use crate::error::{call_failed, item_failed, not_answered};
use crate::groups::groups;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use futures_util::future::join_all;
use sluice_ports::{Bus, OutcomeEvent, PortError};

/// Entries and bytes of one call:
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html>.
const MOST_ENTRIES: usize = 10;
const MOST_BYTES: usize = 262_144;

const PUBLISH: &str = "events:PutEvents";
const SOURCE: &str = "sluice.pipeline";

/// The event bus.
#[derive(Debug, Clone)]
pub struct EventBus {
    client: Client,
    name: String,
}

struct Entry {
    detail_type: &'static str,
    detail: String,
}

impl EventBus {
    /// The bus of a name. Needs `events:PutEvents`.
    #[must_use]
    pub fn new(aws: &Aws, name: String) -> Self {
        Self { client: Client::new(aws.config()), name }
    }

    async fn publish_group(&self, group: &[Entry]) -> Vec<Result<(), PortError>> {
        let request = |entry: &Entry| {
            PutEventsRequestEntry::builder()
                .event_bus_name(&self.name)
                .source(SOURCE)
                .detail_type(entry.detail_type)
                .detail(&entry.detail)
                .build()
        };
        let entries = group.iter().map(request).collect();
        let answer = match self.client.put_events().set_entries(Some(entries)).send().await {
            Ok(answer) => answer,
            Err(error) => return vec![Err(call_failed(PUBLISH, &error)); group.len()],
        };
        let mut results = answer.entries().iter();
        let in_order = |_| match results.next() {
            None => Err(not_answered(PUBLISH)),
            Some(entry) => match entry.error_code() {
                None => Ok(()),
                Some(code) => {
                    let text = entry.error_message().unwrap_or("no message");
                    Err(item_failed(PUBLISH, code, text, code.starts_with("Internal")))
                }
            },
        };
        group.iter().map(in_order).collect()
    }
}

impl Bus for EventBus {
    async fn publish(&self, events: &[OutcomeEvent]) -> Vec<Result<(), PortError>> {
        let entry =
            |event: &OutcomeEvent| Entry { detail_type: event.kind.detail_type(), detail: event.detail.to_string() };
        let entries: Vec<_> = events.iter().map(entry).collect();
        let size = |entry: &Entry| SOURCE.len() + entry.detail_type.len() + entry.detail.len();
        let calls = groups(&entries, MOST_ENTRIES, MOST_BYTES, size).into_iter().map(|group| self.publish_group(group));
        join_all(calls).await.into_iter().flatten().collect()
    }
}

#[cfg(test)]
#[path = "bus_tests.rs"]
mod tests;
