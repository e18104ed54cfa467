//! AWS Lambda's event source mapping.

use crate::Aws;
use crate::error::call_failed;
use aws_sdk_lambda::Client;
use sluice_ports::{EventSource, PortError, SourceState};

/// The mapping that feeds the worker.
#[derive(Debug, Clone)]
pub struct EventSourceMapping {
    client: Client,
    id: String,
}

impl EventSourceMapping {
    /// The mapping of an id. Needs `lambda:GetEventSourceMapping`.
    #[must_use]
    pub fn new(aws: &Aws, id: String) -> Self {
        Self { client: Client::new(aws.config()), id }
    }
}

impl EventSource for EventSourceMapping {
    async fn state(&self) -> Result<SourceState, PortError> {
        let call = self.client.get_event_source_mapping().uuid(&self.id).send().await;
        let mapping = call.map_err(|error| call_failed("lambda:GetEventSourceMapping", &error))?;
        Ok(SourceState { state: mapping.state.unwrap_or_else(|| "Unknown".to_owned()) })
    }
}
