//! Noting events as queued: a conditional PutItem each.

use super::EventsTable;
use super::item::{number, queued};
use crate::error::call_failed;
use futures_util::future::join_all;
use sluice_ports::{EnqueueOutcome, PortError, Queued, Records, Seconds};

impl EventsTable {
    async fn enqueue_one(&self, row: &Queued, now: Seconds) -> Result<EnqueueOutcome, PortError> {
        let item = queued(row).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let call = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(item))
            // TTL deletes late: an expired row counts for nothing and is written over.
            .condition_expression("attribute_not_exists(id) OR expiration < :now")
            .expression_attribute_values(":now", number(now.0));
        match call.send().await {
            Ok(_) => Ok(EnqueueOutcome::Written),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(EnqueueOutcome::Known)
            }
            Err(error) => Err(call_failed("dynamodb:PutItem", &error)),
        }
    }
}

impl Records for EventsTable {
    async fn enqueue(&self, rows: &[Queued], now: Seconds) -> Vec<Result<EnqueueOutcome, PortError>> {
        join_all(rows.iter().map(|row| self.enqueue_one(row, now))).await
    }
}
