//! Copied into a workspace that followed the README: what it prints is what the new type comes to.

use sluice_events::types::{DEFAULT, Registry};
use sluice_events::{EventId, IdempotencyKey, Producer, Value, json, payload_hash};

const POSTED: &str = include_str!("posted.json");
const SHOWN: &str = include_str!("shown.json");

#[tokio::test]
async fn the_event_that_is_posted_comes_to_what_is_shown() {
    let Ok(Value::Object(mut payload)) = json::parse(POSTED.as_bytes()) else { panic!("{POSTED} is no object") };
    let name = payload.remove("type").unwrap_or_else(|| DEFAULT.into());
    let payload = Value::Object(payload);
    let shown = json::parse(SHOWN.as_bytes()).unwrap();
    assert_eq!(shown["type"], name);

    let event_type = Registry::built_in().find(name.as_str().unwrap()).unwrap();
    assert_eq!(event_type.violations(&payload), []);
    assert_eq!(event_type.validate(&payload), Ok(()));
    let content = IdempotencyKey::Content(payload_hash(event_type.name(), &payload).unwrap());
    let id = EventId::derive(&Producer::anonymous(), &content);
    assert_eq!(shown["eventId"], id.to_string());
    let result = event_type.process(&payload, id).await.unwrap();
    assert_eq!(shown["result"].to_string(), result.to_string());
}
