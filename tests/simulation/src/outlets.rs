//! The queue, the dead-letter queue and the bus as the functions reach them.

use crate::network::Call;
use crate::order;
use crate::queue::{self, DEDUPLICATION};
use crate::world::{Letter, World};
use sluice_events::{Envelope, EventId};
use sluice_ports::{
    Bus, Clock, DeadLetter, DeadLetters, Dice, LeaseOwner, Millis, NewMessage, OutcomeEvent, OutcomeKind, PortError,
    Sender, Status, Trouble, Visibility, VisibilityChange,
};
use std::sync::Arc;

/// The queues and the bus.
#[derive(Clone)]
pub(crate) struct Outlets(pub(crate) Arc<World>);

const SEND: Call<NewMessage, String> =
    Call { operation: "send", effect: |world, message| Ok(send(world, message)), writes: |_| None, claims: false };
const HIDE: Call<VisibilityChange, ()> = Call { operation: "hide", effect: hide, writes: |_| None, claims: false };
const BURY: Call<DeadLetter, ()> = Call {
    operation: "bury",
    effect: |world, letter| {
        bury(world, letter);
        Ok(())
    },
    writes: |_| None,
    claims: false,
};
const PUBLISH: Call<OutcomeEvent, ()> = Call {
    operation: "publish",
    effect: |world, outcome| {
        check_outcome(world, outcome);
        world.outcomes().push(outcome.clone());
        Ok(())
    },
    writes: |_| None,
    claims: false,
};

fn send(world: &World, message: &NewMessage) -> String {
    let new = queue::NewMessage { body: message.body.clone(), mark: queue::Mark::None, fifo: message.fifo.clone() };
    let envelope = Envelope::from_body(&message.body);
    let id = world.queue().send(new, world.now());
    if let Ok(Envelope { header, .. }) = envelope {
        let mut watch = world.watch();
        let firsts = watch.first_messages.entry(header.event_id).or_default();
        if firsts.iter().all(|(hash, _)| *hash != header.payload_hash) {
            firsts.push((header.payload_hash, order::place(&id)));
        }
    }
    world.sent.notify_waiters();
    id
}

/// A FIFO dead-letter queue drops a letter whose deduplication id it took within the last five minutes.
fn bury(world: &World, letter: &DeadLetter) {
    let now = world.now();
    let same = |other: &Letter| {
        other.letter.fifo.is_some() && other.letter.fifo == letter.fifo && now.since(other.at) < DEDUPLICATION
    };
    let mut letters = world.letters();
    if !letters.iter().any(same) {
        letters.push(Letter { letter: letter.clone(), at: now, gone: false });
    }
}

fn hide(world: &World, change: &VisibilityChange) -> Result<(), PortError> {
    let done = world.queue().hide(&change.receipt_handle, change.hidden_for, world.now(), &mut world.rng());
    world.sent.notify_waiters();
    let message = "the message is not in flight, or would be hidden for too long".to_owned();
    if done { Ok(()) } else { Err(PortError { trouble: Trouble::Refused, operation: "hide", message }) }
}

/// An outcome is told only of what the record says, or has said.
fn check_outcome(world: &World, outcome: &OutcomeEvent) {
    let text = |name: &str| outcome.detail[name].as_str().unwrap_or_default().to_owned();
    let status = match outcome.kind {
        OutcomeKind::Completed => Status::Completed,
        OutcomeKind::Failed => Status::Failed,
        OutcomeKind::Rejected => return,
    };
    let Ok(id) = text("eventId").parse::<EventId>() else { return };
    if !world.watch().ever(id, status, &text("messageId")) {
        let kind = outcome.kind.detail_type();
        let text = format!("`{kind}` was published of {id} by {}, and the record never said so", text("messageId"));
        world.watch().violation(text);
    }
}

impl Sender for Outlets {
    async fn send(&self, messages: &[NewMessage]) -> Vec<Result<String, PortError>> {
        SEND.make(&self.0, messages).await
    }
}

impl Visibility for Outlets {
    async fn hide(&self, changes: &[VisibilityChange]) -> Vec<Result<(), PortError>> {
        HIDE.make(&self.0, changes).await
    }
}

impl DeadLetters for Outlets {
    async fn bury(&self, letters: &[DeadLetter]) -> Vec<Result<(), PortError>> {
        BURY.make(&self.0, letters).await
    }
}

impl Bus for Outlets {
    async fn publish(&self, events: &[OutcomeEvent]) -> Vec<Result<(), PortError>> {
        PUBLISH.make(&self.0, events).await
    }
}

/// A clock that is off.
pub(crate) struct SkewedClock {
    pub(crate) world: Arc<World>,
    pub(crate) ahead_ms: i64,
}

impl Clock for SkewedClock {
    fn now(&self) -> Millis {
        Millis(self.world.now().0 + self.ahead_ms)
    }
}

/// Dice of the world's seed.
pub(crate) struct SeededDice(pub(crate) Arc<World>);

impl Dice for SeededDice {
    fn lease_owner(&self) -> LeaseOwner {
        LeaseOwner::new(format!("owner-{}", self.0.new_number()))
    }

    fn up_to(&self, most: u64) -> u64 {
        self.0.rng().between(0, most)
    }
}
