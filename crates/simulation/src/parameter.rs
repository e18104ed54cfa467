//! A parameter.

use crate::Troubles;
use sluice_ports::{Millis, Parameter, ParameterReader, PortError};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// A parameter that a test writes; its clones are the same one. Operation: `read_parameter`.
#[derive(Debug, Clone, Default)]
pub struct ModelParameter {
    /// Failures to come.
    pub troubles: Arc<Troubles>,
    now: Arc<Mutex<Option<Parameter>>>,
    reads: Arc<AtomicU64>,
}

impl ModelParameter {
    /// Puts a value there.
    pub fn put(&self, text: &str, changed_at: Millis) {
        self.set(Some(Parameter { text: text.to_owned(), changed_at }));
    }

    /// Removes it.
    pub fn delete(&self) {
        self.set(None);
    }

    /// How often it was read.
    #[must_use]
    pub fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }

    fn set(&self, parameter: Option<Parameter>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = parameter;
    }
}

impl ParameterReader for ModelParameter {
    async fn read(&self) -> Result<Option<Parameter>, PortError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.troubles.run("read_parameter", || self.now.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
