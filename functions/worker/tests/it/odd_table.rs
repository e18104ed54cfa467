//! What the table may say at odd moments costs no message: whatever becomes of an event, each message that brought it
//! is closed or goes back.

use super::*;
use sluice_ports::{
    Claim, ClaimOutcome, Claims, LeaseOwner, PortError, SettleOutcome, Settlement, Settlements, Status, Target,
};

enum Odd {
    /// Every claim meets this row, however often it changed in between.
    ClaimsMeet(Box<Record>),
    /// Claims meet this row, and settlements another writer.
    NothingHolds(Box<Record>),
    /// A settlement panics.
    Panics,
    /// A claim is never answered.
    Silent,
}

struct OddTable {
    odd: Odd,
    model: ModelTable,
}

impl Claims for OddTable {
    async fn claim(&self, claims: &[Claim]) -> Vec<Result<ClaimOutcome, PortError>> {
        match &self.odd {
            Odd::ClaimsMeet(row) | Odd::NothingHolds(row) => {
                claims.iter().map(|_| Ok(ClaimOutcome::Refused(row.clone()))).collect()
            }
            Odd::Panics => self.model.claim(claims).await,
            Odd::Silent => {
                self.model.claim(claims).await;
                std::future::pending().await
            }
        }
    }
}

impl Settlements for OddTable {
    async fn settle(&self, settlements: &[Settlement]) -> Vec<Result<SettleOutcome, PortError>> {
        match &self.odd {
            Odd::NothingHolds(row) => {
                settlements.iter().map(|_| Ok(SettleOutcome::Refused(Some(row.clone())))).collect()
            }
            Odd::Panics if settlements.iter().any(|settlement| settlement.target != Target::GivenBack) => {
                panic!("as told")
            }
            _ => self.model.settle(settlements).await,
        }
    }
}

struct OddPorts;

impl Ports for OddPorts {
    type Table = OddTable;
    type Queue = ModelQueue;
    type DeadLetters = ModelQueue;
    type Bus = ModelBus;
    type Clock = ModelClock;
    type Dice = ModelDice;
}

async fn work_oddly(odd: Odd, messages: &[Sent]) -> (Worker<OddPorts>, Vec<String>) {
    let Worker { queue, dead_letters, bus, clock, dice, types, faults, config, .. } = worker();
    let table = OddTable { odd, model: ModelTable::default() };
    let worker = Worker::<OddPorts> { table, queue, dead_letters, bus, clock, dice, types, faults, config };
    let (response, _) = worker.handle(event(messages), START.plus(LEASE)).await;
    let mut back: Vec<_> = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
    back.sort();
    (worker, back)
}

/// The row of `a` as a worker finds it that received it again.
async fn row_of_a(change: impl FnOnce(&mut Record)) -> Box<Record> {
    let worker = worker();
    work(&worker, &[sent("m0", &order("a", "1"))]).await;
    let mut row = row(&worker, "a");
    change(&mut row);
    Box::new(row)
}

#[tokio::test]
async fn an_event_that_others_always_take_first_goes_back() {
    let queued = row_of_a(|row| row.status = Status::Queued).await;
    let batch = [sent("m1", &order("a", "1")).again(), sent("m2", &order("a", "1")).again()];
    let (_, back) = work_oddly(Odd::ClaimsMeet(queued), &batch).await;
    assert_eq!(back, ["m1", "m2"]);
}

#[tokio::test]
async fn an_event_whose_crash_another_worker_settles_first_goes_back() {
    let crashed = |row: &mut Record| {
        (row.status, row.attempt, row.lease_owner) = (Status::InProgress, 3, Some(LeaseOwner::new("gone")));
        row.in_progress_expiration = Some(START);
    };
    let (worker, back) =
        work_oddly(Odd::NothingHolds(row_of_a(crashed).await), &[sent("m1", &order("a", "1")).again()]).await;
    assert_eq!((back, worker.bus.published().len()), (vec!["m1".to_owned()], 0));
}

#[tokio::test]
async fn a_job_whose_settlement_panics_goes_back_and_is_not_counted() {
    let (worker, back) = work_oddly(Odd::Panics, &[sent("m1", &job("a", "process_data", "1"))]).await;
    let row = worker.table.model.row(id("a")).unwrap();
    assert_eq!((back, row.status, row.attempt), (vec!["m1".to_owned()], Status::Queued, 0));
}

#[tokio::test(start_paused = true)]
async fn a_claim_that_is_not_answered_in_time_is_given_back() {
    let (worker, back) = work_oddly(Odd::Silent, &[sent("m1", &job("a", "process_data", "1"))]).await;
    let row = worker.table.model.row(id("a")).unwrap();
    assert_eq!((back, row.status, row.attempt), (vec!["m1".to_owned()], Status::Queued, 0));
}

#[tokio::test(start_paused = true)]
async fn a_groups_claim_is_waited_for_until_the_reserve_begins() {
    let began = tokio::time::Instant::now();
    let (worker, _) = work_oddly(Odd::Silent, &[sent("m1", &job("a", "process_data", "1"))]).await;
    let left = LEASE.saturating_sub(began.elapsed()).as_millis();
    let reserve = worker.config.deadline_reserve.as_millis();
    assert!((reserve - 1..=reserve).contains(&left), "{left} ms are left");
}
