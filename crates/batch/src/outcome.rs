//! What becomes of a message.

use std::fmt;
use std::time::Duration;

/// What became of one message. All but [`Outcome::HandBack`] acknowledge it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its event is done.
    Done,
    /// Another message saw to its event.
    Duplicate,
    /// It goes back to the queue.
    HandBack {
        /// How long it stays hidden; `None`: as long as the queue hides what is received.
        after: Option<Duration>,
        /// Whether a start of processing was counted.
        counted: bool,
    },
    /// It failed for good, and waits in the dead-letter queue.
    Permanent {
        /// Stable name of the reason, such as `BusinessRule`.
        reason: String,
    },
}

impl Outcome {
    /// Whether it goes back to the queue.
    #[must_use]
    pub fn is_hand_back(&self) -> bool {
        matches!(self, Self::HandBack { .. })
    }
}

/// A word for a log line.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done => f.write_str("done"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::HandBack { counted: true, .. } => f.write_str("retried"),
            Self::HandBack { counted: false, .. } => f.write_str("handed_back"),
            Self::Permanent { reason } => write!(f, "permanent {reason}"),
        }
    }
}
