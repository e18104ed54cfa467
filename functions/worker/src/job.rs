//! One event in a batch: a message, and its doubles.

use crate::message::Message;
use sluice_events::types::{Effects, EventType};
use sluice_events::{Envelope, EventId, PayloadHash};
use sluice_idempotency::Delivery;
use sluice_ports::{Millis, Queued};
use std::time::Duration;

/// A message and the event it carries.
pub(crate) struct Carried {
    pub(crate) message: Message,
    pub(crate) envelope: Envelope,
    pub(crate) event_type: Option<&'static dyn EventType>,
}

/// One event: the first message that carries it, those that carry the same, and those that carry another payload
/// under the same id.
pub(crate) struct Job {
    pub(crate) leader: Carried,
    pub(crate) doubles: Vec<Message>,
    pub(crate) rivals: Vec<Carried>,
}

impl Job {
    pub(crate) fn new(leader: Carried, followers: Vec<Carried>) -> Self {
        let hash = leader.envelope.header.payload_hash;
        let (same, rivals): (Vec<_>, Vec<_>) =
            followers.into_iter().partition(|follower| follower.envelope.header.payload_hash == hash);
        Self { leader, doubles: same.into_iter().map(|carried| carried.message).collect(), rivals }
    }

    pub(crate) fn id(&self) -> EventId {
        self.leader.envelope.header.event_id
    }

    pub(crate) fn messages(&self) -> impl Iterator<Item = &Message> {
        std::iter::once(&self.leader.message).chain(&self.doubles)
    }

    /// Whether it was received before, and may have killed the process that received it.
    pub(crate) fn is_redelivered(&self) -> bool {
        self.messages().any(|message| message.receive_count > 1)
    }

    /// How often it was received.
    pub(crate) fn receives(&self) -> u32 {
        self.messages().map(|message| message.receive_count).max().unwrap_or(0)
    }

    /// Whether its effects show outside, so that it is claimed at its first receive already. Then the record tells
    /// whether a start of it ended without a word.
    pub(crate) fn is_external(&self) -> bool {
        self.leader.event_type.is_some_and(|event_type| event_type.effects() == Effects::External)
    }

    /// The event as the state table sees it.
    pub(crate) fn delivery(&self) -> Delivery<'_> {
        Delivery { messages: self.messages().map(Message::carrier).collect(), validation: self.validation() }
    }

    fn validation(&self) -> PayloadHash {
        self.leader.envelope.header.payload_hash
    }

    /// The event's row, as it shall be if there is none yet.
    pub(crate) fn row(&self, now: Millis, ttl: Duration) -> Queued {
        let header = &self.leader.envelope.header;
        Queued {
            id: header.event_id,
            validation: header.payload_hash,
            message_id: self.leader.message.id.clone(),
            producer: header.producer.as_str().to_owned(),
            event_type: header.event_type.clone(),
            received_at: Millis(header.received_at_ms),
            expiration: now.to_seconds().plus(ttl),
        }
    }
}
