//! Claims: fresh ones in groups through PartiQL; a lone one, the others, and what a group leaves open one by one.

use super::EventsTable;
use super::fence::{condition, fresh};
use super::grouped::{Stand, Write};
use super::item::{Attributes, changed, number, queued, record, text};
use super::update::{Update, Updated, common};
use futures_util::future::join_all;
use sluice_ports::{Claim, ClaimOutcome, Claims, Fence, PortError, Record, Status, Trouble};

impl EventsTable {
    async fn claim_one(&self, claim: &Claim) -> Result<ClaimOutcome, PortError> {
        match self.update(claim.row.id, update(claim)).await? {
            Updated::Written(new) => {
                let attempt = new.get("attempt").and_then(|value| value.as_n().ok()?.parse().ok());
                Ok(ClaimOutcome::Claimed { attempt: attempt.unwrap_or(1) })
            }
            Updated::Refused(Some(row)) => Ok(refused(claim, row)),
            Updated::Refused(None) => Err(PortError {
                trouble: Trouble::Unavailable,
                operation: "dynamodb:UpdateItem",
                message: "the row was deleted while it was claimed".to_owned(),
            }),
        }
    }

    async fn conclude_claim(&self, claim: &Claim, stand: Stand) -> Result<ClaimOutcome, PortError> {
        match stand {
            Stand::Written => Ok(ClaimOutcome::Claimed { attempt: 1 }),
            Stand::Refused(item) => Ok(refused(claim, Box::new(record(&item)?))),
            Stand::NoRow | Stand::Open => self.claim_one(claim).await,
            Stand::Failed(error) => Err(error),
        }
    }
}

fn update(claim: &Claim) -> Update {
    let mut update = Update::default();
    for (name, value) in lease(claim) {
        update.set(name, value);
    }
    if claim.restart {
        update.set("attempt", number(1));
    } else {
        update.add_one("attempt");
    }
    common(&mut update, &claim.row, claim.now, claim.fence == Fence::Expired);
    let condition = condition(&mut update, &claim.fence, &claim.row, claim.now);
    update.only_if(condition);
    update
}

/// The claim for a group: of a fresh row only. Other claims are rare, count on from the row, and have conditions of
/// their own.
fn write(claim: &Claim) -> Option<Write> {
    if claim.fence != Fence::Fresh {
        return None;
    }
    let mut set = lease(claim);
    set.extend([
        ("attempt", number(1)),
        ("expiration", number(claim.row.expiration.0)),
        ("message_id", text(&claim.row.message_id)),
        ("updated_at", number(claim.now.0)),
    ]);
    let insert = Some(changed(queued(&claim.row), &set));
    Some(Write { id: claim.row.id, set, remove: None, only_if: fresh(&claim.row, claim.now), insert })
}

fn lease(claim: &Claim) -> Attributes {
    vec![
        ("status", text(Status::InProgress.as_str())),
        ("in_progress_expiration", number(claim.until.0)),
        ("lease_owner", text(claim.owner.as_str())),
    ]
}

/// A refusal, unless the row shows this very claim: the SDK repeated a write whose first answer was lost.
fn refused(claim: &Claim, row: Box<Record>) -> ClaimOutcome {
    let ours = row.lease_owner.as_ref() == Some(&claim.owner) && row.status == Status::InProgress;
    if ours { ClaimOutcome::Claimed { attempt: row.attempt } } else { ClaimOutcome::Refused(row) }
}

impl Claims for EventsTable {
    async fn claim(&self, claims: &[Claim]) -> Vec<Result<ClaimOutcome, PortError>> {
        let writes: Vec<_> = claims.iter().map(write).collect();
        let stands = self.write_grouped(&writes).await;
        join_all(claims.iter().zip(stands).map(|(claim, stand)| self.conclude_claim(claim, stand))).await
    }
}
