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
}

impl BatchResponse {
    /// Names messages that go back, each once: SQS may deliver one twice in a batch. An empty id, which Lambda takes
    /// for the failure of all, is left out.
    pub(crate) fn naming(ids: impl Iterator<Item = String>) -> Self {
        let mut seen = HashSet::new();
        let named = ids.filter(|id| !id.is_empty() && seen.insert(id.clone()));
        Self { batch_item_failures: named.map(|item_identifier| BatchItemFailure { item_identifier }).collect() }
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
