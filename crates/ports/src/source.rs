//! The event source mapping: Lambda's polling of the main queue for the worker.

use crate::PortError;
use std::future::Future;

/// Whether the worker is fed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// Lambda's word for it, such as `Enabled` or `Disabled`.
    pub state: String,
}

/// Tells the mapping's state.
pub trait EventSource: Send + Sync {
    /// Its state, now.
    fn state(&self) -> impl Future<Output = Result<SourceState, PortError>> + Send;
}
