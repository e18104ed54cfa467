//! What the environment sets.

use sluice_http::Access;
use sluice_ports::{SettingError, Settings};
use std::time::Duration;

/// Configuration of the function, read once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// How producers are known.
    pub access: Access,
    /// How long the main queue keeps a message.
    pub main_retention: Duration,
}

impl Config {
    /// From environment variables.
    ///
    /// # Errors
    /// [`SettingError`], naming the variable.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingError> {
        Ok(Self {
            access: Access::from_settings(settings)?,
            main_retention: settings.seconds("MAIN_RETENTION_SECONDS")?,
        })
    }
}
