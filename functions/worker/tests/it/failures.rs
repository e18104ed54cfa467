use super::*;
use sluice_faults::Faults;
use sluice_ports::{ErrorInfo, Status};

#[tokio::test]
async fn a_malformed_message_among_good_ones_fails_alone() {
    for body in ["not json", "", "null", "[]", "{}", r#"{"envelopeVersion":1}"#] {
        let worker = worker();
        let batch = [sent("m1", &order("a", "1")), raw("m2", body), sent("m3", &order("b", "1"))];
        let (back, _) = work(&worker, &batch).await;
        assert_eq!(back, [""; 0], "{body}");
        let [letter] = &letters(&worker)[..] else { panic!("one letter: {body}") };
        // SQS takes no empty body.
        let kept = if body.is_empty() { "null" } else { body };
        assert_eq!((letter.class.as_str(), letter.body.as_str(), letter.attempts), ("Malformed", kept, 0));
        assert_eq!((letter.origin.message_id.as_str(), letter.origin.queue.as_str()), ("m2", "main"));
        let mut kinds = kinds(&worker);
        kinds.sort_unstable();
        assert_eq!(kinds, ["Event Completed", "Event Completed", "Event Rejected"]);
    }
}

#[tokio::test]
async fn whatever_a_record_lacks_or_has_too_much_of_the_others_are_done() {
    let good = order("good", "1").to_body().unwrap();
    for queue_name in ["main", "main.fifo"] {
        let mut worker = worker();
        worker.config.queue_name = queue_name.to_owned();
        let odd = json!({"Records": [
            {"messageId": "m1", "receiptHandle": "h1"},
            {"body": order("nameless", "1").to_body().unwrap()},
            {},
            {"messageId": "m4", "receiptHandle": "h4", "body": "x", "attributes": {"ApproximateReceiveCount": "-1",
                "SentTimestamp": "x", "MessageGroupId": 5}, "messageAttributes": {"n": {"dataType": "Number"}}, "more": [1]},
            {"messageId": "m5", "receiptHandle": "h5", "body": good, "attributes": {"MessageGroupId": "g"}},
        ]});
        let (response, _) = worker.handle(serde_json::from_value(odd).unwrap(), START.plus(LEASE)).await;
        assert_eq!(response.batch_item_failures, []);
        let done = ["good", "nameless"].map(|key| row(&worker, key).status);
        assert_eq!((done, letters(&worker).len()), ([Status::Completed; 2], 3), "{queue_name}");
    }
}

#[tokio::test]
async fn a_rejected_body_is_not_quoted() {
    let worker = worker();
    let mut envelope: Value = serde_json::to_value(order("a", "1")).unwrap();
    envelope["receivedAtMs"] = json!("secret");
    work(&worker, &[raw("m1", &envelope.to_string())]).await;
    let letter = &letters(&worker)[0];
    assert_eq!(letter.class, "Malformed");
    assert!(!letter.message.contains("secret"), "{}", letter.message);
}

#[tokio::test]
async fn a_broken_business_rule_is_failed_published_and_dead_lettered_at_once() {
    let worker = worker();
    let (back, summary) = work(&worker, &[sent("m1", &order("a", "10000.01")), sent("m2", &order("b", "1"))]).await;
    assert_eq!(back, [""; 0]);
    let row = row(&worker, "a");
    assert_eq!((row.status, row.attempt), (Status::Failed, 1));
    assert_eq!(row.error.as_ref().map(|error| error.class.as_str()), Some("BusinessRule"));
    let failed = published(&worker).into_iter().find(|(kind, _)| *kind == "Event Failed").unwrap().1;
    assert_eq!(failed["error"]["class"], "BusinessRule");
    let [letter] = &letters(&worker)[..] else { panic!("one letter") };
    assert_eq!((letter.class.as_str(), letter.attempts, letter.time), ("BusinessRule", 1, START));
    assert_eq!(letter.body, order("a", "10000.01").to_body().unwrap(), "the original, unchanged");
    assert_eq!(
        (summary.counted("Failed"), summary.counted("Failed.BusinessRule"), summary.counted("Completed")),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn what_was_sent_past_ingest_is_held_against_its_schema() {
    let worker = worker();
    let mut envelope = order("a", "1");
    envelope.payload = json!({"orderId": ""});
    work(&worker, &[sent("m1", &envelope)]).await;
    assert_eq!(letters(&worker)[0].class, "SchemaInvalid");
}

#[tokio::test]
async fn an_event_that_was_taken_under_an_older_schema_is_not_held_against_todays() {
    let worker = worker();
    let mut older = order("a", "1");
    older.header.schema_version = 0;
    older.payload["orderId"] = json!("");
    let mut todays = older.clone();
    todays.header = order("b", "1").header;
    let (back, _) = work(&worker, &[sent("m1", &older), sent("m2", &todays)]).await;
    assert_eq!(
        (back.len(), row(&worker, "a").status, row(&worker, "b").status),
        (0, Status::Completed, Status::Failed)
    );
}

#[tokio::test]
async fn an_older_event_that_lacks_what_its_type_needs_by_now_fails_for_good() {
    let worker = worker();
    let mut older = order("a", "1");
    older.header.schema_version = 0;
    older.payload = json!({"orderId": "o"});
    let (back, _) = work(&worker, &[sent("m1", &older)]).await;
    assert_eq!((back.len(), letters(&worker)[0].class.as_str()), (0, "SchemaInvalid"));
}

#[tokio::test]
async fn a_result_that_no_record_can_hold_is_a_failure_and_not_a_hand_back() {
    let worker = worker();
    let mut long = order("a", "1");
    long.payload["orderId"] = json!("x".repeat(400_000));
    let (back, _) = work(&worker, &[sent("m1", &long)]).await;
    assert_eq!((back.len(), letters(&worker)[0].class.as_str()), (0, "ResultTooLarge"));
}

#[tokio::test]
async fn a_panic_is_its_records_own_and_tried_again() {
    let mut worker = worker();
    worker.faults = panic_at("b").await;
    let batch = ["a", "b", "c"].map(|key| sent(key, &order(key, "1")));
    let (back, summary) = work(&worker, &batch).await;
    assert_eq!(back, ["b"]);
    assert_eq!((summary.counted("Completed"), summary.counted("Retried.Panicked")), (2, 1));
    let record = row(&worker, "b");
    assert_eq!((record.status, record.attempt), (Status::Queued, 1));
    assert_eq!(record.error.unwrap().class, "Panicked");
    assert_eq!(hidden(&worker), [("handle-b".to_owned(), 2)], "the highest of the back-off's first draw");

    worker.faults = Faults::off();
    let (back, _) = work(&worker, &[batch[1].clone().again()]).await;
    assert_eq!((back.len(), row(&worker, "b").status, row(&worker, "b").attempt), (0, Status::Completed, 2));
}

#[tokio::test]
async fn a_double_does_not_set_the_count_of_attempts_back() {
    let mut worker = worker();
    worker.faults = panic_at("a").await;
    let first = sent("m1", &order("a", "1"));
    work(&worker, std::slice::from_ref(&first)).await;
    work(&worker, &[first.again()]).await;
    assert_eq!(row(&worker, "a").attempt, 2);
    work(&worker, &[sent("m2", &order("a", "1"))]).await;
    assert_eq!((row(&worker, "a").status, row(&worker, "a").attempt), (Status::Failed, 3));
}

#[tokio::test]
async fn after_the_last_attempt_an_event_is_given_up() {
    let mut worker = worker();
    worker.faults = panic_at("a").await;
    let mut message = sent("m1", &order("a", "1"));
    for attempt in 1..=2 {
        assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"], "attempt {attempt}");
        message = message.again();
    }
    let (back, _) = work(&worker, &[message]).await;
    assert_eq!(back, [""; 0]);
    let row = row(&worker, "a");
    assert_eq!((row.status, row.attempt), (Status::Failed, 3));
    assert_eq!(letters(&worker)[0].class, "Exhausted");
    assert!(letters(&worker)[0].message.contains("Panicked"));
    assert_eq!(hidden(&worker).iter().map(|(_, seconds)| *seconds).collect::<Vec<_>>(), [2, 4]);
}

#[tokio::test]
async fn a_message_from_a_newer_build_waits_for_its_deployment_and_is_given_up_after_a_day() {
    let mut newer_type = order("a", "1");
    newer_type.header.event_type = "tomorrow".to_owned();
    let mut newer_schema = order("b", "1");
    newer_schema.header.schema_version = 2;
    for (message, class) in [
        (sent("m1", &newer_type), "UnknownType"),
        (sent("m1", &newer_schema), "UnknownType"),
        (raw("m1", r#"{"envelopeVersion":2}"#), "UnknownVersion"),
    ] {
        let worker = worker();
        assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"]);
        assert_eq!(hidden(&worker), [("handle-m1".to_owned(), 300)]);
        assert!(letters(&worker).is_empty() && published(&worker).is_empty());
        worker.clock.advance(Duration::from_secs(86_400));
        assert_eq!(work(&worker, &[message.clone().again()]).await.0, [""; 0]);
        assert_eq!(letters(&worker)[0].class, class);
    }
}

#[tokio::test]
async fn the_older_a_message_from_a_newer_build_gets_the_longer_it_waits() {
    let worker = worker();
    let mut message = raw("m1", r#"{"envelopeVersion":2}"#);
    for _ in 0..3 {
        work(&worker, std::slice::from_ref(&message)).await;
        worker.clock.advance(Duration::from_secs(8 * 3600));
        message = message.again();
    }
    assert_eq!(hidden(&worker).iter().map(|(_, seconds)| *seconds).collect::<Vec<_>>(), [300, 1800, 3600]);
}

#[tokio::test]
async fn another_message_of_a_failed_event_is_acknowledged_unless_it_was_sent_after_the_failure() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "10001"))]).await;
    let failed = Record { updated_at: START.plus(Duration::from_secs(5)), ..row(&worker, "a") };
    worker.table.put(failed.clone());
    work(&worker, &[sent("m2", &order("a", "10001"))]).await;
    assert_eq!((row(&worker, "a"), letters(&worker).len()), (failed, 1));
    let after = Sent { sent_at: START.plus(Duration::from_secs(6)), ..sent("m3", &order("a", "10001")) };
    work(&worker, &[after]).await;
    assert_eq!((row(&worker, "a").message_id.as_deref(), letters(&worker).len()), (Some("m3"), 2), "it failed again");
}

#[tokio::test]
async fn a_failed_event_that_is_posted_again_past_the_door_is_not_run_again() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "10001"))]).await;
    let failed = row(&worker, "a");
    worker.clock.advance(Duration::from_secs(60));
    let mut posted_again = order("a", "10001");
    posted_again.header.received_at_ms = START.plus(Duration::from_secs(59)).0;
    let message = Sent { sent_at: START.plus(Duration::from_secs(60)), ..sent("m2", &posted_again) };
    assert_eq!(work(&worker, &[message]).await.0, [""; 0]);
    assert_eq!((row(&worker, "a"), letters(&worker).len(), kinds(&worker).len()), (failed, 1, 1));
}

#[tokio::test]
async fn a_failed_attempt_takes_the_messages_of_its_doubles_and_rivals_back_with_it() {
    let mut worker = worker();
    worker.faults = panic_at("a").await;
    let (same, rival) = (order("a", "1"), order("a", "2"));
    let (back, _) = work(&worker, &[sent("m1", &same), sent("m2", &rival), sent("m3", &same)]).await;
    assert_eq!(back, ["m1", "m2", "m3"]);
}

#[tokio::test]
async fn a_redriven_event_starts_afresh() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "1"))]).await;
    let error = Some(ErrorInfo { class: "Exhausted".to_owned(), message: String::new() });
    worker.table.put(Record { status: Status::Failed, attempt: 3, error, data: None, ..row(&worker, "a") });
    let (back, _) = work(&worker, &[Sent { redriven: true, ..sent("m2", &order("a", "1")) }]).await;
    assert_eq!((back.len(), row(&worker, "a").status, row(&worker, "a").attempt), (0, Status::Completed, 1));
}
