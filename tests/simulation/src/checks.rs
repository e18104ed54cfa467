//! What must hold when a world is over.

use crate::order;
use crate::plan::{Event, Nature};
use crate::types::{external_result, hash_of, pure_result};
use crate::world::{Letter, World};
use serde_json::Value;
use sluice_events::{Envelope, EventId, PayloadHash};
use sluice_ports::{OutcomeEvent, OutcomeKind, Record, Status};
use std::collections::{BTreeMap, BTreeSet};

/// A dead letter, and the event in it.
struct Buried {
    letter: Letter,
    event: Option<(EventId, PayloadHash)>,
}

/// Everything that was not as it must be.
pub(crate) fn violations(world: &World) -> Vec<String> {
    let letters: Vec<Buried> = world.letters().iter().map(buried).collect();
    let mut checks = Checks { world, letters, found: world.watch().violations.clone() };
    checks.drained();
    checks.accepted_ended();
    checks.strangers_are_buried();
    for event in &world.plan.events {
        if let Some(row) = world.table.row(event.id) {
            checks.event(event, &row);
        }
    }
    checks.effects();
    checks.letters_have_their_group();
    let Checks { mut found, .. } = checks;
    found.extend(order::violations(world));
    found
}

fn buried(letter: &Letter) -> Buried {
    let event = Envelope::from_body(&letter.letter.body).ok();
    let event = event.map(|envelope| (envelope.header.event_id, envelope.header.payload_hash));
    Buried { letter: letter.clone(), event }
}

struct Checks<'a> {
    world: &'a World,
    letters: Vec<Buried>,
    found: Vec<String>,
}

impl Checks<'_> {
    fn must(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.found.push(otherwise());
        }
    }

    fn drained(&mut self) {
        let left: Vec<String> = self
            .world
            .queue()
            .waiting()
            .map(|message| format!("{} received {}", message.id, message.receives))
            .collect();
        self.must(left.is_empty(), || format!("messages are left in the queue: {}", left.join(", ")));
        let moved: Vec<String> = self.world.queue().moved.iter().map(|message| message.id.clone()).collect();
        self.must(moved.is_empty(), || format!("SQS itself dead-lettered {}", moved.join(", ")));
    }

    /// 1. Every accepted event ends completed or failed; another payload under its key is rejected.
    fn accepted_ended(&mut self) {
        let accepted: BTreeSet<(EventId, String)> =
            self.world.watch().accepted.iter().map(|(id, hash)| (*id, hash.to_string())).collect();
        self.world.count("accepted", accepted.len() as u64);
        for (id, hash) in accepted {
            let Some(row) = self.world.table.row(id) else {
                self.found.push(format!("{id} was accepted and has no record"));
                continue;
            };
            if row.validation.to_string() == hash {
                let ended = matches!(row.status, Status::Completed | Status::Failed);
                self.must(ended, || format!("{id} was accepted and is lost: {}", shown(&row)));
                continue;
            }
            let rejected = self.letters.iter().any(|buried| {
                buried.letter.letter.class == "KeyReused"
                    && buried.event.is_some_and(|(of, its)| of == id && its.to_string() == hash)
            });
            self.must(rejected, || format!("another payload of {id} was accepted and is lost"));
            let told = self.world.outcomes().iter().any(|outcome| {
                outcome.kind == OutcomeKind::Rejected && outcome.detail["eventId"].as_str() == Some(&id.to_string())
            });
            self.must(told, || format!("that another payload of {id} is rejected was never told"));
        }
    }

    fn strangers_are_buried(&mut self) {
        let strangers = self.world.watch().strangers.clone();
        for id in strangers {
            let buried = self.letters.iter().any(|buried| buried.letter.letter.origin.message_id == id);
            self.must(buried, || format!("{id}, which is no event, is lost"));
        }
    }

    fn event(&mut self, event: &Event, row: &Record) {
        match row.status {
            Status::Completed => self.completed(event, row),
            Status::Failed => self.failed(event, row),
            _ => {}
        }
        self.counted(event, row);
        self.health(event, row);
        self.outcomes(event, row);
    }

    fn counted(&mut self, event: &Event, row: &Record) {
        self.must(row.attempt <= self.world.plan.max_attempts, || {
            format!("{} was started too often: {}", event.id, shown(row))
        });
        let completions = self.changes(event.id, Status::Completed);
        self.must(completions.len() <= 1, || format!("{} was completed by {completions:?}", event.id));
    }

    fn changes(&self, id: EventId, to: Status) -> Vec<String> {
        let watch = self.world.watch();
        let changes = watch.changes.get(&id).map(Vec::as_slice).unwrap_or_default();
        changes.iter().filter(|change| change.status == to).map(|change| change.message_id.clone()).collect()
    }

    /// 2. One completion, with the result of its one effect.
    fn completed(&mut self, event: &Event, row: &Record) {
        self.world.count("completed", 1);
        let result: Value = row.data.as_deref().and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
        let variant = (0..2).find(|variant| hash_of(event, *variant) == Some(row.validation)).unwrap_or(0);
        let order = (event.key.clone(), variant);
        let expected = if event.type_name == "external" {
            let effects = self.world.downstream().effects(&order);
            self.must(effects.keys().eq([&event.id]), || {
                format!("{} is completed, and has effects by the keys {:?}", event.id, effects.keys())
            });
            external_result(&order, effects.get(&event.id).copied().unwrap_or(0))
        } else {
            pure_result(&order)
        };
        self.must(result == expected, || format!("{} has the result {result} and not {expected}", event.id));
    }

    fn failed(&mut self, event: &Event, row: &Record) {
        self.world.count("failed", 1);
        let waits = self.letters_of(event, row).any(|buried| !buried.letter.gone);
        self.must(waits, || format!("{} is failed and not in the dead-letter queue: {}", event.id, shown(row)));
    }

    fn letters_of<'b>(&'b self, event: &'b Event, row: &'b Record) -> impl Iterator<Item = &'b Buried> {
        self.letters.iter().filter(|buried| buried.event == Some((event.id, row.validation)))
    }

    /// 4. What would succeed once its surroundings do is never given up, nor rejected.
    fn health(&mut self, event: &Event, row: &Record) {
        let classes: Vec<String> =
            self.letters_of(event, row).map(|buried| buried.letter.letter.class.clone()).collect();
        let may = |class: &String| match event.nature {
            Nature::Healthy { .. } => false,
            Nature::Broken => class == "Broken",
            Nature::Refused => class == "Refused",
            Nature::Poison | Nature::Killer | Nature::Endless => class == "Exhausted" || class == "Crashed",
        };
        let wrong: Vec<&String> = classes.iter().filter(|class| !may(class)).collect();
        self.must(wrong.is_empty(), || format!("{}, {:?}, was dead-lettered as {wrong:?}", event.id, event.nature));
        let ends_well = matches!(event.nature, Nature::Healthy { .. } | Nature::Broken);
        let as_it_must = match row.status {
            Status::Completed => ends_well,
            Status::Failed => !event.nature.is_healthy(),
            _ => false,
        };
        self.must(as_it_must, || format!("{}, {:?}, ended as {}", event.id, event.nature, shown(row)));
    }

    /// 2. Each end is told at least once, and only by the message that made it.
    fn outcomes(&mut self, event: &Event, row: &Record) {
        let told = |kind: OutcomeKind| -> BTreeSet<String> {
            let outcomes = self.world.outcomes();
            let of = |outcome: &&OutcomeEvent| {
                outcome.kind == kind && outcome.detail["eventId"].as_str() == Some(&event.id.to_string())
            };
            let message = |outcome: &OutcomeEvent| outcome.detail["messageId"].as_str().map(str::to_owned);
            outcomes.iter().filter(of).filter_map(message).collect()
        };
        for (status, kind) in [(Status::Completed, OutcomeKind::Completed), (Status::Failed, OutcomeKind::Failed)] {
            let made: BTreeSet<String> = self.changes(event.id, status).into_iter().collect();
            let told = told(kind);
            let name = kind.detail_type();
            self.must(told.is_subset(&made), || {
                format!("`{name}` of {} is told by {told:?}, made by {made:?}", event.id)
            });
            let last = row.message_id.clone().unwrap_or_default();
            self.must(row.status != status || told.contains(&last), || {
                format!("`{name}` of {} was never told; it was made by {last}, told by {told:?}", event.id)
            });
        }
    }

    fn letters_have_their_group(&mut self) {
        let fifo = self.world.plan.fifo;
        let group = |id: EventId| self.world.event(id).map(|event| event.group.clone());
        let wrong = |buried: &&Buried| {
            let named = buried.letter.letter.fifo.as_ref().map(|fifo| fifo.group_id.clone());
            let expected = buried.event.and_then(|(id, _)| group(id)).or_else(|| Some("stranger".to_owned()));
            named != expected.filter(|_| fifo)
        };
        let wrong: Vec<String> =
            self.letters.iter().filter(wrong).map(|buried| format!("{:?}", buried.letter)).collect();
        self.must(wrong.is_empty(), || format!("letters without their group: {wrong:?}"));
    }

    /// 2. No order has two effects, whatever its event came to.
    fn effects(&mut self) {
        let orders = self.world.downstream().orders();
        for order in orders {
            let effects: BTreeMap<EventId, u64> = self.world.downstream().effects(&order);
            self.must(effects.len() == 1, || format!("{order:?} has effects by {:?}", effects.keys()));
        }
    }
}

fn shown(row: &Record) -> String {
    format!(
        "{} attempt {} message {} error {:?}",
        row.status.as_str(),
        row.attempt,
        row.message_id.as_deref().unwrap_or("none"),
        row.error.as_ref().map(|error| &error.class)
    )
}
