//! From a request to events, or to what is wrong with them.

use crate::content::Content;
use crate::group::Grouping;
use crate::{Config, cloud_events, plain};
use sluice_events::types::{DEFAULT, EventType, MOST_VIOLATIONS, Registry, Violation};
use sluice_events::{
    CloudEvent, ENVELOPE_VERSION, Envelope, EventId, Header, IdempotencyKey, PayloadHash, Producer, Value, json,
    json_batch, payload_hash,
};
use sluice_http::{FieldError, Problem, Request};
use sluice_ports::{Fifo, Millis};

/// Events one request may bring.
const MOST_EVENTS: usize = 100;

/// What SQS takes in one message is 1 MiB; 16 KiB of it are kept for what a dead letter says of its reason.
const MOST_MESSAGE_BYTES: usize = 1_048_576 - 16_384;

/// What a request brought.
pub(crate) struct Posted {
    /// Each event, or what is wrong with it, in the order sent.
    pub(crate) items: Vec<Result<Incoming, Problem>>,
    /// Whether it was sent as a batch, and is answered as one.
    pub(crate) batch: bool,
}

/// An event at the door: read, valid, not yet sent.
pub(crate) struct Incoming {
    pub(crate) id: EventId,
    /// As its producer is shown it.
    pub(crate) key: String,
    pub(crate) hash: PayloadHash,
    pub(crate) event_type: &'static dyn EventType,
    /// The message to send: the envelope. The payload itself is let go of, as it may take many times the room.
    pub(crate) body: String,
    /// Its group in a FIFO queue.
    pub(crate) fifo: Option<Fifo>,
}

/// What an envelope says beside what the producer sent.
pub(crate) struct Stamp {
    pub(crate) now: Millis,
    pub(crate) producer: Producer,
    pub(crate) trace_id: Option<String>,
}

/// What all events of a request have in common.
struct Door<'a> {
    types: Registry,
    stamp: &'a Stamp,
    grouping: Option<Grouping>,
}

/// An event as it was written, not yet seen by its type.
pub(crate) struct Draft {
    pub(crate) type_name: Option<Value>,
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) payload: Value,
    pub(crate) cloud_event: Option<CloudEvent>,
    pub(crate) places: Places,
}

/// Pointers to where an event has its parts.
pub(crate) struct Places {
    pub(crate) event_type: &'static str,
    pub(crate) payload: &'static str,
}

/// Reads a request. An error is the whole request's; in a batch, what is wrong with one event is that event's.
pub(crate) fn read(request: &Request, config: &Config, types: Registry, stamp: &Stamp) -> Result<Posted, Problem> {
    let content = Content::of(request)?;
    let header_key = request.header("idempotency-key").map(header_key).transpose()?;
    let door = Door { types, stamp, grouping: Grouping::of(request, config)? };
    let body = request.body.as_deref().ok_or_else(not_base64)?;
    if !content.is_batch(body) {
        let event = event(content, request, body, config).and_then(|draft| draft.complete(header_key, &door))?;
        return Ok(Posted { items: vec![Ok(event)], batch: false });
    }
    if header_key.is_some() {
        return Err(key_with_batch());
    }
    let items = json_batch::items(body, MOST_EVENTS).map_err(|error| no_batch(&error))?;
    let item = |text: &str| event(content, request, text.as_bytes(), config)?.complete(None, &door);
    let items = items.into_iter().map(|text| item(text).map_err(Problem::without_positions)).collect();
    Ok(Posted { items, batch: true })
}

fn event(content: Content, request: &Request, body: &[u8], config: &Config) -> Result<Draft, Problem> {
    if body.len() > config.max_event_bytes {
        return Err(too_large(body.len(), config.max_event_bytes));
    }
    // In binary mode no body is no data, which is not the same as an empty text.
    if content == Content::Binary && body.is_empty() {
        return cloud_events::binary(request, Value::Null);
    }
    let value = json::parse(body).map_err(|error| Problem::from_json(&error))?;
    match content {
        Content::Plain => plain::draft(value),
        Content::Binary => cloud_events::binary(request, value),
        Content::Structured | Content::CloudEvents => cloud_events::structured(value),
    }
}

impl Draft {
    fn complete(self, header_key: Option<IdempotencyKey>, door: &Door<'_>) -> Result<Incoming, Problem> {
        let Door { types, stamp, grouping } = door;
        let event_type = find_type(*types, self.type_name.as_ref(), self.places.event_type)?;
        let violations = event_type.violations(&self.payload);
        if !violations.is_empty() {
            let at = |found: Violation| {
                FieldError::new(format!("{}{}", self.places.payload, found.pointer), found.code, found.detail)
            };
            return Err(invalid(violations.into_iter().map(at).collect()));
        }
        let hash = payload_hash(event_type.name(), &self.payload)
            .map_err(|error| invalid(vec![FieldError::new("", "number_not_exact", error.to_string())]))?;
        let key = header_key.or_else(|| self.key.clone()).unwrap_or(IdempotencyKey::Content(hash));
        let id = EventId::derive(&stamp.producer, &key);
        let key = key.to_string();
        let fifo = grouping.as_ref().map(|grouping| grouping.fifo(&self, event_type, id, hash));
        let envelope = Envelope {
            header: Header {
                envelope_version: ENVELOPE_VERSION,
                event_id: id,
                event_type: event_type.name().to_owned(),
                schema_version: event_type.schema_version(),
                producer: stamp.producer.clone(),
                idempotency_key: key.clone(),
                payload_hash: hash,
                received_at_ms: stamp.now.0,
                trace_id: stamp.trace_id.clone(),
            },
            cloud_event: self.cloud_event,
            payload: self.payload,
        };
        let body = envelope.to_body().unwrap_or_default();
        // Escaping what SQS refuses may double an event's size.
        if body.is_empty() || body.len() > MOST_MESSAGE_BYTES {
            return Err(too_large(body.len(), MOST_MESSAGE_BYTES));
        }
        Ok(Incoming { id, key, hash, event_type, body, fifo })
    }
}

fn find_type(types: Registry, value: Option<&Value>, place: &str) -> Result<&'static dyn EventType, Problem> {
    let known = || types.names().collect::<Vec<_>>().join(", ");
    let wrong = |code, detail| invalid(vec![FieldError::new(place, code, detail)]);
    let name = match value {
        None => DEFAULT,
        Some(Value::String(name)) => name,
        Some(_) => return Err(wrong("type", format!("the event type must be a string; known: {}", known()))),
    };
    types.find(name).ok_or_else(|| wrong("unknown_type", format!("no event type has this name; known: {}", known())))
}

fn header_key(text: &str) -> Result<IdempotencyKey, Problem> {
    IdempotencyKey::given(text).map_err(|error| wrong_header_key("invalid_key", &error.to_string()))
}

fn key_with_batch() -> Problem {
    let detail =
        "one key cannot name several events; give each a member idempotencyKey, or its CloudEvents source and id";
    wrong_header_key("key_with_batch", detail)
}

fn wrong_header_key(code: &str, detail: &str) -> Problem {
    let place = FieldError::new("#header/idempotency-key", code, detail);
    Problem::new(400, "invalid_idempotency_key", "The Idempotency-Key header is not valid", detail)
        .with_errors(vec![place])
}

pub(crate) fn invalid(errors: Vec<FieldError>) -> Problem {
    let detail = match errors.len() {
        1 => "1 place is wrong; see errors".to_owned(),
        count if count >= MOST_VIOLATIONS => format!("{count} places or more are wrong; see errors for the first"),
        count => format!("{count} places are wrong; see errors"),
    };
    Problem::new(422, "invalid_event", "The event is not valid", detail).with_errors(errors)
}

fn too_large(bytes: usize, most: usize) -> Problem {
    let detail = format!("the event has {bytes} bytes; it may have {most}. Send a reference to what is large");
    Problem::new(413, "event_too_large", "The event is too large", detail)
}

fn no_batch(error: &json_batch::BatchError) -> Problem {
    match error {
        json_batch::BatchError::Json(error) => Problem::from_json(error),
        too_many @ json_batch::BatchError::TooMany(_) => {
            Problem::new(413, "batch_too_large", "The batch has too many events", too_many.to_string())
        }
    }
}

const MALFORMED: (u16, &str, &str) = (400, "malformed_body", "The body is not usable JSON");

fn malformed(detail: &'static str) -> Problem {
    let (status, code, title) = MALFORMED;
    Problem::new(status, code, title, detail)
}

pub(crate) fn not_an_object() -> Problem {
    let detail = "an event is a JSON object; it may name its type in `type`";
    malformed(detail).with_errors(vec![FieldError::new("", "not_an_object", detail)])
}

fn not_base64() -> Problem {
    malformed("the body is marked as base64 and is not")
}
