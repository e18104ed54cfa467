//! Claims: a conditional UpdateItem each.

use super::EventsTable;
use super::item::{number, text};
use super::update::{Update, Updated};
use futures_util::future::join_all;
use sluice_ports::{Claim, ClaimOutcome, Claims, Fence, Millis, PortError, Queued, Status, Trouble};

impl EventsTable {
    async fn claim_one(&self, claim: &Claim) -> Result<ClaimOutcome, PortError> {
        match self.update(claim.row.id, claim_update(claim)).await? {
            Updated::Written(new) => {
                let attempt = new.get("attempt").and_then(|value| value.as_n().ok()?.parse().ok());
                Ok(ClaimOutcome::Claimed { attempt: attempt.unwrap_or(1) })
            }
            // The SDK repeated a write whose first answer was lost.
            Updated::Refused(Some(row))
                if row.lease_owner.as_ref() == Some(&claim.owner) && row.status == Status::InProgress =>
            {
                Ok(ClaimOutcome::Claimed { attempt: row.attempt })
            }
            Updated::Refused(Some(row)) => Ok(ClaimOutcome::Refused(row)),
            Updated::Refused(None) => Err(PortError {
                trouble: Trouble::Unavailable,
                operation: "dynamodb:UpdateItem",
                message: "the row was deleted while it was claimed".to_owned(),
            }),
        }
    }
}

fn claim_update(claim: &Claim) -> Update {
    let mut update = Update::default();
    update.set("status", text(Status::InProgress.as_str()));
    update.set("in_progress_expiration", number(claim.until.0));
    update.set("lease_owner", text(claim.owner.as_str()));
    if claim.restart {
        update.set("attempt", number(1));
    } else {
        update.add_one("attempt");
    }
    common(&mut update, &claim.row, claim.now, claim.fence == Fence::Expired);
    let condition = fence(&mut update, &claim.fence, &claim.row, claim.now);
    update.only_if(condition);
    update
}

/// What every write of a worker sets. `anew`: the row there is another life of the event.
pub(super) fn common(update: &mut Update, row: &Queued, now: Millis, anew: bool) {
    update.set("expiration", number(row.expiration.0));
    update.set("validation", text(row.validation.to_string()));
    update.set("message_id", text(&row.message_id));
    update.set("producer", text(&row.producer));
    update.set("type", text(&row.event_type));
    update.set("updated_at", number(now.0));
    if anew {
        update.set("received_at", number(row.received_at.0));
        update.set("redrives", number(0));
        ["data", "error_class", "error_message"].into_iter().for_each(|name| update.remove(name));
    } else {
        update.set_if_missing("received_at", number(row.received_at.0));
        update.set_if_missing("redrives", number(0));
    }
}

/// The condition of a fence. An expired row passes none but its own: it is another life of the event, and judged
/// first, so that nothing of it is counted on.
pub(super) fn fence(update: &mut Update, fence: &Fence, row: &Queued, now: Millis) -> String {
    match fence {
        Fence::Open | Fence::Fresh => {
            let missing = update.missing("id");
            let queued = update.compare("status", "=", text(Status::Queued.as_str()));
            let same = update.compare("validation", "=", text(row.validation.to_string()));
            let counts = update.compare("expiration", ">=", number(now.to_seconds().0));
            let fresh = match fence {
                Fence::Fresh => format!(" AND {}", update.compare("attempt", "=", number(0))),
                _ => String::new(),
            };
            format!("{missing} OR ({queued} AND {same} AND {counts}{fresh})")
        }
        Fence::Expired => update.compare("expiration", "<", number(now.to_seconds().0)),
        Fence::Held(owner) => {
            let held = update.compare("status", "=", text(Status::InProgress.as_str()));
            let by = update.compare("lease_owner", "=", text(owner.as_str()));
            format!("{held} AND {by}")
        }
        Fence::FailedBy { message_id, updated_at } => {
            let failed = update.compare("status", "=", text(Status::Failed.as_str()));
            let then = update.compare("updated_at", "=", number(updated_at.0));
            let by = match message_id {
                Some(id) => update.compare("message_id", "=", text(id)),
                None => update.missing("message_id"),
            };
            format!("{failed} AND {then} AND {by}")
        }
    }
}

impl Claims for EventsTable {
    async fn claim(&self, claims: &[Claim]) -> Vec<Result<ClaimOutcome, PortError>> {
        join_all(claims.iter().map(|claim| self.claim_one(claim))).await
    }
}
