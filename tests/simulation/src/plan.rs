//! What one world is like: drawn from its seed before it begins.

use crate::rng::Rng;
use sluice_events::{EventId, IdempotencyKey, Producer};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Lambda's limit for an invocation.
pub(crate) const INVOCATION: Duration = Duration::from_secs(30);
/// How long a received message is hidden, unless told otherwise.
pub(crate) const VISIBILITY: Duration = Duration::from_secs(181);
/// Receives after which SQS itself moves a message to the dead-letter queue.
pub(crate) const MAX_RECEIVES: u32 = 100;
/// How long the SDK tries one call, as the worker's `main.rs` sets it.
pub(crate) const PATIENCE: Duration = Duration::from_millis(800);

/// What an event's processing comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Completes, after failing this often.
    Healthy { stumbles: u32 },
    /// Breaks a rule of business: fails for good.
    Refused,
    /// Fails for good until the code is repaired; completes after that.
    Broken,
    /// Fails each time, as if it might heal.
    Poison,
    /// Kills the process that works on it.
    Killer,
    /// Is never done.
    Endless,
}

impl Nature {
    /// Whether it must complete, whatever happens around it.
    pub(crate) fn is_healthy(self) -> bool {
        matches!(self, Self::Healthy { .. })
    }

    /// Whether it must never be given up for the number of its starts.
    pub(crate) fn must_not_run_out(self) -> bool {
        matches!(self, Self::Healthy { .. } | Self::Broken | Self::Refused)
    }
}

/// An event of a producer.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: EventId,
    pub(crate) key: String,
    pub(crate) type_name: &'static str,
    pub(crate) nature: Nature,
    pub(crate) takes: Duration,
    /// Its order matters within this, in a FIFO queue.
    pub(crate) group: String,
}

/// A request of a producer.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) at: Duration,
    /// Places in [`Plan::events`], and which payload under the event's key.
    pub(crate) items: Vec<(usize, u64)>,
}

/// How often, in a thousand, something happens.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Odds {
    /// A call to a service fails.
    pub(crate) trouble: u64,
    /// An invocation is killed.
    pub(crate) crash: u64,
    /// An invocation stands still for a while.
    pub(crate) stall: u64,
    /// A message is delivered though it is hidden.
    pub(crate) duplicate: u64,
    /// Lambda's deletion of a message fails.
    pub(crate) keep: u64,
}

/// One world.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) fifo: bool,
    pub(crate) events: Vec<Event>,
    pub(crate) places: BTreeMap<EventId, usize>,
    /// In order of time.
    pub(crate) posts: Vec<Post>,
    /// Messages that are no events.
    pub(crate) strangers: usize,
    pub(crate) workers: u64,
    pub(crate) batch: u64,
    /// Starts of processing after which an event is given up.
    pub(crate) max_attempts: u32,
    pub(crate) concurrency: usize,
    /// Clocks are off by at most this.
    pub(crate) skew_ms: u64,
    /// A call takes at most this, if all is well.
    pub(crate) latency_ms: u64,
    pub(crate) odds: Odds,
    /// From then on the late type is known, and what was broken is repaired.
    pub(crate) repaired_at: Duration,
    /// From then on there is no trouble any more.
    pub(crate) calm_at: Duration,
}

/// Which worlds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// With a standard queue.
    Standard,
    /// With a FIFO queue.
    Fifo,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "standard",
            Self::Fifo => "fifo",
        })
    }
}

impl Plan {
    pub(crate) fn draw(kind: Kind, rng: &mut Rng) -> Self {
        let count = rng.between(5, 120);
        let pace = rng.pick(&[1_000, 60_000, 1_200_000]);
        let groups = rng.between(1, 1 + count / 4);
        let calm = rng.per_mille(150);
        let ill = if calm { 0 } else { rng.pick(&[0, 30, 150]) };
        let events: Vec<Event> = (0..count).map(|number| event(number, groups, ill, rng)).collect();
        let odds = if calm { Odds::default() } else { odds(rng) };
        Self {
            fifo: kind == Kind::Fifo,
            places: events.iter().enumerate().map(|(place, event)| (event.id, place)).collect(),
            posts: posts(&events, pace, rng),
            events,
            strangers: usize::try_from(rng.pick(&[0, 0, 2])).unwrap_or(0),
            workers: rng.between(1, 5),
            batch: rng.pick(&[1, 3, 10, 10]),
            // With few, each event is soon at its last start.
            max_attempts: rng.pick(&[2, 3, 5, 5]),
            concurrency: rng.pick(&[1, 4, 16]),
            skew_ms: if calm { 0 } else { rng.pick(&[0, 500, 5_000, 40_000]) },
            latency_ms: rng.pick(&[2, 20, 150]),
            odds,
            repaired_at: repaired_at(rng),
            calm_at: Duration::from_secs(rng.between(1_500, 6_000)),
        }
    }
}

/// When the deployment is over: what only the new build can read waits for it, and must not be delivered too often.
fn repaired_at(rng: &mut Rng) -> Duration {
    let latest = rng.pick(&[1_000, 5_000, 20_000]);
    Duration::from_secs(rng.between(300, latest))
}

fn odds(rng: &mut Rng) -> Odds {
    Odds {
        trouble: rng.pick(&[0, 10, 60, 300]),
        crash: rng.pick(&[0, 30, 200]),
        stall: rng.pick(&[0, 30, 200]),
        duplicate: rng.pick(&[0, 10, 50]),
        keep: rng.pick(&[0, 10, 100]),
    }
}

fn event(number: u64, groups: u64, ill: u64, rng: &mut Rng) -> Event {
    let key = format!("k{number}");
    let id = EventId::derive(&Producer::anonymous(), &IdempotencyKey::Given(key.clone()));
    let stumbles = rng.pick(&[0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    let nature = if rng.per_mille(ill) {
        rng.pick(&[Nature::Refused, Nature::Broken, Nature::Poison, Nature::Killer, Nature::Endless])
    } else {
        Nature::Healthy { stumbles }
    };
    // Less than half of what an invocation has: never given up for being late.
    let takes = Duration::from_millis(rng.pick(&[0, 0, 5, 100, 2_000, 12_000]));
    let type_name = rng.pick(&["pure", "pure", "pure", "external", "external", "late"]);
    Event { id, key, type_name, nature, takes, group: format!("g{}", rng.below(groups)) }
}

fn posts(events: &[Event], pace: u64, rng: &mut Rng) -> Vec<Post> {
    let mut posts: Vec<Post> = Vec::new();
    for place in 0..events.len() {
        let at = Duration::from_millis(rng.below(pace));
        match posts.last_mut() {
            // As a batch with the one before.
            Some(post) if rng.per_mille(200) => post.items.push((place, 0)),
            _ => posts.push(Post { at, items: vec![(place, 0)] }),
        }
        if rng.per_mille(150) {
            posts.push(Post { at: at + later(rng), items: vec![(place, 0)] });
        }
        if rng.per_mille(30) {
            posts.push(Post { at: Duration::from_millis(rng.below(pace)), items: vec![(place, 1)] });
        }
    }
    posts.sort_by_key(|post| post.at);
    posts
}

fn later(rng: &mut Rng) -> Duration {
    let most = rng.pick(&[100, 20_000, 1_500_000]);
    Duration::from_millis(rng.below(most))
}
