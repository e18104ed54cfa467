use super::item::{Item, number, queued, text};
use super::*;
use aws_sdk_dynamodb::operation::batch_execute_statement::{BatchExecuteStatementInput, BatchExecuteStatementOutput};
use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::error::ConditionalCheckFailedException;
use aws_sdk_dynamodb::types::{
    BatchStatementError, BatchStatementErrorCodeEnum as Code, BatchStatementResponse, KeysAndAttributes,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use sluice_events::{EventId, IdempotencyKey, Producer, Value, payload_hash};
use sluice_ports::{
    Claim, ClaimOutcome, Claims, EnqueueOutcome, Fence, Fields, LeaseOwner, Millis, Queued, RecordReader, Records,
    Seconds, SettleOutcome, Settlement, Settlements, Status, Target, Trouble,
};
use std::collections::HashMap;

const NOW: Millis = Millis(1_700_000_000_000);

fn table(rules: &[&Rule]) -> EventsTable {
    EventsTable { client: mock_client!(aws_sdk_dynamodb, RuleMode::Sequential, rules), name: "events".to_owned() }
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

fn item(key: &str, changes: &[(&str, aws_sdk_dynamodb::types::AttributeValue)]) -> Item {
    let mut item: Item = queued(&row(key)).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    item.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    item
}

fn settlement(key: &str, fence: Fence) -> Settlement {
    Settlement {
        row: row(key),
        fence,
        owner: LeaseOwner::new("me"),
        target: Target::Completed("{}".to_owned()),
        attempt: 1,
        now: NOW,
    }
}

fn claim(fence: Fence) -> Claim {
    Claim { row: row("a"), fence, owner: LeaseOwner::new("me"), until: Millis(NOW.0 + 1), now: NOW, restart: false }
}

fn answers(errors: Vec<Option<BatchStatementError>>) -> BatchExecuteStatementOutput {
    let responses =
        errors.into_iter().map(|error| BatchStatementResponse::builder().set_error(error).build()).collect();
    BatchExecuteStatementOutput::builder().set_responses(Some(responses)).build()
}

fn error(code: Code, item: Option<Item>) -> Option<BatchStatementError> {
    Some(BatchStatementError::builder().code(code).set_item(item).build())
}

fn refused(item: Option<Item>) -> UpdateItemError {
    UpdateItemError::ConditionalCheckFailedException(ConditionalCheckFailedException::builder().set_item(item).build())
}

fn starts_with(input: &BatchExecuteStatementInput, words: &str) -> bool {
    input.statements().iter().all(|statement| statement.statement().starts_with(words))
}

#[tokio::test]
async fn records_are_read_in_the_order_asked_whatever_the_order_answered() {
    let rule = mock!(Client::batch_get_item).then_output(|| {
        let items = vec![item("b", &[("redrives", number(2))]), item("a", &[])];
        BatchGetItemOutput::builder().responses("events", items).build()
    });
    let answers = table(&[&rule]).read(&[row("a").id, row("b").id, row("c").id], Fields::All).await;
    assert_eq!(answers[0].as_ref().unwrap().as_ref().map(|record| record.id), Some(row("a").id));
    assert_eq!(answers[1].as_ref().unwrap().as_ref().map(|record| record.redrives), Some(2));
    assert_eq!(answers[2], Ok(None));
}

#[tokio::test]
async fn a_key_that_was_not_read_is_not_taken_for_absent() {
    let rule = mock!(Client::batch_get_item).then_output(|| {
        let left = KeysAndAttributes::builder().keys(super::item::key(row("a").id)).build().unwrap();
        BatchGetItemOutput::builder().unprocessed_keys("events", left).build()
    });
    let answers = table(&[&rule]).read(&[row("a").id], Fields::All).await;
    assert_eq!(answers[0].as_ref().unwrap_err().trouble, Trouble::Unavailable);
}

#[tokio::test]
async fn a_row_edited_by_hand_is_an_error_and_no_panic() {
    let rule = mock!(Client::batch_get_item).then_output(|| {
        let odd = item("a", &[("attempt", text("many"))]);
        BatchGetItemOutput::builder().responses("events", vec![odd]).build()
    });
    let answers = table(&[&rule]).read(&[row("a").id], Fields::All).await;
    assert!(answers[0].as_ref().unwrap_err().message.contains("attempt"));
}

#[tokio::test]
async fn noting_an_event_leaves_a_row_that_counts_alone() {
    let condition = "attribute_not_exists(id) OR expiration < :now";
    let written = mock!(Client::put_item)
        .match_requests(move |input| input.condition_expression() == Some(condition))
        .then_output(|| PutItemOutput::builder().build());
    let known = mock!(Client::put_item).then_error(|| {
        PutItemError::ConditionalCheckFailedException(ConditionalCheckFailedException::builder().build())
    });
    let answers = table(&[&written, &known]).enqueue(&[row("a"), row("b")], Seconds(1_700_000_000)).await;
    assert_eq!(answers, [Ok(EnqueueOutcome::Written), Ok(EnqueueOutcome::Known)]);
}

#[tokio::test]
async fn a_claim_counts_its_start_and_a_refusal_shows_the_row() {
    let claimed = mock!(Client::update_item)
        .match_requests(|input| {
            let condition = input.condition_expression().unwrap();
            let set = input.update_expression().unwrap();
            condition.starts_with("attribute_not_exists(#id) OR (#status = ")
                && set.contains("#attempt = if_not_exists(#attempt, ")
        })
        .then_output(|| UpdateItemOutput::builder().attributes("attempt", number(3)).build());
    assert_eq!(table(&[&claimed]).claim(&[claim(Fence::Open)]).await, [Ok(ClaimOutcome::Claimed { attempt: 3 })]);

    let taken = mock!(Client::update_item).then_error(|| refused(Some(item("a", &[("status", text("COMPLETED"))]))));
    let answer = table(&[&taken]).claim(&[claim(Fence::Open)]).await.remove(0);
    let Ok(ClaimOutcome::Refused(record)) = answer else { panic!("{answer:?}") };
    assert_eq!(record.status, Status::Completed);
}

#[tokio::test]
async fn a_claim_that_was_written_though_its_answer_was_lost_is_ours() {
    let ours = [("status", text("INPROGRESS")), ("lease_owner", text("me")), ("attempt", number(2))];
    let rule = mock!(Client::update_item).then_error(move || refused(Some(item("a", &ours))));
    assert_eq!(table(&[&rule]).claim(&[claim(Fence::Open)]).await, [Ok(ClaimOutcome::Claimed { attempt: 2 })]);
}

#[tokio::test]
async fn one_settlement_is_one_update_and_its_own_write_is_no_refusal() {
    let written = mock!(Client::update_item).then_output(|| UpdateItemOutput::builder().build());
    let settled = table(&[&written]).settle(&[settlement("a", Fence::Fresh)]).await;
    assert_eq!((settled, written.num_calls()), (vec![Ok(SettleOutcome::Written)], 1));

    let ours = [("status", text("COMPLETED")), ("lease_owner", text("me"))];
    let repeated = mock!(Client::update_item).then_error(move || refused(Some(item("a", &ours))));
    assert_eq!(table(&[&repeated]).settle(&[settlement("a", Fence::Fresh)]).await, [Ok(SettleOutcome::Written)]);

    let gone = mock!(Client::update_item).then_error(|| refused(None));
    let held = settlement("a", Fence::Held(LeaseOwner::new("me")));
    assert_eq!(table(&[&gone]).settle(&[held]).await, [Ok(SettleOutcome::Refused(None))]);
}

#[tokio::test]
async fn a_group_updates_inserts_what_was_missing_and_tells_what_stood_in_the_way() {
    let update = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let first = &input.statements()[0];
            starts_with(input, "UPDATE \"events\" SET \"status\"=?")
                && first.statement().ends_with(
                    "WHERE \"id\"=? AND \"status\"=? AND \"validation\"=? AND \"expiration\">=? AND \"attempt\"=?",
                )
                && first.parameters().len() == first.statement().matches('?').count()
        })
        .then_output(|| {
            let completed = item("c", &[("status", text("COMPLETED")), ("lease_owner", text("other"))]);
            let refused = error(Code::ConditionalCheckFailed, Some(completed));
            answers(vec![None, error(Code::ConditionalCheckFailed, None), refused])
        });
    let insert = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let statement = &input.statements()[0];
            input.statements().len() == 1
                && starts_with(input, "INSERT INTO \"events\" VALUE {'id': ?")
                && statement.parameters().len() == statement.statement().matches('?').count()
        })
        .then_output(|| answers(vec![None]));
    let group = ["a", "b", "c"].map(|key| settlement(key, Fence::Fresh));
    let settled = table(&[&update, &insert]).settle(&group).await;
    assert_eq!(settled[..2], [Ok(SettleOutcome::Written), Ok(SettleOutcome::Written)]);
    let Ok(SettleOutcome::Refused(Some(record))) = &settled[2] else { panic!("{settled:?}") };
    assert_eq!(record.status, Status::Completed);
}

#[tokio::test]
async fn what_a_group_leaves_open_goes_one_by_one_with_the_full_condition() {
    let update = mock!(Client::batch_execute_statement).then_output(|| {
        let open = |code| error(code, None);
        answers(vec![open(Code::ThrottlingError), open(Code::ConditionalCheckFailed), open(Code::TransactionConflict)])
    });
    let insert = mock!(Client::batch_execute_statement).then_output(|| answers(vec![error(Code::DuplicateItem, None)]));
    let single = mock!(Client::update_item)
        .match_requests(|input| {
            input
                .condition_expression()
                .is_some_and(|text| text.starts_with("attribute_not_exists(#id) OR (#status = "))
        })
        .sequence()
        .output(|| UpdateItemOutput::builder().build())
        .times(3)
        .build();
    let group = ["a", "b", "c"].map(|key| settlement(key, Fence::Fresh));
    let settled = table(&[&update, &insert, &single]).settle(&group).await;
    assert_eq!(settled, vec![Ok(SettleOutcome::Written); 3]);
    assert_eq!(single.num_calls(), 3);
}

#[tokio::test]
async fn a_group_that_is_refused_is_an_error_and_not_tried_one_by_one() {
    let denied =
        mock!(Client::batch_execute_statement).then_output(|| answers(vec![error(Code::AccessDenied, None), None]));
    let group = ["a", "b"].map(|key| settlement(key, Fence::Fresh));
    let settled = table(&[&denied]).settle(&group).await;
    assert_eq!(settled[0].as_ref().unwrap_err().trouble, Trouble::Refused);
    assert_eq!(settled[1], Ok(SettleOutcome::Written));

    let down = mock!(Client::batch_execute_statement).then_http_response(|| {
        let body = aws_smithy_types::body::SdkBody::from("{}");
        aws_smithy_runtime_api::http::Response::new(500.try_into().unwrap(), body)
    });
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&down]);
    let settled = EventsTable { client, name: "events".to_owned() }.settle(&group).await;
    assert!(settled.iter().all(|answer| answer.as_ref().is_err_and(|error| error.trouble == Trouble::Unavailable)));
}

#[tokio::test]
async fn a_held_row_is_written_under_its_owner_only() {
    let update = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let statement = &input.statements()[0];
            let parameters = statement.parameters();
            statement
                .statement()
                .ends_with("REMOVE \"in_progress_expiration\" WHERE \"id\"=? AND \"status\"=? AND \"lease_owner\"=?")
                && parameters[parameters.len() - 2..] == [text("INPROGRESS"), text("me")]
        })
        .then_output(|| answers(vec![None, None]));
    let group = ["a", "b"].map(|key| settlement(key, Fence::Held(LeaseOwner::new("me"))));
    assert_eq!(table(&[&update]).settle(&group).await, vec![Ok(SettleOutcome::Written); 2]);
}

#[tokio::test]
async fn giving_back_takes_one_start_off_whatever_the_count_is() {
    let rule = mock!(Client::update_item)
        .match_requests(|input| {
            let set = input.update_expression().unwrap();
            let values = input.expression_attribute_values().unwrap();
            let used = |name: &&String| {
                let everywhere = format!("{set} {}", input.condition_expression().unwrap());
                everywhere.split(|c: char| !c.is_alphanumeric() && c != ':').any(|word| word == name.as_str())
            };
            set.contains("#attempt = #attempt - :v") && values.keys().filter(used).count() == values.len()
        })
        .then_output(|| UpdateItemOutput::builder().build());
    let back = Settlement { target: Target::GivenBack, ..settlement("a", Fence::Held(LeaseOwner::new("me"))) };
    assert_eq!(table(&[&rule]).settle(&[back]).await, [Ok(SettleOutcome::Written)]);
}

#[tokio::test]
async fn a_group_goes_25_to_a_call() {
    let rule = mock!(Client::batch_execute_statement)
        .match_requests(|input| input.statements().len() <= 25)
        .then_compute_output(|input| answers(vec![None; input.statements().len()]));
    let keys: Vec<String> = (0..60).map(|key| key.to_string()).collect();
    let group: Vec<_> = keys.iter().map(|key| settlement(key, Fence::Fresh)).collect();
    let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]);
    let settled = EventsTable { client, name: "events".to_owned() }.settle(&group).await;
    assert_eq!((settled.len(), rule.num_calls()), (60, 3));
    assert!(settled.iter().all(Result::is_ok));
}

#[test]
fn a_row_reads_back() {
    let changes: HashMap<&str, _> = HashMap::from([
        ("status", text("FAILED")),
        ("error_class", text("BusinessRule")),
        ("error_message", text("no")),
        ("in_progress_expiration", number(5)),
        ("data", text("{}")),
    ]);
    let changes: Vec<_> = changes.into_iter().collect();
    let record = super::item::record(&item("a", &changes)).unwrap();
    assert_eq!(
        (record.status, record.in_progress_expiration, record.data.as_deref()),
        (Status::Failed, Some(Millis(5)), Some("{}"))
    );
    assert_eq!(record.error.map(|error| error.class).as_deref(), Some("BusinessRule"));
}
