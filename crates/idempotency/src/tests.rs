//! The library over a model of the table: whoever comes when, one result is written, and starts are counted truly.

use super::*;
use proptest::prelude::*;
use sluice_events::{EventId, IdempotencyKey, Producer, Value, payload_hash};
use sluice_ports::{
    ErrorInfo, Fence, LeaseOwner, Millis, Queued, Seconds, SettleOutcome, Settlement, Settlements, Status,
};
use sluice_simulation::{Lost, ModelTable};
use std::time::Duration;

const NOW: Millis = Millis(1_700_000_000_000);
const LEASE: Millis = Millis(NOW.0 + 30_000);
const PATIENCE: Duration = Duration::from_secs(1);

fn row(kind: &str) -> Queued {
    Queued {
        id: EventId::derive(&Producer::anonymous(), &IdempotencyKey::given("k").unwrap()),
        validation: payload_hash(kind, &Value::Null).unwrap(),
        message_id: "m1".to_owned(),
        producer: "anonymous".to_owned(),
        event_type: kind.to_owned(),
        received_at: NOW,
        expiration: NOW.to_seconds().plus(Duration::from_secs(60)),
    }
}

fn bid(fence: Fence, owner: &str) -> Bid {
    Bid { row: row("order"), fence, restart: false, owner: LeaseOwner::new(owner) }
}

async fn won(table: &ModelTable, fence: Fence, owner: &str) -> Option<Start> {
    match claim_one(table, bid(fence, owner), LEASE, NOW, PATIENCE).await {
        Answer::Won(start) => Some(start),
        Answer::Refused(_) | Answer::InDoubt(..) => None,
    }
}

async fn written(table: &ModelTable, settlement: Settlement) -> bool {
    table.settle(&[settlement]).await == [Ok(SettleOutcome::Written)]
}

fn error() -> ErrorInfo {
    ErrorInfo { class: "Test".to_owned(), message: "no".to_owned() }
}

fn every_end(start: &Start) -> [Settlement; 4] {
    [start.complete("1".to_owned(), NOW), start.fail(error(), NOW), start.release(error(), NOW), start.give_back(NOW)]
}

fn attempt(table: &ModelTable) -> u32 {
    table.row(row("order").id).map_or(0, |row| row.attempt)
}

#[tokio::test]
async fn of_several_that_claim_one_wins() {
    let table = ModelTable::default();
    let bids = ["a", "b", "c"].map(|owner| bid(Fence::Open, owner)).to_vec();
    let answers = claim(&table, bids, LEASE, NOW, PATIENCE).await;
    assert!(matches!(answers[..], [Answer::Won(_), Answer::Refused(_), Answer::Refused(_)]));
}

#[tokio::test]
async fn who_outlived_its_lease_changes_nothing() {
    let table = ModelTable::default();
    let old = won(&table, Fence::Open, "old").await.unwrap();
    let new = won(&table, Fence::Held(LeaseOwner::new("old")), "new").await.unwrap();
    let before = table.row(old.id());
    for end in every_end(&old) {
        assert!(!written(&table, end).await);
        assert_eq!(table.row(old.id()), before);
    }
    assert_eq!(new.attempt(), 2);
    assert!(written(&table, new.complete("2".to_owned(), NOW)).await);
}

#[tokio::test]
async fn nothing_follows_a_completion() {
    for unclaimed in [true, false] {
        let table = ModelTable::default();
        let first = match unclaimed {
            true => Start::unclaimed(row("order"), LeaseOwner::new("a")),
            false => won(&table, Fence::Open, "a").await.unwrap(),
        };
        assert!(written(&table, first.complete("1".to_owned(), NOW)).await);
        let other = Start::unclaimed(row("order"), LeaseOwner::new("b"));
        for end in every_end(&other).into_iter().chain([first.fail(error(), NOW), first.release(error(), NOW)]) {
            assert!(!written(&table, end).await);
        }
        assert!(won(&table, Fence::Open, "c").await.is_none());
        assert_eq!(table.row(first.id()).unwrap().data.as_deref(), Some("1"));
    }
}

#[tokio::test]
async fn the_same_write_again_is_the_same_success() {
    let table = ModelTable::default();
    let start = won(&table, Fence::Open, "a").await.unwrap();
    for _ in 0..2 {
        assert!(won(&table, Fence::Open, "a").await.is_some_and(|again| again == start));
    }
    for _ in 0..2 {
        assert!(written(&table, start.complete("1".to_owned(), NOW)).await);
    }
}

#[tokio::test]
async fn another_payload_under_the_same_id_is_neither_claimed_nor_settled() {
    let table = ModelTable::default();
    assert!(written(&table, Start::unclaimed(row("order"), LeaseOwner::new("a")).release(error(), NOW)).await);
    let other = Bid { row: row("job"), ..bid(Fence::Open, "b") };
    assert!(matches!(claim_one(&table, other, LEASE, NOW, PATIENCE).await, Answer::Refused(_)));
    assert!(!written(&table, Start::unclaimed(row("job"), LeaseOwner::new("c")).complete("1".to_owned(), NOW)).await);
}

#[tokio::test]
async fn an_expired_row_is_not_settled_without_a_claim_of_its_own() {
    let table = ModelTable::default();
    let expired = Queued { expiration: Seconds(1), ..row("order") };
    assert!(written(&table, Start::unclaimed(expired, LeaseOwner::new("a")).give_back(Millis(0))).await);
    assert!(!written(&table, Start::unclaimed(row("order"), LeaseOwner::new("b")).complete("1".to_owned(), NOW)).await);
    assert!(won(&table, Fence::Open, "c").await.is_none());
    assert!(won(&table, Fence::Expired, "d").await.is_some_and(|start| start.attempt() == 1));
}

#[tokio::test(start_paused = true)]
async fn a_claim_without_an_answer_is_in_doubt_and_given_back_counts_no_start() {
    let table = ModelTable::default();
    table.troubles.fail_next("claim", 1, Lost::Answer);
    let Answer::InDoubt(start, _) = claim_one(&table, bid(Fence::Open, "a"), LEASE, NOW, PATIENCE).await else {
        panic!("in doubt")
    };
    assert_eq!(attempt(&table), 1);
    let starts = [start];
    table.troubles.fail_next("settle", 1, Lost::Call);
    let failed = give_back(&table, &starts, NOW).await;
    assert_eq!(failed.len(), 1);
    assert!(give_back(&table, &starts, NOW).await.is_empty());
    assert_eq!((attempt(&table), table.row(row("order").id).unwrap().status), (0, Status::Queued));
}

/// What becomes of a start.
#[derive(Debug, Clone, Copy)]
enum End {
    Completed,
    Failed,
    Released,
    GivenBack,
    /// Nothing: its process died.
    None,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![Just(End::Completed), Just(End::Failed), Just(End::Released), Just(End::GivenBack), Just(End::None)]
}

proptest! {
    /// Starts overlap and end in any order; each ends as it wants if the table lets it.
    #[test]
    fn one_result_is_written_and_each_start_counted_once(ends in proptest::collection::vec((end(), any::<bool>()), 1..12)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let table = ModelTable::default();
            let (mut open, mut counted, mut finals) = (Vec::<(Start, End)>::new(), 0, 0);
            for (place, (end, take_over)) in ends.into_iter().enumerate() {
                let held = table.row(row("order").id).filter(|row| row.status == Status::InProgress);
                let fence = match held.and_then(|row| row.lease_owner) {
                    Some(owner) if take_over => Fence::Held(owner),
                    _ => Fence::Open,
                };
                if let Some(start) = won(&table, fence, &format!("o{place}")).await {
                    counted += 1;
                    assert_eq!(start.attempt(), counted);
                    open.push((start, end));
                }
                // The oldest goes first, whether it still has its lease or not.
                if place % 2 == 1 && !open.is_empty() {
                    let (start, end) = open.remove(0);
                    let settlement = match end {
                        End::Completed => start.complete("1".to_owned(), NOW),
                        End::Failed => start.fail(error(), NOW),
                        End::Released => start.release(error(), NOW),
                        End::GivenBack => start.give_back(NOW),
                        End::None => continue,
                    };
                    if written(&table, settlement).await {
                        finals += u32::from(matches!(end, End::Completed | End::Failed));
                        counted -= u32::from(matches!(end, End::GivenBack));
                    }
                }
            }
            assert!(finals <= 1);
            assert_eq!(attempt(&table), counted);
        });
    }
}
