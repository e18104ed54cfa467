//! What the environment sets.

use sluice_batch::Backoff;
use sluice_ports::{SettingError, Settings};
use std::time::Duration;

/// Configuration of the function, read once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Starts of processing after which an event is given up.
    pub max_attempts: u32,
    /// How long an event waits before it is tried again.
    pub backoff: Backoff,
    /// How long a record counts after it was last written.
    pub record_ttl: Duration,
    /// No record is started when less than this is left of the invocation.
    pub deadline_reserve: Duration,
    /// Records processed side by side.
    pub concurrency: usize,
    /// How long a message waits that only a newer build can read: a deployment is in progress.
    pub newer_wait: Duration,
    /// How old such a message may get before it is given up.
    pub newer_give_up: Duration,
    /// Of how many completions in a hundred a line is logged.
    pub completion_log_percent: u64,
    /// The main queue's name: what dead letters say of their origin, and whether it is a FIFO queue.
    pub queue_name: String,
}

impl Config {
    /// Whether messages have an order: the names of FIFO queues, and no others, end so.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-queue-message-identifiers.html>
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.queue_name.ends_with(".fifo")
    }

    /// From environment variables.
    ///
    /// # Errors
    /// [`SettingError`], naming the variable.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingError> {
        let queue_url = settings.text("QUEUE_URL")?;
        Ok(Self {
            max_attempts: settings.number("MAX_ATTEMPTS")?,
            backoff: Backoff {
                base: settings.seconds("BACKOFF_BASE_SECONDS")?,
                cap: settings.seconds("BACKOFF_CAP_SECONDS")?,
            },
            record_ttl: settings.seconds("RECORD_TTL_SECONDS")?,
            deadline_reserve: Duration::from_millis(settings.number("DEADLINE_RESERVE_MS")?),
            concurrency: 16,
            newer_wait: Duration::from_secs(5 * 60),
            newer_give_up: Duration::from_secs(24 * 3600),
            completion_log_percent: settings.number("COMPLETION_LOG_PERCENT")?,
            queue_name: queue_url.rsplit('/').next().unwrap_or_default().to_owned(),
        })
    }
}
