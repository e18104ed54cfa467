//! Who sent what: producer, idempotency key, event id.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use uuid::Uuid;

/// Characters an idempotency key may have, and each of a CloudEvent's `source` and `id`.
pub const MAX_KEY_CHARS: usize = 255;

/// An event's id: a UUIDv8 derived from its producer and key, so that the same event always has the same id and
/// no two producers share one. It is also the `effect_key` that downstream systems get as their idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(Uuid);

/// Not a UUID in its usual hyphenated form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an event id is a UUID, such as 0190a6e2-7c1a-8b3e-9f00-5d2c4e6a8b10")]
pub struct InvalidEventId;

impl EventId {
    /// The id of the event that `producer` names by `key`.
    #[must_use]
    pub fn derive(producer: &Producer, key: &IdempotencyKey) -> Self {
        let mut hasher = Sha256::new();
        let mut part = |part: &[u8]| {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        };
        part(producer.0.as_bytes());
        match key {
            IdempotencyKey::Given(text) => {
                part(b"key");
                part(text.as_bytes());
            }
            IdempotencyKey::CloudEvent { source, id } => {
                part(b"cloudevent");
                part(source.as_bytes());
                part(id.as_bytes());
            }
            IdempotencyKey::Content(hash) => {
                part(b"content");
                part(&hash.0);
            }
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(Uuid::new_v8(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<Self, InvalidEventId> {
        // The parser also takes braces, URNs and bare hex: one form is enough in a URL.
        if text.len() != 36 {
            return Err(InvalidEventId);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidEventId)
    }
}

/// SHA-256 over an event's type and canonical payload (see [`crate::payload_hash`]); 64 hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PayloadHash([u8; 32]);

impl PayloadHash {
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PayloadHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PayloadHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a payload hash is 64 hexadecimal digits";
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(WRONG);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).map_err(|_| WRONG)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for PayloadHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PayloadHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Who sends: account and role with IAM, a constant without authentication.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Producer(String);

impl Producer {
    /// The producer of an environment without authentication.
    #[must_use]
    pub fn anonymous() -> Self {
        Self("anonymous".to_owned())
    }

    /// A producer by the name that its authentication gives it.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What makes two POSTs the same event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdempotencyKey {
    /// Named by the producer, in the `Idempotency-Key` header or the body's `idempotencyKey`.
    Given(String),
    /// A CloudEvent's own name: no two events have the same source and id.
    CloudEvent {
        /// Where it happened, a URI reference.
        source: String,
        /// Which event of that source.
        id: String,
    },
    /// Not named: the content itself.
    Content(PayloadHash),
}

/// What is wrong with a key a producer gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidKey {
    /// No character.
    #[error("the idempotency key is empty; leave it out, or give 1 to {MAX_KEY_CHARS} characters")]
    Empty,
    /// Over [`MAX_KEY_CHARS`].
    #[error("the idempotency key is longer than {MAX_KEY_CHARS} characters; shorten it, or send its hash")]
    TooLong,
    /// A control character.
    #[error("the idempotency key holds a character that is not printable")]
    NotPrintable,
}

impl IdempotencyKey {
    /// A key as a producer gave it: 1 to 255 printable characters.
    ///
    /// # Errors
    /// [`InvalidKey`] otherwise.
    pub fn given(text: &str) -> Result<Self, InvalidKey> {
        match text.chars().count() {
            0 => Err(InvalidKey::Empty),
            count if count > MAX_KEY_CHARS => Err(InvalidKey::TooLong),
            _ if text.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}')) => {
                Err(InvalidKey::NotPrintable)
            }
            _ => Ok(Self::Given(text.to_owned())),
        }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given(text) => f.write_str(text),
            // A URI reference has no space in it.
            Self::CloudEvent { source, id } => write!(f, "{source} {id}"),
            Self::Content(hash) => hash.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload_hash;
    use proptest::prelude::*;

    fn given(text: &str) -> IdempotencyKey {
        IdempotencyKey::given(text).unwrap()
    }

    #[test]
    fn an_id_is_a_uuid_of_version_8_and_reads_back() {
        let id = EventId::derive(&Producer::anonymous(), &given("k"));
        assert_eq!(id.0.get_version_num(), 8);
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in ["", "x", "0190a6e27c1a8b3e9f005d2c4e6a8b10", "{190a6e2-7c1a-8b3e-9f00-5d2c4e6a8b10}"] {
            assert_eq!(wrong.parse::<EventId>(), Err(InvalidEventId), "{wrong}");
        }
    }

    #[test]
    fn a_key_that_spells_a_content_hash_is_not_that_content() {
        let hash = payload_hash("order", &serde_json::Value::Null).unwrap();
        let producer = Producer::anonymous();
        assert_ne!(
            EventId::derive(&producer, &IdempotencyKey::Content(hash)),
            EventId::derive(&producer, &given(&hash.to_string()))
        );
    }

    #[test]
    fn keys_are_1_to_255_printable_characters() {
        assert_eq!(IdempotencyKey::given(""), Err(InvalidKey::Empty));
        assert!(IdempotencyKey::given(&"ü".repeat(255)).is_ok());
        assert_eq!(IdempotencyKey::given(&"ü".repeat(256)), Err(InvalidKey::TooLong));
        assert_eq!(IdempotencyKey::given("a\tb"), Err(InvalidKey::NotPrintable));
    }

    #[test]
    fn a_cloud_events_source_and_id_are_told_apart_from_each_other_and_from_a_key() {
        let id = |key: &IdempotencyKey| EventId::derive(&Producer::anonymous(), key);
        let named =
            |source: &str, id: &str| IdempotencyKey::CloudEvent { source: source.to_owned(), id: id.to_owned() };
        assert_eq!(named("/a", "1").to_string(), "/a 1");
        assert_ne!(id(&named("/a", "1")), id(&given("/a 1")));
        assert_ne!(id(&named("/a", "b1")), id(&named("/ab", "1")));
        assert_ne!(id(&named("/a", "1")), id(&named("1", "/a")));
    }

    proptest! {
        #[test]
        fn no_two_producers_or_keys_share_an_id(a in ".{1,4}", b in ".{1,4}", c in ".{1,4}", d in ".{1,4}") {
            let id = |producer: &str, key: &str| {
                EventId::derive(&Producer::named(producer), &IdempotencyKey::Given(key.to_owned()))
            };
            prop_assert_eq!(id(&a, &b) == id(&c, &d), (a, b) == (c, d));
        }

        #[test]
        fn a_hash_reads_back(bytes in any::<[u8; 32]>()) {
            let hash = PayloadHash(bytes);
            prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        }

        #[test]
        fn no_text_panics(text in ".{0,70}") {
            let _ = text.parse::<EventId>();
            let _ = text.parse::<PayloadHash>();
            let _ = IdempotencyKey::given(&text);
        }
    }
}
