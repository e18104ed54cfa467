//! The queues.

use crate::{Millis, PortError};
use serde::Serialize;
use std::future::Future;
use std::time::Duration;

/// What a FIFO queue asks of a message:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queues-understanding-logic.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fifo {
    /// `MessageGroupId`: within it, messages are delivered in the order sent. 1 to 128 characters that SQS takes.
    pub group_id: String,
    /// `MessageDeduplicationId`: another message with it in the same group is dropped for five minutes. As long.
    pub deduplication_id: String,
}

/// A message for the main queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The body: an envelope as text.
    pub body: String,
    /// In a FIFO queue, its group; `None` in a standard one.
    pub fifo: Option<Fifo>,
}

/// Sends to the main queue.
pub trait Sender: Send + Sync {
    /// Sends each; `Ok` is SQS's message id, and means that SQS has the message.
    fn send(&self, messages: &[NewMessage]) -> impl Future<Output = Vec<Result<String, PortError>>> + Send;
}

/// Hides a received message for a while longer, or shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisibilityChange {
    /// The message's receipt handle.
    pub receipt_handle: String,
    /// How long from now it stays hidden.
    pub hidden_for: Duration,
}

/// Changes how long messages of the main queue stay hidden.
pub trait Visibility: Send + Sync {
    /// Changes each.
    fn hide(&self, changes: &[VisibilityChange]) -> impl Future<Output = Vec<Result<(), PortError>>> + Send;
}

/// Where a dead letter came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// Its message id in the main queue.
    pub message_id: String,
    /// The main queue's name.
    pub queue: String,
}

/// A message for the dead-letter queue: the original, and why it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The original body.
    pub body: String,
    /// Stable name of the reason, such as `BusinessRule`.
    pub class: String,
    /// The reason, for people.
    pub message: String,
    /// When it was given up.
    pub time: Millis,
    /// Starts of processing it had.
    pub attempts: u32,
    /// Where it came from.
    pub origin: Origin,
    /// In a FIFO queue, its group; `None` in a standard one.
    pub fifo: Option<Fifo>,
}

/// Sends to the dead-letter queue.
pub trait DeadLetters: Send + Sync {
    /// Sends each; `Ok` means that the dead-letter queue has it.
    fn bury(&self, letters: &[DeadLetter]) -> impl Future<Output = Vec<Result<(), PortError>>> + Send;
}

/// One of the two queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QueueName {
    /// The main queue.
    Main,
    /// The dead-letter queue.
    DeadLetter,
}

/// How many messages a queue holds; SQS's own approximations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueDepth {
    /// Ready to be received.
    pub available: u64,
    /// Received, not yet deleted.
    pub in_flight: u64,
    /// Not ready yet.
    pub delayed: u64,
}

/// Counts messages.
pub trait QueueDepths: Send + Sync {
    /// The depth of a queue, now.
    fn depth(&self, queue: QueueName) -> impl Future<Output = Result<QueueDepth, PortError>> + Send;
}
