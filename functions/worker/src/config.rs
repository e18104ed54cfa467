//! What the environment sets.

use sluice_batch::Backoff;
use sluice_ports::{SettingError, Settings};
use std::time::Duration;

/// How the names of FIFO queues end, and no others:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>.
const FIFO: &str = ".fifo";

/// How long at most a group of a FIFO queue backs off: all that is behind its first message waits with it.
const LONGEST_GROUP_WAIT: Duration = Duration::from_secs(60);

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
    /// How long at least a message waits that only a newer build can read: a deployment is in progress.
    pub newer_wait: Duration,
    /// How old such a message may get before it is given up.
    pub newer_give_up: Duration,
    /// Of how many completions in a hundred a line is logged.
    pub completion_log_percent: u64,
    /// The main queue's name: what dead letters say of their origin, and whether it is a FIFO queue.
    pub queue_name: String,
}

impl Config {
    /// How long a message of this age waits for a newer build: longer as it gets older, as SQS gives up what is received
    /// too often long before a day is over. Until then it is received about 65 times.
    pub(crate) fn newer_wait(&self, age: Duration) -> Duration {
        self.newer_wait.max(age / 16)
    }

    /// Whether messages have an order.
    #[must_use]
    pub fn is_fifo(&self) -> bool {
        self.queue_name.ends_with(FIFO)
    }

    /// From environment variables.
    ///
    /// # Errors
    /// [`SettingError`], naming the variable.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingError> {
        let queue_url = settings.text("QUEUE_URL")?;
        let cap = settings.seconds("BACKOFF_CAP_SECONDS")?;
        Ok(Self {
            max_attempts: settings.number("MAX_ATTEMPTS")?,
            backoff: Backoff {
                base: settings.seconds("BACKOFF_BASE_SECONDS")?,
                cap: if queue_url.ends_with(FIFO) { cap.min(LONGEST_GROUP_WAIT) } else { cap },
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

#[cfg(test)]
mod tests {
    use super::*;

    fn worker_of(queue_url: &str) -> Config {
        let settings = [
            ("QUEUE_URL", queue_url),
            ("MAX_ATTEMPTS", "5"),
            ("BACKOFF_BASE_SECONDS", "2"),
            ("BACKOFF_CAP_SECONDS", "900"),
            ("RECORD_TTL_SECONDS", "1"),
            ("DEADLINE_RESERVE_MS", "1"),
            ("COMPLETION_LOG_PERCENT", "1"),
        ];
        Config::from_settings(&Settings::from(settings)).unwrap()
    }

    #[test]
    fn a_fifo_queue_waits_a_minute_at_most() {
        let config = |queue_url| {
            let config = worker_of(queue_url);
            (config.is_fifo(), config.queue_name.clone(), config.backoff.cap.as_secs())
        };
        assert_eq!(config("https://sqs.example/1/main"), (false, "main".to_owned(), 900));
        assert_eq!(config("https://sqs.example/1/main.fifo"), (true, "main.fifo".to_owned(), 60));
    }

    #[test]
    fn what_only_a_newer_build_can_read_waits_five_minutes_while_it_is_young() {
        let config = worker_of("https://sqs.example/1/main");
        for age in [0, 60, 80 * 60] {
            assert_eq!(config.newer_wait(Duration::from_secs(age)), Duration::from_secs(300), "{age} s old");
        }
    }

    #[test]
    fn what_waits_a_day_for_a_newer_build_is_received_far_less_than_sqs_allows() {
        let config = worker_of("https://sqs.example/1/main");
        let (mut age, mut receives) = (Duration::ZERO, 1);
        while age < config.newer_give_up {
            age += config.newer_wait(age);
            receives += 1;
        }
        assert!((50..80).contains(&receives), "{receives}");
    }
}
