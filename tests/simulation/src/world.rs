//! What all in a world share: time, chance, the state of the services, and what was seen.

use crate::counts::Counts;
use crate::downstream::Downstream;
use crate::invocation::Invocation;
use crate::plan::{Event, Plan};
use crate::queue::Queue;
use crate::rng::Rng;
use crate::watch::Watch;
use sluice_events::EventId;
use sluice_ports::{DeadLetter, Millis, OutcomeEvent};
use sluice_simulation::ModelTable;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// When every world begins.
pub(crate) const START: Millis = Millis(1_700_000_000_000);

/// How long after the last trouble the queue must be empty.
const DRAINS_WITHIN: Duration = Duration::from_secs(8 * 3600);

thread_local! {
    /// The world of this thread: event types are static, and reach their downstream through it.
    static WORLD: RefCell<Option<Arc<World>>> = const { RefCell::new(None) };
}

/// A letter in the dead-letter queue.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) letter: DeadLetter,
    /// When the queue took it.
    pub(crate) at: Millis,
    /// Its place in the queue is gone: it was sent back.
    pub(crate) gone: bool,
}

pub(crate) struct World {
    pub(crate) plan: Plan,
    started: Instant,
    rng: Mutex<Rng>,
    pub(crate) table: ModelTable,
    queue: Mutex<Queue>,
    letters: Mutex<Vec<Letter>>,
    outcomes: Mutex<Vec<OutcomeEvent>>,
    downstream: Mutex<Downstream>,
    watch: Mutex<Watch>,
    counts: Mutex<Counts>,
    numbers: AtomicU64,
    closing: AtomicBool,
    /// Told when the queue has something to deliver.
    pub(crate) sent: Notify,
    /// Starts that an event may have lost to what happens around it.
    harm: Mutex<BTreeMap<EventId, u32>>,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    pub(crate) fn begin(plan: Plan, rng: Rng) -> Arc<Self> {
        let world = Arc::new(Self {
            queue: Mutex::new(Queue::new(plan.fifo)),
            plan,
            started: Instant::now(),
            rng: Mutex::new(rng),
            table: ModelTable::default(),
            letters: Mutex::default(),
            outcomes: Mutex::default(),
            downstream: Mutex::default(),
            watch: Mutex::default(),
            counts: Mutex::default(),
            numbers: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            sent: Notify::new(),
            harm: Mutex::default(),
        });
        WORLD.set(Some(world.clone()));
        world
    }

    /// The world of this thread.
    pub(crate) fn current() -> Option<Arc<Self>> {
        WORLD.with_borrow(Clone::clone)
    }

    pub(crate) fn end() {
        WORLD.set(None);
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn now(&self) -> Millis {
        START.plus(self.elapsed())
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.elapsed() >= self.plan.calm_at
    }

    pub(crate) fn is_repaired(&self) -> bool {
        self.elapsed() >= self.plan.repaired_at
    }

    /// A number that nobody had.
    pub(crate) fn new_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Nothing more is sent: once the queue is empty, the world is over.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
        self.sent.notify_waiters();
    }

    pub(crate) fn is_over(&self) -> bool {
        let drained = self.closing.load(Ordering::Relaxed) && self.queue().is_empty();
        drained || self.elapsed() > self.plan.calm_at + DRAINS_WITHIN
    }

    pub(crate) fn rng(&self) -> MutexGuard<'_, Rng> {
        lock(&self.rng)
    }

    /// Whether something of these odds happens now. Nothing does once it is calm.
    pub(crate) fn happens(&self, per_mille: u64) -> bool {
        per_mille > 0 && !self.is_calm() && self.rng().per_mille(per_mille)
    }

    pub(crate) fn queue(&self) -> MutexGuard<'_, Queue> {
        lock(&self.queue)
    }

    pub(crate) fn letters(&self) -> MutexGuard<'_, Vec<Letter>> {
        lock(&self.letters)
    }

    pub(crate) fn outcomes(&self) -> MutexGuard<'_, Vec<OutcomeEvent>> {
        lock(&self.outcomes)
    }

    pub(crate) fn downstream(&self) -> MutexGuard<'_, Downstream> {
        lock(&self.downstream)
    }

    pub(crate) fn watch(&self) -> MutexGuard<'_, Watch> {
        lock(&self.watch)
    }

    pub(crate) fn count(&self, name: &'static str, amount: u64) {
        lock(&self.counts).add(name, amount);
    }

    /// Logs what happens, for who repeats one seed.
    pub(crate) fn trace(&self, what: impl FnOnce() -> String) {
        if tracing::enabled!(tracing::Level::INFO) {
            tracing::info!("{:>9} ms {}", self.elapsed().as_millis(), what());
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        lock(&self.counts).clone()
    }

    pub(crate) fn event(&self, id: EventId) -> Option<&Event> {
        self.plan.places.get(&id).and_then(|place| self.plan.events.get(*place))
    }

    /// The event of a producer's key.
    pub(crate) fn event_of(&self, key: &str) -> Option<&Event> {
        self.plan.events.iter().find(|event| event.key == key)
    }

    /// Whether each of these can lose one more start and still have one left; then it may.
    pub(crate) fn may_harm(&self, events: &[EventId]) -> bool {
        let matters = |id: &&EventId| self.event(**id).is_some_and(|event| event.nature.must_not_run_out());
        let events: Vec<_> = events.iter().filter(matters).copied().collect();
        let bears = |id: &EventId| lock(&self.harm).get(id).copied().unwrap_or(0) + 1 < self.plan.max_attempts;
        let all = events.iter().all(bears);
        if all {
            self.harm(&events);
        }
        all
    }

    /// Whether an event fails that may do so this often.
    pub(crate) fn may_stumble(&self, event: EventId, stumbles: u32) -> bool {
        let done = self.watch().stumbles.get(&event).copied().unwrap_or(0);
        let may = done < stumbles && self.may_harm(&[event]);
        if may {
            self.watch().stumbles.insert(event, done + 1);
        }
        may
    }

    /// Another event of the batch kills the process: nobody asks before.
    pub(crate) fn harm(&self, events: &[EventId]) {
        let mut harm = lock(&self.harm);
        events.iter().for_each(|id| *harm.entry(*id).or_default() += 1);
    }

    /// Whether a call about an event may fail. The first in an invocation may, and must cost nothing; a second one
    /// may leave a start counted that was none.
    pub(crate) fn may_trouble(&self, event: Option<EventId>) -> bool {
        let Some(event) = event else { return true };
        let first = Invocation::with(|invocation| invocation.troubled.insert(event)).unwrap_or(true);
        first || self.may_harm(&[event])
    }
}
