//! Lambda's event source mapping: polls the queue, invokes the worker, deletes what its answer does not name.

use crate::invocation::{End, Fate, Invocation, Run};
use crate::outlets::{Outlets, SeededDice, SkewedClock};
use crate::plan::INVOCATION;
use crate::queue::{Mark, Message};
use crate::table::Table;
use crate::types;
use crate::world::World;
use serde_json::{Value, json};
use sluice_batch::{Backoff, BatchResponse};
use sluice_faults::Faults;
use sluice_ports::Clock;
use sluice_telemetry::Summary;
use sluice_worker::{Config, Ports, SqsEvent, Worker};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{sleep, timeout};

struct SimulatedPorts;

impl Ports for SimulatedPorts {
    type Table = Table;
    type Queue = Outlets;
    type DeadLetters = Outlets;
    type Bus = Outlets;
    type Clock = SkewedClock;
    type Dice = SeededDice;
}

/// Polls until the world is over.
pub(crate) async fn poll(world: Arc<World>) {
    let mut ahead_ms = skew(&world);
    while !world.is_over() {
        let most = usize::try_from(world.rng().between(1, world.plan.batch)).unwrap_or(1);
        let duplicate = if world.is_calm() { 0 } else { world.plan.odds.duplicate };
        let batch = world.queue().receive(most, world.now(), duplicate, &mut world.rng());
        if batch.is_empty() {
            let next = world.queue().next_shows_in(world.now()).unwrap_or(Duration::from_secs(3600));
            let _ = timeout(next, world.sent.notified()).await;
            continue;
        }
        let ids: Vec<&str> = batch.iter().map(|message| message.id.as_str()).collect();
        world.trace(|| format!("delivers {ids:?}"));
        match invoke(&world, &batch, ahead_ms).await {
            End::Answered((response, summary)) => conclude(&world, &batch, &response, &summary),
            End::Crashed => {
                world.trace(|| format!("crashed {ids:?}"));
                world.count("crashes", 1);
                ahead_ms = skew(&world);
            }
            End::TimedOut => {
                world.trace(|| format!("timed out {ids:?}"));
                world.count("time-outs", 1);
            }
        }
        let pause = world.rng().below(5);
        sleep(Duration::from_millis(pause)).await;
    }
}

fn skew(world: &World) -> i64 {
    let most = world.plan.skew_ms;
    let drawn = world.rng().between(0, 2 * most);
    i64::try_from(drawn).unwrap_or(0) - i64::try_from(most).unwrap_or(0)
}

async fn invoke(world: &Arc<World>, batch: &[Message], ahead_ms: i64) -> End<(BatchResponse, Summary)> {
    world.count("invocations", 1);
    world.count("deliveries", batch.len() as u64);
    let worker = worker(world, ahead_ms);
    let event = event(batch);
    let deadline = worker.clock.now().plus(INVOCATION);
    let work = Box::pin(async move { worker.handle(event, deadline).await });
    let events = batch.iter().filter_map(|message| message.event).collect();
    let invocation = Invocation { number: world.new_number(), events, ..Invocation::default() };
    let asked = world.clone();
    let may_harm = move |invocation: &Invocation| !asked.is_calm() && asked.may_harm(&invocation.events);
    let mut run = Run::new(work, invocation, fate(world), Box::pin(sleep(INVOCATION)), may_harm);
    let end = (&mut run).await;
    world.count("stalls", u64::from(run.stalled));
    if run.invocation.killed {
        world.count("killed by an event", 1);
        world.harm(&run.invocation.events);
    }
    end
}

pub(crate) fn fate(world: &World) -> Fate {
    let awaits = |world: &World| {
        let most = world.rng().pick(&[4, 15, 60]);
        world.rng().between(1, most)
    };
    let dies_at = world.happens(world.plan.odds.crash).then(|| awaits(world));
    let stalls_at = world.happens(world.plan.odds.stall).then(|| {
        let most = world.rng().pick(&[500, 20_000, 60_000, 400_000]);
        (awaits(world), Duration::from_millis(world.rng().below(most)))
    });
    Fate { dies_at, stalls_at }
}

fn worker(world: &Arc<World>, ahead_ms: i64) -> Worker<SimulatedPorts> {
    let outlets = Outlets(world.clone());
    Worker {
        table: Table(world.clone()),
        queue: outlets.clone(),
        dead_letters: outlets.clone(),
        bus: outlets,
        clock: SkewedClock { world: world.clone(), ahead_ms },
        dice: SeededDice(world.clone()),
        types: if world.is_repaired() { types::all() } else { types::old() },
        faults: Faults::off(),
        config: Config {
            max_attempts: world.plan.max_attempts,
            // As `Config::from_settings` cuts it.
            backoff: Backoff {
                base: Duration::from_secs(2),
                cap: Duration::from_secs(if world.plan.fifo { 60 } else { 900 }),
            },
            record_ttl: Duration::from_secs(19 * 86_400),
            deadline_reserve: Duration::from_secs(3),
            concurrency: world.plan.concurrency,
            newer_wait: Duration::from_secs(300),
            newer_give_up: Duration::from_secs(86_400),
            completion_log_percent: 100,
            queue_name: if world.plan.fifo { "main.fifo" } else { "main" }.to_owned(),
        },
    }
}

/// The batch as Lambda hands it over.
fn event(batch: &[Message]) -> SqsEvent {
    let records: Vec<Value> = batch.iter().map(record).collect();
    serde_json::from_value(json!({ "Records": records })).unwrap_or_default()
}

fn record(message: &Message) -> Value {
    let mut record = json!({
        "messageId": message.id,
        "receiptHandle": message.receipt,
        "body": message.body,
        "attributes": {
            "ApproximateReceiveCount": message.receives.to_string(),
            "SentTimestamp": message.sent_at.0.to_string(),
        },
        "messageAttributes": {},
    });
    let attribute = match message.mark {
        Mark::None => None,
        Mark::Redrive => Some("sluice-redrive"),
        Mark::Letter => Some("sluice"),
    };
    if let Some(attribute) = attribute {
        record["messageAttributes"][attribute] = json!({"stringValue": "{}", "dataType": "String"});
    }
    if let Some(fifo) = &message.fifo {
        record["attributes"]["MessageGroupId"] = json!(fifo.group_id);
        record["attributes"]["MessageDeduplicationId"] = json!(fifo.deduplication_id);
    }
    record
}

/// Deletes what the answer does not name.
fn conclude(world: &World, batch: &[Message], response: &BatchResponse, summary: &Summary) {
    world.count("duplicates dropped", summary.counted("Duplicates"));
    let back: Vec<&str> = response.batch_item_failures.iter().map(|failure| failure.item_identifier.as_str()).collect();
    world.count("handed back", back.len() as u64);
    for named in &back {
        if !batch.iter().any(|message| message.id == *named) {
            world.watch().violation(format!("the answer names `{named}`, which was not in the batch"));
        }
    }
    for message in batch.iter().filter(|message| !back.contains(&message.id.as_str())) {
        if world.happens(world.plan.odds.keep) {
            world.count("deletions lost", 1);
        } else {
            world.queue().delete(&message.receipt, world.now(), &mut world.rng());
        }
    }
}
