//! The event bus.

use crate::Troubles;
use sluice_ports::{Bus, OutcomeEvent, PortError};
use std::sync::{Mutex, PoisonError};

/// Keeps what was published. Operation: `publish`.
#[derive(Debug, Default)]
pub struct ModelBus {
    /// Failures to come.
    pub troubles: Troubles,
    published: Mutex<Vec<OutcomeEvent>>,
}

impl ModelBus {
    /// Everything published so far.
    #[must_use]
    pub fn published(&self) -> Vec<OutcomeEvent> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Bus for ModelBus {
    async fn publish(&self, events: &[OutcomeEvent]) -> Vec<Result<(), PortError>> {
        let publish = |event: &OutcomeEvent| {
            self.published.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
        };
        events.iter().map(|event| self.troubles.run("publish", || publish(event))).collect()
    }
}
