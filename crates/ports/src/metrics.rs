//! What only CloudWatch knows.

use crate::{PortError, QueueName};
use std::future::Future;
use std::time::Duration;

/// Tells how old the oldest message of a queue is.
pub trait QueueAges: Send + Sync {
    /// The age of the oldest message, as CloudWatch last had it; `None` where it has no figure.
    fn oldest(&self, queue: QueueName) -> impl Future<Output = Result<Option<Duration>, PortError>> + Send;
}
