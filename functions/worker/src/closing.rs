//! What became of an event, and what the bus and the dead-letter queue are told of it.

use crate::Config;
use crate::job::{Carried, Job};
use crate::message::Message;
use serde_json::{Value, json};
use sluice_batch::Outcome;
use sluice_events::json as strict;
use sluice_ports::{DeadLetter, ErrorInfo, Fifo, Millis, Origin, OutcomeEvent, OutcomeKind, Record};

/// Results larger than this, in bytes, are left out of the outcome event; the record has them.
const MOST_RESULT_BYTES: usize = 8 * 1024;

/// What became of an event, or of a message that is none.
pub(crate) struct Closing {
    pub(crate) subject: Subject,
    pub(crate) ending: Ending,
    pub(crate) attempts: u32,
    /// When it was decided; `None`: now.
    at: Option<Millis>,
    /// The message that ended the event, by its record; `None`: the first of these.
    ended_by: Option<String>,
}

/// What is closed.
pub(crate) enum Subject {
    Event(Box<Job>),
    /// A message that is no event.
    Message(Message),
}

/// How it ended.
pub(crate) enum Ending {
    /// The result as JSON text; `again`: it was published before.
    Completed { result: String, again: bool },
    /// The error. It may have been published and dead-lettered before.
    Failed(ErrorInfo),
    /// The message is refused; the record, if there is one, is another event's.
    Rejected(ErrorInfo),
    /// Another message saw to the event.
    Duplicate,
}

impl Ending {
    /// What it means for the event's messages, the first and its doubles.
    pub(crate) fn of_message(&self, place: usize) -> Outcome {
        match self {
            Self::Completed { .. } if place == 0 => Outcome::Done,
            Self::Completed { .. } | Self::Duplicate => Outcome::Duplicate,
            Self::Failed(error) | Self::Rejected(error) => Outcome::Permanent { reason: error.class.clone() },
        }
    }
}

impl Closing {
    fn new(subject: Subject, ending: Ending, attempts: u32, at: Option<Millis>) -> Self {
        Self { subject, ending, attempts, at, ended_by: None }
    }

    /// What is told again names the same message as before, whichever of its doubles comes first now.
    fn told_as_in(self, row: &Record) -> Self {
        Self { ended_by: row.message_id.clone(), ..self }
    }

    fn ended_by(&self) -> Option<&str> {
        self.ended_by.as_deref().or_else(|| self.messages().first().map(|message| message.id.as_str()))
    }

    fn event(job: Job, ending: Ending, attempts: u32, at: Option<Millis>) -> Self {
        Self::new(Subject::Event(Box::new(job)), ending, attempts, at)
    }

    pub(crate) fn completed(job: Job, result: &str, attempts: u32, at: Millis) -> Self {
        Self::event(job, Ending::Completed { result: result.to_owned(), again: false }, attempts, Some(at))
    }

    pub(crate) fn published_again(job: Job, row: &Record) -> Self {
        let result = row.data.clone().unwrap_or_else(|| "null".to_owned());
        let ending = Ending::Completed { result, again: true };
        Self::event(job, ending, row.attempt, Some(row.updated_at)).told_as_in(row)
    }

    pub(crate) fn failed(job: Job, error: ErrorInfo, attempts: u32, at: Millis) -> Self {
        Self::event(job, Ending::Failed(error), attempts, Some(at))
    }

    pub(crate) fn failure_finished(job: Job, row: &Record) -> Self {
        let unknown = || ErrorInfo { class: "Unknown".to_owned(), message: "the record does not say".to_owned() };
        let error = row.error.clone().unwrap_or_else(unknown);
        Self::event(job, Ending::Failed(error), row.attempt, Some(row.updated_at)).told_as_in(row)
    }

    pub(crate) fn duplicate(job: Job) -> Self {
        Self::event(job, Ending::Duplicate, 0, None)
    }

    pub(crate) fn key_reused(job: Job) -> Self {
        Self::event(job, Ending::Rejected(key_reused()), 0, None)
    }

    pub(crate) fn malformed(message: Message, class: &str, text: String) -> Self {
        let error = ErrorInfo { class: class.to_owned(), message: text };
        Self::new(Subject::Message(message), Ending::Rejected(error), 0, None)
    }

    /// The messages that are acknowledged, or go back, with this.
    pub(crate) fn messages(&self) -> Vec<&Message> {
        match &self.subject {
            Subject::Event(job) => job.messages().collect(),
            Subject::Message(message) => vec![message],
        }
    }

    pub(crate) fn carried(&self) -> Option<&Carried> {
        match &self.subject {
            Subject::Event(job) => Some(&job.leader),
            Subject::Message(_) => None,
        }
    }

    pub(crate) fn error(&self) -> Option<&ErrorInfo> {
        match &self.ending {
            Ending::Failed(error) | Ending::Rejected(error) => Some(error),
            Ending::Completed { .. } | Ending::Duplicate => None,
        }
    }

    /// The event for the bus; a duplicate has none.
    pub(crate) fn outcome(&self, now: Millis) -> Option<OutcomeEvent> {
        let (kind, status) = match &self.ending {
            Ending::Completed { .. } => (OutcomeKind::Completed, "completed"),
            Ending::Failed(_) => (OutcomeKind::Failed, "failed"),
            Ending::Rejected(_) => (OutcomeKind::Rejected, "rejected"),
            Ending::Duplicate => return None,
        };
        let mut detail = json!({
            "status": status,
            "attempts": self.attempts,
            "messageId": self.ended_by(),
            "finishedAt": self.at.unwrap_or(now).to_string(),
        });
        if let Some(carried) = self.carried() {
            let header = &carried.envelope.header;
            detail["eventId"] = json!(header.event_id);
            detail["type"] = json!(header.event_type);
            detail["producer"] = json!(header.producer);
            detail["receivedAt"] = json!(Millis(header.received_at_ms).to_string());
            detail["traceId"] = json!(header.trace_id);
            if let Some(attributes) = &carried.envelope.cloud_event {
                detail["cloudEvent"] = json!(attributes);
            }
        }
        if let Ending::Completed { result, .. } = &self.ending {
            let small = result.len() <= MOST_RESULT_BYTES;
            detail["result"] = small.then(|| strict::parse_result(result).ok()).flatten().unwrap_or(Value::Null);
        }
        if let Some(error) = self.error() {
            detail["error"] = json!({"class": error.class, "message": error.message});
        }
        Some(OutcomeEvent { kind, detail })
    }

    /// What goes to the dead-letter queue: one letter, whatever the number of doubles.
    pub(crate) fn letter(&self, config: &Config, now: Millis) -> Option<DeadLetter> {
        let error = self.error()?;
        let messages = self.messages();
        let message = messages.first()?;
        let ended_by = self.ended_by()?;
        Some(DeadLetter {
            // SQS takes no empty body.
            body: if message.body.is_empty() { "null".to_owned() } else { message.body.clone() },
            class: error.class.clone(),
            message: error.message.clone(),
            time: self.at.unwrap_or(now),
            attempts: self.attempts,
            origin: Origin { message_id: ended_by.to_owned(), queue: config.queue_name.clone() },
            fifo: message.group.as_deref().map(|group| fifo(group, ended_by)),
        })
    }

    /// The messages with another payload under the same id, as an event of their own.
    fn into_rivals(self) -> Vec<Carried> {
        match self.subject {
            Subject::Event(job) => job.rivals,
            Subject::Message(_) => Vec::new(),
        }
    }

    /// What is to be worked once this is closed: messages with another payload under the same id. Whether they or
    /// this one are the event is the table's to say, not the batch's.
    pub(crate) fn into_rival(self) -> Option<Job> {
        let mut rivals = self.into_rivals().into_iter();
        rivals.next().map(|first| Job::new(first, rivals.collect()))
    }
}

/// The letter stays in its message's group. A message is dropped that was sent again with the same id within five
/// minutes, as after a lost answer; one that failed again after a redrive has another id.
fn fifo(group: &str, message_id: &str) -> Fifo {
    let group_id = if group.is_empty() { message_id } else { group };
    Fifo { group_id: group_id.to_owned(), deduplication_id: message_id.to_owned() }
}

fn key_reused() -> ErrorInfo {
    let message = "the idempotency key belongs to an event with another payload".to_owned();
    ErrorInfo { class: "KeyReused".to_owned(), message }
}
