use super::*;
use crate::testing::{batch, groups};
use proptest::prelude::*;
use std::collections::BTreeSet;

const HOUR: Duration = Duration::from_secs(3600);

fn back(seconds: u64) -> Outcome {
    Outcome::HandBack { after: Some(Duration::from_secs(seconds)), counted: false }
}

fn named(answer: &Answer) -> Vec<String> {
    answer.response.batch_item_failures.iter().map(|failure| failure.item_identifier.clone()).collect()
}

fn hidden(answer: &Answer) -> Vec<(&str, u64)> {
    answer.hidden.iter().map(|change| (change.receipt_handle.as_str(), change.hidden_for.as_secs())).collect()
}

fn outcome() -> impl Strategy<Value = Option<Outcome>> {
    let after = proptest::option::of((0..200_000_000_u64).prop_map(Duration::from_millis));
    let hand_back = (after, any::<bool>()).prop_map(|(after, counted)| Outcome::HandBack { after, counted });
    proptest::option::weighted(
        0.8,
        prop_oneof![
            Just(Outcome::Done),
            Just(Outcome::Duplicate),
            Just(Outcome::Permanent { reason: "BusinessRule".to_owned() }),
            hand_back,
        ],
    )
}

fn settled(groups: &[Option<String>], outcomes: &[Option<Outcome>]) -> Batch {
    let mut batch = batch(groups.iter().cloned());
    for (slot, outcome) in batch.slots().zip(outcomes) {
        outcome.iter().for_each(|outcome| batch.settle(slot, outcome.clone()));
    }
    batch
}

#[test]
fn a_message_without_an_id_that_must_go_back_is_not_passed_over_in_silence() {
    for (goes_back, named_ones, leaves_one_out) in [(0, vec!["a"], false), (1, vec![], true)] {
        let received = |id: &str| Received {
            message_id: id.to_owned(),
            receipt_handle: String::new(),
            group: None,
            received_at: Millis(0),
        };
        let mut batch = Batch::new(["a", "", "c"].map(received));
        for slot in batch.slots() {
            batch.settle(slot, if slot.index() == goes_back { back(1) } else { Outcome::Done });
        }
        let answer = batch.answer(Millis(0));
        assert_eq!(
            (named(&answer), answer.response.leaves_one_out()),
            (named_ones.iter().map(ToString::to_string).collect(), leaves_one_out)
        );
    }
}

#[test]
fn the_rest_of_a_failed_group_is_hidden_as_long_as_its_head_and_no_other_group_is() {
    let groups = ["a", "b", "a", "b", "a"].map(|group| Some(group.to_owned()));
    let mut batch = batch(groups);
    let slots: Vec<_> = batch.slots().collect();
    batch.settle(slots[0], Outcome::Done);
    batch.settle(slots[1], Outcome::Permanent { reason: "BusinessRule".to_owned() });
    batch.settle(slots[2], back(7));
    batch.settle(slots[3], Outcome::Done);
    let answer = batch.answer(Millis(0));
    assert_eq!(
        (named(&answer), hidden(&answer)),
        (vec!["m2".to_owned(), "m4".to_owned()], vec![("handle-2", 7), ("handle-4", 7)])
    );
    assert!(!answer.all_go_back);
}

#[test]
fn a_hand_back_is_not_taken_back_and_no_other_outcome_is_given_twice() {
    let mut batch = batch([None, None]);
    let slots: Vec<_> = batch.slots().collect();
    batch.settle(slots[0], Outcome::Done);
    batch.settle(slots[0], Outcome::Duplicate);
    assert_eq!(batch.outcome(slots[0]), Some(&Outcome::Done));
    batch.settle(slots[0], back(1));
    batch.settle(slots[0], back(9));
    batch.settle(slots[0], Outcome::Done);
    assert_eq!(batch.outcome(slots[0]), Some(&back(1)));
    batch.settle(Slot(2), Outcome::Done);
    assert_eq!((batch.outcome(Slot(2)), batch.outcome(slots[1])), (None, None), "a place of another batch");
}

#[test]
fn twelve_hours_count_from_the_receive() {
    for (since, seconds) in [(Duration::ZERO, 43_140), (HOUR, 39_540), (12 * HOUR - Duration::from_secs(61), 1)] {
        let batch = settled(&[None], &[Some(back(100_000))]);
        assert_eq!(hidden(&batch.answer(Millis(0).plus(since))), [("handle-0", seconds)]);
    }
    let late = settled(&[None], &[Some(back(5))]).answer(Millis(0).plus(12 * HOUR));
    assert_eq!((named(&late).len(), hidden(&late).len()), (1, 0));
}

proptest! {
    #[test]
    fn what_is_not_acknowledged_goes_back_with_the_rest_of_its_group(
        (groups, outcomes) in groups().prop_flat_map(|groups| {
            let outcomes = proptest::collection::vec(outcome(), groups.len());
            (Just(groups), outcomes)
        }),
    ) {
        let goes_back = |index: usize| outcomes[index].as_ref().is_none_or(Outcome::is_hand_back);
        let behind = |index: usize| (0..index).any(|other| groups[other].is_some() && groups[other] == groups[index] && goes_back(other));
        let expected: BTreeSet<_> =
            (0..groups.len()).filter(|index| goes_back(*index) || behind(*index)).map(|index| format!("m{index}")).collect();
        let answer = settled(&groups, &outcomes).answer(Millis(0));
        let names = named(&answer);
        prop_assert_eq!(answer.all_go_back, !groups.is_empty() && names.len() == groups.len());
        prop_assert_eq!(names.len(), expected.len(), "each is named once");
        prop_assert_eq!(names.into_iter().collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn nothing_shows_before_its_time_and_all_within_a_second_of_it(milliseconds in 0..40_000_000_u64) {
        let outcome = Outcome::HandBack { after: Some(Duration::from_millis(milliseconds)), counted: false };
        let answer = settled(&[None], &[Some(outcome)]).answer(Millis(0));
        let [(_, seconds)] = hidden(&answer)[..] else { panic!("one message") };
        prop_assert!((milliseconds..milliseconds + 1000).contains(&(seconds * 1000)), "{} s", seconds);
    }

    #[test]
    fn a_group_is_hidden_as_one_and_nothing_past_its_limit(
        (groups, outcomes) in groups().prop_flat_map(|groups| {
            let outcomes = proptest::collection::vec(outcome(), groups.len());
            (Just(groups), outcomes)
        }),
        elapsed in 0..50_000_u64,
    ) {
        let now = Millis(0).plus(Duration::from_secs(elapsed));
        let answer = settled(&groups, &outcomes).answer(now);
        let mut waits: HashMap<&str, u64> = HashMap::new();
        let mut last = None;
        for (handle, seconds) in hidden(&answer) {
            prop_assert!(elapsed + seconds <= 12 * 3600);
            let index: usize = handle["handle-".len()..].parse().unwrap();
            let group = groups[index].as_deref();
            if let Some(group) = group {
                let neighbour = last == Some(group) || !waits.contains_key(group);
                prop_assert!(neighbour, "a group's changes are neighbours");
                prop_assert_eq!(*waits.entry(group).or_insert(seconds), seconds);
            }
            last = group;
        }
    }
}
