use super::super::item::{key, record};
use super::*;
use aws_sdk_dynamodb::operation::batch_get_item::{BatchGetItemInput, BatchGetItemOutput};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use sluice_ports::{ErrorInfo, Fields, Record, RecordReader};

fn asked(input: &BatchGetItemInput) -> &KeysAndAttributes {
    &input.request_items().unwrap()["events"]
}

fn answer(items: Vec<Item>, left_out: &[Item]) -> BatchGetItemOutput {
    let mut answer = BatchGetItemOutput::builder().responses("events", items);
    if !left_out.is_empty() {
        let left_out = KeysAndAttributes::builder().set_keys(Some(left_out.to_vec())).build().unwrap();
        answer = answer.unprocessed_keys("events", left_out);
    }
    answer.build()
}

fn ids(keys: &[&str]) -> Vec<EventId> {
    keys.iter().map(|key| row(key).id).collect()
}

fn id(answer: &Result<Option<Record>, sluice_ports::PortError>) -> Option<EventId> {
    answer.as_ref().unwrap().as_ref().map(|record| record.id)
}

#[tokio::test]
async fn records_are_read_in_the_order_asked_whatever_the_order_answered() {
    let rule = mock!(Client::batch_get_item)
        .then_output(|| answer(vec![item("b", &[("redrives", number(2))]), item("a", &[])], &[]));
    let answers = table(&[&rule]).read(&ids(&["a", "b", "c"]), Fields::All).await;
    assert_eq!(id(&answers[0]), Some(row("a").id));
    assert_eq!(answers[1].as_ref().unwrap().as_ref().map(|record| record.redrives), Some(2));
    assert_eq!(answers[2], Ok(None));
}

#[tokio::test]
async fn a_hundred_keys_go_to_a_call() {
    let rule = mock!(Client::batch_get_item)
        .match_requests(|input| asked(input).keys().len() <= 100)
        .then_compute_output(|_| answer(vec![], &[]));
    let ids: Vec<_> = rows(250).into_iter().map(|row| row.id).collect();
    let answers = table_of_any(&[&rule]).read(&ids, Fields::All).await;
    assert_eq!((answers.len(), rule.num_calls()), (250, 3));
    assert!(answers.iter().all(|answer| *answer == Ok(None)));
}

#[tokio::test]
async fn what_an_answer_leaves_out_is_asked_for_again() {
    let first = mock!(Client::batch_get_item)
        .then_output(|| answer(vec![item("a", &[])], &[key(row("c").id), key(row("b").id)]));
    let second = mock!(Client::batch_get_item)
        .match_requests(|input| asked(input).keys() == [key(row("b").id), key(row("c").id)])
        .then_output(|| answer(vec![item("c", &[])], &[key(row("b").id)]));
    let third = mock!(Client::batch_get_item)
        .match_requests(|input| asked(input).keys() == [key(row("b").id)])
        .then_output(|| answer(vec![], &[]));
    let answers = table(&[&first, &second, &third]).read(&ids(&["a", "b", "c"]), Fields::WithoutResult).await;
    assert_eq!((id(&answers[0]), id(&answers[1]), id(&answers[2])), (Some(row("a").id), None, Some(row("c").id)));
}

#[tokio::test]
async fn a_key_that_was_not_read_is_not_taken_for_absent() {
    let nothing = mock!(Client::batch_get_item).then_output(|| answer(vec![], &[key(row("a").id)]));
    let answers = table_of_any(&[&nothing]).read(&ids(&["a"]), Fields::All).await;
    assert!(all_failed(&answers, Trouble::Unavailable));
    assert_eq!(nothing.num_calls(), 1, "a call that brought nothing is the last");
}

#[tokio::test]
async fn asking_again_has_an_end() {
    let one_each = mock!(Client::batch_get_item).then_compute_output(|input| {
        let keys = asked(input).keys();
        answer(vec![], &keys[1..])
    });
    let answers = table_of_any(&[&one_each]).read(&ids(&["a", "b", "c", "d", "e", "f"]), Fields::All).await;
    assert_eq!(one_each.num_calls(), 4);
    assert!(answers[..4].iter().all(|answer| *answer == Ok(None)));
    assert!(all_failed(&answers[4..], Trouble::Unavailable));
}

#[tokio::test]
async fn a_call_that_fails_fails_what_was_not_read_before() {
    let first = mock!(Client::batch_get_item).then_output(|| answer(vec![item("a", &[])], &[key(row("b").id)]));
    let second = mock!(Client::batch_get_item).then_http_response(missing_table);
    let answers = table(&[&first, &second]).read(&ids(&["a", "b", "c"]), Fields::All).await;
    assert_eq!((id(&answers[0]), &answers[2]), (Some(row("a").id), &Ok(None)));
    let error = answers[1].as_ref().unwrap_err();
    assert_eq!((error.trouble, error.operation), (Trouble::Refused, "dynamodb:BatchGetItem"));
}

#[tokio::test]
async fn a_row_edited_by_hand_is_an_error_and_no_panic() {
    let rule = mock!(Client::batch_get_item).then_output(|| answer(vec![item("a", &[("attempt", text("many"))])], &[]));
    let answers = table(&[&rule]).read(&ids(&["a"]), Fields::All).await;
    assert!(answers[0].as_ref().unwrap_err().message.contains("attempt"));
}

#[tokio::test]
async fn a_record_is_read_whole_or_without_its_result() {
    let failed = [
        ("status", text("FAILED")),
        ("error_class", text("BusinessRule")),
        ("error_message", text("no")),
        ("in_progress_expiration", number(5)),
        ("lease_owner", text("me")),
        ("redrives", number(2)),
        ("data", text("{}")),
    ];
    // With every attribute there is: what a projection forgot would be missing from the second.
    let whole = Record {
        id: row("a").id,
        status: Status::Failed,
        expiration: row("a").expiration,
        validation: row("a").validation,
        in_progress_expiration: Some(Millis(5)),
        data: Some("{}".to_owned()),
        lease_owner: Some(LeaseOwner::new("me")),
        attempt: 0,
        message_id: Some("m1".to_owned()),
        producer: "anonymous".to_owned(),
        event_type: "order".to_owned(),
        received_at: NOW,
        updated_at: NOW,
        error: Some(ErrorInfo { class: "BusinessRule".to_owned(), message: "no".to_owned() }),
        redrives: 2,
    };
    let stored = item("a", &failed);
    assert_eq!(record(&stored), Ok(whole.clone()));

    let projected = mock!(Client::batch_get_item).then_compute_output(move |input| {
        let asked = asked(input);
        let Some(projection) = asked.projection_expression() else {
            return answer(vec![stored.clone()], &[]);
        };
        let names = asked.expression_attribute_names().unwrap();
        let shown = projection.split(", ").map(|alias| names[alias].clone());
        answer(vec![shown.filter_map(|name| Some((name.clone(), stored.get(&name)?.clone()))).collect()], &[])
    });
    let table = table_of_any(&[&projected]);
    assert_eq!(table.read(&ids(&["a"]), Fields::All).await, [Ok(Some(whole.clone()))]);
    let without = Record { data: None, ..whole };
    assert_eq!(table.read(&ids(&["a"]), Fields::WithoutResult).await, [Ok(Some(without))]);
}
