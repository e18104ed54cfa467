use super::*;
use aws_sdk_sqs::operation::change_message_visibility_batch::ChangeMessageVisibilityBatchOutput;
use aws_sdk_sqs::operation::get_queue_attributes::GetQueueAttributesOutput;
use aws_sdk_sqs::operation::send_message_batch::{SendMessageBatchInput, SendMessageBatchOutput};
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchResultEntry, SendMessageBatchRequestEntry, SendMessageBatchResultEntry,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use sluice_ports::{Millis, Trouble};
use std::time::Duration;

fn queue(client: Client) -> Queue {
    Queue { client, url: "https://sqs.example/1/main".to_owned(), patience: Duration::from_secs(3) }
}

fn sent(id: &str) -> SendMessageBatchResultEntry {
    let entry = SendMessageBatchResultEntry::builder().id(id).message_id(format!("m-{id}")).md5_of_message_body("x");
    entry.build().unwrap()
}

fn failed(id: &str, code: &str, sender_fault: bool) -> BatchResultErrorEntry {
    BatchResultErrorEntry::builder().id(id).code(code).sender_fault(sender_fault).build().unwrap()
}

fn messages(bodies: &[&str]) -> Vec<NewMessage> {
    bodies.iter().map(|body| NewMessage { body: (*body).to_owned(), fifo: None }).collect()
}

fn output(successful: Vec<SendMessageBatchResultEntry>, failed: Vec<BatchResultErrorEntry>) -> SendMessageBatchOutput {
    let output = SendMessageBatchOutput::builder().set_successful(Some(successful)).set_failed(Some(failed));
    output.build().unwrap()
}

#[tokio::test]
async fn each_message_has_its_own_answer_whatever_the_order() {
    let rule = mock!(Client::send_message_batch).then_output(|| {
        let refused = failed("1", "InvalidMessageContents", true);
        output(vec![sent("2"), sent("0")], vec![refused, failed("3", "InternalError", false)])
    });
    let main = MainQueue(queue(mock_client!(aws_sdk_sqs, [&rule])));
    let answers = main.send(&messages(&["a", "b", "c", "d", "e"])).await;
    assert_eq!((answers[0].as_deref(), answers[2].as_deref()), (Ok("m-0"), Ok("m-2")));
    let trouble = |place: usize| answers[place].as_ref().unwrap_err().trouble;
    assert_eq!((trouble(1), trouble(3), trouble(4)), (Trouble::Refused, Trouble::Unavailable, Trouble::Unavailable));
}

#[tokio::test]
async fn messages_go_ten_and_a_mebibyte_to_a_call() {
    let whole = |input: &SendMessageBatchInput| {
        let entries = input.entries();
        let bytes: usize = entries.iter().map(|entry| entry.message_body().len()).sum();
        entries.len() <= 10 && bytes <= 1_048_576
    };
    let first = mock!(Client::send_message_batch)
        .match_requests(move |input| whole(input) && input.entries().len() == 3)
        .then_output(|| output((0..3).map(|id| sent(&id.to_string())).collect(), vec![]));
    let second = mock!(Client::send_message_batch)
        .match_requests(move |input| whole(input) && input.entries().len() == 10)
        .then_output(|| output((0..10).map(|id| sent(&id.to_string())).collect(), vec![]));
    let client = mock_client!(aws_sdk_sqs, RuleMode::Sequential, [&first, &second]);
    // Three large ones leave room for one small one in entries, but not in bytes.
    let (large, small) = ("x".repeat(349_000), "y".repeat(2_000));
    let bodies: Vec<&str> = [large.as_str(); 3].into_iter().chain([small.as_str(); 10]).collect();
    let answers = MainQueue(queue(client)).send(&messages(&bodies)).await;
    assert_eq!((answers.len(), answers.iter().filter(|answer| answer.is_ok()).count()), (13, 13));
}

/// Every call's bytes as SQS counts them; each message's id is its body's first letters.
fn any_send(most_entries: usize) -> Rule {
    let bytes = |entry: &SendMessageBatchRequestEntry| {
        let attributes = entry.message_attributes().into_iter().flatten();
        let attributes = attributes
            .map(|(name, value)| name.len() + value.data_type().len() + value.string_value().map_or(0, str::len));
        entry.message_body().len() + attributes.sum::<usize>()
    };
    mock!(Client::send_message_batch)
        .match_requests(move |input| {
            let entries = input.entries();
            entries.len() <= most_entries && entries.iter().map(bytes).sum::<usize>() <= 1_048_576
        })
        .then_compute_output(|input| {
            let sent = input.entries().iter().rev().map(|entry| {
                let sent = SendMessageBatchResultEntry::builder().id(entry.id()).md5_of_message_body("x");
                sent.message_id(&entry.message_body()[..2]).build().unwrap()
            });
            output(sent.collect(), vec![])
        })
}

fn ten_of(bytes: usize) -> Vec<String> {
    (0..10).map(|number| format!("{number:02}{}", "x".repeat(bytes - 2))).collect()
}

#[tokio::test]
async fn ten_messages_of_256_kib_are_cut_by_bytes_and_answered_in_order() {
    for (bytes, fit, calls) in [(262_144, 4, 3), (262_145, 3, 4)] {
        let rule = any_send(fit);
        let main = MainQueue(queue(mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule])));
        let bodies = ten_of(bytes);
        let answers = main.send(&messages(&bodies.iter().map(String::as_str).collect::<Vec<_>>())).await;
        let ids: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
        assert_eq!(ids, ["00", "01", "02", "03", "04", "05", "06", "07", "08", "09"]);
        assert_eq!(rule.num_calls(), calls, "{bytes} bytes each");
    }
}

#[tokio::test]
async fn what_a_dead_letter_says_of_its_reason_counts_in_its_bytes() {
    let rule = any_send(3);
    let dead_letters = DeadLetterQueue(queue(mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [&rule])));
    let letters: Vec<_> = ten_of(262_144).into_iter().map(dead_letter).collect();
    assert_eq!(dead_letters.bury(&letters).await, vec![Ok(()); 10]);
    assert_eq!(rule.num_calls(), 4, "four bodies would fit, but not with their reasons");
}

fn dead_letter(body: String) -> DeadLetter {
    DeadLetter {
        body,
        class: "Malformed".to_owned(),
        message: "no".to_owned(),
        time: Millis(0),
        attempts: 0,
        origin: Origin { message_id: "m1".to_owned(), queue: "main".to_owned() },
        fifo: None,
    }
}

#[tokio::test]
async fn a_dead_letter_carries_its_reason_in_one_attribute_that_sqs_takes() {
    let rule = mock!(Client::send_message_batch)
        .match_requests(|input| {
            let entry = &input.entries()[0];
            let value = &entry.message_attributes().unwrap()["sluice"];
            let text = value.string_value().unwrap();
            let metadata: serde_json::Value = serde_json::from_str(text).unwrap();
            entry.message_body() == "body"
                && value.data_type() == "String"
                && !text.contains('\u{fffe}')
                && metadata
                    == serde_json::json!({
                        "class": "BusinessRule", "message": "no \u{fffe}", "time": "2023-11-14T22:13:20.000Z",
                        "attempts": 1, "origin": {"messageId": "m1", "queue": "main"},
                    })
        })
        .then_output(|| output(vec![sent("0")], vec![]));
    let dead_letters = DeadLetterQueue(queue(mock_client!(aws_sdk_sqs, [&rule])));
    let letter = DeadLetter {
        body: "body".to_owned(),
        class: "BusinessRule".to_owned(),
        message: "no \u{fffe}".to_owned(),
        time: Millis(1_700_000_000_000),
        attempts: 1,
        origin: Origin { message_id: "m1".to_owned(), queue: "main".to_owned() },
        fifo: None,
    };
    assert_eq!(dead_letters.bury(&[letter]).await, [Ok(())]);
}

#[tokio::test]
async fn a_dead_letter_that_is_too_large_with_its_reason_is_cut_to_fit() {
    let rule = mock!(Client::send_message_batch)
        .match_requests(|input| {
            let entry = &input.entries()[0];
            let reason = entry.message_attributes().unwrap()["sluice"].string_value().unwrap().len();
            let bytes = entry.message_body().len() + "sluiceString".len() + reason;
            (1_048_574..=1_048_576).contains(&bytes)
        })
        .then_output(|| output(vec![sent("0")], vec![]));
    let dead_letters = DeadLetterQueue(queue(mock_client!(aws_sdk_sqs, [&rule])));
    assert_eq!(dead_letters.bury(&[dead_letter("ü€".repeat(250_000))]).await, [Ok(())]);
}

#[tokio::test]
async fn hiding_is_in_whole_seconds_that_sqs_takes() {
    let rule = mock!(Client::change_message_visibility_batch)
        .match_requests(|input| {
            let seconds: Vec<_> = input.entries().iter().map(|entry| entry.visibility_timeout()).collect();
            seconds == [Some(2), Some(43_200)] && input.entries()[0].receipt_handle() == "handle"
        })
        .then_output(|| {
            let hidden =
                ["0", "1"].map(|id| ChangeMessageVisibilityBatchResultEntry::builder().id(id).build().unwrap());
            let output = ChangeMessageVisibilityBatchOutput::builder().set_successful(Some(hidden.to_vec()));
            output.set_failed(Some(vec![])).build().unwrap()
        });
    let main = MainQueue(queue(mock_client!(aws_sdk_sqs, [&rule])));
    let change =
        |seconds| VisibilityChange { receipt_handle: "handle".to_owned(), hidden_for: Duration::from_secs(seconds) };
    assert_eq!(main.hide(&[change(2), change(100_000)]).await, [Ok(()), Ok(())]);
}

#[tokio::test]
async fn a_depth_is_three_counts() {
    let rule = mock!(Client::get_queue_attributes).then_output(|| {
        GetQueueAttributesOutput::builder()
            .attributes(QueueAttributeName::ApproximateNumberOfMessages, "7")
            .attributes(QueueAttributeName::ApproximateNumberOfMessagesNotVisible, "2")
            .build()
    });
    let main = queue(mock_client!(aws_sdk_sqs, [&rule]));
    let queues = Queues { dead_letters: main.clone(), main };
    assert_eq!(queues.depth(QueueName::Main).await, Ok(QueueDepth { available: 7, in_flight: 2, delayed: 0 }));
}

#[tokio::test]
async fn a_call_that_fails_fails_each_of_its_messages() {
    let rule = mock!(Client::send_message_batch).then_http_response(|| {
        let body = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}"#;
        aws_smithy_runtime_api::http::Response::new(
            400.try_into().unwrap(),
            aws_smithy_types::body::SdkBody::from(body),
        )
    });
    let main = MainQueue(queue(mock_client!(aws_sdk_sqs, [&rule])));
    let answers = main.send(&messages(&["a", "b"])).await;
    assert_eq!(answers.len(), 2);
    let error = answers[0].as_ref().unwrap_err();
    assert_eq!((error.trouble, error.operation), (Trouble::Refused, "sqs:SendMessage"));
    assert!(error.message.contains("gone"), "{error}");
}
