//! Ingest and worker in a simulated world, which is checked when it is over.

#![allow(clippy::expect_used, clippy::panic, reason = "a test says so when something is not as it should be")]

mod checks;
mod counts;
mod downstream;
pub mod inputs;
mod invocation;
mod mapping;
mod network;
mod order;
mod outlets;
mod plan;
mod producers;
mod queue;
mod redriver;
mod rng;
mod table;
mod types;
mod watch;
mod world;

pub use counts::Counts;
pub use plan::Kind;
pub use types::PLANNED_PANIC;

use plan::Plan;
use rng::Rng;
use std::sync::Arc;
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local};
use world::World;

/// What came of a world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What happened.
    pub counts: Counts,
    /// What must not have.
    pub violations: Vec<String>,
}

/// How many events a world has.
#[must_use]
pub fn events(kind: Kind, seed: u64) -> u64 {
    Plan::draw(kind, &mut Rng::new(seed)).events.len() as u64
}

/// Lets the world of a seed run, from its first event until nothing is left to do. The same seed gives the same report.
#[must_use]
pub fn run(kind: Kind, seed: u64) -> Report {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime");
    let mut rng = Rng::new(seed);
    let plan = Plan::draw(kind, &mut rng);
    let world = LocalSet::new().block_on(&runtime, live(plan, rng));
    let violations = checks::violations(&world);
    World::end();
    Report { counts: totals(&world), violations }
}

async fn live(plan: Plan, rng: Rng) -> Arc<World> {
    let world = World::begin(plan, rng);
    let posts = world.plan.posts.clone();
    let mut sources: Vec<_> = posts.into_iter().map(|post| spawn_local(producers::post(world.clone(), post))).collect();
    sources.extend((0..world.plan.strangers).map(|_| spawn_local(producers::stranger(world.clone()))));
    sources.push(spawn_local(redriver::redrive(world.clone())));
    let pollers: Vec<_> = (0..world.plan.workers).map(|_| spawn_local(mapping::poll(world.clone()))).collect();
    for source in sources {
        if source.await.is_err() {
            world.watch().violation("a producer or ingest panicked".to_owned());
        }
    }
    world.close();
    for poller in pollers {
        if poller.await.is_err() {
            world.watch().violation("a worker panicked".to_owned());
        }
    }
    world.count("virtual seconds", world.elapsed().as_secs());
    world
}

fn totals(world: &World) -> Counts {
    let mut counts = world.counts();
    let queue = world.queue();
    counts.add("events", world.plan.events.len() as u64);
    counts.add("messages", queue.sent());
    counts.add("deduplicated by SQS", queue.deduplicated);
    counts.add("dead letters", world.letters().len() as u64);
    counts.add("outcomes", world.outcomes().len() as u64);
    counts.add("downstream calls", world.downstream().calls());
    counts
}
