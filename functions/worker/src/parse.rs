//! From a message to an event, each alone: a malformed record is that record's failure, never the batch's.

use crate::Config;
use crate::message::Message;
use sluice_events::types::{EventType, Registry};
use sluice_events::{Envelope, EnvelopeError};
use sluice_ports::Millis;

/// What a message turned out to be.
pub(crate) enum Parsed {
    /// An event. Its type is `None` if this build has never heard of it and no newer build came for a day.
    Event(Box<Envelope>, Option<&'static dyn EventType>),
    /// Nothing that any build can work on.
    Malformed { class: &'static str, message: String },
    /// Something that a newer build can work on; one is being deployed.
    Newer { what: String },
}

pub(crate) fn parse(message: &Message, config: &Config, types: Registry, now: Millis) -> Parsed {
    let waited_enough = now.since(message.sent_at) >= config.newer_give_up;
    let envelope = match Envelope::from_body(&message.body) {
        Ok(envelope) => envelope,
        Err(error @ EnvelopeError::Newer(_)) if !waited_enough => return Parsed::Newer { what: error.to_string() },
        Err(error @ EnvelopeError::Newer(_)) => return malformed("UnknownVersion", error),
        Err(error) => return malformed("Malformed", error),
    };
    let header = &envelope.header;
    let known = types.find(&header.event_type).filter(|known| known.schema_version() >= header.schema_version);
    if known.is_none() && !waited_enough {
        let what =
            format!("event type `{}`, schema version {}, is not known", header.event_type, header.schema_version);
        return Parsed::Newer { what };
    }
    Parsed::Event(Box::new(envelope), known)
}

fn malformed(class: &'static str, error: EnvelopeError) -> Parsed {
    Parsed::Malformed { class, message: error.to_string() }
}
