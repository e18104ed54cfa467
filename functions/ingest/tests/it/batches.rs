use super::*;
use proptest::prelude::*;
use sluice_ports::{ErrorInfo, Status};
use sluice_simulation::Lost;

fn order(name: &str) -> String {
    format!(r#"{{"orderId":"{name}","amount":1}}"#)
}

async fn post_batch(ingest: &TestIngest, items: &[String]) -> (u16, Vec<Value>) {
    let (status, answer) = post(ingest, &format!("[{}]", items.join(","))).await;
    (status, answer["results"].as_array().cloned().unwrap_or_else(|| panic!("{answer}")))
}

fn codes(results: &[Value]) -> Vec<String> {
    let code = |result: &Value| match result["code"].as_str() {
        Some(code) => format!("{} {code}", result["status"]),
        None => result["status"].as_str().unwrap().to_owned(),
    };
    results.iter().map(code).collect()
}

#[tokio::test]
async fn each_event_of_a_batch_is_answered_in_order_as_it_would_be_alone() {
    let (batched, alone) = (ingest(), ingest());
    let items = [order("a"), order("b"), order("c")];
    let (status, results) = post_batch(&batched, &items).await;
    assert_eq!(status, 202);
    for (item, result) in items.iter().zip(&results) {
        assert_eq!(*result, post(&alone, item).await.1);
        assert_eq!(batched.table.row(id_of(result)).unwrap().status, Status::Queued);
    }
    assert_eq!(sent(&batched), sent(&alone));
}

#[tokio::test]
async fn good_and_bad_ones_mixed_are_207_in_order_and_the_good_ones_are_sent() {
    let ingest = ingest();
    let bad = r#"{"orderId":"","amount":1}"#.to_owned();
    let (status, results) = post_batch(&ingest, &[order("a"), bad, "5".to_owned(), order("b")]).await;
    assert_eq!(status, 207);
    assert_eq!(codes(&results), ["queued", "422 invalid_event", "400 malformed_body", "queued"]);
    assert_eq!(results[1]["errors"][0]["pointer"], "/orderId", "as for a single event");
    assert_eq!(ingest.queue.sent().len(), 2);
}

#[tokio::test]
async fn a_batch_of_bad_ones_only_is_207_too() {
    let ingest = ingest();
    let (status, results) = post_batch(&ingest, &["{}".to_owned(), "null".to_owned(), "[]".to_owned()]).await;
    assert_eq!(status, 207);
    assert_eq!(codes(&results), ["422 invalid_event", "400 malformed_body", "400 malformed_body"]);
    assert!(ingest.queue.sent().is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_in_one_item_is_its_own_affair() {
    let ingest = ingest();
    let digits = format!(r#"{{"orderId":"a","amount":{}}}"#, "9".repeat(39));
    let items = [
        digits,
        r#"{"orderId":"\ud800","amount":1}"#.to_owned(),
        r#"{"orderId":"a","orderId":"a"}"#.to_owned(),
        format!("{}1{}", r#"{"a":"#.repeat(65), "}".repeat(65)),
        order("a"),
    ];
    let (status, results) = post_batch(&ingest, &items).await;
    assert_eq!(status, 207);
    let expected = ["422 invalid_event", "422 invalid_event", "400 malformed_body", "400 malformed_body", "queued"];
    assert_eq!(codes(&results), expected);
    assert_eq!(results[0]["errors"][0]["pointer"], "/amount");
    assert_eq!(results[0]["errors"][0].get("line"), None, "lines of an item are not the body's");
}

#[tokio::test]
async fn a_hundred_events_are_taken_and_one_more_is_413() {
    let ingest = ingest();
    let mut items: Vec<_> = (0..100).map(|n| order(&n.to_string())).collect();
    let (status, results) = post_batch(&ingest, &items).await;
    assert_eq!((status, results.len(), ingest.queue.sent().len()), (202, 100, 100));
    items.push(order("100"));
    let (status, answer) = post(&ingest, &format!("[{}]", items.join(","))).await;
    assert_eq!((status, answer["code"].as_str()), (413, Some("batch_too_large")));
    assert_eq!(ingest.queue.sent().len(), 100);
}

#[tokio::test]
async fn an_empty_batch_has_no_results() {
    assert_eq!(post(&ingest(), " [ ] ").await, (202, json!({"results": []})));
}

#[tokio::test]
async fn a_batch_of_one_is_answered_as_a_batch() {
    let (status, results) = post_batch(&ingest(), &[order("a")]).await;
    assert_eq!((status, results.len()), (202, 1));
}

#[tokio::test]
async fn a_batch_that_is_no_json_is_400_as_a_whole() {
    for text in ["[", "[{}", "[{},]", "[{}]x", "[{'a':1}]"] {
        let (status, answer) = post(&ingest(), text).await;
        assert_eq!((status, answer["code"].as_str()), (400, Some("malformed_body")), "{text}");
    }
}

#[tokio::test]
async fn the_same_event_twice_is_one_message_and_the_second_is_a_duplicate() {
    let ingest = ingest();
    let again = r#"{"amount":1.0,"orderId":"a"}"#.to_owned();
    let (status, results) = post_batch(&ingest, &[order("a"), order("b"), again]).await;
    assert_eq!((status, ingest.queue.sent().len()), (202, 2));
    let field = |name: &str| results.iter().map(|result| result[name].clone()).collect::<Vec<_>>();
    assert_eq!(field("duplicate"), [false, false, true]);
    assert_eq!(field("messageId"), ["sent-1", "sent-2", "sent-1"]);
    assert_eq!(results[0]["eventId"], results[2]["eventId"]);
}

#[tokio::test]
async fn another_payload_under_a_key_of_the_batch_is_422_for_the_later_one() {
    let ingest = ingest();
    let keyed = |amount: u8| format!(r#"{{"orderId":"a","amount":{amount},"idempotencyKey":"k"}}"#);
    let (status, results) = post_batch(&ingest, &[keyed(1), keyed(2), keyed(1)]).await;
    assert_eq!((status, codes(&results)), (207, vec!["queued".into(), "422 key_reused".into(), "queued".into()]));
    assert_eq!(ingest.queue.sent().len(), 1);
}

#[tokio::test]
async fn a_known_event_is_known_whatever_stands_before_it_in_the_batch() {
    let ingest = ingest();
    let keyed = |amount: u8| format!(r#"{{"orderId":"a","amount":{amount},"idempotencyKey":"k"}}"#);
    post(&ingest, &keyed(1)).await;
    let (_, results) = post_batch(&ingest, &[keyed(2), keyed(1)]).await;
    assert_eq!(codes(&results), ["422 key_reused", "queued"]);
    assert_eq!((&results[1]["duplicate"], ingest.queue.sent().len()), (&json!(true), 1));
}

#[tokio::test]
async fn known_events_are_answered_beside_new_ones() {
    let ingest = ingest();
    let (_, completed) = post(&ingest, &order("done")).await;
    let (_, failed) = post(&ingest, &order("failed")).await;
    let change = |answer: &Value, status, error| {
        let row = ingest.table.row(id_of(answer)).unwrap();
        ingest.table.put(sluice_ports::Record { status, error, ..row });
    };
    change(&completed, Status::Completed, None);
    let error = ErrorInfo { class: "BusinessRule".to_owned(), message: "no".to_owned() };
    change(&failed, Status::Failed, Some(error));
    let (status, results) = post_batch(&ingest, &[order("done"), order("failed"), order("new")]).await;
    assert_eq!((status, codes(&results)), (207, vec!["completed".into(), "409 event_failed".into(), "queued".into()]));
    assert_eq!(ingest.queue.sent().len(), 3);
}

#[tokio::test]
async fn a_key_in_the_header_is_400_with_a_batch() {
    let ingest = ingest();
    let mut keyed = event("[]");
    keyed["headers"]["idempotency-key"] = json!("k");
    let (answer, _) = post_event(&ingest, keyed).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status_code, body["errors"][0]["code"].as_str()), (400, Some("key_with_batch")));
    assert_eq!(body["errors"][0]["pointer"], "#header/idempotency-key");
}

#[tokio::test]
async fn an_item_over_the_limit_is_413_alone() {
    let ingest = ingest();
    let large = order(&"a".repeat(262_144));
    let (status, results) = post_batch(&ingest, &[large, order("b")]).await;
    assert_eq!((status, codes(&results)), (207, vec!["413 event_too_large".into(), "queued".into()]));
}

#[tokio::test]
async fn ten_events_of_256_kib_are_taken_at_once() {
    let ingest = ingest();
    let frame = order("").len();
    let items: Vec<_> = (0..10).map(|n| order(&n.to_string().repeat(262_144 - frame))).collect();
    let (status, results) = post_batch(&ingest, &items).await;
    assert_eq!((status, results.len(), ingest.queue.sent().len()), (202, 10, 10));
}

#[tokio::test]
async fn an_event_sqs_did_not_take_is_503_alone_and_its_doubles_with_it() {
    let ingest = ingest();
    ingest.queue.troubles.fail_next("send", 1, Lost::Call);
    let mut batch = event(&format!("[{},{},{}]", order("a"), order("b"), order("a")));
    batch["headers"]["x"] = json!("y");
    let (answer, summary) = post_event(&ingest, batch).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let results = body["results"].as_array().unwrap();
    assert_eq!(codes(results), ["503 queue_unavailable", "queued", "503 queue_unavailable"]);
    assert_eq!((answer.status_code, answer.headers["retry-after"].as_str()), (207, "5"));
    assert_eq!((summary.counted("Accepted"), summary.counted("Rejected.queue_unavailable")), (1, 2));
}

#[tokio::test]
async fn a_batch_of_which_sqs_took_nothing_is_503_as_one_event_is() {
    let ingest = ingest();
    ingest.queue.troubles.fail_next("send", 2, Lost::Call);
    let (answer, _) = post_event(&ingest, event(&format!("[{},{}]", order("a"), order("b")))).await;
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status_code, body["code"].as_str()), (503, Some("queue_unavailable")));
    assert_eq!(answer.headers["retry-after"], "5");
}

#[tokio::test]
async fn a_batch_counts_what_became_of_its_events_and_notes_their_ids() {
    let ingest = ingest();
    let (answer, summary) = post_event(&ingest, event(&format!("[{},{},5]", order("a"), order("a")))).await;
    assert_eq!(answer.status_code, 207);
    let counted = ["Accepted", "Duplicates", "Rejected"].map(|name| summary.counted(name));
    assert_eq!(counted, [1, 1, 1]);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let id = body["results"][0]["eventId"].as_str().unwrap();
    assert!(format!("{summary:?}").contains(&format!(r#""event_ids": "{id} {id}""#)), "{summary:?}");
    let (_, empty) = post_event(&ingest, event("[5]")).await;
    assert!(!format!("{empty:?}").contains("event_id"), "{empty:?}");
}

proptest! {
    #[test]
    fn no_array_is_a_5xx_or_a_panic_and_every_item_has_its_result(
        items in proptest::collection::vec(prop_oneof![
            "[a-c]".prop_map(|name| order(&name)),
            "[{}\\[\\]\",:a-e0-9.\\\\-]{0,12}",
            Just("{\"type\":\"order\"}".to_owned()),
            Just("null".to_owned()),
        ], 0..6),
    ) {
        let ingest = ingest();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (status, answer) = runtime.block_on(post(&ingest, &format!("[{}]", items.join(","))));
        prop_assert!(status < 500, "{answer}");
        if let Some(results) = answer["results"].as_array() {
            let refused = results.iter().filter(|result| result["code"].is_string()).count();
            prop_assert_eq!(status, if refused == 0 { 202 } else { 207 });
            let names: std::collections::BTreeSet<_> =
                results.iter().filter_map(|result| result["eventId"].as_str()).collect();
            prop_assert_eq!(ingest.queue.sent().len(), names.len(), "one message per event");
        }
    }
}
