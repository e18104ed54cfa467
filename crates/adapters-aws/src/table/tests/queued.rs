use super::*;
use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use sluice_ports::{EnqueueOutcome, Records};

const THEN: Seconds = Seconds(1_700_000_000);
const CONDITION: &str = "attribute_not_exists(id) OR expiration < :now";

fn known() -> PutItemError {
    PutItemError::ConditionalCheckFailedException(ConditionalCheckFailedException::builder().build())
}

fn put(
    key: &'static str,
) -> aws_smithy_mocks::RuleBuilder<aws_sdk_dynamodb::operation::put_item::PutItemInput, PutItemOutput, PutItemError> {
    mock!(Client::put_item).match_requests(move |input| {
        input.condition_expression() == Some(CONDITION) && input.item().unwrap()["id"] == text(row(key).id.to_string())
    })
}

#[tokio::test]
async fn noting_one_event_is_one_put_that_leaves_a_row_that_counts_alone() {
    let written = put("a").then_output(|| PutItemOutput::builder().build());
    assert_eq!(table(&[&written]).enqueue(&[row("a")], THEN).await, [Ok(EnqueueOutcome::Written)]);
    let known = put("b").then_error(known);
    assert_eq!(table(&[&known]).enqueue(&[row("b")], THEN).await, [Ok(EnqueueOutcome::Known)]);
}

#[tokio::test]
async fn several_events_are_noted_in_one_call() {
    let insert = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let expected = |key: &str| queued_row(&row(key)).into_iter().map(|(name, value)| (name.to_owned(), value));
            starts_with(input, "INSERT INTO \"events\" VALUE {'id': ?, 'status': ?, ")
                && parameters(input, 0) == expected("a").collect::<Vec<_>>()
                && parameters(input, 1) == expected("b").collect::<Vec<_>>()
        })
        .then_output(|| answers(vec![None, None]));
    let noted = table(&[&insert]).enqueue(&[row("a"), row("b")], THEN).await;
    assert_eq!(noted, [Ok(EnqueueOutcome::Written), Ok(EnqueueOutcome::Written)]);
}

#[tokio::test]
async fn events_are_noted_25_a_call_and_the_last_one_over_by_a_put() {
    let insert = any_group();
    let last = put("50").then_output(|| PutItemOutput::builder().build());
    let noted = table_of_any(&[&insert, &last]).enqueue(&rows(51), THEN).await;
    assert_eq!((noted.len(), insert.num_calls(), last.num_calls()), (51, 2, 1));
    assert!(noted.iter().all(|answer| *answer == Ok(EnqueueOutcome::Written)));
}

#[tokio::test]
async fn a_row_that_is_there_is_left_alone_if_it_counts_and_replaced_if_it_has_expired() {
    let insert = mock!(Client::batch_execute_statement).then_output(|| {
        let duplicate = || error(Code::DuplicateItem, None);
        answers(vec![duplicate(), None, duplicate()])
    });
    let counts = put("a").then_error(known);
    let expired = put("c").then_output(|| PutItemOutput::builder().build());
    let noted = table_of_any(&[&insert, &counts, &expired]).enqueue(&[row("a"), row("b"), row("c")], THEN).await;
    assert_eq!(noted, [Ok(EnqueueOutcome::Known), Ok(EnqueueOutcome::Written), Ok(EnqueueOutcome::Written)]);
    assert_eq!((insert.num_calls(), counts.num_calls(), expired.num_calls()), (1, 1, 1));
}

#[tokio::test]
async fn a_note_that_was_throttled_or_met_another_writer_goes_one_by_one() {
    let insert = mock!(Client::batch_execute_statement).then_output(|| {
        let codes = [Code::ThrottlingError, Code::ProvisionedThroughputExceeded, Code::TransactionConflict];
        answers(codes.map(|code| error(code, None)).to_vec())
    });
    let single = mock!(Client::put_item)
        .match_requests(|input| input.condition_expression() == Some(CONDITION))
        .then_output(|| PutItemOutput::builder().build());
    let noted = table_of_any(&[&insert, &single]).enqueue(&rows(3), THEN).await;
    assert_eq!(noted, vec![Ok(EnqueueOutcome::Written); 3]);
    assert_eq!(single.num_calls(), 3);
}

#[tokio::test]
async fn notes_that_are_refused_are_errors_and_not_tried_one_by_one() {
    let denied =
        mock!(Client::batch_execute_statement).then_output(|| answers(vec![None, error(Code::AccessDenied, None)]));
    let noted = table(&[&denied]).enqueue(&rows(2), THEN).await;
    assert_eq!(noted[0], Ok(EnqueueOutcome::Written));
    assert!(all_failed(&noted[1..], Trouble::Refused));

    let failed = mock!(Client::batch_execute_statement).then_http_response(missing_table);
    let noted = table(&[&failed]).enqueue(&rows(3), THEN).await;
    assert!(noted.len() == 3 && all_failed(&noted, Trouble::Refused));
}

#[tokio::test]
async fn a_call_that_fails_costs_the_events_of_another_call_nothing() {
    let fails = mock!(Client::batch_execute_statement)
        .match_requests(|input| parameter(input, 0, "id") == Some(text(row("0").id.to_string())))
        .then_http_response(missing_table);
    let succeeds = any_group();
    let noted = table_of_any(&[&fails, &succeeds]).enqueue(&rows(50), THEN).await;
    assert!(all_failed(&noted[..25], Trouble::Refused));
    assert!(noted[25..].iter().all(|answer| *answer == Ok(EnqueueOutcome::Written)));
}
