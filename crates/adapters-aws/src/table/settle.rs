//! Settlements: in groups through PartiQL; a lone one, and what a group leaves open, one by one.

use super::EventsTable;
use super::fence::{condition, fresh, held};
use super::grouped::{Stand, Write};
use super::item::{Attributes, changed, number, queued, record, text};
use super::update::{Update, Updated, common};
use futures_util::future::join_all;
use sluice_ports::{Fence, PortError, Record, SettleOutcome, Settlement, Settlements, Target};

impl EventsTable {
    async fn settle_one(&self, settlement: &Settlement) -> Result<SettleOutcome, PortError> {
        Ok(match self.update(settlement.row.id, update(settlement)).await? {
            Updated::Written(_) => SettleOutcome::Written,
            Updated::Refused(row) => refused(settlement, row),
        })
    }

    async fn conclude_settlement(&self, settlement: &Settlement, stand: Stand) -> Result<SettleOutcome, PortError> {
        match stand {
            Stand::Written => Ok(SettleOutcome::Written),
            Stand::Refused(item) => Ok(refused(settlement, Some(Box::new(record(&item)?)))),
            Stand::NoRow | Stand::Open => self.settle_one(settlement).await,
            Stand::Failed(error) => Err(error),
        }
    }
}

fn update(settlement: &Settlement) -> Update {
    let mut update = Update::default();
    common(&mut update, &settlement.row, settlement.now, false);
    for (name, value) in changes(settlement) {
        if !["expiration", "message_id", "updated_at"].contains(&name) {
            update.set(name, value);
        }
    }
    if settlement.target == Target::GivenBack {
        update.subtract_one("attempt");
    }
    update.remove("in_progress_expiration");
    let condition = condition(&mut update, &settlement.fence, &settlement.row, settlement.now);
    update.only_if(condition);
    update
}

/// The settlement for a group.
fn write(settlement: &Settlement) -> Option<Write> {
    // Rare, and relative to the row: one by one.
    if settlement.target == Target::GivenBack {
        return None;
    }
    let set = changes(settlement);
    let (only_if, remove, insert) = match &settlement.fence {
        Fence::Fresh => {
            let row = changed(queued(&settlement.row), &set);
            (fresh(&settlement.row, settlement.now), None, Some(row))
        }
        Fence::Held(owner) => (held(owner), Some("in_progress_expiration"), None),
        // Rare, and with conditions of their own: one by one.
        Fence::Open | Fence::Expired | Fence::FailedBy { .. } => return None,
    };
    Some(Write { id: settlement.row.id, set, remove, only_if, insert })
}

/// What a settlement changes on the row.
fn changes(settlement: &Settlement) -> Attributes {
    let mut changes = vec![
        ("status", text(settlement.target.status().as_str())),
        ("expiration", number(settlement.row.expiration.0)),
        ("message_id", text(&settlement.row.message_id)),
        ("updated_at", number(settlement.now.0)),
        ("lease_owner", text(settlement.owner.as_str())),
    ];
    if settlement.target != Target::GivenBack {
        changes.push(("attempt", number(settlement.attempt)));
    }
    match &settlement.target {
        Target::Completed(data) => changes.push(("data", text(data))),
        Target::Failed(error) | Target::Released(error) => {
            changes.push(("error_class", text(&error.class)));
            changes.push(("error_message", text(&error.message)));
        }
        Target::GivenBack => {}
    }
    changes
}

/// A refusal, unless the row is what this very settlement made of it: the SDK repeated a write whose first answer
/// was lost.
fn refused(settlement: &Settlement, row: Option<Box<Record>>) -> SettleOutcome {
    let ours = row.as_ref().is_some_and(|row| {
        row.lease_owner.as_ref() == Some(&settlement.owner) && row.status == settlement.target.status()
    });
    if ours { SettleOutcome::Written } else { SettleOutcome::Refused(row) }
}

impl Settlements for EventsTable {
    async fn settle(&self, settlements: &[Settlement]) -> Vec<Result<SettleOutcome, PortError>> {
        let writes: Vec<_> = settlements.iter().map(write).collect();
        let stands = self.write_grouped(&writes).await;
        let concluded = settlements.iter().zip(stands);
        join_all(concluded.map(|(settlement, stand)| self.conclude_settlement(settlement, stand))).await
    }
}
