//! What is to go wrong: the failure parameter, read.

use crate::condition::{Condition, all_hold};
use crate::mode::Mode;
use serde_json::Value;
use sluice_ports::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

/// Without an `until`, faults end this long after the parameter was last changed.
const LASTS: Duration = Duration::from_secs(3600);

/// What one value of the parameter asks for. Only what is switched on is in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    pub(crate) flags: BTreeMap<Mode, Flag>,
    pub(crate) calls: Vec<CallRule>,
    /// Rolls are repeatable from this.
    pub(crate) seed: Option<String>,
    pub(crate) until: Option<Millis>,
    /// Modes of failure-lambda that are switched on and that we do not have.
    pub(crate) unsupported: Vec<&'static str>,
}

/// One mode that is on.
#[derive(Debug, Clone)]
pub(crate) struct Flag {
    /// Of how many starts in a hundred.
    pub(crate) percentage: u8,
    /// In which function only; `None`: in each that has the mode.
    pub(crate) function: Option<String>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) act: Act,
}

/// What a mode does, where its name does not say all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Act {
    /// What the mode's name says.
    Plain,
    /// Waits from `least` to `most` milliseconds.
    Wait { least: u64, most: u64 },
    /// Waits until this is left of the invocation.
    WaitUntil { left: Duration },
    /// Fails with a message.
    Fail { message: String },
    /// Answers with a status.
    Answer { status: u16 },
    /// Replaces the answer's body; `None`: cuts it off.
    Corrupt { body: Option<String> },
}

/// A fault of calls to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallRule {
    pub(crate) mode: Mode,
    pub(crate) percentage: u8,
    pub(crate) function: Option<String>,
    /// Such as `dynamodb`, or `*`.
    pub(crate) service: String,
    /// Such as `UpdateItem`, or `*`.
    pub(crate) operation: String,
}

impl Plan {
    pub(crate) fn is_empty(&self) -> bool {
        self.flags.is_empty() && self.calls.is_empty()
    }

    /// When it ends by itself. `changed_at`: when the parameter was last changed.
    pub(crate) fn ends(&self, changed_at: Millis) -> Millis {
        self.until.unwrap_or_else(|| changed_at.plus(LASTS))
    }

    /// The names of what is on, for the log.
    pub(crate) fn names(&self) -> String {
        let flags = self.flags.keys().copied();
        let names: Vec<_> = flags.chain(self.calls.iter().map(|rule| rule.mode)).map(Mode::name).collect();
        names.join(" ")
    }
}

impl Flag {
    /// Whether it is meant for a function, and for what `event` holds. `event` is asked for only if that is needed.
    pub(crate) fn is_for(&self, function: &str, event: impl FnOnce() -> Value) -> bool {
        self.function.as_deref().is_none_or(|only| only == function)
            && (self.conditions.is_empty() || all_hold(&self.conditions, &event()))
    }
}

impl CallRule {
    /// Whether it is meant for calls of an operation in a function.
    pub(crate) fn is_for(&self, function: &str, service: &str, operation: &str) -> bool {
        let fits = |wanted: &str, given: &str| wanted == "*" || wanted.eq_ignore_ascii_case(given);
        self.function.as_deref().is_none_or(|only| only == function)
            && fits(&self.service, service)
            && fits(&self.operation, operation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_end_by_themselves() {
        let changed_at = Millis(1_000);
        assert_eq!(Plan::default().ends(changed_at), Millis(3_601_000));
        assert_eq!(Plan { until: Some(Millis(5)), ..Plan::default() }.ends(changed_at), Millis(5));
    }

    #[test]
    fn a_call_rule_names_a_service_and_an_operation_or_any() {
        let rule = |service: &str, operation: &str| CallRule {
            mode: Mode::Throttle,
            percentage: 100,
            function: None,
            service: service.to_owned(),
            operation: operation.to_owned(),
        };
        let hit = |rule: CallRule| rule.is_for("worker", "sqs", "SendMessageBatch");
        assert!(hit(rule("*", "*")) && hit(rule("sqs", "*")) && hit(rule("*", "SendMessageBatch")));
        assert!(hit(rule("SQS", "sendmessagebatch")));
        assert!(!hit(rule("dynamodb", "*")) && !hit(rule("sqs", "SendMessage")));
        assert!(!hit(CallRule { function: Some("ingest".to_owned()), ..rule("*", "*") }));
    }
}
