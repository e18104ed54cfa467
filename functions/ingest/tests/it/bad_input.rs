use super::*;
use proptest::prelude::*;

/// A refusal's status, code, and the pointers of its errors, sorted.
async fn refusal(event: Value) -> (u16, String, Vec<String>) {
    let ingest = ingest();
    let (answer, summary) = post_event(&ingest, event).await;
    assert_eq!(answer.headers["content-type"], "application/problem+json", "{answer:?}");
    assert_eq!(summary.counted("Rejected"), 1);
    assert!(ingest.queue.sent().is_empty(), "nothing refused is sent");
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["status"], answer.status_code);
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let mut pointers: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect();
    pointers.sort();
    (answer.status_code, body["code"].as_str().unwrap().to_owned(), pointers)
}

async fn body(body: &str) -> (u16, String, Vec<String>) {
    refusal(event(body)).await
}

#[tokio::test]
async fn what_is_no_json_object_is_400_and_says_where() {
    for (text, pointer) in [
        ("not json", ""),
        ("", ""),
        ("null", ""),
        ("5", ""),
        (r#"{"orderId":"a","amount":NaN}"#, "/amount"),
        (r#"{"orderId":"a","orderId":"b"}"#, "/orderId"),
    ] {
        assert_eq!(body(text).await, (400, "malformed_body".to_owned(), vec![pointer.to_owned()]), "{text}");
    }
    let deep = format!("{}1{}", r#"{"a":"#.repeat(65), "}".repeat(65));
    assert_eq!(body(&deep).await.0, 400);
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_are_400() {
    let mut encoded = event("eyJvcmRlcklkIjoi/yJ9");
    encoded["isBase64Encoded"] = json!(true);
    assert_eq!(refusal(encoded).await.0, 400);
    let mut broken = event("*not base64*");
    broken["isBase64Encoded"] = json!(true);
    assert_eq!(refusal(broken).await.0, 400);
}

#[tokio::test]
async fn an_event_that_breaks_its_schema_is_422_with_a_pointer_each() {
    let invalid = |pointers: &[&str]| {
        (422, "invalid_event".to_owned(), pointers.iter().map(|pointer| (*pointer).to_owned()).collect::<Vec<_>>())
    };
    let digits = format!(r#"{{"orderId":"a","amount":{}}}"#, "9".repeat(39));
    for (text, pointers) in [
        (r#"{}"#, &["/amount", "/orderId"][..]),
        (r#"{"orderId":"","amount":0}"#, &["/amount", "/orderId"]),
        (r#"{"orderId":"a","amount":-1}"#, &["/amount"]),
        (r#"{"orderId":"a","amount":"1"}"#, &["/amount"]),
        (r#"{"orderId":"a","amount":true}"#, &["/amount"]),
        (&digits, &["/amount"]),
        (r#"{"orderId":"\ud800","amount":1}"#, &["/orderId"]),
        (r#"{"orderId":"a","amount":1,"idempotencyKey":5}"#, &["/idempotencyKey"]),
        (r#"{"orderId":"a","amount":1,"idempotencyKey":""}"#, &["/idempotencyKey"]),
        (r#"{"orderId":"a","amount":1,"type":5}"#, &["/type"]),
        (r#"{"orderId":"a","amount":1,"type":"nope"}"#, &["/type"]),
    ] {
        assert_eq!(body(text).await, invalid(pointers), "{text}");
    }
}

#[tokio::test]
async fn an_unknown_type_is_told_the_known_ones() {
    let ingest = ingest();
    let (_, answer) = post(&ingest, r#"{"type":"nope"}"#).await;
    assert!(answer["errors"][0]["detail"].as_str().unwrap().contains("order"), "{answer}");
}

#[tokio::test]
async fn size_is_counted_in_bytes_up_to_the_limit() {
    let sized = |bytes: usize| {
        let frame = r#"{"orderId":"","amount":1}"#.len();
        format!(r#"{{"orderId":"{}","amount":1}}"#, "a".repeat(bytes - frame))
    };
    let ingest = ingest();
    assert_eq!(post(&ingest, &sized(262_144)).await.0, 202);
    assert_eq!(body(&sized(262_145)).await, (413, "event_too_large".to_owned(), vec![]));
}

#[tokio::test]
async fn what_sqs_cannot_take_is_413_and_never_a_5xx() {
    let mut ingest = ingest();
    ingest.config.max_event_bytes = 1_048_576 - 16_384;
    let doubled = format!(r#"{{"orderId":"{}","amount":1}}"#, "\u{fffe}".repeat(340_000));
    let (status, answer) = post(&ingest, &doubled).await;
    assert_eq!((status, answer["code"].as_str()), (413, Some("event_too_large")));
}

#[tokio::test]
async fn another_content_type_is_415() {
    for content_type in
        [json!("text/plain"), json!("application/x-www-form-urlencoded"), json!(""), json!("application/jsonx")]
    {
        let mut event = event("{}");
        event["headers"]["content-type"] = content_type.clone();
        assert_eq!(refusal(event).await.0, 415, "{content_type}");
    }
    let mut none = event("{}");
    none["headers"] = json!({});
    assert_eq!(refusal(none).await.0, 415);
    let ingest = ingest();
    let mut charset = event(r#"{"orderId":"a","amount":1}"#);
    charset["headers"] = json!({"Content-Type": "Application/JSON; charset=utf-8"});
    assert_eq!(post_event(&ingest, charset).await.0.status_code, 202);
}

#[tokio::test]
async fn a_key_in_the_header_is_checked() {
    for key in [String::new(), "k".repeat(256), "a\tb".to_owned(), "a\u{7f}".to_owned()] {
        let mut event = event(r#"{"orderId":"a","amount":1}"#);
        event["headers"]["idempotency-key"] = json!(key);
        let expected = (400, "invalid_idempotency_key".to_owned(), vec!["#header/idempotency-key".to_owned()]);
        assert_eq!(refusal(event).await, expected, "{key:?}");
    }
}

#[tokio::test]
async fn a_request_without_its_principal_is_403() {
    let mut ingest = ingest();
    ingest.config.access = Access::Iam;
    let (answer, _) = post_event(&ingest, event(r#"{"orderId":"a","amount":1}"#)).await;
    assert_eq!(answer.status_code, 403);
}

proptest! {
    #[test]
    fn no_body_or_header_is_a_5xx_or_a_panic(
        text in prop_oneof![".{0,60}", "[{}\\[\\]\",:a-eE0-9.\\\\u-]{0,60}", r#"\{"orderId":".{0,5}","amount":[0-9eE.+-]{1,12}\}"#],
        key in proptest::option::of(".{0,20}"),
    ) {
        let mut event = event(&text);
        if let Some(key) = key {
            event["headers"]["idempotency-key"] = json!(key);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (answer, _) = runtime.block_on(post_event(&ingest(), event));
        prop_assert!(answer.status_code < 500, "{}", answer.body);
    }
}

#[tokio::test]
async fn no_refusal_is_larger_than_what_lambda_takes() {
    let name = |n: usize| format!("{}{n}", "\\\"".repeat(120_000));
    let attributes = |n: usize| format!(r#"{{"specversion":"1.0","{}":1}}"#, name(n));
    let many_wrong = format!(r#"{{"{}":1}}"#, (0..20_000).map(|n| format!("A{n}\":1,\"")).collect::<String>());
    let long_names: Vec<_> = (0..20).map(attributes).collect();
    let mut cloud_events = event(&format!("[{},{many_wrong}]", long_names.join(",")));
    cloud_events["headers"]["content-type"] = json!("application/cloudevents-batch+json");
    let items = format!(r#"{{"type":"purchase","items":[{}0]}}"#, "0,".repeat(130_000));
    for (what, event, status) in [("attributes", cloud_events, 207), ("items", event(&items), 422)] {
        let (answer, _) = post_event(&ingest(), event).await;
        let bytes = serde_json::to_string(&answer).unwrap().len();
        assert!(answer.status_code == status && bytes < 100_000, "{what}: {} with {bytes} bytes", answer.status_code);
    }
}
