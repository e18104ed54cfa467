//! In which order events count: what a FIFO queue is told of each.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use crate::types::EventType;
use crate::{EventId, PayloadHash};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt;

/// Characters that SQS takes in a group's id.
const MAX_GROUP_CHARS: usize = 128;

/// A group's id as SQS takes it, 1 to 128 letters, digits and punctuation marks of ASCII: the group's own name if it is
/// that, else the SHA-256 of it, in hex.
#[must_use]
pub fn group_id(group: &str) -> String {
    let fits = (1..=MAX_GROUP_CHARS).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { group.to_owned() } else { hex(&Sha256::digest(group)) }
}

/// The group that an event's type finds in its payload: a text that is not empty, or a number as it was sent.
#[must_use]
pub fn group_of(event_type: &dyn EventType, payload: &Value) -> Option<String> {
    match payload.pointer(event_type.group_pointer()?)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// What tells a message from another of its group: SHA-256 over event id and payload hash, in hex. So the same event
/// sent again is dropped within five minutes, and another payload under its id is not.
#[must_use]
pub fn deduplication_id(id: EventId, payload: PayloadHash) -> String {
    // Both have one length, so no two pairs are the same bytes.
    hex(&Sha256::new().chain_update(id.as_bytes()).chain_update(payload.as_bytes()).finalize())
}

fn hex(bytes: &[u8]) -> String {
    struct Hex<'a>(&'a [u8]);
    impl fmt::Display for Hex<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
        }
    }
    Hex(bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Registry;
    use crate::{IdempotencyKey, Producer, payload_hash};
    use proptest::prelude::*;

    #[test]
    fn what_sqs_takes_is_kept_and_all_else_is_hashed() {
        for group in ["a", "A-1001", "shop/42", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"] {
            assert_eq!(group_id(group), group);
        }
        // printf '%s' 'a b' | sha256sum
        assert_eq!(group_id("a b"), "c8687a08aa5d6ed2044328fa6a697ab8e96dc34291e8c2034ae8c38e6fcc6d65");
        assert_eq!(group_id(&"x".repeat(128)).len(), 128);
        assert_eq!(group_id(&"x".repeat(129)).len(), 64);
    }

    #[test]
    fn a_type_says_where_its_group_is() {
        let group = |name: &str, payload: &str| {
            group_of(Registry::built_in().find(name).unwrap(), &crate::json::parse(payload.as_bytes()).unwrap())
        };
        assert_eq!(group("order", r#"{"orderId":"A-1"}"#).as_deref(), Some("A-1"));
        assert_eq!(
            group("order", r#"{"orderId":12345678901234567890.10}"#).as_deref(),
            Some("12345678901234567890.10")
        );
        assert_eq!(group("transaction", r#"{"payer_id":"alice"}"#).as_deref(), Some("alice"));
        assert_eq!(group("purchase", r#"{"user_id":"U1"}"#).as_deref(), Some("U1"));
        for none in [r#"{"orderId":""}"#, r#"{"orderId":null}"#, r#"{"orderId":["a"]}"#, "{}", "[]", "null"] {
            assert_eq!(group("order", none), None, "{none}");
        }
        assert_eq!(group("job", r#"{"task":"process_data"}"#), None);
    }

    proptest! {
        #[test]
        fn any_text_becomes_an_id_that_sqs_takes_and_no_two_texts_the_same(one in ".{0,140}", other in ".{0,140}") {
            let id = group_id(&one);
            prop_assert!((1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(id == group_id(&other), one == other);
        }

        #[test]
        fn another_event_or_payload_is_another_message(a in ".{1,4}", b in ".{1,4}", c in ".{1,4}", d in ".{1,4}") {
            let id = |key: &str, text: &str| {
                let id = EventId::derive(&Producer::anonymous(), &IdempotencyKey::Given(key.to_owned()));
                deduplication_id(id, payload_hash("order", &Value::from(text)).unwrap())
            };
            prop_assert_eq!(id(&a, &b).len(), 64);
            prop_assert_eq!(id(&a, &b) == id(&c, &d), (a, b) == (c, d));
        }
    }
}
