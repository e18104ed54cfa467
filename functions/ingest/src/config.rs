//! What the environment sets.

use sluice_http::Access;
use sluice_ports::{SettingError, Settings};
use std::time::Duration;

/// Configuration of the function, read once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// How producers are known.
    pub access: Access,
    /// Whether the main queue is a FIFO queue, and events have groups.
    pub fifo: bool,
    /// The most bytes an event's body may have.
    pub max_event_bytes: usize,
    /// How long an event that is not done counts as on its way; after that the same POST sends it again.
    pub resend_after: Duration,
    /// How long a record counts after it was last written.
    pub record_ttl: Duration,
    /// Where clients reach the API, without a trailing slash, if it is not the domain they called; `{apiId}` stands
    /// for the API's id.
    pub public_url: Option<String>,
    /// How long the look-up of a known event may take; past it, the event is sent as if it were new.
    pub read_timeout: Duration,
    /// How long noting the event as queued may hold up the answer.
    pub note_timeout: Duration,
}

impl Config {
    /// From environment variables.
    ///
    /// # Errors
    /// [`SettingError`], naming the variable.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingError> {
        Ok(Self {
            access: Access::from_settings(settings)?,
            fifo: settings.text("QUEUE_URL")?.ends_with(".fifo"),
            max_event_bytes: settings.number("MAX_EVENT_BYTES")?,
            resend_after: settings.seconds("RESEND_AFTER_SECONDS")?,
            record_ttl: settings.seconds("RECORD_TTL_SECONDS")?,
            public_url: settings.optional("PUBLIC_URL"),
            read_timeout: Duration::from_millis(500),
            note_timeout: Duration::from_millis(150),
        })
    }
}
