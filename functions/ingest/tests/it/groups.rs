//! FIFO queues: of which group an event is, and what tells it from others.

use super::*;
use sluice_ports::Fifo;

const ORDER: &str = r#"{"orderId":"A-1","amount":1}"#;

fn fifo_ingest() -> TestIngest {
    let mut ingest = ingest();
    ingest.config.fifo = true;
    ingest
}

fn with_header(mut event: Value, name: &str, value: &str) -> Value {
    event["headers"][name] = json!(value);
    event
}

fn cloud_event(attributes: &str) -> Value {
    let body =
        format!(r#"{{"specversion":"1.0","type":"order","source":"/shop","id":"1"{attributes},"data":{ORDER}}}"#);
    with_header(event(&body), "content-type", "application/cloudevents+json")
}

fn groups(ingest: &TestIngest) -> Vec<String> {
    ingest.queue.sent().into_iter().map(|message| message.fifo.unwrap().group_id).collect()
}

/// The group of the one event that a request brings.
async fn group(event: Value) -> String {
    let ingest = fifo_ingest();
    let (answer, _) = post_event(&ingest, event).await;
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    groups(&ingest).remove(0)
}

#[tokio::test]
async fn a_partition_key_goes_before_the_header_and_that_before_what_the_type_says() {
    let named = cloud_event(r#","partitionkey":"customer-7""#);
    assert_eq!(group(with_header(named, "X-Message-Group", "g")).await, "customer-7");
    assert_eq!(group(with_header(cloud_event(""), "X-Message-Group", "g")).await, "g");
    assert_eq!(group(cloud_event("")).await, "A-1");
    let binary = json!({"content-type": "application/json", "ce-specversion": "1.0", "ce-type": "order",
        "ce-source": "/shop", "ce-id": "1", "ce-partitionkey": "customer%207"});
    let mut event = event(ORDER);
    event["headers"] = binary;
    assert_eq!(group(event).await.len(), 64, "`customer 7` has a space, which SQS does not take");
}

#[tokio::test]
async fn an_event_without_a_group_is_a_group_of_its_own() {
    let ingest = fifo_ingest();
    let (_, first) = post(&ingest, r#"{"type":"job","task":"process_data","data":1}"#).await;
    let (_, second) = post(&ingest, r#"{"type":"job","task":"process_data","data":2}"#).await;
    assert_eq!(groups(&ingest), [id_of(&first).to_string(), id_of(&second).to_string()]);
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_one_header_names_the_group_of_all() {
    let batch = format!(r#"[{ORDER},{{"type":"job","task":"t"}},{{"orderId":"A-1","amount":2}}]"#);
    let ingest = fifo_ingest();
    let (_, answer) = post(&ingest, &batch).await;
    let job = id_of(&answer["results"][1]).to_string();
    assert_eq!(groups(&ingest), ["A-1", job.as_str(), "A-1"]);
    let ingest = fifo_ingest();
    post_event(&ingest, with_header(event(&batch), "x-message-group", "g")).await;
    assert_eq!(groups(&ingest), ["g", "g", "g"]);
}

#[tokio::test]
async fn what_sqs_would_refuse_is_hashed_and_an_empty_header_is_400() {
    for odd in ["two words", "größe", &"x".repeat(129), "a,\tb"] {
        let id = group(with_header(event(ORDER), "x-message-group", odd)).await;
        assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{odd}: {id}");
    }
    for empty in ["", " "] {
        let ingest = fifo_ingest();
        let (answer, _) = post_event(&ingest, with_header(event(ORDER), "x-message-group", empty)).await;
        let problem: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!((answer.status_code, &problem["code"]), (400, &json!("invalid_message_group")));
        assert_eq!(problem["errors"][0]["pointer"], "#header/x-message-group");
        assert!(ingest.queue.sent().is_empty());
    }
}

#[tokio::test]
async fn a_partition_key_that_is_no_text_is_the_events_own_mistake() {
    for value in ["7", "\"\"", "true"] {
        let ingest = fifo_ingest();
        let (answer, _) = post_event(&ingest, cloud_event(&format!(r#","partitionkey":{value}"#))).await;
        assert_eq!((answer.status_code, ingest.queue.sent().len()), (422, 0), "{value}");
        assert!(answer.body.contains("/partitionkey"), "{}", answer.body);
    }
}

#[tokio::test]
async fn the_same_event_has_the_same_deduplication_id_and_another_payload_another() {
    let ids = async |body: &str| {
        let ingest = fifo_ingest();
        post_event(&ingest, with_header(event(body), "idempotency-key", "k")).await;
        let Fifo { deduplication_id, .. } = ingest.queue.sent().remove(0).fifo.unwrap();
        deduplication_id
    };
    let first = ids(ORDER).await;
    assert_eq!((first.len(), ids(r#"{"amount":1.0,"orderId":"A-1"}"#).await), (64, first.clone()));
    assert_ne!(ids(r#"{"orderId":"A-1","amount":2}"#).await, first);
}

#[tokio::test]
async fn a_standard_queue_has_no_groups_and_no_use_for_the_header() {
    for value in ["g", ""] {
        let ingest = ingest();
        let (answer, _) = post_event(&ingest, with_header(event(ORDER), "x-message-group", value)).await;
        assert_eq!((answer.status_code, ingest.queue.sent().remove(0).fifo), (202, None));
    }
}
