//! A function's configuration: its environment variables, read once at start.

use std::collections::HashMap;
use std::str::FromStr;
use std::time::Duration;
use thiserror::Error;

/// What is wrong with a variable, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingError {
    /// Not there.
    #[error("the environment variable {0} is missing; Lambda and the CDK app set all that are needed: deploy again")]
    Missing(&'static str),
    /// There, but not usable.
    #[error("the environment variable {name} is `{value}`; it must be {expected}")]
    Invalid {
        /// Which.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it must be.
        expected: &'static str,
    },
}

/// Environment variables, by name.
#[derive(Debug, Clone, Default)]
pub struct Settings(HashMap<String, String>);

impl Settings {
    /// Those of this process.
    #[must_use]
    pub fn from_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// A variable that must be there and not empty.
    ///
    /// # Errors
    /// [`SettingError::Missing`].
    pub fn text(&self, name: &'static str) -> Result<String, SettingError> {
        self.optional(name).ok_or(SettingError::Missing(name))
    }

    /// A variable that may be missing; empty counts as missing.
    #[must_use]
    pub fn optional(&self, name: &'static str) -> Option<String> {
        self.0.get(name).filter(|value| !value.is_empty()).cloned()
    }

    /// A whole number.
    ///
    /// # Errors
    /// [`SettingError`] if it is missing or no number of that kind.
    pub fn number<T: FromStr>(&self, name: &'static str) -> Result<T, SettingError> {
        let value = self.text(name)?;
        value.parse().map_err(|_| SettingError::Invalid { name, value, expected: "a whole number" })
    }

    /// A number of seconds.
    ///
    /// # Errors
    /// [`SettingError`] if it is missing or no whole number.
    pub fn seconds(&self, name: &'static str) -> Result<Duration, SettingError> {
        self.number(name).map(Duration::from_secs)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Settings {
    fn from(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_wrong_variable_is_named() {
        let settings = Settings::from([("A", ""), ("B", "x")]);
        assert_eq!(settings.text("A"), Err(SettingError::Missing("A")));
        let error = settings.seconds("B").unwrap_err();
        assert_eq!(error.to_string(), "the environment variable B is `x`; it must be a whole number");
    }
}
