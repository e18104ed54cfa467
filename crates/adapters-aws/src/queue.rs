//! Amazon SQS.

use crate::Aws;
use crate::error::{call_failed, item_failed, not_answered};
use crate::groups::groups;
use crate::queue_send::Entry;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{BatchResultErrorEntry, ChangeMessageVisibilityBatchRequestEntry, QueueAttributeName};
use futures_util::future::join_all;
use serde::Serialize;
use sluice_events::sqs_text;
use sluice_ports::{
    DeadLetter, DeadLetters, NewMessage, Origin, PortError, QueueDepth, QueueDepths, QueueName, Sender, Visibility,
    VisibilityChange,
};
use std::time::Duration;

/// Entries and bytes of one batch call:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>.
pub(crate) const MOST_ENTRIES: usize = 10;
pub(crate) const MOST_BYTES: usize = 1_048_576;

/// The data type of our attributes.
pub(crate) const TYPE: &str = "String";

pub(crate) const SEND: &str = "sqs:SendMessage";
const HIDE: &str = "sqs:ChangeMessageVisibility";

/// The main queue.
#[derive(Debug, Clone)]
pub struct MainQueue(Queue);

/// The dead-letter queue.
#[derive(Debug, Clone)]
pub struct DeadLetterQueue(Queue);

/// Both queues, to be looked at.
#[derive(Debug, Clone)]
pub struct Queues {
    main: Queue,
    dead_letters: Queue,
}

#[derive(Debug, Clone)]
pub(crate) struct Queue {
    pub(crate) client: Client,
    pub(crate) url: String,
    /// What a call may take, with all its tries.
    pub(crate) patience: Duration,
}

impl MainQueue {
    /// The queue at a URL. Needs `sqs:SendMessage` to send and `sqs:ChangeMessageVisibility` to hide.
    #[must_use]
    pub fn new(aws: &Aws, url: String) -> Self {
        Self(Queue::new(aws, url))
    }
}

impl DeadLetterQueue {
    /// The queue at a URL. Needs `sqs:SendMessage`.
    #[must_use]
    pub fn new(aws: &Aws, url: String) -> Self {
        Self(Queue::new(aws, url))
    }
}

impl Queues {
    /// The queues at their URLs. Needs `sqs:GetQueueAttributes` on both.
    #[must_use]
    pub fn new(aws: &Aws, main_url: String, dead_letter_url: String) -> Self {
        let main = Queue::new(aws, main_url);
        Self { dead_letters: Queue { url: dead_letter_url, ..main.clone() }, main }
    }
}

impl Queue {
    fn new(aws: &Aws, url: String) -> Self {
        Self { client: Client::new(aws.config()), url, patience: aws.patience() }
    }

    async fn hide_group(&self, group: &[VisibilityChange]) -> Vec<Result<(), PortError>> {
        let entries = group.iter().enumerate().map(|(place, change)| hide_request(place, change)).collect();
        match self.client.change_message_visibility_batch().queue_url(&self.url).set_entries(Some(entries)).send().await
        {
            Ok(answer) => {
                let hidden = answer.successful.into_iter().map(|hidden| (hidden.id, ()));
                answers(HIDE, group.len(), hidden, &answer.failed)
            }
            Err(error) => vec![Err(call_failed(HIDE, &error)); group.len()],
        }
    }

    async fn depth(&self) -> Result<QueueDepth, PortError> {
        use QueueAttributeName as Name;
        let names = [
            Name::ApproximateNumberOfMessages,
            Name::ApproximateNumberOfMessagesNotVisible,
            Name::ApproximateNumberOfMessagesDelayed,
        ];
        let call = self.client.get_queue_attributes().queue_url(&self.url).set_attribute_names(Some(names.to_vec()));
        let answer = call.send().await.map_err(|error| call_failed("sqs:GetQueueAttributes", &error))?;
        let [available, in_flight, delayed] = names.map(|name| {
            let text = answer.attributes().and_then(|attributes| attributes.get(&name));
            text.and_then(|text| text.parse().ok()).unwrap_or(0)
        });
        Ok(QueueDepth { available, in_flight, delayed })
    }
}

/// The builders refuse an entry without id or body only; ours have both.
#[allow(clippy::unreachable, reason = "shown by the two lines that call it")]
pub(crate) fn unreachable_entry<T>() -> T {
    unreachable!("an entry has an id and what it is about")
}

fn hide_request(place: usize, change: &VisibilityChange) -> ChangeMessageVisibilityBatchRequestEntry {
    // SQS takes 12 hours at most; that they count from the receive is `sluice_batch`'s to know.
    let seconds = i32::try_from(change.hidden_for.as_secs()).unwrap_or(i32::MAX).min(43_200);
    let request = ChangeMessageVisibilityBatchRequestEntry::builder()
        .id(place.to_string())
        .receipt_handle(&change.receipt_handle)
        .visibility_timeout(seconds);
    request.build().unwrap_or_else(|_| unreachable_entry())
}

/// Puts a batch's answers into the order of its entries, whose ids are their places.
pub(crate) fn answers<T>(
    operation: &'static str,
    entries: usize,
    successful: impl Iterator<Item = (String, T)>,
    failed: &[BatchResultErrorEntry],
) -> Vec<Result<T, PortError>> {
    let mut answers: Vec<_> = (0..entries).map(|_| Err(not_answered(operation))).collect();
    let failed = failed.iter().map(|entry| {
        let text = entry.message().unwrap_or("no message");
        (entry.id().to_owned(), Err(item_failed(operation, entry.code(), text, !entry.sender_fault())))
    });
    for (id, answer) in successful.map(|(id, value)| (id, Ok(value))).chain(failed) {
        if let Some(place) = id.parse::<usize>().ok().and_then(|place| answers.get_mut(place)) {
            *place = answer;
        }
    }
    answers
}

impl Sender for MainQueue {
    async fn send(&self, messages: &[NewMessage]) -> Vec<Result<String, PortError>> {
        let entries: Vec<_> = messages
            .iter()
            .map(|message| Entry { body: message.body.clone(), attribute: None, fifo: message.fifo.clone() })
            .collect();
        self.0.send(&entries).await
    }
}

impl Visibility for MainQueue {
    async fn hide(&self, changes: &[VisibilityChange]) -> Vec<Result<(), PortError>> {
        let calls = groups(changes, MOST_ENTRIES, usize::MAX, |_| 0).into_iter().map(|group| self.0.hide_group(group));
        join_all(calls).await.into_iter().flatten().collect()
    }
}

/// What the attribute `sluice` of a dead letter says; `docs/API.md` shows it.
#[derive(Serialize)]
struct Metadata<'a> {
    class: &'a str,
    message: &'a str,
    time: String,
    attempts: u32,
    origin: &'a Origin,
}

impl DeadLetters for DeadLetterQueue {
    async fn bury(&self, letters: &[DeadLetter]) -> Vec<Result<(), PortError>> {
        let entry = |letter: &DeadLetter| {
            let metadata = Metadata {
                class: &letter.class,
                message: &letter.message,
                time: letter.time.to_string(),
                attempts: letter.attempts,
                origin: &letter.origin,
            };
            let text = sqs_text(&serde_json::to_string(&metadata).unwrap_or_default());
            // Only a body that came past ingest can be too large with its reason. Cut, it is still there to look at;
            // whole, it would go back and forth until SQS's backstop moved it without a reason.
            let room = MOST_BYTES.saturating_sub(text.len() + "sluice".len() + TYPE.len());
            let body = letter.body[..letter.body.floor_char_boundary(room)].to_owned();
            Entry { body, attribute: Some(("sluice", text)), fifo: letter.fifo.clone() }
        };
        let entries: Vec<_> = letters.iter().map(entry).collect();
        self.0.send(&entries).await.into_iter().map(|answer| answer.map(drop)).collect()
    }
}

impl QueueDepths for Queues {
    async fn depth(&self, queue: QueueName) -> Result<QueueDepth, PortError> {
        match queue {
            QueueName::Main => self.main.depth().await,
            QueueName::DeadLetter => self.dead_letters.depth().await,
        }
    }
}

#[cfg(test)]
#[path = "queue_tests.rs"]
mod tests;
