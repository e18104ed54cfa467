//! What the environment sets.

use sluice_ports::{SettingError, Settings};
use std::time::Duration;

/// How old what was read of the parameter may be at most, in seconds.
const LONGEST_KEPT: u64 = 60;

/// Where faults may be injected: what asks for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultSettings {
    /// The parameter's name.
    pub parameter: String,
    /// After this long it is read again.
    pub keep: Duration,
}

impl FaultSettings {
    /// From `FAILURE_MODE_PARAMETER` and `FAULT_CACHE_SECONDS` (1 to 60; 30 without it); `None` where
    /// `FAULT_INJECTION` is not `allowed`.
    ///
    /// # Errors
    /// [`SettingError`], naming the variable.
    pub fn from_settings(settings: &Settings) -> Result<Option<Self>, SettingError> {
        if settings.optional("FAULT_INJECTION").as_deref() != Some("allowed") {
            return Ok(None);
        }
        let parameter = settings.optional("FAILURE_MODE_PARAMETER");
        let keep = match settings.optional("FAULT_CACHE_SECONDS") {
            None => Duration::from_secs(30),
            Some(text) => seconds(text)?,
        };
        let parameter = parameter.ok_or(SettingError::Missing("FAILURE_MODE_PARAMETER"))?;
        Ok(Some(Self { parameter, keep }))
    }
}

fn seconds(text: String) -> Result<Duration, SettingError> {
    match text.parse() {
        Ok(seconds @ 1..=LONGEST_KEPT) => Ok(Duration::from_secs(seconds)),
        _ => Err(SettingError::Invalid { name: "FAULT_CACHE_SECONDS", value: text, expected: "from 1 to 60" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(allowed: &str, parameter: &str, seconds: &str) -> Result<Option<FaultSettings>, SettingError> {
        FaultSettings::from_settings(&Settings::from([
            ("FAULT_INJECTION", allowed),
            ("FAILURE_MODE_PARAMETER", parameter),
            ("FAULT_CACHE_SECONDS", seconds),
        ]))
    }

    #[test]
    fn only_leave_makes_a_parameter_count() {
        assert_eq!(FaultSettings::from_settings(&Settings::default()), Ok(None));
        for not_allowed in ["off", "Allowed", "true"] {
            assert_eq!(read(not_allowed, "/sluice/prod/failure_mode", "1"), Ok(None), "{not_allowed}");
        }
        let settings = |seconds| FaultSettings { parameter: "/p".to_owned(), keep: Duration::from_secs(seconds) };
        assert_eq!(read("allowed", "/p", "1"), Ok(Some(settings(1))));
        assert_eq!(read("allowed", "/p", ""), Ok(Some(settings(30))));
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        assert_eq!(read("allowed", "", "1"), Err(SettingError::Missing("FAILURE_MODE_PARAMETER")));
        for wrong in ["0", "61", "x"] {
            let error = read("allowed", "/p", wrong).unwrap_err().to_string();
            assert!(error.contains("FAULT_CACHE_SECONDS") && error.contains("from 1 to 60"), "{error}");
        }
    }
}
