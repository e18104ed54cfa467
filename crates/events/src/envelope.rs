//! What crosses the queue: the producer's payload, whole, and what ingest knew of it.

use crate::json::{self, JsonError};
use crate::{CloudEvent, EventId, MAX_KEY_CHARS, PayloadHash, Producer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

/// The version of the envelope this build writes, and the newest it reads.
pub const ENVELOPE_VERSION: u32 = 1;

/// A CloudEvent's source and id, and a space between.
const MOST_SHOWN_KEY_CHARS: usize = 2 * MAX_KEY_CHARS + 1;

/// One event on its way, the body of an SQS message: a JSON object, numbers exact.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// What ingest knew of the event.
    #[serde(flatten)]
    pub header: Header,
    /// Its context attributes, if it came as a CloudEvent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cloud_event: Option<CloudEvent>,
    /// What the producer sent, less the members that steer ingest (`type`, `idempotencyKey`); a CloudEvent's data.
    pub payload: Value,
}

/// All of an envelope but its payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Header {
    /// [`ENVELOPE_VERSION`] of the build that wrote it.
    pub envelope_version: u32,
    /// The event's id.
    pub event_id: EventId,
    /// Which event type; see [`crate::types`].
    #[serde(rename = "type")]
    pub event_type: String,
    /// The version of the type's schema that ingest validated against.
    pub schema_version: u32,
    /// Who sent it.
    pub producer: Producer,
    /// The key its id was made from, as the producer is shown it.
    pub idempotency_key: String,
    /// Hash over type and payload.
    pub payload_hash: PayloadHash,
    /// When ingest took it, in milliseconds since 1970.
    pub received_at_ms: i64,
    /// W3C trace id (32 hexadecimal digits) of the request that brought it, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}

/// Why a message's body is no envelope this build can work on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Not JSON.
    #[error("the message body is not an event: {0}")]
    NotJson(#[from] JsonError),
    /// JSON, but not the envelope's shape.
    #[error("the message body is not an event: {0}")]
    Shape(&'static str),
    /// Written by a newer build: a deployment is in progress.
    #[error("the envelope has version {0}; this build reads up to {ENVELOPE_VERSION}")]
    Newer(u32),
}

impl Envelope {
    /// The text to send to SQS. Characters SQS refuses (U+FFFE, U+FFFF:
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>) stand as JSON
    /// escapes.
    ///
    /// # Errors
    /// None for an envelope made of parsed JSON.
    pub fn to_body(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self).map(|text| sqs_text(&text))
    }

    /// Reads a message's body.
    ///
    /// # Errors
    /// [`EnvelopeError`]; only [`EnvelopeError::Newer`] can heal by itself.
    pub fn from_body(body: &str) -> Result<Self, EnvelopeError> {
        let Value::Object(mut members) = json::parse_envelope(body.as_bytes())? else {
            return Err(EnvelopeError::Shape("it is not a JSON object"));
        };
        let version = members.get("envelopeVersion").and_then(Value::as_u64);
        if let Some(newer) = version.filter(|version| *version > u64::from(ENVELOPE_VERSION)) {
            return Err(EnvelopeError::Newer(u32::try_from(newer).unwrap_or(u32::MAX)));
        }
        // Taken out by hand, so that a payload never goes through serde a second time.
        let payload = members.remove("payload").ok_or(EnvelopeError::Shape("the member `payload` is missing"))?;
        let cloud_event =
            match members.remove("cloudEvent") {
                None => None,
                Some(attributes) => Some(CloudEvent::from_envelope(attributes).ok_or(EnvelopeError::Shape(
                    "the member `cloudEvent` is no object, or longer than ingest makes it",
                ))?),
            };
        // serde's own message would quote the values.
        let header = Header::deserialize(Value::Object(members))
            .map_err(|_| EnvelopeError::Shape("a member of the envelope is missing or not of its kind"))?;
        if !header.is_bounded() {
            return Err(EnvelopeError::Shape("a member of the envelope is longer than ingest makes it"));
        }
        Ok(Self { header, cloud_event, payload })
    }
}

impl Header {
    /// Whether its texts are as short as ingest makes them. They go into log lines, outcomes and the record.
    fn is_bounded(&self) -> bool {
        self.envelope_version > 0
            && self.event_type.len() <= 64
            && self.producer.as_str().len() <= 256
            && self.idempotency_key.chars().count() <= MOST_SHOWN_KEY_CHARS
            && self.trace_id.as_ref().is_none_or(|id| id.len() <= 32)
    }
}

/// JSON text with the two characters SQS refuses escaped; inside JSON they can only stand in strings.
#[must_use]
pub fn sqs_text(json: &str) -> String {
    json.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{IdempotencyKey, payload_hash};
    use proptest::prelude::*;

    fn envelope(payload: Value) -> Envelope {
        let key = IdempotencyKey::given("k").unwrap();
        Envelope {
            header: Header {
                envelope_version: ENVELOPE_VERSION,
                event_id: EventId::derive(&Producer::anonymous(), &key),
                event_type: "order".to_owned(),
                schema_version: 1,
                producer: Producer::anonymous(),
                idempotency_key: key.to_string(),
                payload_hash: payload_hash("order", &payload).unwrap(),
                received_at_ms: 1_700_000_000_123,
                trace_id: Some("0af7651916cd43dd8448eb211c80319c".to_owned()),
            },
            cloud_event: None,
            payload,
        }
    }

    #[test]
    fn an_envelope_reads_back_with_every_digit_and_character() {
        let text = r#"{"a":12345678901234567890.10,"b":"\u0000\ufffe\uffff😀","$serde_json::private::Number":"5"}"#;
        let sent = envelope(json::parse(text.as_bytes()).unwrap());
        let body = sent.to_body().unwrap();
        assert_eq!(Envelope::from_body(&body), Ok(sent));
    }

    #[test]
    fn a_cloud_event_keeps_its_attributes_and_extensions() {
        let attributes =
            br#"{"specversion":"1.0","id":"1","source":"/a","type":"order","count":7,"flag":true,"text":"\uffff"}"#;
        let Ok(Value::Object(attributes)) = json::parse(attributes) else { panic!("an object") };
        let mut whole = envelope(Value::Null);
        whole.cloud_event = CloudEvent::from_envelope(Value::Object(attributes));
        assert_eq!(Envelope::from_body(&whole.to_body().unwrap()), Ok(whole));
        let long = format!(r#"{{"envelopeVersion":1,"payload":1,"cloudEvent":{{"a":"{}"}}}}"#, "x".repeat(9000));
        for wrong in [&long, r#"{"envelopeVersion":1,"payload":1,"cloudEvent":5}"#] {
            assert!(
                matches!(Envelope::from_body(wrong), Err(EnvelopeError::Shape(text)) if text.contains("cloudEvent"))
            );
        }
    }

    #[test]
    fn a_body_holds_only_what_sqs_takes() {
        let body = envelope(json::parse(r#"{"a":"\u0001\ufffe\uffff\u0000"}"#.as_bytes()).unwrap()).to_body().unwrap();
        assert!(body.contains("\\ufffe\\uffff"));
        assert!(
            body.chars()
                .all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
        );
    }

    #[test]
    fn a_header_longer_than_ingest_makes_it_is_no_envelope() {
        let whole = envelope(Value::Null);
        assert!(Envelope::from_body(&whole.to_body().unwrap()).is_ok());
        let changes: [fn(&mut Header); 5] = [
            |header| header.envelope_version = 0,
            |header| header.event_type = "t".repeat(65),
            |header| header.producer = Producer::named("p".repeat(257)),
            |header| header.idempotency_key = "k".repeat(512),
            |header| header.trace_id = Some("0".repeat(33)),
        ];
        for change in changes {
            let mut long = whole.clone();
            change(&mut long.header);
            assert!(matches!(Envelope::from_body(&long.to_body().unwrap()), Err(EnvelopeError::Shape(_))));
        }
    }

    #[test]
    fn a_newer_envelope_is_told_from_a_malformed_one() {
        assert_eq!(Envelope::from_body(r#"{"envelopeVersion":2}"#), Err(EnvelopeError::Newer(2)));
        assert!(matches!(Envelope::from_body(r#"{"envelopeVersion":1}"#), Err(EnvelopeError::Shape(_))));
        assert!(matches!(Envelope::from_body("[]"), Err(EnvelopeError::Shape(_))));
        assert!(matches!(Envelope::from_body("{"), Err(EnvelopeError::NotJson(_))));
    }

    #[test]
    fn what_the_door_takes_the_envelope_carries() {
        let depth = json::MAX_DEPTH as usize;
        let deepest = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let sent = envelope(json::parse(deepest.as_bytes()).unwrap());
        assert_eq!(Envelope::from_body(&sent.to_body().unwrap()), Ok(sent));
    }

    proptest! {
        #[test]
        fn no_body_panics(body in "[{}\":,a-zA-Z0-9\\[\\]]{0,60}") {
            let _ = Envelope::from_body(&body);
        }
    }
}
