//! What a body is, by its headers: plain events, or CloudEvents in one of the modes of their HTTP binding.
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>

use sluice_events::cloud_event::is_json;
use sluice_events::json_batch;
use sluice_http::{Problem, Request};

/// The headers of the attributes every CloudEvent has: one of them, and a request is in binary mode.
const CLOUD_EVENT_HEADERS: [&str; 4] = ["ce-specversion", "ce-id", "ce-source", "ce-type"];

/// How the events of a request are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// One plain object, or an array of them.
    Plain,
    /// One CloudEvent, attributes and data in the body.
    Structured,
    /// One CloudEvent, attributes in headers, the body its data.
    Binary,
    /// An array of CloudEvents.
    CloudEvents,
}

impl Content {
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        let header = request.header("content-type").unwrap_or_default();
        let media_type = header.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match media_type.as_str() {
            "application/cloudevents+json" => return Ok(Self::Structured),
            "application/cloudevents-batch+json" => return Ok(Self::CloudEvents),
            // Another of their formats, such as Avro.
            _ if media_type.starts_with("application/cloudevents") => return Err(not_taken(&media_type)),
            _ => {}
        }
        let binary = CLOUD_EVENT_HEADERS.into_iter().any(|name| request.header(name).is_some());
        match media_type.as_str() {
            // A CloudEvent may have no data.
            "" if binary && request.body.as_ref().is_some_and(Vec::is_empty) => Ok(Self::Binary),
            _ if binary && is_json(header) => Ok(Self::Binary),
            "application/json" => Ok(Self::Plain),
            _ => Err(not_taken(&media_type)),
        }
    }

    pub(crate) fn is_batch(self, body: &[u8]) -> bool {
        self == Self::CloudEvents || (self == Self::Plain && json_batch::is_array(body))
    }
}

fn not_taken(media_type: &str) -> Problem {
    let sent = if media_type.is_empty() { "none was sent" } else { "another one was sent" };
    let detail = format!(
        "send Content-Type: application/json, application/cloudevents+json or application/cloudevents-batch+json ({sent})"
    );
    Problem::new(415, "unsupported_media_type", "The content type is not taken", detail)
}
