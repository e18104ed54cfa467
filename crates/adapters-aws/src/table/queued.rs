//! Noting events as queued: in groups through PartiQL; a lone one, and what a group leaves open, by a conditional
//! PutItem.

use super::EventsTable;
use super::grouped::Stand;
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

    async fn conclude_note(&self, row: &Queued, now: Seconds, stand: Stand) -> Result<EnqueueOutcome, PortError> {
        match stand {
            Stand::Written => Ok(EnqueueOutcome::Written),
            // A duplicate too: the worker was faster, or the row that is there has expired.
            Stand::Open | Stand::NoRow | Stand::Refused(_) => self.enqueue_one(row, now).await,
            Stand::Failed(error) => Err(error),
        }
    }
}

impl Records for EventsTable {
    async fn enqueue(&self, rows: &[Queued], now: Seconds) -> Vec<Result<EnqueueOutcome, PortError>> {
        let inserts: Vec<_> = rows.iter().map(queued).collect();
        let stands = self.insert_grouped(&inserts).await;
        join_all(rows.iter().zip(stands).map(|(row, stand)| self.conclude_note(row, now, stand))).await
    }
}
