//! Time and chance under a test's control.

use sluice_ports::{Clock, Dice, LeaseOwner, Millis};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A clock that moves when told to; its clones show the same time.
#[derive(Debug, Clone)]
pub struct ModelClock(Arc<AtomicI64>);

impl ModelClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Millis) -> Self {
        Self(Arc::new(AtomicI64::new(now.0)))
    }

    /// Moves it on.
    pub fn advance(&self, by: Duration) {
        self.0.store(self.now().plus(by).0, Ordering::SeqCst);
    }
}

impl Clock for ModelClock {
    fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }
}

/// Dice that count: owners `owner-1`, `owner-2`…, and every draw the highest it can be.
#[derive(Debug, Default)]
pub struct ModelDice(AtomicU64);

impl Dice for ModelDice {
    fn lease_owner(&self) -> LeaseOwner {
        LeaseOwner::new(format!("owner-{}", self.0.fetch_add(1, Ordering::SeqCst) + 1))
    }

    fn up_to(&self, most: u64) -> u64 {
        most
    }
}
