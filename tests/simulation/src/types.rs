//! The event types of the simulated producers. What an event comes to is its plan's to say, by the key in its payload.

use crate::downstream::Order;
use crate::invocation::Invocation;
use crate::order;
use crate::plan::{Event, Nature};
use crate::world::World;
use futures_util::future::{BoxFuture, pending};
use serde_json::{Value, json};
use sluice_events::types::{Effects, EventType, Failure, Registry, Violation};
use sluice_events::{EventId, PayloadHash, payload_hash};
use std::sync::Arc;
use tokio::time::sleep;

struct Simulated {
    name: &'static str,
    effects: Effects,
}

static PURE: Simulated = Simulated { name: "pure", effects: Effects::Pure };
static EXTERNAL: Simulated = Simulated { name: "external", effects: Effects::External };
/// Known to ingest before the worker knows it.
static LATE: Simulated = Simulated { name: "late", effects: Effects::Pure };

static ALL: [&dyn EventType; 3] = [&PURE, &EXTERNAL, &LATE];
static OLD: [&dyn EventType; 2] = [&PURE, &EXTERNAL];

/// The types of today's build.
pub(crate) fn all() -> Registry {
    Registry::of(&ALL)
}

/// The types of the build before.
pub(crate) fn old() -> Registry {
    Registry::of(&OLD)
}

/// The payload of an event.
pub(crate) fn payload(event: &Event, variant: u64) -> Value {
    json!({"key": event.key, "group": event.group, "variant": variant})
}

/// The hash over it.
pub(crate) fn hash_of(event: &Event, variant: u64) -> Option<PayloadHash> {
    payload_hash(event.type_name, &payload(event, variant)).ok()
}

/// The result of a pure event.
pub(crate) fn pure_result(order: &Order) -> Value {
    json!({"done": order.0, "variant": order.1})
}

/// The result of an external event.
pub(crate) fn external_result(order: &Order, effect: u64) -> Value {
    json!({"done": order.0, "variant": order.1, "effect": effect})
}

impl EventType for Simulated {
    fn name(&self) -> &'static str {
        self.name
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn effects(&self) -> Effects {
        self.effects
    }

    fn group_pointer(&self) -> Option<&'static str> {
        Some("/group")
    }

    fn violations(&self, _payload: &Value) -> Vec<Violation> {
        Vec::new()
    }

    fn validate(&self, _payload: &Value) -> Result<(), String> {
        Ok(())
    }

    fn process<'a>(&'a self, payload: &'a Value, effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move {
            let world = World::current().ok_or_else(|| permanent("NoWorld"))?;
            let key = payload["key"].as_str().unwrap_or_default().to_owned();
            let order = (key, payload["variant"].as_u64().unwrap_or(0));
            let event = world.event_of(&order.0).ok_or_else(|| permanent("NoSuchEvent"))?;
            start(&world, event, self.effects, effect_key);
            order::check_start(&world, event, order.1);
            sleep(event.takes).await;
            work(&world, event, &order, effect_key, self.effects).await
        })
    }
}

/// Notes that processing starts, and whether it may.
fn start(world: &Arc<World>, event: &Event, effects: Effects, effect_key: EventId) {
    let invocation = Invocation::with(|invocation| invocation.number).unwrap_or(0);
    let mut watch = world.watch();
    *watch.starts.entry(event.id).or_default() += 1;
    if effect_key != event.id {
        watch.violation(format!("{} was started with the effect key {effect_key}", event.id));
    }
    if effects == Effects::External && !watch.claims.contains(&(invocation, event.id)) {
        watch.violation(format!("{} was started without a claim by the invocation that started it", event.id));
    }
}

async fn work(
    world: &Arc<World>,
    event: &Event,
    order: &Order,
    effect_key: EventId,
    effects: Effects,
) -> Result<Value, Failure> {
    match event.nature {
        Nature::Healthy { stumbles } if stumbles > 0 => stumble(world, event, stumbles, order, effect_key, effects)?,
        Nature::Healthy { .. } => {}
        Nature::Broken if world.is_repaired() => {}
        Nature::Broken => return Err(permanent("Broken")),
        Nature::Refused => return Err(permanent("Refused")),
        Nature::Poison => return Err(transient()),
        Nature::Killer => {
            Invocation::with(|invocation| invocation.killed = true);
            pending::<()>().await;
        }
        Nature::Endless => pending().await,
    }
    Ok(match effects {
        Effects::Pure => pure_result(order),
        Effects::External => external_result(order, world.downstream().act(order, effect_key)),
    })
}

/// Fails now and then, before or after it took effect; sometimes by a panic.
#[allow(clippy::panic, reason = "the worker is to survive it")]
fn stumble(
    world: &Arc<World>,
    event: &Event,
    stumbles: u32,
    order: &Order,
    effect_key: EventId,
    effects: Effects,
) -> Result<(), Failure> {
    if !world.may_stumble(event.id, stumbles) {
        return Ok(());
    }
    world.count("stumbles", 1);
    if effects == Effects::External && world.rng().per_mille(500) {
        world.downstream().act(order, effect_key);
    }
    if world.rng().per_mille(200) {
        panic!("{PLANNED_PANIC}");
    }
    Err(transient())
}

/// What a panic says that belongs to the plan.
pub const PLANNED_PANIC: &str = "a planned panic";

fn permanent(class: &'static str) -> Failure {
    Failure::Permanent { class, message: "as planned".to_owned() }
}

fn transient() -> Failure {
    Failure::Transient { class: "Stumbled", message: "as planned".to_owned() }
}
