use super::*;
use sluice_ports::{ErrorInfo, Records, Status};

#[tokio::test]
async fn an_order_is_completed_published_and_acknowledged() {
    let worker = worker();
    let (back, summary) = work(&worker, &[sent("m1", &order("a", "42.50"))]).await;
    assert_eq!(back, [""; 0]);
    let row = row(&worker, "a");
    assert_eq!((row.status, row.attempt, row.message_id.as_deref()), (Status::Completed, 1, Some("m1")));
    assert_eq!(row.data.as_deref(), Some(r#"{"orderId":"o","processedAmount":42.50,"tax":4.25,"total":46.75}"#));
    assert_eq!(row.expiration.0, START.0 / 1000 + 19 * 86_400);

    let [(kind, detail)] = &published(&worker)[..] else { panic!("one outcome") };
    assert_eq!(*kind, "Event Completed");
    assert_eq!(detail["eventId"], json!(id("a").to_string()));
    assert_eq!(
        (&detail["status"], &detail["type"], &detail["attempts"]),
        (&json!("completed"), &json!("order"), &json!(1))
    );
    assert_eq!((&detail["messageId"], &detail["producer"]), (&json!("m1"), &json!("anonymous")));
    assert_eq!(detail["traceId"], "5759e988bd862e3fe1be46a994272793");
    assert_eq!(detail["result"].to_string(), row.data.unwrap(), "numbers keep their digits on the bus");
    assert_eq!(detail["finishedAt"], "2023-11-14T22:13:20.000Z");
    assert_eq!((summary.counted("Completed"), summary.counted("BatchFullyFailed")), (1, 0));
}

#[tokio::test]
async fn doubles_in_a_batch_are_one_event() {
    let worker = worker();
    let twice = order("a", "1");
    let (back, summary) = work(&worker, &[sent("m1", &twice), sent("m2", &twice), sent("m3", &order("b", "1"))]).await;
    assert_eq!(back, [""; 0]);
    assert_eq!(kinds(&worker), ["Event Completed"; 2]);
    assert_eq!((summary.counted("Completed"), summary.counted("Duplicates")), (2, 1));
}

#[tokio::test]
async fn another_message_of_a_completed_event_is_acknowledged_and_nothing_else() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "1"))]).await;
    let before = row(&worker, "a");
    let (back, summary) = work(&worker, &[sent("m2", &order("a", "1"))]).await;
    assert_eq!((back.len(), summary.counted("Duplicates"), kinds(&worker).len()), (0, 1, 1));
    assert_eq!(row(&worker, "a"), before);
}

#[tokio::test]
async fn another_payload_under_a_known_id_is_rejected_and_leaves_the_record_alone() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "1"))]).await;
    let before = row(&worker, "a");
    let (back, _) = work(&worker, &[sent("m2", &order("a", "2"))]).await;
    assert_eq!((back.len(), kinds(&worker)), (0, vec!["Event Completed", "Event Rejected"]));
    assert_eq!(
        (letters(&worker)[0].class.as_str(), letters(&worker)[0].origin.message_id.as_str()),
        ("KeyReused", "m2")
    );
    assert_eq!(row(&worker, "a"), before);
}

#[tokio::test]
async fn another_payload_in_the_same_batch_is_rejected_once_the_first_is_settled() {
    let worker = worker();
    let (back, _) = work(&worker, &[sent("m1", &order("a", "1")), sent("m2", &order("a", "2"))]).await;
    assert_eq!((back.len(), kinds(&worker)), (0, vec!["Event Completed", "Event Rejected"]));
    assert_eq!(letters(&worker)[0].class, "KeyReused");
}

#[tokio::test]
async fn each_payload_under_one_id_has_its_turn_in_the_same_batch() {
    for receives in [1, 2, 11] {
        let worker = worker();
        let first = Sent { receives, ..sent("m1", &order("a", "1")) };
        let (back, _) = work(&worker, &[first, sent("m2", &order("a", "2")), sent("m3", &order("a", "3"))]).await;
        assert_eq!((back.len(), row(&worker, "a").message_id.as_deref()), (0, Some("m1")), "receive {receives}");
        let rejected: Vec<_> = letters(&worker).into_iter().map(|letter| letter.origin.message_id).collect();
        assert_eq!(rejected, ["m2", "m3"], "receive {receives}");
    }
}

#[tokio::test]
async fn which_of_two_payloads_is_the_event_is_the_tables_to_say_and_not_the_batchs() {
    let worker = worker();
    let (rival, event) = (order("a", "2"), order("a", "1"));
    worker.table.enqueue(&[queued("m1", &event)], START.to_seconds()).await;
    let (back, _) = work(&worker, &[sent("m2", &rival), sent("m1", &event)]).await;
    assert_eq!((back.len(), row(&worker, "a").status), (0, Status::Completed));
    let [letter] = &letters(&worker)[..] else { panic!("one letter: {:?}", letters(&worker)) };
    assert_eq!((letter.class.as_str(), letter.origin.message_id.as_str()), ("KeyReused", "m2"));
    assert_eq!(kinds(&worker), ["Event Rejected", "Event Completed"]);
}

#[tokio::test]
async fn a_rival_at_the_head_of_a_batch_does_not_hide_a_publication_that_is_missing() {
    let worker = worker();
    worker.bus.troubles.fail_next("publish", 1, sluice_simulation::Lost::Call);
    let event = sent("m1", &order("a", "1"));
    assert_eq!(work(&worker, std::slice::from_ref(&event)).await.0, ["m1"]);
    let (back, _) = work(&worker, &[sent("m2", &order("a", "2")), event.again()]).await;
    assert_eq!((back.len(), letters(&worker).len()), (0, 1));
    assert_eq!(kinds(&worker), ["Event Rejected", "Event Completed"]);
}

#[tokio::test]
async fn an_expired_record_counts_for_nothing() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "1"))]).await;
    worker.clock.advance(Duration::from_secs(19 * 86_400 + 1));
    let late = Envelope { header: Header { received_at_ms: START.0 + 1, ..order("a", "2").header }, ..order("a", "2") };
    worker.table.put(Record {
        redrives: 3,
        error: Some(ErrorInfo { class: "Old".into(), message: "".into() }),
        ..row(&worker, "a")
    });
    work(&worker, &[sent("m2", &late)]).await;
    assert_eq!(kinds(&worker), ["Event Completed"; 2]);
    let row = row(&worker, "a");
    assert_eq!((row.message_id.as_deref(), row.attempt), (Some("m2"), 1));
    assert_eq!(
        (row.received_at, row.redrives, row.error),
        (Millis(START.0 + 1), 0, None),
        "nothing of its former life"
    );
}

#[tokio::test]
async fn a_result_over_8_kib_is_left_out_of_the_outcome() {
    let worker = worker();
    let mut long = order("a", "1");
    long.payload["orderId"] = json!("x".repeat(9_000));
    work(&worker, &[sent("m1", &long)]).await;
    assert_eq!(published(&worker)[0].1["result"], Value::Null);
    assert!(row(&worker, "a").data.unwrap().len() > 9_000, "the record has it");
}

#[tokio::test]
async fn a_result_with_more_digits_than_an_event_may_have_is_published_whole() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "9999.1234567891234567891234567891234567"))]).await;
    let tax = published(&worker)[0].1["result"]["tax"].to_string();
    assert_eq!(tax, "999.91234567891234567891234567891234567");
}
