//! Lambda's partial batch response:
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting>.

use serde::Serialize;
use std::collections::BTreeSet;

/// A message's place in its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(usize);

impl Slot {
    /// Its index in the batch, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        self.0
    }
}

/// The messages of one invocation, and which of them go back to the queue.
#[derive(Debug)]
pub struct Batch {
    ids: Vec<String>,
    handed_back: BTreeSet<Slot>,
}

/// One message that goes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Its SQS message id.
    pub item_identifier: String,
}

/// The answer: messages not named are deleted from the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// The messages that go back.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

impl Batch {
    /// A batch of messages by their ids, in order.
    #[must_use]
    pub fn new(ids: impl IntoIterator<Item = String>) -> Self {
        Self { ids: ids.into_iter().collect(), handed_back: BTreeSet::new() }
    }

    /// The places of its messages, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        (0..self.ids.len()).map(Slot)
    }

    /// Marks a message to go back to the queue. A place of another batch is ignored.
    pub fn hand_back(&mut self, slot: Slot) {
        if slot.0 < self.ids.len() {
            self.handed_back.insert(slot);
        }
    }

    /// The answer. It names messages of this batch only, and never an empty id, which Lambda takes for the failure
    /// of all: a message without one cannot be named, so if it must go back, all go back by name.
    #[must_use]
    pub fn into_response(self) -> BatchResponse {
        let nameless = self.handed_back.iter().any(|slot| self.ids[slot.0].is_empty());
        let named = self.ids.into_iter().enumerate();
        let back = named.filter(|(index, id)| !id.is_empty() && (nameless || self.handed_back.contains(&Slot(*index))));
        BatchResponse {
            batch_item_failures: back.map(|(_, item_identifier)| BatchItemFailure { item_identifier }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(ids: &[&str], back: &[usize]) -> Vec<String> {
        let mut batch = Batch::new(ids.iter().map(|id| (*id).to_owned()));
        back.iter().for_each(|index| batch.hand_back(Slot(*index)));
        batch.into_response().batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect()
    }

    #[test]
    fn the_answer_is_spelt_as_lambda_reads_it() {
        let mut batch = Batch::new(["a".to_owned()]);
        let slot = batch.slots().next().unwrap();
        batch.hand_back(slot);
        let json = serde_json::to_string(&batch.into_response()).unwrap();
        assert_eq!(json, r#"{"batchItemFailures":[{"itemIdentifier":"a"}]}"#);
    }

    #[test]
    fn a_message_without_an_id_takes_all_along_only_if_it_must_go_back() {
        assert_eq!(answer(&["a", "", "c"], &[0]), ["a"]);
        assert_eq!(answer(&["a", "", "c"], &[1]), ["a", "c"]);
    }

    proptest! {
        #[test]
        fn exactly_the_marked_messages_go_back(
            ids in proptest::collection::hash_set("[a-z]{1,3}", 0..8),
            back in proptest::collection::vec(0..12_usize, 0..8),
        ) {
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let marked: BTreeSet<_> = back.iter().filter_map(|index| ids.get(*index)).map(ToString::to_string).collect();
            prop_assert_eq!(answer(&ids, &back).into_iter().collect::<BTreeSet<_>>(), marked);
        }
    }
}
