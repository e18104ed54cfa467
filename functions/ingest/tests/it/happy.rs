use super::*;
use sluice_ports::Status;

const ORDER: &str = r#"{"orderId":"test-123","amount":42.50}"#;

#[tokio::test]
async fn an_order_is_sent_noted_and_answered() {
    let ingest = ingest();
    let (status, answer) = post(&ingest, ORDER).await;
    let id = id_of(&answer);
    assert_eq!(status, 202);
    assert_eq!(answer["status"], "queued");
    assert_eq!(answer["messageId"], "sent-1");
    assert_eq!(answer["duplicate"], false);
    assert_eq!(answer["statusUrl"], format!("https://api.example/events/{id}"));
    assert_eq!(answer["idempotencyKey"].as_str().unwrap().len(), 64, "the content's hash");

    let [envelope] = &sent(&ingest)[..] else { panic!("one message") };
    assert_eq!(envelope.header.event_id, id);
    assert_eq!(envelope.header.event_type, "order");
    assert_eq!(envelope.header.received_at_ms, START.0);
    assert_eq!(envelope.header.trace_id.as_deref(), Some("5759e988bd862e3fe1be46a994272793"));
    assert_eq!(envelope.payload.to_string(), r#"{"amount":42.50,"orderId":"test-123"}"#, "every digit is kept");

    let row = ingest.table.row(id).unwrap();
    assert_eq!((row.status, row.message_id.as_deref(), row.attempt), (Status::Queued, Some("sent-1"), 0));
    assert_eq!(row.expiration.0, START.0 / 1000 + 19 * 86_400);
}

#[tokio::test]
async fn the_answer_carries_the_request_id_and_the_summary_the_event() {
    let ingest = ingest();
    let (answer, summary) = post_event(&ingest, event(ORDER)).await;
    assert_eq!(answer.headers["x-request-id"], "req-1");
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!((summary.counted("Accepted"), summary.counted("Rejected")), (1, 0));
    assert!(!format!("{summary:?}").contains("test-123"), "no payload in what is logged");
}

#[tokio::test]
async fn what_is_equal_as_json_is_the_same_event() {
    let ingest = ingest();
    let (_, first) = post(&ingest, ORDER).await;
    let (_, second) = post(&ingest, r#"{ "type":"order", "amount": 4.25e1, "orderId": "test-123" }"#).await;
    assert_eq!(first["eventId"], second["eventId"]);
    assert_eq!(second["duplicate"], true);
    assert_eq!(ingest.queue.sent().len(), 1);
}

#[tokio::test]
async fn a_key_is_the_same_in_header_and_body_and_no_part_of_the_payload() {
    let ingest = ingest();
    let mut with_header = event(ORDER);
    with_header["headers"]["Idempotency-Key"] = json!("key-1");
    let (answer, _) = post_event(&ingest, with_header).await;
    let by_header: Value = serde_json::from_str(&answer.body).unwrap();
    let (_, by_body) = post(&ingest, r#"{"orderId":"test-123","amount":42.50,"idempotencyKey":"key-1"}"#).await;
    assert_eq!(by_header["eventId"], by_body["eventId"]);
    assert_eq!(by_body["idempotencyKey"], "key-1");
    assert_eq!(by_body["duplicate"], true);
}

#[tokio::test]
async fn two_producers_never_share_an_event() {
    let mut ingest = ingest();
    ingest.config.access = Access::Iam;
    let signed_by = |user: &str| {
        let mut event = event(ORDER);
        event["requestContext"]["authorizer"] = json!({"iam": {"accountId": "1", "userId": user}});
        event
    };
    let (first, _) = post_event(&ingest, signed_by("AROA1:a")).await;
    let (again, _) = post_event(&ingest, signed_by("AROA1:b")).await;
    let (other, _) = post_event(&ingest, signed_by("AROA2:a")).await;
    let id = |answer: &Answer| serde_json::from_str::<Value>(&answer.body).unwrap()["eventId"].clone();
    assert_eq!(id(&first), id(&again));
    assert_ne!(id(&first), id(&other));
}

#[tokio::test]
async fn a_public_url_goes_before_the_domain_that_was_called() {
    let mut ingest = ingest();
    ingest.config.public_url = Some("http://127.0.0.1:4566/x/{apiId}".to_owned());
    let (_, answer) = post(&ingest, ORDER).await;
    assert_eq!(answer["statusUrl"], format!("http://127.0.0.1:4566/x/api/events/{}", id_of(&answer)));
}

#[tokio::test]
async fn characters_sqs_refuses_are_carried_whole() {
    let ingest = ingest();
    let (status, _) = post(&ingest, r#"{"orderId":"\u0000\ufffe\uffff😀","amount":1}"#).await;
    assert_eq!(status, 202);
    assert_eq!(sent(&ingest)[0].payload["orderId"], "\0\u{fffe}\u{ffff}😀");
}

#[tokio::test]
async fn a_body_in_base64_is_read() {
    let ingest = ingest();
    let mut encoded = event("eyJvcmRlcklkIjoiYSIsImFtb3VudCI6MX0=");
    encoded["isBase64Encoded"] = json!(true);
    assert_eq!(post_event(&ingest, encoded).await.0.status_code, 202);
}
