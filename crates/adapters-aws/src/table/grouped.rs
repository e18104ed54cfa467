//! Conditional writes in groups, through PartiQL.
//!
//! A group's statements fail one by one, inside an answer of 200. `UPDATE` is no upsert: a row that is not there
//! fails its condition and shows no old item, and is inserted in a second group. `INSERT` is no upsert either: a row
//! that is there makes it a `DuplicateItem`, which shows no item. What a group leaves open, the caller writes with a
//! call of its own, under the full condition and with the SDK's retries.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>

use super::EventsTable;
use super::item::{Attributes, Item, text};
use crate::error::{call_failed, item_failed};
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementError, BatchStatementErrorCodeEnum as Code, BatchStatementRequest,
    ReturnValuesOnConditionCheckFailure,
};
use futures_util::future::join_all;
use sluice_events::EventId;
use sluice_ports::PortError;

/// Statements of one call.
const MOST_STATEMENTS: usize = 25;
const WRITE: &str = "dynamodb:BatchExecuteStatement";

/// What must hold: name, operator and value of each comparison.
pub(super) type Condition = Vec<(&'static str, &'static str, AttributeValue)>;

/// A conditional write of one row.
pub(super) struct Write {
    /// The row's event.
    pub(super) id: EventId,
    /// What to set.
    pub(super) set: Attributes,
    /// What to remove.
    pub(super) remove: Option<&'static str>,
    /// What the row must be like.
    pub(super) only_if: Condition,
    /// The row to write where there is none.
    pub(super) insert: Option<Attributes>,
}

/// Where a write stands after the groups.
pub(super) enum Stand {
    Written,
    /// The condition did not hold; the row as it stands.
    Refused(Item),
    /// There is no row.
    NoRow,
    /// Not decided; goes one by one.
    Open,
    /// Not to be had now. Not tried one by one: that would answer an outage with more calls, and hide a missing
    /// permission behind the one for single writes.
    Failed(PortError),
}

impl EventsTable {
    /// Writes each; `None` can be no statement and stays open.
    pub(super) async fn write_grouped(&self, writes: &[Option<Write>]) -> Vec<Stand> {
        let updates = writes.iter().map(|write| self.update_statement(write.as_ref()?));
        let mut stands = self.execute(updates).await;
        let absent = stands.iter().zip(writes).enumerate().filter_map(|(place, (stand, write))| {
            let row = write.as_ref()?.insert.as_ref()?;
            matches!(stand, Stand::NoRow).then_some((place, row))
        });
        let (places, rows): (Vec<_>, Vec<_>) = absent.unzip();
        for (place, stand) in places.into_iter().zip(self.insert_grouped(rows).await) {
            stands[place] = stand;
        }
        stands
    }

    /// Writes each row that is not there.
    pub(super) async fn insert_grouped<'a>(&self, rows: impl IntoIterator<Item = &'a Attributes>) -> Vec<Stand> {
        self.execute(rows.into_iter().map(|row| self.insert_statement(row))).await
    }

    /// Executes in groups. A group of one would gain nothing: its statement stays open, as one that is `None` does.
    async fn execute(&self, statements: impl Iterator<Item = Option<BatchStatementRequest>>) -> Vec<Stand> {
        let mut stands = Vec::new();
        let mut grouped = Vec::new();
        for (place, statement) in statements.enumerate() {
            stands.push(Stand::Open);
            grouped.extend(statement.map(|statement| (place, statement)));
        }
        let calls = grouped.chunks(MOST_STATEMENTS).filter(|group| group.len() > 1);
        for (place, stand) in join_all(calls.map(|group| self.execute_group(group))).await.into_iter().flatten() {
            stands[place] = stand;
        }
        stands
    }

    async fn execute_group(&self, group: &[(usize, BatchStatementRequest)]) -> Vec<(usize, Stand)> {
        let statements = group.iter().map(|(_, statement)| statement.clone()).collect();
        let places = group.iter().map(|(place, _)| *place);
        match self.client.batch_execute_statement().set_statements(Some(statements)).send().await {
            Ok(answer) => {
                let answers = answer.responses.unwrap_or_default();
                let stands = answers.into_iter().map(|answer| answer.error.map_or(Stand::Written, stand));
                places.zip(stands).collect()
            }
            Err(error) => {
                let error = call_failed(WRITE, &error);
                places.map(|place| (place, Stand::Failed(error.clone()))).collect()
            }
        }
    }

    fn update_statement(&self, write: &Write) -> Option<BatchStatementRequest> {
        let set: String = write.set.iter().map(|(name, _)| format!(" SET \"{name}\"=?")).collect();
        let remove = write.remove.map(|name| format!(" REMOVE \"{name}\"")).unwrap_or_default();
        let only_if: String =
            write.only_if.iter().map(|(name, operator, _)| format!(" AND \"{name}\"{operator}?")).collect();
        let values = write.set.iter().map(|(_, value)| value.clone());
        let values = values.chain([text(write.id.to_string())]);
        let values = values.chain(write.only_if.iter().map(|(_, _, value)| value.clone()));
        BatchStatementRequest::builder()
            .statement(format!("UPDATE \"{}\"{set}{remove} WHERE \"id\"=?{only_if}", self.name))
            .set_parameters(Some(values.collect()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .ok()
    }

    fn insert_statement(&self, row: &Attributes) -> Option<BatchStatementRequest> {
        let members: Vec<_> = row.iter().map(|(name, _)| format!("'{name}': ?")).collect();
        BatchStatementRequest::builder()
            .statement(format!("INSERT INTO \"{}\" VALUE {{{}}}", self.name, members.join(", ")))
            .set_parameters(Some(row.iter().map(|(_, value)| value.clone()).collect()))
            .build()
            .ok()
    }
}

fn stand(error: BatchStatementError) -> Stand {
    match (error.code, error.item) {
        (Some(Code::ConditionalCheckFailed), Some(item)) if !item.is_empty() => Stand::Refused(item),
        (Some(Code::ConditionalCheckFailed), _) => Stand::NoRow,
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
        ) => Stand::Open,
        (code, _) => {
            let code = code.as_ref().map_or("no code", Code::as_str);
            let text = error.message.as_deref().unwrap_or("no message");
            Stand::Failed(item_failed(WRITE, code, text, false))
        }
    }
}
