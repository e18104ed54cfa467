//! Who may do an event's work: the state table of the worker, as a pure function over what the events table says.

use sluice_events::PayloadHash;
use sluice_ports::{Fence, LeaseOwner, Millis, Record, Status};
use std::time::Duration;

/// One event as a batch brings it: one message, or several doubles of it.
#[derive(Debug, Clone)]
pub struct Delivery<'a> {
    /// The messages that bring it. All of them: a double must not hide that its sibling has a publication to repeat.
    pub messages: Vec<Carrier<'a>>,
    /// Hash over its type and payload.
    pub validation: PayloadHash,
}

/// One message that brings an event.
#[derive(Debug, Clone, Copy)]
pub struct Carrier<'a> {
    /// Its id in the main queue.
    pub id: &'a str,
    /// When ingest took the event that it carries; a redrive leaves that as it is.
    pub received_at: Millis,
    /// When it was sent to the main queue.
    pub sent_at: Millis,
    /// Whether it has the mark of a redrive, or that of a dead letter, which the console leaves on what it sends back.
    pub redriven: bool,
}

/// Ingest sends an event within its time-outs, 3.5 s after it took it; with room for what the network holds up.
const SENT_BY_INGEST: Duration = Duration::from_secs(5);

/// What the clocks of SQS and of two workers may differ by.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

impl Carrier<'_> {
    /// Whether it was sent back after the event failed: by us, or from the console, which its marks say; or by
    /// somebody's own script, which leaves none, but sends later than ingest does. What ingest itself sent is another
    /// POST of what had failed, or the twin of the failed message, sent again as the answer to the first was lost.
    /// In doubt it was sent back: to run twice is better than to be lost.
    fn is_sent_back_after(&self, failed: &Record) -> bool {
        let sent_by_ingest = self.sent_at.since(self.received_at) < SENT_BY_INGEST;
        self.redriven || (self.sent_at.plus(CLOCKS_DIFFER) >= failed.updated_at && !sent_by_ingest)
    }
}

/// What the worker does with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Claim it, if the fence still holds.
    Claim {
        /// What must still be so.
        fence: Fence,
        /// Whether starts of processing are counted from 1 again.
        restart: bool,
    },
    /// Another event under the same id: dead-letter this message, leave the record alone.
    KeyReused,
    /// Somebody is at it: look again when their lease has ended.
    HandBack {
        /// Until then.
        hidden_for: Duration,
    },
    /// The last permitted start killed its process: fail it without another.
    Crashed {
        /// Whose lease it was; the fence of the failure.
        owner: LeaseOwner,
    },
    /// Done by one of these messages, or redriven since: publish the outcome again, acknowledge.
    PublishAgain,
    /// Done, or given up, by another message: acknowledge, nothing else.
    Duplicate,
    /// Failed by one of these messages: publish the failure and dead-letter, which may not have happened.
    FinishFailure,
}

/// The first row of the state table that fits.
///
/// `record` is what a refused write showed, or `None` if there is no row. `max_attempts` is the number of starts of
/// processing after which a lease that died is not taken over any more.
#[must_use]
pub fn judge(record: Option<&Record>, delivery: &Delivery<'_>, now: Millis, max_attempts: u32) -> Verdict {
    let Some(record) = record else {
        return Verdict::Claim { fence: Fence::Open, restart: true };
    };
    // Never left to DynamoDB's TTL, which deletes up to days later.
    if record.expiration < now.to_seconds() {
        return Verdict::Claim { fence: Fence::Expired, restart: true };
    }
    if record.validation != delivery.validation {
        return Verdict::KeyReused;
    }
    let messages = &delivery.messages;
    let same_message = messages.iter().any(|message| record.message_id.as_deref() == Some(message.id));
    match record.status {
        Status::Queued => Verdict::Claim { fence: Fence::Open, restart: false },
        Status::InProgress => judge_lease(record, now, max_attempts),
        Status::Completed if same_message || messages.iter().any(|message| message.redriven) => Verdict::PublishAgain,
        Status::Completed => Verdict::Duplicate,
        Status::Failed if same_message => Verdict::FinishFailure,
        Status::Failed if !messages.iter().any(|message| message.is_sent_back_after(record)) => Verdict::Duplicate,
        Status::Failed => Verdict::Claim {
            fence: Fence::FailedBy { message_id: record.message_id.clone(), updated_at: record.updated_at },
            restart: true,
        },
    }
}

fn judge_lease(record: &Record, now: Millis, max_attempts: u32) -> Verdict {
    let owner = record.lease_owner.clone().unwrap_or_else(|| LeaseOwner::new(""));
    let is_last = record.attempt >= max_attempts;
    match record.in_progress_expiration {
        Some(until) if until > now => Verdict::HandBack { hidden_for: until.since(now) },
        // By the clock of who holds it, it may still run; to take over from them is harmless, to fail it is not.
        Some(until) if is_last && until.plus(CLOCKS_DIFFER) > now => {
            Verdict::HandBack { hidden_for: until.plus(CLOCKS_DIFFER).since(now) }
        }
        _ if is_last => Verdict::Crashed { owner },
        _ => Verdict::Claim { fence: Fence::Held(owner), restart: false },
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
