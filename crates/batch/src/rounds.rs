//! In which order a batch's messages are worked.
//!
//! Messages without a group, those of a standard queue, are one round. Of a FIFO queue, round k holds the k-th message
//! of each group of which none has gone back: groups side by side, a group in order.

use crate::{Batch, Slot};
use std::collections::{HashMap, VecDeque};

/// The rounds still to come.
#[derive(Debug)]
pub struct Rounds {
    lanes: Vec<Lane>,
}

/// The messages of one group, in order; or one message without a group.
#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Slot>,
    /// The one that was dealt last.
    dealt: Option<Slot>,
}

impl Rounds {
    /// The messages in the batch's order, each with its group.
    pub(crate) fn new<'a>(messages: impl Iterator<Item = (Slot, Option<&'a str>)>) -> Self {
        let mut lanes: Vec<Lane> = Vec::new();
        let mut places = HashMap::new();
        for (slot, group) in messages {
            let place = group.map_or(lanes.len(), |group| *places.entry(group).or_insert(lanes.len()));
            if place == lanes.len() {
                lanes.push(Lane::default());
            }
            lanes[place].waiting.push_back(slot);
        }
        Self { lanes }
    }

    /// The next round, in the batch's order; empty: all is dealt. A group whose last message was not acknowledged gets
    /// no more turns: what is left of it is behind that one.
    #[must_use]
    pub fn next(&mut self, batch: &Batch) -> Vec<Slot> {
        self.lanes.retain(|lane| lane.dealt.is_none_or(|slot| batch.is_acknowledged(slot)));
        let mut round: Vec<Slot> = self.lanes.iter_mut().filter_map(Lane::deal).collect();
        self.lanes.retain(|lane| lane.dealt.is_some());
        round.sort_unstable();
        round
    }
}

impl Lane {
    fn deal(&mut self) -> Option<Slot> {
        self.dealt = self.waiting.pop_front();
        self.dealt
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outcome;
    use crate::testing::{batch, groups};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const BACK: Outcome = Outcome::HandBack { after: None, counted: true };

    /// Works a batch; the rounds as they were dealt.
    fn work(batch: &mut Batch, back: &BTreeSet<usize>) -> Vec<Vec<usize>> {
        let mut rounds = batch.rounds();
        let mut dealt = Vec::new();
        loop {
            let round = rounds.next(batch);
            if round.is_empty() {
                return dealt;
            }
            for slot in &round {
                batch.settle(*slot, if back.contains(&slot.index()) { BACK } else { Outcome::Done });
            }
            dealt.push(round.into_iter().map(Slot::index).collect());
        }
    }

    #[test]
    fn round_k_holds_the_kth_message_of_each_group_that_has_not_failed() {
        let groups = ["a", "b", "a", "a", "b", "c"].map(|group| Some(group.to_owned()));
        let mut batch = batch(groups.iter().cloned());
        assert_eq!(work(&mut batch, &BTreeSet::from([2])), [vec![0, 1, 5], vec![2, 4]]);
    }

    #[test]
    fn a_group_whose_message_was_forgotten_gets_no_more_turns() {
        let batch = batch([Some("a".to_owned()), Some("a".to_owned())]);
        let mut rounds = batch.rounds();
        assert_eq!(rounds.next(&batch).len(), 1);
        assert_eq!(rounds.next(&batch), []);
    }

    proptest! {
        #[test]
        fn messages_without_a_group_are_one_round(count in 1..20_usize, back in proptest::collection::btree_set(0..20_usize, 0..8)) {
            let rounds = work(&mut batch(vec![None; count]), &back);
            prop_assert_eq!(rounds, [(0..count).collect::<Vec<_>>()]);
        }

        #[test]
        fn a_group_is_worked_in_order_up_to_what_goes_back_and_each_message_once(
            groups in groups(),
            back in proptest::collection::btree_set(0..12_usize, 0..6),
        ) {
            let rounds = work(&mut batch(groups.clone()), &back);
            for round in &rounds {
                let lanes: Vec<_> = round.iter().filter_map(|index| groups[*index].as_ref()).collect();
                prop_assert_eq!(lanes.iter().collect::<BTreeSet<_>>().len(), lanes.len(), "one of a group in a round");
            }
            let worked = rounds.concat();
            for (index, group) in groups.iter().enumerate() {
                let before = |other: &usize| group.is_some() && groups[*other] == *group && *other < index;
                let behind = (0..index).any(|other| before(&other) && back.contains(&other));
                let times = worked.iter().filter(|other| **other == index).count();
                prop_assert_eq!(times, usize::from(!behind), "message {} of {:?}", index, groups);
                let place = worked.iter().position(|other| *other == index);
                let after_all_before = worked.iter().skip(place.unwrap_or(worked.len())).all(|other| !before(other));
                prop_assert!(after_all_before, "{:?} is out of order", worked);
            }
        }

        #[test]
        fn the_kth_of_a_group_is_in_round_k(groups in groups()) {
            for (number, round) in work(&mut batch(groups.clone()), &BTreeSet::new()).into_iter().enumerate() {
                for index in round {
                    let before = groups[..index].iter().filter(|group| group.is_some() && **group == groups[index]);
                    prop_assert_eq!(before.count(), number);
                }
            }
        }
    }
}
