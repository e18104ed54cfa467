//! Fences as conditions: of an UpdateItem, and of a statement in a group.

use super::grouped::Condition;
use super::item::{number, text};
use super::update::Update;
use sluice_ports::{Fence, LeaseOwner, Millis, Queued, Status};

/// The condition of a fence. An expired row passes none but its own: it is another life of the event, and judged
/// first, so that nothing of it is counted on.
pub(super) fn condition(update: &mut Update, fence: &Fence, row: &Queued, now: Millis) -> String {
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

/// The condition of [`Fence::Fresh`] where there is a row.
pub(super) fn fresh(row: &Queued, now: Millis) -> Condition {
    vec![
        ("status", "=", text(Status::Queued.as_str())),
        ("validation", "=", text(row.validation.to_string())),
        ("expiration", ">=", number(now.to_seconds().0)),
        ("attempt", "=", number(0)),
    ]
}

/// The condition of [`Fence::Held`].
pub(super) fn held(owner: &LeaseOwner) -> Condition {
    vec![("status", "=", text(Status::InProgress.as_str())), ("lease_owner", "=", text(owner.as_str()))]
}
