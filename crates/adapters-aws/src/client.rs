//! What all clients share.
//!
//! TLS is rustls on `ring`: AWS-LC spends tens of milliseconds of CPU on its first handshake. Credentials and region
//! come from the environment, where Lambda puts them, without the provider chain of `aws-config`.

use crate::faulty_http::FaultyHttp;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use sluice_faults::Faults;
use sluice_ports::{SettingError, Settings};
use std::time::Duration;

/// Connector, credentials, region, retries and time-outs of all clients of one function.
#[derive(Debug, Clone)]
pub struct Aws(SdkConfig);

impl Aws {
    /// A call may take `patience` with all its tries, and each try half of it.
    ///
    /// From `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` and, for the local cloud,
    /// `AWS_ENDPOINT_URL`.
    ///
    /// # Errors
    /// [`SettingError`], naming the variable that is missing.
    pub fn from_settings(settings: &Settings, patience: Duration) -> Result<Self, SettingError> {
        let credentials = Credentials::new(
            settings.text("AWS_ACCESS_KEY_ID")?,
            settings.text("AWS_SECRET_ACCESS_KEY")?,
            settings.optional("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(patience / 2)
            .operation_attempt_timeout(patience / 2)
            .operation_timeout(patience)
            .build();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(settings.text("AWS_REGION")?))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http)
            .sleep_impl(TokioSleep::new())
            .time_source(SystemTimeSource::new())
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(50)))
            .timeout_config(timeouts);
        config.set_endpoint_url(settings.optional("AWS_ENDPOINT_URL"));
        Ok(Self(config.build()))
    }

    /// What a call may take, with all its tries.
    #[cfg(feature = "sqs")]
    pub(crate) fn patience(&self) -> Duration {
        self.0.timeout_config().and_then(TimeoutConfig::operation_timeout).unwrap_or_default()
    }

    /// The same, with calls that go wrong on demand. Where faults are off nothing is put in between.
    #[must_use]
    pub fn with_faults(&self, faults: &Faults) -> Self {
        let Some(inner) = self.0.http_client().filter(|_| faults.are_allowed()) else {
            return self.clone();
        };
        let faulty = FaultyHttp { inner, faults: faults.clone() };
        Self(self.0.to_builder().http_client(SharedHttpClient::new(faulty)).build())
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let error =
            Aws::from_settings(&Settings::from([("AWS_ACCESS_KEY_ID", "a")]), Duration::from_secs(1)).unwrap_err();
        assert_eq!(error, SettingError::Missing("AWS_SECRET_ACCESS_KEY"));
    }
}
