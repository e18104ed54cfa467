//! What the table adapter sends, and what it makes of DynamoDB's answers.

mod claim;
mod queued;
mod read;
mod settle;

use super::EventsTable;
use super::item::{Item, number, queued as queued_row, text};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::batch_execute_statement::{BatchExecuteStatementInput, BatchExecuteStatementOutput};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{
    AttributeValue, BatchStatementError, BatchStatementErrorCodeEnum as Code, BatchStatementResponse,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;
use sluice_events::{EventId, IdempotencyKey, Producer, Value, payload_hash};
use sluice_ports::{Fence, LeaseOwner, Millis, Queued, Seconds, Status, Trouble};

const NOW: Millis = Millis(1_700_000_000_000);
const FRESH: &str = " WHERE \"id\"=? AND \"status\"=? AND \"validation\"=? AND \"expiration\">=? AND \"attempt\"=?";

/// A table whose calls come in the order of the rules.
fn table(rules: &[&Rule]) -> EventsTable {
    EventsTable { client: mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, rules), name: "events".to_owned() }
}

/// A table whose calls come in any order, any number of times.
fn table_of_any(rules: &[&Rule]) -> EventsTable {
    EventsTable { client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, rules), name: "events".to_owned() }
}

fn row(key: &str) -> Queued {
    Queued {
        id: EventId::derive(&Producer::anonymous(), &IdempotencyKey::given(key).unwrap()),
        validation: payload_hash("order", &Value::Null).unwrap(),
        message_id: "m1".to_owned(),
        producer: "anonymous".to_owned(),
        event_type: "order".to_owned(),
        received_at: NOW,
        expiration: Seconds(1_700_000_100),
    }
}

fn rows(count: usize) -> Vec<Queued> {
    (0..count).map(|key| row(&key.to_string())).collect()
}

fn item(key: &str, changes: &[(&str, AttributeValue)]) -> Item {
    let mut item: Item = queued_row(&row(key)).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    item.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    item
}

fn answers(errors: Vec<Option<BatchStatementError>>) -> BatchExecuteStatementOutput {
    let responses =
        errors.into_iter().map(|error| BatchStatementResponse::builder().set_error(error).build()).collect();
    BatchExecuteStatementOutput::builder().set_responses(Some(responses)).build()
}

fn error(code: Code, item: Option<Item>) -> Option<BatchStatementError> {
    Some(BatchStatementError::builder().code(code).set_item(item).build())
}

/// A rule for any group: every statement is executed.
fn any_group() -> Rule {
    mock!(Client::batch_execute_statement)
        .match_requests(|input| input.statements().len() <= 25)
        .then_compute_output(|input| answers(vec![None; input.statements().len()]))
}

fn starts_with(input: &BatchExecuteStatementInput, words: &str) -> bool {
    input.statements().iter().all(|statement| statement.statement().starts_with(words))
}

/// What a group's statement sets or inserts, by name, in the order of its parameters.
fn parameters(input: &BatchExecuteStatementInput, place: usize) -> Vec<(String, AttributeValue)> {
    let statement = &input.statements()[place];
    let names = statement.statement().split('?').filter_map(|part| {
        let quoted: Vec<_> = part.split(['"', '\'']).collect();
        quoted.len().checked_sub(2).map(|last| quoted[last].to_owned())
    });
    let named: Vec<_> = names.zip(statement.parameters().iter().cloned()).collect();
    assert_eq!(named.len(), statement.parameters().len(), "{}", statement.statement());
    named
}

fn parameter(input: &BatchExecuteStatementInput, place: usize, name: &str) -> Option<AttributeValue> {
    parameters(input, place).into_iter().find(|(named, _)| named == name).map(|(_, value)| value)
}

fn refused(item: Option<Item>) -> UpdateItemError {
    UpdateItemError::ConditionalCheckFailedException(ConditionalCheckFailedException::builder().set_item(item).build())
}

/// A refused call, which the SDK does not repeat.
fn missing_table() -> HttpResponse {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"gone"}"#;
    HttpResponse::new(400.try_into().unwrap(), SdkBody::from(body))
}

fn all_failed<T: std::fmt::Debug>(answers: &[Result<T, sluice_ports::PortError>], trouble: Trouble) -> bool {
    answers.iter().all(|answer| answer.as_ref().is_err_and(|error| error.trouble == trouble))
}
