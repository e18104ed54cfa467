//! A parameter that people change while functions run.

use crate::{Millis, PortError};
use std::future::Future;

/// A parameter as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its value.
    pub text: String,
    /// When it was last changed.
    pub changed_at: Millis,
}

/// Reads one parameter.
pub trait ParameterReader: Send + Sync {
    /// The parameter now; `None`: there is none of its name.
    fn read(&self) -> impl Future<Output = Result<Option<Parameter>, PortError>> + Send;
}
