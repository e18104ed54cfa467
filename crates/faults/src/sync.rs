//! The locks of `flight.rs`. `tests/shuttle.rs` has Shuttle's in their place.

pub(crate) use std::sync::{Mutex, MutexGuard, PoisonError};
