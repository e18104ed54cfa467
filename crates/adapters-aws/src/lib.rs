//! The ports, on the AWS SDK: one file per AWS service, one HTTP connector for all of them.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, reason = "a test says so when something is not as it should be")
)]

mod client;
mod error;
mod faulty_http;
mod groups;

#[cfg(feature = "eventbridge")]
mod bus;
#[cfg(feature = "ssm")]
mod parameter;
#[cfg(feature = "sqs")]
mod queue;
#[cfg(feature = "cloudwatch")]
mod queue_ages;
#[cfg(feature = "sqs")]
mod queue_send;
#[cfg(feature = "lambda")]
mod source;
#[cfg(feature = "dynamodb")]
mod table;

pub use client::Aws;

#[cfg(feature = "eventbridge")]
pub use bus::EventBus;
#[cfg(feature = "ssm")]
pub use parameter::{StoredParameter, faults};
#[cfg(feature = "sqs")]
pub use queue::{DeadLetterQueue, MainQueue, Queues};
#[cfg(feature = "cloudwatch")]
pub use queue_ages::CloudWatchAges;
#[cfg(feature = "lambda")]
pub use source::EventSourceMapping;
#[cfg(feature = "dynamodb")]
pub use table::EventsTable;
