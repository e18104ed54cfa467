//! Trouble on demand.

use sluice_ports::{PortError, Trouble};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What is lost when a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// The call: it has no effect.
    Call,
    /// The answer: the call took effect.
    Answer,
}

/// Failures waiting to happen, by operation.
#[derive(Debug, Default)]
pub struct Troubles(Mutex<HashMap<&'static str, Vec<Lost>>>);

impl Troubles {
    /// Makes the next `times` items of `operation` fail.
    pub fn fail_next(&self, operation: &'static str, times: usize, lost: Lost) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.entry(operation).or_default().extend(std::iter::repeat_n(lost, times));
    }

    /// Runs one item of `operation`, which fails if told to.
    pub(crate) fn run<T>(&self, operation: &'static str, effect: impl FnOnce() -> T) -> Result<T, PortError> {
        let next = {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.get_mut(operation).and_then(Vec::pop)
        };
        match next {
            None => Ok(effect()),
            Some(lost) => {
                if lost == Lost::Answer {
                    effect();
                }
                Err(PortError { trouble: Trouble::Unavailable, operation, message: "as told".to_owned() })
            }
        }
    }
}
