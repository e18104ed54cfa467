//! CloudEvents 1.0: the context attributes around an event's data.
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>

use crate::IdempotencyKey;
use crate::types::{MOST_VIOLATIONS, Violation, schema};
use serde::Serialize;
use serde_json::{Map, Value};

/// What the attributes of one event may have together, in bytes of JSON: they go into the outcome event as well,
/// beside a result.
pub const MAX_ATTRIBUTE_BYTES: usize = 8 * 1024;

#[jsonschema::validator(path = "src/cloud_event/attributes.json", validate_formats = true)]
struct Attributes;

/// The context attributes of a CloudEvent, extensions included: strings, booleans and integers by name, as the
/// producer sent them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct CloudEvent(Map<String, Value>);

impl CloudEvent {
    /// Attributes as a producer sent them, less the data. A `null` is an attribute that is not set.
    ///
    /// # Errors
    /// All that is wrong with them, each at `/<attribute>`.
    pub fn new(mut attributes: Map<String, Value>) -> Result<Self, Vec<Violation>> {
        attributes.retain(|_, value| !value.is_null());
        let mut found: Vec<_> = attributes
            .iter()
            .filter_map(|(name, value)| wrong_name(name).or_else(|| wrong_text(name, value)))
            .collect();
        let attributes = Value::Object(attributes);
        found.extend(schema::violations(Attributes::iter_errors(&attributes)));
        if found.is_empty() && attributes.to_string().len() > MAX_ATTRIBUTE_BYTES {
            let detail =
                format!("the context attributes have over {MAX_ATTRIBUTE_BYTES} bytes; put what is large into data");
            found.push(Violation { pointer: String::new(), code: "attributes_too_large".to_owned(), detail });
        }
        found.truncate(MOST_VIOLATIONS);
        match attributes {
            Value::Object(attributes) if found.is_empty() => Ok(Self(attributes)),
            _ => Err(found),
        }
    }

    /// What crossed the queue: checked by ingest, so only its bounds matter.
    pub(crate) fn from_envelope(value: Value) -> Option<Self> {
        match value {
            Value::Object(attributes) => Some(Self(attributes)).filter(|event| event.text_len() <= MAX_ATTRIBUTE_BYTES),
            _ => None,
        }
    }

    /// `type`: which event type it is.
    #[must_use]
    pub fn event_type(&self) -> &str {
        self.text("type")
    }

    /// The key of an event that is given none: by the specification, `source` and `id` are one event's.
    #[must_use]
    pub fn key(&self) -> IdempotencyKey {
        IdempotencyKey::CloudEvent { source: self.text("source").to_owned(), id: self.text("id").to_owned() }
    }

    /// `partitionkey`: what belongs together, and in order.
    /// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/extensions/partitioning.md>
    #[must_use]
    pub fn partition_key(&self) -> Option<&str> {
        self.0.get("partitionkey").and_then(Value::as_str)
    }

    /// Whether the data is JSON: `datacontenttype` says so, or nothing.
    #[must_use]
    pub fn has_json_data(&self) -> bool {
        self.0.get("datacontenttype").and_then(Value::as_str).is_none_or(is_json)
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn text_len(&self) -> usize {
        serde_json::to_string(self).map_or(usize::MAX, |text| text.len())
    }
}

/// Whether a media type is JSON (RFC 6839, section 3.1), whatever its parameters.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}

/// Section 3.1: names are lower-case letters and digits.
fn wrong_name(name: &str) -> Option<Violation> {
    let right = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    (!right).then(|| {
        let detail = "names of attributes are lower-case letters and digits; what the event is about belongs in data";
        at(name, "invalid_attribute_name", detail)
    })
}

/// Section 3.2: strings hold no control characters and no noncharacters.
fn wrong_text(name: &str, value: &Value) -> Option<Violation> {
    let refused = |c: char| c.is_control() || (c as u32) & 0xfffe == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c);
    let wrong = value.as_str().is_some_and(|text| text.contains(refused));
    wrong.then(|| at(name, "not_printable", "holds a character that is not printable"))
}

fn at(name: &str, code: &str, detail: &str) -> Violation {
    let pointer = format!("/{}", crate::json::escape_pointer(name));
    Violation { pointer, code: code.to_owned(), detail: detail.to_owned() }
}

#[cfg(test)]
mod tests;
