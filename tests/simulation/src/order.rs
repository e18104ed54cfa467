//! What a FIFO queue promises: within a group, one event after the other, in the order sent.

use crate::plan::Event;
use crate::types::hash_of;
use crate::world::World;
use sluice_events::PayloadHash;
use sluice_ports::Status;
use std::collections::{BTreeMap, BTreeSet};

/// A message's place in the order of sending, by its id.
pub(crate) fn place(message_id: &str) -> u64 {
    message_id.trim_start_matches('m').parse().unwrap_or(0)
}

/// Nothing is started while an event that was sent before it, in its group, has no end. What was sent back has lost its
/// place.
pub(crate) fn check_start(world: &World, event: &Event, variant: u64) {
    if !world.plan.fifo || is_redriven(world, event) {
        return;
    }
    let Some(own) = hash_of(event, variant).and_then(|hash| first_message(world, event, Some(hash))) else { return };
    let others = world.plan.events.iter().filter(|other| other.group == event.group && other.id != event.id);
    for other in others.filter(|other| !is_redriven(world, other)) {
        let row = world.table.row(other.id);
        let ended = row.as_ref().is_some_and(|row| matches!(row.status, Status::Completed | Status::Failed));
        // Another payload under its key is no event, and has no end.
        let sent = first_message(world, other, row.map(|row| row.validation));
        if !ended && sent.is_some_and(|sent| sent < own) {
            let text = format!("{} was started before {}, sent before it in its group, had an end", event.id, other.id);
            world.watch().violation(text);
        }
    }
}

fn is_redriven(world: &World, event: &Event) -> bool {
    world.watch().redrives.contains_key(&event.id)
}

/// The place of the first message with an event and this payload, or any.
fn first_message(world: &World, event: &Event, payload: Option<PayloadHash>) -> Option<u64> {
    let watch = world.watch();
    let firsts = watch.first_messages.get(&event.id)?;
    firsts.iter().find(|(hash, _)| payload.is_none_or(|payload| *hash == payload)).map(|(_, place)| *place)
}

/// 3. In a group, events that were never dead-lettered are completed in the order sent.
pub(crate) fn violations(world: &World) -> Vec<String> {
    let mut violations = Vec::new();
    if !world.plan.fifo {
        return violations;
    }
    let redriven: BTreeSet<_> = world.watch().redrives.keys().copied().collect();
    let mut last: BTreeMap<&str, (u64, &Event)> = BTreeMap::new();
    let completions = world.watch().completions.clone();
    for event in completions.iter().filter(|id| !redriven.contains(id)).filter_map(|id| world.event(*id)) {
        let message_id = world.table.row(event.id).and_then(|row| row.message_id).unwrap_or_default();
        let place = place(&message_id);
        if let Some((before, other)) = last.insert(&event.group, (place, event))
            && before > place
        {
            violations.push(format!(
                "{} (m{before}) was completed before {} (m{place}), in one group with it",
                other.id, event.id
            ));
        }
    }
    violations
}
