//! The queues.

use crate::Troubles;
use sluice_ports::{DeadLetter, DeadLetters, NewMessage, PortError, Sender, Visibility, VisibilityChange};
use std::sync::{Mutex, PoisonError};

/// Keeps what was sent, buried and hidden. Operations: `send`, `bury`, `hide`.
#[derive(Debug, Default)]
pub struct ModelQueue {
    /// Failures to come.
    pub troubles: Troubles,
    sent: Mutex<Vec<NewMessage>>,
    buried: Mutex<Vec<DeadLetter>>,
    hidden: Mutex<Vec<VisibilityChange>>,
}

fn all<T: Clone>(kept: &Mutex<Vec<T>>) -> Vec<T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn keep<T: Clone>(kept: &Mutex<Vec<T>>, item: &T) -> usize {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push(item.clone());
    kept.len()
}

impl ModelQueue {
    /// Everything sent to the main queue so far; the n-th has the id `sent-n`, from 1.
    #[must_use]
    pub fn sent(&self) -> Vec<NewMessage> {
        all(&self.sent)
    }

    /// Everything sent to the dead-letter queue so far.
    #[must_use]
    pub fn buried(&self) -> Vec<DeadLetter> {
        all(&self.buried)
    }

    /// Every change of visibility so far.
    #[must_use]
    pub fn hidden(&self) -> Vec<VisibilityChange> {
        all(&self.hidden)
    }
}

impl Sender for ModelQueue {
    async fn send(&self, messages: &[NewMessage]) -> Vec<Result<String, PortError>> {
        let send = |message| format!("sent-{}", keep(&self.sent, message));
        messages.iter().map(|message| self.troubles.run("send", || send(message))).collect()
    }
}

impl DeadLetters for ModelQueue {
    async fn bury(&self, letters: &[DeadLetter]) -> Vec<Result<(), PortError>> {
        letters
            .iter()
            .map(|letter| {
                self.troubles.run("bury", || {
                    keep(&self.buried, letter);
                })
            })
            .collect()
    }
}

impl Visibility for ModelQueue {
    async fn hide(&self, changes: &[VisibilityChange]) -> Vec<Result<(), PortError>> {
        changes
            .iter()
            .map(|change| {
                self.troubles.run("hide", || {
                    keep(&self.hidden, change);
                })
            })
            .collect()
    }
}
