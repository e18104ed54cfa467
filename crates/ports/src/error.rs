//! What can go wrong at a port.

use thiserror::Error;

/// What kind of trouble it is: decides whether trying again makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer, a time-out or a 5xx: the call may have taken effect.
    Unavailable,
    /// Too many calls for now.
    Throttled,
    /// Answered with a refusal that will be repeated: a missing permission, a missing resource, a bad request.
    Refused,
}

/// A call to the outside failed for one item, or for the whole group.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{operation}: {message}")]
pub struct PortError {
    /// What kind of trouble.
    pub trouble: Trouble,
    /// The AWS operation, such as `sqs:SendMessage`.
    pub operation: &'static str,
    /// For people: AWS's own code and message.
    pub message: String,
}

impl PortError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.trouble {
            Trouble::Unavailable => "dependency_unavailable",
            Trouble::Throttled => "dependency_throttled",
            Trouble::Refused => "dependency_refused",
        }
    }

    /// Whether trying again makes sense.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.trouble != Trouble::Refused
    }
}
