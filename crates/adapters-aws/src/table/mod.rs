//! Amazon DynamoDB: the events table.

mod claim;
mod fence;
mod grouped;
mod item;
mod queued;
mod read;
mod settle;
mod update;

use crate::Aws;
use aws_sdk_dynamodb::Client;

/// The events table: partition key `id`, TTL attribute `expiration`.
#[derive(Debug, Clone)]
pub struct EventsTable {
    client: Client,
    name: String,
}

impl EventsTable {
    /// The table of a name. Needs `dynamodb:BatchGetItem` to read; `dynamodb:PutItem` and
    /// `dynamodb:PartiQLInsert` to note queued events; `dynamodb:UpdateItem`, `dynamodb:PartiQLUpdate` and
    /// `dynamodb:PartiQLInsert` to claim and settle.
    #[must_use]
    pub fn new(aws: &Aws, name: String) -> Self {
        Self { client: Client::new(aws.config()), name }
    }
}

#[cfg(test)]
mod tests;
