//! From a request to an event, or to what is wrong with it.

use crate::Config;
use sluice_events::types::{self, EventType};
use sluice_events::{EventId, IdempotencyKey, PayloadHash, Producer, Value, json, payload_hash};
use sluice_http::{FieldError, Problem, Request};

/// An event at the door: read, valid, not yet sent.
pub(crate) struct Incoming {
    pub(crate) id: EventId,
    pub(crate) key: IdempotencyKey,
    pub(crate) hash: PayloadHash,
    pub(crate) producer: Producer,
    pub(crate) event_type: &'static dyn EventType,
    pub(crate) payload: Value,
}

/// Reads a request.
pub(crate) fn read(request: &Request, config: &Config) -> Result<Incoming, Problem> {
    let producer = config.access.producer(request)?;
    check_content_type(request.header("content-type"))?;
    let header_key = request.header("idempotency-key").map(header_key).transpose()?;
    let body = request.body.as_deref().ok_or_else(not_base64)?;
    if body.len() > config.max_event_bytes {
        return Err(too_large(body.len(), config.max_event_bytes));
    }
    let value = json::parse(body).map_err(|error| Problem::from_json(&error))?;
    let Value::Object(mut members) = value else {
        return Err(not_an_object());
    };
    let event_type = find_type(members.remove("type"))?;
    let body_key = members.remove("idempotencyKey").map(body_key).transpose()?;
    let payload = Value::Object(members);
    let violations = event_type.violations(&payload);
    if !violations.is_empty() {
        return Err(invalid(violations.into_iter().map(FieldError::from).collect()));
    }
    let hash = payload_hash(event_type.name(), &payload)
        .map_err(|error| invalid(vec![FieldError::new("", "number_not_exact", error.to_string())]))?;
    let key = header_key.or(body_key).unwrap_or(IdempotencyKey::Content(hash));
    Ok(Incoming { id: EventId::derive(&producer, &key), key, hash, producer, event_type, payload })
}

fn check_content_type(header: Option<&str>) -> Result<(), Problem> {
    let media_type = header.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    let sent = if media_type.is_empty() { "none was sent".to_owned() } else { "another one was sent".to_owned() };
    let detail = format!("send Content-Type: application/json ({sent})");
    Err(Problem::new(415, "unsupported_media_type", "The content type is not taken", detail))
}

fn header_key(text: &str) -> Result<IdempotencyKey, Problem> {
    IdempotencyKey::given(text).map_err(|error| {
        let place = FieldError::new("#header/idempotency-key", "invalid_key", error.to_string());
        Problem::new(400, "invalid_idempotency_key", "The Idempotency-Key header is not valid", error.to_string())
            .with_errors(vec![place])
    })
}

fn body_key(value: Value) -> Result<IdempotencyKey, Problem> {
    let wrong = |detail: String| invalid(vec![FieldError::new("/idempotencyKey", "invalid_key", detail)]);
    match value {
        Value::String(text) => IdempotencyKey::given(&text).map_err(|error| wrong(error.to_string())),
        _ => Err(wrong("the idempotency key must be a string".to_owned())),
    }
}

fn find_type(value: Option<Value>) -> Result<&'static dyn EventType, Problem> {
    let known = || types::names().collect::<Vec<_>>().join(", ");
    let wrong = |code, detail| invalid(vec![FieldError::new("/type", code, detail)]);
    let name = match value {
        None => types::DEFAULT.to_owned(),
        Some(Value::String(name)) => name,
        Some(_) => return Err(wrong("type", format!("the event type must be a string; known: {}", known()))),
    };
    types::find(&name).ok_or_else(|| wrong("unknown_type", format!("no event type has this name; known: {}", known())))
}

fn invalid(errors: Vec<FieldError>) -> Problem {
    let detail = match errors.len() {
        1 => "1 place is wrong; see errors".to_owned(),
        count => format!("{count} places are wrong; see errors"),
    };
    Problem::new(422, "invalid_event", "The event is not valid", detail).with_errors(errors)
}

pub(crate) fn too_large(bytes: usize, most: usize) -> Problem {
    let detail = format!("the event has {bytes} bytes; it may have {most}. Send a reference to what is large");
    Problem::new(413, "event_too_large", "The event is too large", detail)
}

fn not_an_object() -> Problem {
    let detail = "send one JSON object; it may name its type in `type`";
    Problem::new(400, "malformed_body", "The body is not usable JSON", detail).with_errors(vec![FieldError::new(
        "",
        "not_an_object",
        detail,
    )])
}

fn not_base64() -> Problem {
    Problem::new(400, "malformed_body", "The body is not usable JSON", "the body is marked as base64 and is not")
}
