//! Records as DynamoDB items.

use aws_sdk_dynamodb::types::AttributeValue;
use sluice_events::EventId;
use sluice_ports::{ErrorInfo, LeaseOwner, Millis, PortError, Queued, Record, Seconds, Status, Trouble};
use std::collections::HashMap;
use std::str::FromStr;

pub(super) type Item = HashMap<String, AttributeValue>;

/// Attributes to write, by name.
pub(super) type Attributes = Vec<(&'static str, AttributeValue)>;

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// The key of an event's row.
pub(super) fn key(id: EventId) -> Item {
    HashMap::from([("id".to_owned(), text(id.to_string()))])
}

/// The row of an event that was just queued, by attribute. Every row begins so.
pub(super) fn queued(row: &Queued) -> Attributes {
    vec![
        ("id", text(row.id.to_string())),
        ("status", text(Status::Queued.as_str())),
        ("expiration", number(row.expiration.0)),
        ("validation", text(row.validation.to_string())),
        ("attempt", number(0)),
        ("message_id", text(&row.message_id)),
        ("producer", text(&row.producer)),
        ("type", text(&row.event_type)),
        ("received_at", number(row.received_at.0)),
        ("updated_at", number(row.received_at.0)),
        ("redrives", number(0)),
    ]
}

/// A row with changes made to it.
pub(super) fn changed(mut row: Attributes, changes: &Attributes) -> Attributes {
    row.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    row.extend(changes.iter().cloned());
    row
}

/// What [`record`] reads, the result aside.
pub(super) const ATTRIBUTES: [&str; 15] = [
    "id",
    "status",
    "expiration",
    "validation",
    "in_progress_expiration",
    "lease_owner",
    "attempt",
    "message_id",
    "producer",
    "type",
    "received_at",
    "updated_at",
    "error_class",
    "error_message",
    "redrives",
];

/// Reads a row.
pub(super) fn record(item: &Item) -> Result<Record, PortError> {
    let error = match (optional(item, "error_class")?, optional(item, "error_message")?) {
        (Some(class), message) => Some(ErrorInfo { class, message: message.unwrap_or_default() }),
        (None, _) => None,
    };
    Ok(Record {
        id: required(item, "id")?,
        status: required(item, "status")?,
        expiration: Seconds(required(item, "expiration")?),
        validation: required(item, "validation")?,
        in_progress_expiration: optional(item, "in_progress_expiration")?.map(Millis),
        data: optional(item, "data")?,
        lease_owner: optional::<String>(item, "lease_owner")?.map(LeaseOwner::new),
        attempt: required(item, "attempt")?,
        message_id: optional(item, "message_id")?,
        producer: required(item, "producer")?,
        event_type: required(item, "type")?,
        received_at: Millis(required(item, "received_at")?),
        updated_at: Millis(required(item, "updated_at")?),
        error,
        redrives: optional(item, "redrives")?.unwrap_or(0),
    })
}

fn required<T: FromStr>(item: &Item, name: &str) -> Result<T, PortError> {
    optional(item, name)?.ok_or_else(|| unreadable(name))
}

fn optional<T: FromStr>(item: &Item, name: &str) -> Result<Option<T>, PortError> {
    match item.get(name) {
        None | Some(AttributeValue::Null(_)) => Ok(None),
        Some(AttributeValue::S(text) | AttributeValue::N(text)) => text.parse().map(Some).map_err(|_| unreadable(name)),
        Some(_) => Err(unreadable(name)),
    }
}

fn unreadable(name: &str) -> PortError {
    let message = format!("a row's attribute `{name}` is missing or not of its kind; was it edited by hand?");
    PortError { trouble: Trouble::Refused, operation: "dynamodb", message }
}
