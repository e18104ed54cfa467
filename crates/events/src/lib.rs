//! What an event is, from the bytes a producer sends to the envelope that crosses the queue.
//!
//! Nothing here does I/O, reads a clock or knows of AWS, but for what an event type does outside. Numbers keep every
//! digit from parse to table: no number of an event ever passes through a double.

mod canonical;
pub mod cloud_event;
mod decimal;
mod envelope;
mod group;
mod ids;
pub mod json;
pub mod json_batch;
pub mod types;

pub use canonical::{payload_hash, write_canonical};
pub use cloud_event::CloudEvent;
pub use decimal::{MAX_DIGITS, NumberError, canonical_number};
pub use envelope::{ENVELOPE_VERSION, Envelope, EnvelopeError, Header, sqs_text};
pub use group::{deduplication_id, group_id, group_of};
pub use ids::{EventId, IdempotencyKey, InvalidEventId, InvalidKey, MAX_KEY_CHARS, PayloadHash, Producer};
pub use serde_json::Value;
