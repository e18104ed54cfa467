//! A value that is good for a while.

use sluice_ports::Millis;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The last value and when it was had. Invocations of one execution environment come one after the other, so nobody
/// waits for nobody.
pub(crate) struct Cache<T> {
    good_for: Duration,
    last: Mutex<Option<(Millis, T)>>,
}

impl<T: Clone> Cache<T> {
    pub(crate) fn new(good_for: Duration) -> Self {
        Self { good_for, last: Mutex::new(None) }
    }

    pub(crate) fn get(&self, now: Millis) -> Option<T> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|(at, _)| now.since(*at) < self.good_for).map(|(_, value)| value.clone())
    }

    pub(crate) fn put(&self, now: Millis, value: T) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, value));
    }
}
