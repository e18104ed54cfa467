//! Lambda's partial batch response:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>.

use serde::Serialize;
use std::collections::HashSet;

/// One message that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its SQS message id.
    pub item_identifier: String,
}

/// The answer: messages not named are deleted from the queue. Only [`crate::Batch`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// The messages that go back.
    pub batch_item_failures: Vec<BatchItemFailure>,
    #[serde(skip)]
    leaves_out: bool,
}

impl BatchResponse {
    /// Names messages that go back, each once: SQS may deliver one twice in a batch. An empty id, which Lambda takes
    /// for the failure of all, is left out.
    pub(crate) fn naming(ids: impl Iterator<Item = String>) -> Self {
        let mut seen = HashSet::new();
        let (named, nameless): (Vec<_>, Vec<_>) = ids.partition(|id| !id.is_empty());
        let named = named.into_iter().filter(|id| seen.insert(id.clone()));
        let batch_item_failures = named.map(|item_identifier| BatchItemFailure { item_identifier }).collect();
        Self { batch_item_failures, leaves_out: !nameless.is_empty() }
    }

    /// Whether a message goes back that has no id, and cannot be named. Only an invocation that fails, and whose whole
    /// batch so goes back, does not lose it. SQS gives every message an id.
    #[must_use]
    pub fn leaves_one_out(&self) -> bool {
        self.leaves_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_spelt_as_lambda_reads_it() {
        let response = BatchResponse::naming(["a", "", "a"].map(str::to_owned).into_iter());
        assert_eq!(serde_json::to_string(&response).unwrap(), r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#);
    }
}
