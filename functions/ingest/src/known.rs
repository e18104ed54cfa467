//! Events that were posted before.

use crate::Config;
use crate::accepted::Taken;
use crate::incoming::Incoming;
use sluice_http::{FieldError, Problem};
use sluice_ports::{ErrorInfo, Millis, Record, Status};

/// What a record says about a POST of the same key.
pub(crate) enum Known {
    /// Nothing, or nothing that counts: send it.
    New,
    /// On its way for so long that its message may be lost: send it again; the worker drops doubles.
    SendAgain,
    /// Done or on its way: answer, do not send.
    Live(Taken),
}

/// Judges a POST by the event's record.
pub(crate) fn judge(
    record: Option<&Record>,
    incoming: &Incoming,
    now: Millis,
    config: &Config,
) -> Result<Known, Problem> {
    // An expired row counts for nothing, though DynamoDB may take days to delete it.
    let Some(record) = record.filter(|record| record.expiration >= now.to_seconds()) else {
        return Ok(Known::New);
    };
    if record.validation != incoming.hash {
        return Err(key_reused(incoming));
    }
    let on_its_way = now.since(record.updated_at) < config.resend_after;
    let live =
        |status| Known::Live(Taken { status, message_id: record.message_id.clone(), duplicate: true, sent: false });
    match record.status {
        Status::Completed => Ok(live("completed")),
        Status::Queued if on_its_way => Ok(live("queued")),
        Status::InProgress if on_its_way => Ok(live("processing")),
        Status::Queued | Status::InProgress => Ok(Known::SendAgain),
        Status::Failed => Err(failed(incoming, record.error.as_ref())),
    }
}

/// Another payload under the key of an event that is known, or that stands before it in the batch.
pub(crate) fn key_reused(incoming: &Incoming) -> Problem {
    let detail = format!(
        "this idempotency key belongs to event {} with another payload; use a new key for another event",
        incoming.id
    );
    let place = FieldError::new("", "key_reused", "the payload differs from the one first sent under this key");
    Problem::new(422, "key_reused", "The idempotency key is taken", detail).with_errors(vec![place])
}

fn failed(incoming: &Incoming, error: Option<&ErrorInfo>) -> Problem {
    let class = error.map_or("unknown", |error| error.class.as_str());
    let detail = format!(
        "event {} failed ({class}) and waits in the dead-letter queue; an operator can send it back, \
         or send a corrected event under a new key",
        incoming.id
    );
    Problem::new(409, "event_failed", "The event is known and failed", detail)
}
