//! Single flight: of many who find a value too old, one fetches it. The others take what is there.
//!
//! `tests/shuttle.rs` compiles this file against Shuttle's locks, and tries it in many orders: it takes them from
//! `crate::sync` and uses nothing else of the crate.

use crate::sync::{Mutex, MutexGuard, PoisonError};

/// A value that is fetched anew when it is old. Times are milliseconds of any clock.
#[derive(Debug)]
pub(crate) struct Flight<T> {
    state: Mutex<State<T>>,
}

#[derive(Debug)]
struct State<T> {
    value: T,
    /// When the last one to fetch set out; `None`: nobody has.
    asked_at: Option<i64>,
    in_air: bool,
}

/// The right to fetch. There is one at a time; dropped without landing, it leaves the value as it was.
pub(crate) struct Ticket<'a, T>(&'a Flight<T>);

impl<T: Clone> Flight<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { state: Mutex::new(State { value, asked_at: None, in_air: false }) }
    }

    pub(crate) fn value(&self) -> T {
        self.lock().value.clone()
    }

    /// Lets the caller fetch, if the last who did set out `keep` or longer before `now`, and is back.
    pub(crate) fn board(&self, now: i64, keep: i64) -> Option<Ticket<'_, T>> {
        let mut state = self.lock();
        // A clock that went back must not keep a value for ever.
        let fresh = state.asked_at.is_some_and(|asked_at| (asked_at..asked_at.saturating_add(keep)).contains(&now));
        if state.in_air || fresh {
            return None;
        }
        state.in_air = true;
        state.asked_at = Some(now);
        Some(Ticket(self))
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Ticket<'_, T> {
    /// Puts what was fetched in the value's place.
    pub(crate) fn land(self, value: T) {
        self.0.lock().value = value;
    }
}

impl<T> Drop for Ticket<'_, T> {
    fn drop(&mut self) {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner).in_air = false;
    }
}
