//! `GET /events/{id}`: where an event stands.

use crate::{Ports, Query};
use serde::Serialize;
use sluice_events::{EventId, Value, json};
use sluice_http::{Answer, Problem, Request};
use sluice_ports::{Clock, ErrorInfo, Fields, Millis, PortError, Record, RecordReader, Status};
use sluice_telemetry::Summary;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventStatus {
    event_id: EventId,
    r#type: String,
    status: &'static str,
    /// Starts of processing so far.
    attempts: u32,
    received_at: String,
    updated_at: String,
    /// When the record, and with it the key, is forgotten.
    expires_at: String,
    message_id: Option<String>,
    /// Once completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Value>,
    /// Once failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<EventError>,
    /// Of the last attempt, while another is to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<EventError>,
}

#[derive(Serialize)]
struct EventError {
    class: String,
    message: String,
}

impl From<ErrorInfo> for EventError {
    fn from(error: ErrorInfo) -> Self {
        Self { class: error.class, message: error.message }
    }
}

impl<P: Ports> Query<P> {
    pub(crate) async fn get_event(&self, request: &Request, summary: &mut Summary) -> Result<Answer, Problem> {
        summary.note("action", "get_event");
        let producer = self.config.access.producer(request)?;
        let id: EventId = request
            .path
            .trim_start_matches("/events/")
            .parse()
            .map_err(|error: sluice_events::InvalidEventId| malformed_id(&error.to_string()))?;
        summary.note("event_id", id.to_string());
        let now = self.clock.now();
        let record =
            self.table.read(&[id], Fields::All).await.pop().transpose().map_err(|error| unavailable(&error))?;
        // Another producer's event is as unknown as none; so is one whose record has expired but not been deleted.
        let record = record
            .flatten()
            .filter(|record| record.producer == producer.as_str() && record.expiration >= now.to_seconds())
            .ok_or_else(|| unknown(id))?;
        let status = self.status(record, now);
        summary.note("status", status.status);
        Ok(Answer::json(200, &status))
    }

    fn status(&self, record: Record, now: Millis) -> EventStatus {
        let lost = now.since(record.updated_at) >= self.config.main_retention;
        let (status, result, error, last_error) = match record.status {
            // The queue has deleted the message: nobody will process it any more.
            Status::Queued | Status::InProgress if lost => ("failed", None, Some(expired()), None),
            Status::Queued => ("queued", None, None, record.error),
            Status::InProgress => ("processing", None, None, record.error),
            Status::Completed => ("completed", record.data.as_deref().map(result), None, None),
            Status::Failed => ("failed", None, record.error, None),
        };
        EventStatus {
            event_id: record.id,
            r#type: record.event_type,
            status,
            attempts: record.attempt,
            received_at: record.received_at.to_string(),
            updated_at: record.updated_at.to_string(),
            expires_at: record.expiration.to_millis().to_string(),
            message_id: record.message_id,
            result,
            error: error.map(EventError::from),
            last_error: last_error.map(EventError::from),
        }
    }
}

fn result(text: &str) -> Value {
    json::parse_result(text).unwrap_or(Value::Null)
}

fn expired() -> ErrorInfo {
    let message = "the queue gave the event up unprocessed when its retention ended; send it again under a new key";
    ErrorInfo { class: "Expired".to_owned(), message: message.to_owned() }
}

fn malformed_id(detail: &str) -> Problem {
    Problem::new(400, "malformed_event_id", "The event id is not valid", detail)
}

fn unknown(id: EventId) -> Problem {
    let detail =
        format!("no event {id} is known; it may show a moment after its POST, and is forgotten after its retention");
    Problem::new(404, "unknown_event", "There is no such event", detail)
}

pub(crate) fn unavailable(error: &PortError) -> Problem {
    tracing::error!(action = "query", status = "failed", error = %error, "a request is answered 503: a dependency could not be asked");
    let detail = "a service behind the API does not answer; try again in a few seconds";
    Problem::new(503, "dependency_unavailable", "The answer could not be had", detail)
}
