//! AWS Systems Manager's Parameter Store: the failure parameter.

use crate::Aws;
use crate::error::{call_failed, not_answered};
use aws_sdk_ssm::Client;
use sluice_faults::{FaultSettings, Faults, Function};
use sluice_ports::{Millis, Parameter, ParameterReader, PortError, SettingError, Settings, SystemClock, SystemDice};

const OPERATION: &str = "ssm:GetParameter";

/// One parameter, by its name.
#[derive(Debug, Clone)]
pub struct StoredParameter {
    client: Client,
    name: String,
}

impl StoredParameter {
    /// The parameter of a name. Needs `ssm:GetParameter`.
    #[must_use]
    pub fn new(aws: &Aws, name: String) -> Self {
        Self { client: Client::new(aws.config()), name }
    }
}

impl ParameterReader for StoredParameter {
    async fn read(&self) -> Result<Option<Parameter>, PortError> {
        let found = match self.client.get_parameter().name(&self.name).send().await {
            Ok(answer) => answer.parameter.ok_or_else(|| not_answered(OPERATION))?,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_parameter_not_found()) => {
                return Ok(None);
            }
            Err(error) => return Err(call_failed(OPERATION, &error)),
        };
        let changed_at = found.last_modified_date.and_then(|moment| moment.to_millis().ok());
        let (Some(text), Some(changed_at)) = (found.value, changed_at) else {
            return Err(not_answered(OPERATION));
        };
        Ok(Some(Parameter { text, changed_at: Millis(changed_at) }))
    }
}

/// The faults of a function. Where none may be injected, no client is made to ask for them.
///
/// # Errors
/// [`SettingError`], naming the variable.
pub fn faults(aws: &Aws, settings: &Settings, function: Function) -> Result<Faults, SettingError> {
    let Some(FaultSettings { parameter, keep }) = FaultSettings::from_settings(settings)? else {
        return Ok(Faults::off());
    };
    Ok(Faults::new(function, StoredParameter::new(aws, parameter), keep, SystemClock, SystemDice))
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_ssm::error::ErrorMetadata;
    use aws_sdk_ssm::operation::get_parameter::{GetParameterError, GetParameterOutput};
    use aws_sdk_ssm::types::error::ParameterNotFound;
    use aws_smithy_mocks::{mock, mock_client};
    use aws_smithy_types::DateTime;
    use sluice_ports::Trouble;

    fn parameter(rule: &aws_smithy_mocks::Rule) -> StoredParameter {
        StoredParameter { client: mock_client!(aws_sdk_ssm, [rule]), name: "/sluice/dev/failure_mode".to_owned() }
    }

    #[tokio::test]
    async fn a_parameter_has_a_value_and_the_time_of_its_last_change() {
        let rule = mock!(Client::get_parameter)
            .match_requests(|input| input.name() == Some("/sluice/dev/failure_mode"))
            .then_output(|| {
                let found = aws_sdk_ssm::types::Parameter::builder()
                    .value("none")
                    .last_modified_date(DateTime::from_millis(1_700_000_000_123));
                GetParameterOutput::builder().parameter(found.build()).build()
            });
        let read = parameter(&rule).read().await;
        assert_eq!(read, Ok(Some(Parameter { text: "none".to_owned(), changed_at: Millis(1_700_000_000_123) })));
    }

    #[tokio::test]
    async fn a_parameter_that_is_not_there_is_told_from_one_that_may_not_be_read() {
        let missing = mock!(Client::get_parameter)
            .then_error(|| GetParameterError::ParameterNotFound(ParameterNotFound::builder().build()));
        assert_eq!(parameter(&missing).read().await, Ok(None));
        let denied = mock!(Client::get_parameter)
            .then_error(|| GetParameterError::generic(ErrorMetadata::builder().code("AccessDeniedException").build()));
        assert_eq!(parameter(&denied).read().await.unwrap_err().trouble, Trouble::Refused);
    }

    #[test]
    fn without_leave_nothing_is_asked_for() {
        let settings = Settings::from([
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("AWS_REGION", "eu-west-1"),
            ("FAILURE_MODE_PARAMETER", "/sluice/prod/failure_mode"),
        ]);
        let aws = Aws::from_settings(&settings, std::time::Duration::from_secs(1)).unwrap();
        let faults = faults(&aws, &settings, Function::Worker).unwrap();
        assert_eq!(format!("{faults:?}"), "Faults(off)");
    }
}
