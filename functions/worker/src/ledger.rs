//! What became of each message: which go back, what is logged and counted.

use crate::Config;
use crate::closing::{Closing, Ending};
use crate::job::Job;
use crate::message::Message;
use sluice_batch::{Batch, BatchResponse, Outcome, Rounds, Slot, whole_seconds};
use sluice_events::Header;
use sluice_ports::{Dice, ErrorInfo, Millis, PortError, Visibility};
use sluice_telemetry::Summary;
use std::fmt;
use std::time::Duration;

/// Why a message goes back without its event having failed.
#[derive(Debug)]
pub(crate) enum Why {
    NoTime,
    Leased,
    Contended,
    LeaseLost,
    /// A message of its group, before it, goes back.
    Behind,
    /// It may kill the process, and others of its group were closed in this batch.
    Suspect,
    Newer(String),
    Trouble(PortError),
    NotPublished(PortError),
    NotDeadLettered(PortError),
}

impl Why {
    fn code(&self) -> &'static str {
        match self {
            Self::NoTime => "no_time",
            Self::Leased => "leased",
            Self::Contended => "contended",
            Self::LeaseLost => "lease_lost",
            Self::Behind => "behind",
            Self::Suspect => "suspect",
            Self::Newer(_) => "newer",
            Self::Trouble(_) => "table_trouble",
            Self::NotPublished(_) => "not_published",
            Self::NotDeadLettered(_) => "not_dead_lettered",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTime => f.write_str("the invocation has no time left to start it"),
            Self::Leased => f.write_str("another invocation is at it"),
            Self::Contended => f.write_str("another invocation was faster, twice"),
            Self::LeaseLost => f.write_str("the lease ran out before the result was written"),
            Self::Behind => f.write_str("a message of its group, before it, goes back"),
            Self::Suspect => f.write_str(
                "its last start ended without a word: it starts again once those before it are acknowledged",
            ),
            Self::Newer(what) => write!(f, "{what} to this build: a deployment may be in progress"),
            Self::Trouble(error) | Self::NotPublished(error) | Self::NotDeadLettered(error) => error.fmt(f),
        }
    }
}

/// The batch's books.
pub(crate) struct Ledger {
    batch: Batch,
    summary: Summary,
    round: usize,
}

impl Ledger {
    pub(crate) fn new(batch: Batch) -> Self {
        let mut summary = Summary::default();
        summary.note("action", "work_batch");
        summary.count("Received", u64::try_from(batch.slots().count()).unwrap_or(u64::MAX));
        Self { batch, summary, round: 0 }
    }

    /// The places of the next round's messages; none: all is dealt.
    pub(crate) fn deal(&mut self, rounds: &mut Rounds) -> Vec<Slot> {
        self.round += 1;
        rounds.next(&self.batch)
    }

    /// Whether nothing of any group was closed before what is worked now.
    pub(crate) fn is_first_round(&self) -> bool {
        self.round <= 1
    }

    pub(crate) fn received(&mut self, message: &Message, now: Millis) {
        if message.receive_count == 1 {
            self.summary.measure("QueueWait", now.since(message.sent_at));
        }
    }

    pub(crate) fn processed(&mut self, took: Duration) {
        self.summary.measure("ProcessingTime", took);
    }

    pub(crate) fn lease_lost(&mut self, job: &Job) {
        self.summary.count("LeaseLost", 1);
        tracing::warn!(action = "settle", status = "lease_lost", event_id = %job.id(),
            trace_id = job.leader.envelope.header.trace_id, "a lease ran out before its work was done");
    }

    /// Hands an event back because it failed and may succeed later.
    pub(crate) fn retry(&mut self, job: &Job, wait: Duration, error: &ErrorInfo, attempt: u32) {
        self.summary.count_class("Retried", &error.class);
        let header = &job.leader.envelope.header;
        tracing::warn!(action = "process", status = "retried", event_id = %header.event_id, trace_id = header.trace_id,
            message_id = job.leader.message.id, attempt, error_class = error.class, error = error.message,
            hidden_s = whole_seconds(wait).as_secs(), "an event failed and is tried again");
        job.messages().for_each(|message| self.put_back(message, Some(wait), true));
        job.rivals.iter().for_each(|carried| self.put_back(&carried.message, Some(wait), false));
    }

    /// Hands an event back, with its doubles, for a reason that is not its own.
    pub(crate) fn hand_back_job(&mut self, job: &Job, wait: Option<Duration>, why: &Why) {
        self.hand_back_one(&job.leader.message, Some(&job.leader.envelope.header), wait, why);
        job.doubles.iter().for_each(|message| self.put_back(message, wait, false));
        job.rivals.iter().for_each(|carried| self.put_back(&carried.message, wait, false));
    }

    /// Hands one message back whose event is not known, or another's.
    pub(crate) fn hand_back(&mut self, message: &Message, wait: Option<Duration>, why: &Why) {
        self.hand_back_one(message, None, wait, why);
    }

    fn hand_back_one(&mut self, message: &Message, header: Option<&Header>, wait: Option<Duration>, why: &Why) {
        let event_id = header.map(|header| header.event_id.to_string());
        let trace_id = header.and_then(|header| header.trace_id.as_deref());
        self.summary.count_class("HandedBack", why.code());
        tracing::warn!(action = "hand_back", status = why.code(), event_id, trace_id, message_id = message.id, receive_count = message.receive_count,
            error = %why, hidden_s = wait.map(|wait| whole_seconds(wait).as_secs()), "a message goes back to the queue, uncounted");
        self.put_back(message, wait, false);
    }

    fn put_back(&mut self, message: &Message, after: Option<Duration>, counted: bool) {
        self.batch.settle(message.slot, Outcome::HandBack { after, counted });
    }

    /// Books an event, or a message, that is over.
    pub(crate) fn closed(&mut self, closing: &Closing, now: Millis, config: &Config, dice: &impl Dice) {
        let carried = closing.carried();
        let event_id = carried.map(|carried| carried.envelope.header.event_id.to_string());
        let trace_id = carried.and_then(|carried| carried.envelope.header.trace_id.clone());
        let message_id = closing.messages().first().map(|message| message.id.clone());
        let attempt = closing.attempts;
        let doubles = closing.messages().len().saturating_sub(1);
        self.summary.count("Duplicates", u64::try_from(doubles).unwrap_or(u64::MAX));
        for (place, message) in closing.messages().into_iter().enumerate() {
            self.batch.settle(message.slot, closing.ending.of_message(place));
        }
        match &closing.ending {
            Ending::Completed { again, .. } => {
                let received = carried.map_or(now, |carried| Millis(carried.envelope.header.received_at_ms));
                if *again {
                    self.summary.count("PublishedAgain", 1);
                } else {
                    self.summary.count("Completed", 1);
                    self.summary.measure("EndToEndLatency", now.since(received));
                }
                if dice.up_to(99) < config.completion_log_percent {
                    let duration_ms = u64::try_from(now.since(received).as_millis()).unwrap_or(u64::MAX);
                    tracing::info!(
                        action = "process",
                        status = "completed",
                        event_id,
                        trace_id,
                        message_id,
                        attempt,
                        again,
                        duration_ms,
                        "an event is completed"
                    );
                }
            }
            Ending::Failed(error) => {
                self.summary.count_class("Failed", &error.class);
                tracing::error!(
                    action = "process",
                    status = "failed",
                    event_id,
                    trace_id,
                    message_id,
                    attempt,
                    error_class = error.class,
                    error = error.message,
                    "an event failed for good and waits in the dead-letter queue"
                );
            }
            Ending::Rejected(error) => {
                self.summary.count_class("Rejected", &error.class);
                tracing::error!(
                    action = "parse",
                    status = "rejected",
                    event_id,
                    trace_id,
                    message_id,
                    error_class = error.class,
                    error = error.message,
                    "a message is no event and waits in the dead-letter queue"
                );
            }
            Ending::Duplicate => {
                self.summary.count("Duplicates", 1);
                tracing::info!(
                    action = "process",
                    status = "duplicate",
                    event_id,
                    trace_id,
                    message_id,
                    "another message saw to this event"
                );
            }
        }
    }

    /// Hides what goes back for as long as it shall wait, and answers.
    pub(crate) async fn answer(mut self, queue: &impl Visibility, now: Millis) -> (BatchResponse, Summary) {
        for (message_id, outcome) in self.batch.outcomes() {
            tracing::debug!(action = "outcome", status = %outcome, message_id, "what became of a message");
        }
        let answer = self.batch.answer(now);
        if !answer.hidden.is_empty() {
            for error in queue.hide(&answer.hidden).await.into_iter().filter_map(Result::err) {
                tracing::warn!(action = "hide", status = "failed", error = %error,
                    "a message that goes back shows again after the queue's own visibility timeout");
            }
        }
        self.summary.count("BatchFullyFailed", u64::from(answer.all_go_back));
        (answer.response, self.summary)
    }
}
