//! From the SDK's errors to the ports'.

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use sluice_ports::{PortError, Trouble};

/// AWS's codes for "too many calls": <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>.
const THROTTLES: [&str; 12] = [
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "Throttling",
    "ThrottlingError",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// The error of a whole call.
pub(crate) fn call_failed<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> PortError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let SdkError::ServiceError(context) = error else {
        return PortError { trouble: Trouble::Unavailable, operation, message: causes(error) };
    };
    let (code, text) = (context.err().code().unwrap_or("no code"), context.err().message().unwrap_or("no message"));
    let server_side = context.raw().status().as_u16() >= 500;
    item_failed(operation, code, text, server_side)
}

/// The error of one item inside an answer.
pub(crate) fn item_failed(operation: &'static str, code: &str, text: &str, server_side: bool) -> PortError {
    let trouble = match () {
        () if THROTTLES.contains(&code) => Trouble::Throttled,
        () if server_side => Trouble::Unavailable,
        () => Trouble::Refused,
    };
    // These describe what was sent, and may quote it: an event's content goes into no log.
    let quotes = code.contains("Validation") || code.starts_with("Invalid");
    let message = if quotes { code.to_owned() } else { format!("{code}: {text}") };
    PortError { trouble, operation, message }
}

/// The answer did not mention an item.
pub(crate) fn not_answered(operation: &'static str) -> PortError {
    PortError { trouble: Trouble::Unavailable, operation, message: "the answer leaves the item out".to_owned() }
}

/// An error with what lies under it: "dispatch failure" alone tells nobody anything.
fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let chain = std::iter::successors(Some(error), |error| error.source());
    chain.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_quote_an_event_is_left_out() {
        let message = |code| item_failed("op", code, "One of `secret`", false).message;
        assert_eq!(message("ValidationException"), "ValidationException");
        assert_eq!(message("InvalidMessageContents"), "InvalidMessageContents");
        assert_eq!(message("QueueDoesNotExist"), "QueueDoesNotExist: One of `secret`");
    }
}
