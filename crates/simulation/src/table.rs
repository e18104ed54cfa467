//! The events table: conditional writes as DynamoDB does them.

use crate::Troubles;
use sluice_events::EventId;
use sluice_ports::{
    Claim, ClaimOutcome, Claims, EnqueueOutcome, Fence, Fields, Millis, PortError, Queued, Record, RecordReader,
    Records, Seconds, SettleOutcome, Settlement, Settlements, Status, Target, Trouble,
};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Rows by event. Operations: `read`, `enqueue`, `claim`, `settle`.
#[derive(Debug, Default)]
pub struct ModelTable {
    /// Failures to come.
    pub troubles: Troubles,
    rows: Mutex<BTreeMap<EventId, Record>>,
}

impl ModelTable {
    /// A row as it stands.
    #[must_use]
    pub fn row(&self, id: EventId) -> Option<Record> {
        self.rows().get(&id).cloned()
    }

    /// Puts a row there.
    pub fn put(&self, row: Record) {
        self.rows().insert(row.id, row);
    }

    /// Notes one as queued, now. The port does the same, and fails when told to.
    pub fn enqueue_now(&self, new: &Queued, now: Seconds) -> EnqueueOutcome {
        let mut rows = self.rows();
        if rows.get(&new.id).is_some_and(|row| row.expiration >= now) {
            return EnqueueOutcome::Known;
        }
        rows.insert(new.id, fresh(new));
        EnqueueOutcome::Written
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<EventId, Record>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims one, now. The port does the same, and fails when told to.
    ///
    /// # Errors
    /// The claim wanted a row, and there is none to show.
    pub fn claim_now(&self, claim: &Claim) -> Result<ClaimOutcome, PortError> {
        let mut rows = self.rows();
        let old = rows.get(&claim.row.id).cloned();
        if !passes(&claim.fence, old.as_ref(), &claim.row, claim.now) {
            let row = old.ok_or_else(gone)?;
            let ours = row.lease_owner.as_ref() == Some(&claim.owner) && row.status == Status::InProgress;
            return Ok(if ours {
                ClaimOutcome::Claimed { attempt: row.attempt }
            } else {
                ClaimOutcome::Refused(Box::new(row))
            });
        }
        let attempt = if claim.restart { 1 } else { old.as_ref().map_or(0, |row| row.attempt) + 1 };
        let another_life = claim.fence == Fence::Expired;
        let mut row = old.filter(|_| !another_life).unwrap_or_else(|| fresh(&claim.row));
        write(&mut row, &claim.row, claim.now);
        row.status = Status::InProgress;
        row.in_progress_expiration = Some(claim.until);
        row.lease_owner = Some(claim.owner.clone());
        row.attempt = attempt;
        rows.insert(row.id, row);
        Ok(ClaimOutcome::Claimed { attempt })
    }

    /// Settles one, now. The port does the same, and fails when told to.
    pub fn settle_now(&self, settlement: &Settlement) -> SettleOutcome {
        let mut rows = self.rows();
        let old = rows.get(&settlement.row.id).cloned();
        if !passes(&settlement.fence, old.as_ref(), &settlement.row, settlement.now) {
            let ours = |row: &Record| {
                row.lease_owner.as_ref() == Some(&settlement.owner) && row.status == settlement.target.status()
            };
            return if old.as_ref().is_some_and(ours) {
                SettleOutcome::Written
            } else {
                SettleOutcome::Refused(old.map(Box::new))
            };
        }
        let mut row = old.unwrap_or_else(|| fresh(&settlement.row));
        write(&mut row, &settlement.row, settlement.now);
        row.status = settlement.target.status();
        row.in_progress_expiration = None;
        row.lease_owner = Some(settlement.owner.clone());
        row.attempt = match settlement.target {
            Target::GivenBack => row.attempt.saturating_sub(1),
            _ => settlement.attempt,
        };
        match &settlement.target {
            Target::Completed(data) => row.data = Some(data.clone()),
            Target::Failed(error) | Target::Released(error) => row.error = Some(error.clone()),
            Target::GivenBack => {}
        }
        rows.insert(row.id, row);
        SettleOutcome::Written
    }
}

fn open(row: &Record, new: &Queued, now: Millis) -> bool {
    row.status == Status::Queued && row.validation == new.validation && row.expiration >= now.to_seconds()
}

fn passes(fence: &Fence, old: Option<&Record>, new: &Queued, now: Millis) -> bool {
    match (fence, old) {
        (Fence::Open | Fence::Fresh, None) => true,
        // What was there is gone: nothing to take over, nothing to end.
        (Fence::Expired | Fence::Held(_) | Fence::FailedBy { .. }, None) => false,
        (fence, Some(row)) => holds(fence, row, new, now),
    }
}

fn holds(fence: &Fence, row: &Record, new: &Queued, now: Millis) -> bool {
    match fence {
        Fence::Open => open(row, new, now),
        Fence::Fresh => open(row, new, now) && row.attempt == 0,
        Fence::Expired => row.expiration < now.to_seconds(),
        Fence::Held(owner) => row.status == Status::InProgress && row.lease_owner.as_ref() == Some(owner),
        Fence::FailedBy { message_id, updated_at } => {
            row.status == Status::Failed && row.message_id == *message_id && row.updated_at == *updated_at
        }
    }
}

/// A claim wanted a row, and there is none to show.
fn gone() -> PortError {
    let message = "the row was deleted while it was claimed".to_owned();
    PortError { trouble: Trouble::Unavailable, operation: "claim", message }
}

fn fresh(new: &Queued) -> Record {
    Record {
        id: new.id,
        status: Status::Queued,
        expiration: new.expiration,
        validation: new.validation,
        in_progress_expiration: None,
        data: None,
        lease_owner: None,
        attempt: 0,
        message_id: Some(new.message_id.clone()),
        producer: new.producer.clone(),
        event_type: new.event_type.clone(),
        received_at: new.received_at,
        updated_at: new.received_at,
        error: None,
        redrives: 0,
    }
}

fn write(row: &mut Record, new: &Queued, now: Millis) {
    row.expiration = new.expiration;
    row.validation = new.validation;
    row.message_id = Some(new.message_id.clone());
    row.updated_at = now;
}

impl RecordReader for ModelTable {
    async fn read(&self, ids: &[EventId], fields: Fields) -> Vec<Result<Option<Record>, PortError>> {
        let shown = |row: Record| match fields {
            Fields::All => row,
            Fields::WithoutResult => Record { data: None, ..row },
        };
        ids.iter().map(|id| self.troubles.run("read", || self.row(*id).map(shown))).collect()
    }
}

impl Records for ModelTable {
    async fn enqueue(&self, rows: &[Queued], now: Seconds) -> Vec<Result<EnqueueOutcome, PortError>> {
        rows.iter().map(|new| self.troubles.run("enqueue", || self.enqueue_now(new, now))).collect()
    }
}

impl Claims for ModelTable {
    async fn claim(&self, claims: &[Claim]) -> Vec<Result<ClaimOutcome, PortError>> {
        claims.iter().map(|claim| self.troubles.run("claim", || self.claim_now(claim)).flatten()).collect()
    }
}

impl Settlements for ModelTable {
    async fn settle(&self, settlements: &[Settlement]) -> Vec<Result<SettleOutcome, PortError>> {
        settlements.iter().map(|settlement| self.troubles.run("settle", || self.settle_now(settlement))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sluice_events::{IdempotencyKey, Producer, Value, payload_hash};
    use sluice_ports::{ErrorInfo, LeaseOwner};

    const NOW: Millis = Millis(1_700_000_000_000);

    fn row() -> Queued {
        Queued {
            id: EventId::derive(&Producer::anonymous(), &IdempotencyKey::Given("a".to_owned())),
            validation: payload_hash("order", &Value::Null).unwrap(),
            message_id: "m1".to_owned(),
            producer: "anonymous".to_owned(),
            event_type: "order".to_owned(),
            received_at: NOW,
            expiration: NOW.to_seconds(),
        }
    }

    fn claim(fence: Fence) -> Claim {
        Claim { row: row(), fence, owner: LeaseOwner::new("me"), until: NOW, now: NOW, restart: false }
    }

    fn settlement(fence: Fence) -> Settlement {
        let error = ErrorInfo { class: "BusinessRule".to_owned(), message: "no".to_owned() };
        let owner = LeaseOwner::new("me");
        Settlement { row: row(), fence, owner, target: Target::Failed(error), attempt: 1, now: NOW }
    }

    fn wanting_a_row() -> [Fence; 3] {
        let failed = Fence::FailedBy { message_id: None, updated_at: NOW };
        [Fence::Held(LeaseOwner::new("dead")), Fence::Expired, failed]
    }

    #[test]
    fn a_row_that_is_gone_is_no_longer_claimed_or_settled_by_what_wants_it() {
        for fence in wanting_a_row() {
            let table = ModelTable::default();
            assert_eq!(table.claim_now(&claim(fence.clone())).unwrap_err().trouble, Trouble::Unavailable, "{fence:?}");
            assert_eq!(table.settle_now(&settlement(fence)), SettleOutcome::Refused(None));
            assert_eq!(table.row(row().id), None);
        }
    }

    #[test]
    fn a_row_that_is_not_there_yet_is_claimed_by_what_wants_none() {
        for fence in [Fence::Open, Fence::Fresh] {
            assert_eq!(ModelTable::default().claim_now(&claim(fence)), Ok(ClaimOutcome::Claimed { attempt: 1 }));
        }
    }
}
