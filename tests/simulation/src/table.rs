//! The events table as the functions reach it: over a network, and watched.

use crate::invocation::Invocation;
use crate::network::Call;
use crate::watch::Change;
use crate::world::World;
use sluice_events::EventId;
use sluice_ports::{
    Claim, ClaimOutcome, Claims, EnqueueOutcome, Fields, PortError, Queued, Record, RecordReader, Records, Seconds,
    SettleOutcome, Settlement, Settlements, Status,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The events table.
#[derive(Clone)]
pub(crate) struct Table(pub(crate) Arc<World>);

/// An item, and the invocation that the call is of: it may take effect when that is over.
/// How many reads in a thousand show nothing yet.
const STALE: u64 = 100;

type Of<T> = (T, u64);

const READ: Call<EventId, Option<Record>> = Call {
    operation: "read", // Eventually consistent: what was written a moment ago may not show.
    effect: |world, id| Ok(if world.happens(STALE) { None } else { world.table.row(*id) }),
    writes: |_| None,
    claims: false,
};
const NOTE: Call<(Queued, Seconds), EnqueueOutcome> = Call {
    operation: "enqueue",
    effect: |world, (row, now)| Ok(world.table.enqueue_now(row, *now)),
    writes: |_| None,
    claims: false,
};
const CLAIM: Call<Of<Claim>, ClaimOutcome> =
    Call { operation: "claim", effect: claim, writes: |(claim, _)| Some(claim.row.id), claims: true };
const SETTLE: Call<Of<Settlement>, SettleOutcome> =
    Call { operation: "settle", effect: settle, writes: |(settlement, _)| Some(settlement.row.id), claims: false };

fn claim(world: &World, (claim, invocation): &Of<Claim>) -> Result<ClaimOutcome, PortError> {
    let before = world.table.row(claim.row.id);
    let outcome = world.table.claim_now(claim)?;
    let after = world.table.row(claim.row.id);
    if before != after {
        check_claim(world, claim, before.as_ref());
        world.watch().claims.insert((*invocation, claim.row.id));
        world.count("claims", 1);
        note(world, before.as_ref(), after.as_ref());
    }
    Ok(outcome)
}

fn check_claim(world: &World, claim: &Claim, before: Option<&Record>) {
    let Some(before) = before.filter(|row| row.status == Status::InProgress) else { return };
    if before.in_progress_expiration.is_some_and(|until| until > claim.now) {
        let text = format!("{} was claimed by {} over the living lease of another", claim.row.id, claim.owner);
        world.watch().violation(text);
    }
}

fn settle(world: &World, (settlement, _): &Of<Settlement>) -> Result<SettleOutcome, PortError> {
    let before = world.table.row(settlement.row.id);
    let outcome = world.table.settle_now(settlement);
    let after = world.table.row(settlement.row.id);
    if before != after {
        check_end(world, settlement, before.as_ref());
        note(world, before.as_ref(), after.as_ref());
    }
    Ok(outcome)
}

fn check_end(world: &World, settlement: &Settlement, before: Option<&Record>) {
    let Some(before) = before else { return };
    if matches!(before.status, Status::Completed | Status::Failed) {
        let text = format!(
            "{}, which was {}, became {} by {}",
            settlement.row.id,
            before.status.as_str(),
            settlement.target.status().as_str(),
            settlement.row.message_id
        );
        world.watch().violation(text);
    }
    let others = before.status == Status::InProgress && before.lease_owner.as_ref() != Some(&settlement.owner);
    let alive = before.in_progress_expiration.is_some_and(|until| until > settlement.now);
    if others && alive {
        let text = format!("{} was settled by {} under the living lease of another", before.id, settlement.owner);
        world.watch().violation(text);
    }
}

fn note(world: &World, before: Option<&Record>, after: Option<&Record>) {
    let Some(after) = after else { return };
    if before.is_none_or(|before| before.status != after.status) {
        let message_id = after.message_id.clone().unwrap_or_default();
        let change = Change { status: after.status, message_id };
        if after.status == Status::Completed {
            world.watch().completions.push(after.id);
        }
        world.watch().changes.entry(after.id).or_default().push(change);
    }
}

impl Table {
    /// DynamoDB refuses a call that names a key twice.
    fn no_key_twice(&self, operation: &str, ids: impl Iterator<Item = EventId>) {
        let mut seen = BTreeSet::new();
        for id in ids {
            if !seen.insert(id) {
                self.0.watch().violation(format!("one call of {operation} names {id} twice"));
            }
        }
    }
}

fn invocation() -> u64 {
    Invocation::with(|invocation| invocation.number).unwrap_or(0)
}

fn of_invocation<T: Clone>(items: &[T]) -> Vec<Of<T>> {
    let invocation = invocation();
    items.iter().map(|item| (item.clone(), invocation)).collect()
}

impl RecordReader for Table {
    async fn read(&self, ids: &[EventId], _fields: Fields) -> Vec<Result<Option<Record>, PortError>> {
        self.no_key_twice("read", ids.iter().copied());
        READ.make(&self.0, ids).await
    }
}

impl Records for Table {
    async fn enqueue(&self, rows: &[Queued], now: Seconds) -> Vec<Result<EnqueueOutcome, PortError>> {
        self.no_key_twice("enqueue", rows.iter().map(|row| row.id));
        let rows: Vec<_> = rows.iter().map(|row| (row.clone(), now)).collect();
        NOTE.make(&self.0, &rows).await
    }
}

impl Claims for Table {
    async fn claim(&self, claims: &[Claim]) -> Vec<Result<ClaimOutcome, PortError>> {
        self.no_key_twice("claim", claims.iter().map(|claim| claim.row.id));
        CLAIM.make(&self.0, &of_invocation(claims)).await
    }
}

impl Settlements for Table {
    async fn settle(&self, settlements: &[Settlement]) -> Vec<Result<SettleOutcome, PortError>> {
        self.no_key_twice("settle", settlements.iter().map(|settlement| settlement.row.id));
        SETTLE.make(&self.0, &of_invocation(settlements)).await
    }
}
