//! Plain events: the payload itself, and beside it the members that steer ingest.

use crate::incoming::{Draft, Places, invalid, not_an_object};
use sluice_events::{IdempotencyKey, Value};
use sluice_http::{FieldError, Problem};

pub(crate) fn draft(value: Value) -> Result<Draft, Problem> {
    let Value::Object(mut members) = value else {
        return Err(not_an_object());
    };
    Ok(Draft {
        type_name: members.remove("type"),
        key: members.remove("idempotencyKey").map(body_key).transpose()?,
        payload: Value::Object(members),
        cloud_event: None,
        places: Places { event_type: "/type", payload: "" },
    })
}

/// The member `idempotencyKey`.
pub(crate) fn body_key(value: Value) -> Result<IdempotencyKey, Problem> {
    let wrong = |detail: String| invalid(vec![FieldError::new("/idempotencyKey", "invalid_key", detail)]);
    match value {
        Value::String(text) => IdempotencyKey::given(&text).map_err(|error| wrong(error.to_string())),
        _ => Err(wrong("the idempotency key must be a string".to_owned())),
    }
}
