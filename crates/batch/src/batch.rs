//! The messages of one invocation, and what became of each.

use crate::{BatchResponse, Outcome, Rounds};
use sluice_ports::{Millis, VisibilityChange};
use std::collections::HashMap;
use std::time::Duration;

/// How long SQS lets a message be hidden, counted from its receive, less a minute for clocks that differ:
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>.
const MOST_HIDDEN: Duration = Duration::from_secs(12 * 3600 - 60);

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

/// One message, as its batch sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its SQS message id.
    pub message_id: String,
    /// Its receipt handle.
    pub receipt_handle: String,
    /// Within a group, order counts. `None`: it does not, as in a standard queue.
    pub group: Option<String>,
    /// The earliest moment at which SQS may have handed it over.
    pub received_at: Millis,
}

/// The messages of one invocation, each with at most one outcome.
#[derive(Debug)]
pub struct Batch {
    messages: Vec<Received>,
    outcomes: Vec<Option<Outcome>>,
}

/// What follows from a batch's outcomes.
#[derive(Debug)]
pub struct Answer {
    /// For Lambda.
    pub response: BatchResponse,
    /// How long what goes back stays hidden. Those of one group are neighbours here, and equally long.
    pub hidden: Vec<VisibilityChange>,
    /// Whether there are messages, and all of them go back.
    pub all_go_back: bool,
}

impl Batch {
    /// A batch of messages, in the order in which Lambda handed them over.
    #[must_use]
    pub fn new(messages: impl IntoIterator<Item = Received>) -> Self {
        let messages: Vec<_> = messages.into_iter().collect();
        Self { outcomes: vec![None; messages.len()], messages }
    }

    /// The places of its messages, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        (0..self.messages.len()).map(Slot)
    }

    /// In which order they are worked.
    #[must_use]
    pub fn rounds(&self) -> Rounds {
        Rounds::new(self.slots().zip(self.messages.iter().map(|message| message.group.as_deref())))
    }

    /// Says what became of a message. The first word stands, but for a hand-back, which counts whenever it is said: in
    /// doubt a message goes back. A place of another batch is ignored.
    pub fn settle(&mut self, slot: Slot, outcome: Outcome) {
        if let Some(place) = self.outcomes.get_mut(slot.0)
            && (place.is_none() || (outcome.is_hand_back() && !place.as_ref().is_some_and(Outcome::is_hand_back)))
        {
            *place = Some(outcome);
        }
    }

    /// What became of a message; `None`: nothing yet.
    #[must_use]
    pub fn outcome(&self, slot: Slot) -> Option<&Outcome> {
        self.outcomes.get(slot.0)?.as_ref()
    }

    /// What became of the messages, by their ids.
    pub fn outcomes(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        let ids = self.messages.iter().map(|message| message.message_id.as_str());
        ids.zip(&self.outcomes).filter_map(|(id, outcome)| Some((id, outcome.as_ref()?)))
    }

    pub(crate) fn is_acknowledged(&self, slot: Slot) -> bool {
        self.outcome(slot).is_some_and(|outcome| !outcome.is_hand_back())
    }

    /// The answer, at `now`. A message without an outcome goes back, and so does every one of a group from the first
    /// that does, hidden as long as that one.
    ///
    /// It names messages of this batch only, and never an empty id, which Lambda takes for the failure of all. If a
    /// message without one must go back, it [says so](BatchResponse::leaves_one_out).
    #[must_use]
    pub fn answer(self, now: Millis) -> Answer {
        let back = self.going_back();
        let hidden = back.iter().filter_map(|(slot, after)| self.change(*slot, (*after)?, now)).collect();
        let all_go_back = !back.is_empty() && back.len() == self.messages.len();
        let ids = back.into_iter().map(|(slot, _)| self.messages[slot.0].message_id.clone());
        Answer { response: BatchResponse::naming(ids), hidden, all_go_back }
    }

    /// What goes back and for how long, group by group.
    fn going_back(&self) -> Vec<(Slot, Option<Duration>)> {
        let mut heads: HashMap<&str, (Slot, Option<Duration>)> = HashMap::new();
        let mut back = Vec::new();
        for (slot, message) in self.slots().zip(&self.messages) {
            let own = match self.outcome(slot) {
                Some(Outcome::HandBack { after, .. }) => Some(*after),
                Some(_) => None,
                None => Some(None),
            };
            let group = message.group.as_deref();
            let head = group.and_then(|group| heads.get(group)).copied();
            match (head, own) {
                (Some((head, after)), _) => back.push((head, slot, after)),
                (None, Some(after)) => {
                    group.map(|group| heads.insert(group, (slot, after)));
                    back.push((slot, slot, after));
                }
                (None, None) => {}
            }
        }
        back.sort_by_key(|(head, slot, _)| (*head, *slot));
        back.into_iter().map(|(_, slot, after)| (slot, after)).collect()
    }

    fn change(&self, slot: Slot, after: Duration, now: Millis) -> Option<VisibilityChange> {
        let message = &self.messages[slot.0];
        let room = MOST_HIDDEN.saturating_sub(now.since(message.received_at)).as_secs();
        let hidden_for = whole_seconds(after).min(Duration::from_secs(room));
        // Without room SQS would refuse it; the queue's own visibility timeout is all there is.
        (room > 0).then(|| VisibilityChange { receipt_handle: message.receipt_handle.clone(), hidden_for })
    }
}

/// As SQS counts them, rounded up: a message that shows before its time is received for nothing.
#[must_use]
pub fn whole_seconds(time: Duration) -> Duration {
    Duration::from_secs(time.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
