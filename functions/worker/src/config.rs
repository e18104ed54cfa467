//! What the environment sets.

use sluice_batch::Backoff;
use sluice_events::EventId;
use sluice_ports::{SettingError, Settings};
use std::time::Duration;
use thiserror::Error;

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
    /// Processing this event panics: for drills, and only where faults may be injected.
    pub panic_on: Option<EventId>,
}

/// Why the function does not start.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// A variable is missing or wrong.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A fault where none may be.
    #[error("PANIC_ON_EVENT_ID is set, but FAULT_INJECTION is not `allowed` in this environment: remove the variable")]
    FaultsNotAllowed,
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
    /// [`ConfigError`], naming the variable.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
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
            panic_on: panic_on(settings)?,
        })
    }
}

fn panic_on(settings: &Settings) -> Result<Option<EventId>, ConfigError> {
    let Some(value) = settings.optional("PANIC_ON_EVENT_ID") else {
        return Ok(None);
    };
    if settings.optional("FAULT_INJECTION").as_deref() != Some("allowed") {
        return Err(ConfigError::FaultsNotAllowed);
    }
    let wrong = |_| SettingError::Invalid { name: "PANIC_ON_EVENT_ID", value: value.clone(), expected: "an event id" };
    Ok(Some(value.parse().map_err(wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190a6e2-7c1a-8b3e-9f00-5d2c4e6a8b10";

    #[test]
    fn faults_need_leave() {
        let error = panic_on(&Settings::from([("PANIC_ON_EVENT_ID", ID), ("FAULT_INJECTION", "off")]));
        assert_eq!(error, Err(ConfigError::FaultsNotAllowed));
        let allowed = panic_on(&Settings::from([("PANIC_ON_EVENT_ID", ID), ("FAULT_INJECTION", "allowed")]));
        assert_eq!(allowed, Ok(Some(ID.parse().unwrap())));
        assert_eq!(panic_on(&Settings::default()), Ok(None));
    }
}
