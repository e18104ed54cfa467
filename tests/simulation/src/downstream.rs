//! The other system: it honours the effect key, and counts.

use sluice_events::EventId;
use std::collections::{BTreeMap, BTreeSet};

/// What was asked of the other system.
#[derive(Debug, Default)]
pub(crate) struct Downstream {
    /// Calls that took effect or were answered, by what was asked for.
    calls: BTreeMap<Order, u64>,
    /// The keys by which each was asked for, each with what it brought about.
    effects: BTreeMap<Order, BTreeMap<EventId, u64>>,
    made: u64,
}

/// What is asked for: the event's key, and which payload under it.
pub(crate) type Order = (String, u64);

impl Downstream {
    /// Does what is asked, once for each effect key; answers which of all effects it was.
    pub(crate) fn act(&mut self, order: &Order, effect_key: EventId) -> u64 {
        *self.calls.entry(order.clone()).or_default() += 1;
        let made = &mut self.made;
        *self.effects.entry(order.clone()).or_default().entry(effect_key).or_insert_with(|| {
            *made += 1;
            *made
        })
    }

    /// The effects of an order, by their keys.
    pub(crate) fn effects(&self, order: &Order) -> BTreeMap<EventId, u64> {
        self.effects.get(order).cloned().unwrap_or_default()
    }

    /// All that was ordered.
    pub(crate) fn orders(&self) -> BTreeSet<Order> {
        self.effects.keys().cloned().collect()
    }

    pub(crate) fn calls(&self) -> u64 {
        self.calls.values().sum()
    }
}
