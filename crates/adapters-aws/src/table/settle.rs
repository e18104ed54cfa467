//! Settlements: in groups of 25 through PartiQL, what that leaves open one by one.
//!
//! A group's statements fail one by one, inside an answer of 200. `UPDATE` is no upsert: a row that is not there
//! fails its condition, shows no old item, and is inserted in a second group. A statement that was throttled, or met
//! another writer, goes through UpdateItem, with the full condition and the SDK's retries.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>

use super::EventsTable;
use super::claim::{common, fence};
use super::item::{Item, number, queued, record, text};
use super::update::{Update, Updated};
use crate::error::{call_failed, item_failed};
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementError, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
    ReturnValuesOnConditionCheckFailure,
};
use futures_util::future::join_all;
use sluice_ports::{Fence, PortError, SettleOutcome, Settlement, Settlements, Status, Target};

/// Statements of one call.
const MOST_STATEMENTS: usize = 25;
const SETTLE: &str = "dynamodb:BatchExecuteStatement";

/// Where a settlement stands after a grouped write.
enum Grouped {
    Written,
    Refused(Item),
    /// There is no row to update.
    NoRow,
    /// Not decided; goes one by one.
    Open,
    /// Not to be had now. Not tried one by one: that would answer an outage with more calls, and hide a missing
    /// permission behind the one for UpdateItem.
    Failed(PortError),
}

impl EventsTable {
    async fn settle_group(&self, group: &[Settlement]) -> Vec<Result<SettleOutcome, PortError>> {
        if let [alone] = group {
            return vec![self.settle_one(alone).await];
        }
        let mut stands = self.write_group(group.iter().map(|settlement| self.update_statement(settlement))).await;
        let absent: Vec<usize> = (0..group.len())
            .filter(|place| matches!(stands[*place], Grouped::NoRow) && group[*place].fence == Fence::Fresh)
            .collect();
        if !absent.is_empty() {
            let inserted = self.write_group(absent.iter().map(|place| self.insert_statement(&group[*place]))).await;
            for (place, stand) in absent.into_iter().zip(inserted) {
                stands[place] = stand;
            }
        }
        join_all(group.iter().zip(stands).map(|(settlement, stand)| self.conclude(settlement, stand))).await
    }

    async fn conclude(&self, settlement: &Settlement, stand: Grouped) -> Result<SettleOutcome, PortError> {
        match stand {
            Grouped::Written => Ok(SettleOutcome::Written),
            Grouped::Refused(item) => Ok(refused(settlement, Some(Box::new(record(&item)?)))),
            Grouped::NoRow | Grouped::Open => self.settle_one(settlement).await,
            Grouped::Failed(error) => Err(error),
        }
    }

    async fn settle_one(&self, settlement: &Settlement) -> Result<SettleOutcome, PortError> {
        Ok(match self.update(settlement.row.id, settle_update(settlement)).await? {
            Updated::Written(_) => SettleOutcome::Written,
            Updated::Refused(row) => refused(settlement, row),
        })
    }

    async fn write_group(&self, statements: impl Iterator<Item = Option<BatchStatementRequest>>) -> Vec<Grouped> {
        let statements: Vec<_> = statements.collect();
        let count = statements.len();
        let Some(statements) = statements.into_iter().collect::<Option<Vec<_>>>() else {
            return (0..count).map(|_| Grouped::Open).collect();
        };
        match self.client.batch_execute_statement().set_statements(Some(statements)).send().await {
            Ok(answer) => {
                let mut answers = answer.responses.unwrap_or_default().into_iter();
                let stand =
                    |_| answers.next().map_or(Grouped::Open, |answer| answer.error.map_or(Grouped::Written, grouped));
                (0..count).map(stand).collect()
            }
            Err(error) => {
                let error = call_failed(SETTLE, &error);
                (0..count).map(|_| Grouped::Failed(error.clone())).collect()
            }
        }
    }

    fn update_statement(&self, settlement: &Settlement) -> Option<BatchStatementRequest> {
        // Rare, and relative to the row: one by one.
        if settlement.target == Target::GivenBack {
            return None;
        }
        let mut parameters = Vec::new();
        let mut set = String::new();
        for (name, value) in changes(settlement) {
            set.push_str(&format!(" SET \"{name}\"=?"));
            parameters.push(value);
        }
        parameters.push(text(settlement.row.id.to_string()));
        let (remove, condition) = match &settlement.fence {
            Fence::Fresh => {
                parameters.push(text(Status::Queued.as_str()));
                parameters.push(text(settlement.row.validation.to_string()));
                parameters.push(number(settlement.now.to_seconds().0));
                parameters.push(number(0));
                ("", "\"status\"=? AND \"validation\"=? AND \"expiration\">=? AND \"attempt\"=?")
            }
            Fence::Held(owner) => {
                parameters.push(text(Status::InProgress.as_str()));
                parameters.push(text(owner.as_str()));
                (" REMOVE \"in_progress_expiration\"", "\"status\"=? AND \"lease_owner\"=?")
            }
            // Rare, and with conditions of their own: one by one.
            Fence::Open | Fence::Expired | Fence::FailedBy { .. } => return None,
        };
        let statement = format!("UPDATE \"{}\"{set}{remove} WHERE \"id\"=? AND {condition}", self.name);
        let request = BatchStatementRequest::builder().statement(statement).set_parameters(Some(parameters));
        request.return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld).build().ok()
    }

    fn insert_statement(&self, settlement: &Settlement) -> Option<BatchStatementRequest> {
        let mut row: Vec<(&str, AttributeValue)> = queued(&settlement.row);
        let changes = changes(settlement);
        row.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        row.extend(changes);
        let members: Vec<_> = row.iter().map(|(name, _)| format!("'{name}': ?")).collect();
        let statement = format!("INSERT INTO \"{}\" VALUE {{{}}}", self.name, members.join(", "));
        let values = row.into_iter().map(|(_, value)| value).collect();
        BatchStatementRequest::builder().statement(statement).set_parameters(Some(values)).build().ok()
    }
}

fn grouped(error: BatchStatementError) -> Grouped {
    match (error.code, error.item) {
        (Some(Code::ConditionalCheckFailed), Some(item)) if !item.is_empty() => Grouped::Refused(item),
        (Some(Code::ConditionalCheckFailed), _) => Grouped::NoRow,
        (
            Some(
                Code::DuplicateItem
                | Code::InternalServerError
                | Code::ProvisionedThroughputExceeded
                | Code::RequestLimitExceeded
                | Code::ThrottlingError
                | Code::TransactionConflict,
            ),
            _,
        ) => Grouped::Open,
        (code, _) => {
            let code = code.as_ref().map_or("no code", Code::as_str);
            let text = error.message.as_deref().unwrap_or("no message");
            Grouped::Failed(item_failed(SETTLE, code, text, false))
        }
    }
}

/// What a settlement changes on the row.
fn changes(settlement: &Settlement) -> Vec<(&'static str, AttributeValue)> {
    let mut changes = vec![
        ("status", text(settlement.target.status().as_str())),
        ("expiration", number(settlement.row.expiration.0)),
        ("message_id", text(&settlement.row.message_id)),
        ("updated_at", number(settlement.now.0)),
        ("lease_owner", text(settlement.owner.as_str())),
    ];
    if settlement.target != Target::GivenBack {
        changes.push(("attempt", number(settlement.attempt)));
    }
    match &settlement.target {
        Target::Completed(data) => changes.push(("data", text(data))),
        Target::Failed(error) | Target::Released(error) => {
            changes.push(("error_class", text(&error.class)));
            changes.push(("error_message", text(&error.message)));
        }
        Target::GivenBack => {}
    }
    changes
}

fn settle_update(settlement: &Settlement) -> Update {
    let mut update = Update::default();
    common(&mut update, &settlement.row, settlement.now, false);
    for (name, value) in changes(settlement) {
        if !["expiration", "message_id", "updated_at"].contains(&name) {
            update.set(name, value);
        }
    }
    if settlement.target == Target::GivenBack {
        update.subtract_one("attempt");
    }
    update.remove("in_progress_expiration");
    let condition = fence(&mut update, &settlement.fence, &settlement.row, settlement.now);
    update.only_if(condition);
    update
}

/// A refusal, unless the row is what this very settlement made of it: the SDK repeated a write whose first answer
/// was lost.
fn refused(settlement: &Settlement, row: Option<Box<sluice_ports::Record>>) -> SettleOutcome {
    let ours = row.as_ref().is_some_and(|row| {
        row.lease_owner.as_ref() == Some(&settlement.owner) && row.status == settlement.target.status()
    });
    if ours { SettleOutcome::Written } else { SettleOutcome::Refused(row) }
}

impl Settlements for EventsTable {
    async fn settle(&self, settlements: &[Settlement]) -> Vec<Result<SettleOutcome, PortError>> {
        let calls = settlements.chunks(MOST_STATEMENTS).map(|group| self.settle_group(group));
        join_all(calls).await.into_iter().flatten().collect()
    }
}
