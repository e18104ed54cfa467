//! CloudEvents in the three modes of their HTTP binding. The examples are the specification's, with a type and data
//! of ours where the whole way is walked.

use super::*;
use proptest::prelude::*;

const ORDER: &str = r#"{"specversion":"1.0","type":"order","source":"/mycontext","id":"C234-1234-1234",
    "time":"2018-04-05T17:31:00Z","comexampleextension1":"value","comexampleothervalue":5,
    "datacontenttype":"application/json","data":{"orderId":"a","amount":42.50}}"#;

fn structured(body: &str) -> Value {
    let mut event = event(body);
    event["headers"]["content-type"] = json!("application/cloudevents+json; charset=UTF-8");
    event
}

fn batch(body: &str) -> Value {
    let mut event = event(body);
    event["headers"]["content-type"] = json!("application/cloudevents-batch+json");
    event
}

/// The same event as [`ORDER`], in binary mode.
fn binary() -> Value {
    let mut event = event(r#"{"orderId":"a","amount":42.50}"#);
    event["headers"] = json!({
        "Content-Type": "application/json", "ce-specversion": "1.0", "ce-type": "order", "ce-source": "/mycontext",
        "ce-id": "C234-1234-1234", "ce-time": "2018-04-05T17:31:00Z", "ce-comexampleextension1": "value",
        "ce-comexampleothervalue": "5",
    });
    event
}

async fn take(ingest: &TestIngest, event: Value) -> (u16, Value) {
    let (answer, _) = post_event(ingest, event).await;
    (answer.status_code, serde_json::from_str(&answer.body).unwrap())
}

/// Status, and pointer and code of each error.
async fn refusal(event: Value) -> (u16, Vec<(String, String)>) {
    let ingest = ingest();
    let (status, answer) = take(&ingest, event).await;
    assert!(ingest.queue.sent().is_empty(), "nothing refused is sent");
    let text = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    (status, errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect())
}

fn wrong(pointer: &str, code: &str) -> (u16, Vec<(String, String)>) {
    (422, vec![(pointer.to_owned(), code.to_owned())])
}

#[tokio::test]
async fn a_structured_event_is_sent_with_its_attributes_and_extensions() {
    let ingest = ingest();
    let (status, answer) = take(&ingest, structured(ORDER)).await;
    assert_eq!((status, &answer["idempotencyKey"]), (202, &json!("/mycontext C234-1234-1234")));
    let envelope = sent(&ingest).remove(0);
    assert_eq!(envelope.payload.to_string(), r#"{"amount":42.50,"orderId":"a"}"#, "the data is the payload");
    assert_eq!(envelope.header.event_type, "order");
    let kept = serde_json::to_value(envelope.cloud_event).unwrap();
    assert_eq!(kept["comexampleothervalue"].to_string(), "5");
    assert_eq!((&kept["comexampleextension1"], &kept["time"]), (&json!("value"), &json!("2018-04-05T17:31:00Z")));
}

#[tokio::test]
async fn one_event_is_the_same_in_every_mode() {
    let ingest = ingest();
    let (_, first) = take(&ingest, structured(ORDER)).await;
    let (status, second) = take(&ingest, binary()).await;
    assert_eq!((status, &second["eventId"], &second["duplicate"]), (202, &first["eventId"], &json!(true)));
    let (status, third) = take(&ingest, batch(&format!("[{ORDER}]"))).await;
    assert_eq!((status, &third["results"][0]["eventId"]), (202, &first["eventId"]));
    assert_eq!(ingest.queue.sent().len(), 1);
}

#[tokio::test]
async fn the_key_is_source_and_id_unless_one_is_given() {
    let ingest = ingest();
    let other_id = ORDER.replace("C234", "D234");
    let (_, first) = take(&ingest, structured(ORDER)).await;
    let (_, second) = take(&ingest, structured(&other_id)).await;
    assert_ne!(first["eventId"], second["eventId"], "the same data in another event");
    let mut keyed = structured(&other_id);
    keyed["headers"]["idempotency-key"] = json!("mine");
    let (_, by_header) = take(&ingest, keyed).await;
    assert_eq!(by_header["idempotencyKey"], "mine");
    let in_body = ORDER.replacen('{', r#"{"idempotencyKey":"mine","#, 1);
    let (_, by_body) = take(&ingest, structured(&in_body)).await;
    assert_eq!((&by_body["eventId"], &by_body["duplicate"]), (&by_header["eventId"], &json!(true)));
    let changed = ORDER.replace("42.50", "43");
    let (status, answer) = take(&ingest, structured(&changed)).await;
    assert_eq!((status, answer["code"].as_str()), (422, Some("key_reused")), "source and id name one event only");
}

#[tokio::test]
async fn a_batch_is_cloud_events_in_structured_form() {
    let ingest = ingest();
    let other = ORDER.replace("C234", "D234");
    let no_id = ORDER.replace("\"id\"", "\"ident\"");
    let (status, answer) =
        take(&ingest, batch(&format!("[{ORDER},{no_id},{other},{{\"orderId\":\"a\",\"amount\":1}}]"))).await;
    assert_eq!(status, 207);
    let results = answer["results"].as_array().unwrap();
    assert_eq!((&results[0]["status"], &results[2]["status"]), (&json!("queued"), &json!("queued")));
    assert_eq!((&results[1]["status"], &results[1]["errors"][0]["pointer"]), (&json!(422), &json!("/id")));
    assert_eq!(results[3]["status"], 422, "a plain event is no CloudEvent");
    assert_eq!(take(&ingest, batch("[]")).await, (202, json!({"results": []})), "the specification's empty batch");
    assert_eq!(take(&ingest, batch(ORDER)).await.0, 400, "no array");
}

#[tokio::test]
async fn what_the_specification_demands_of_attributes_is_demanded() {
    let without = |name: &str| structured(&ORDER.replace(&format!("\"{name}\""), "\"other\""));
    for name in ["id", "source", "type", "specversion"] {
        assert_eq!(refusal(without(name)).await, wrong(&format!("/{name}"), "required"));
    }
    let with = |old: &str, new: &str| structured(&ORDER.replace(old, new));
    assert_eq!(refusal(with("\"1.0\"", "\"0.3\"")).await, wrong("/specversion", "const"));
    assert_eq!(refusal(with("\"order\"", "\"com.example.someevent\"")).await, wrong("/type", "unknown_type"));
    assert_eq!(refusal(with("2018-04-05T17:31:00Z", "now")).await, wrong("/time", "format"));
    assert_eq!(refusal(with("application/json", "application/xml")).await, wrong("/datacontenttype", "not_json"));
    let binary_data = with("\"data\":{\"orderId\":\"a\",\"amount\":42.50}", "\"data_base64\":\"e30=\"");
    assert_eq!(refusal(binary_data).await, wrong("/data_base64", "binary_data"));
    assert_eq!(refusal(structured("[]")).await.0, 400);
    assert_eq!(refusal(structured("5")).await.0, 400);
}

#[tokio::test]
async fn binary_data_that_is_null_counts_as_not_set() {
    let ingest = ingest();
    let null = ORDER.replacen('{', r#"{"data_base64":null,"#, 1);
    assert_eq!(take(&ingest, structured(&null)).await.0, 202);
    let kept = serde_json::to_value(sent(&ingest).remove(0).cloud_event).unwrap();
    assert_eq!(kept.get("data_base64"), None);
}

#[tokio::test]
async fn violations_of_the_data_point_into_it() {
    let sent = ORDER.replace("42.50", "-1");
    assert_eq!(refusal(structured(&sent)).await, wrong("/data/amount", "exclusiveMinimum"));
    let none = ORDER.replace("\"data\":", "\"moredata\":").replace("{\"orderId\":\"a\",\"amount\":42.50}", "7");
    assert_eq!(refusal(structured(&none)).await, wrong("/data", "type"));
}

#[tokio::test]
async fn in_binary_mode_errors_name_headers() {
    let change = |name: &str, value: Value| {
        let mut event = binary();
        event["headers"][name] = value;
        event
    };
    let without = |name: &str| {
        let mut event = binary();
        event["headers"].as_object_mut().unwrap().remove(name);
        event
    };
    for name in ["ce-id", "ce-source", "ce-type", "ce-specversion"] {
        assert_eq!(refusal(without(name)).await, wrong(&format!("#header/{name}"), "required"));
    }
    assert_eq!(refusal(change("ce-specversion", json!("0.3"))).await, wrong("#header/ce-specversion", "const"));
    assert_eq!(refusal(change("ce-type", json!("nope"))).await, wrong("#header/ce-type", "unknown_type"));
    assert_eq!(refusal(change("ce-text", json!("%C0%A0"))).await, wrong("#header/ce-text", "not_utf8"));
    assert_eq!(refusal(change("ce-my_text", json!("a"))).await, wrong("#header/ce-my_text", "invalid_attribute_name"));
    let twice = change("ce-datacontenttype", json!("application/json"));
    assert_eq!(refusal(twice).await, wrong("#header/ce-datacontenttype", "datacontenttype_header"));
    assert_eq!(refusal(change("Content-Type", json!("application/xml"))).await.0, 415);
    assert_eq!(refusal(change("Content-Type", json!("application/cloudevents+avro"))).await.0, 415);
}

#[tokio::test]
async fn in_binary_mode_headers_are_decoded_and_the_body_is_the_data() {
    let ingest = ingest();
    let mut event = binary();
    event["headers"]["Ce-Subject"] = json!("Euro%20%E2%82%AC%20%F0%9F%98%80");
    event["headers"]["Content-Type"] = json!("application/vnd.orders+json");
    assert_eq!(take(&ingest, event).await.0, 202);
    let kept = serde_json::to_value(sent(&ingest).remove(0).cloud_event).unwrap();
    assert_eq!(
        (&kept["subject"], &kept["datacontenttype"]),
        (&json!("Euro € 😀"), &json!("application/vnd.orders+json"))
    );
    assert_eq!(kept["comexampleothervalue"], "5", "a header is text");
    let mut array = binary();
    array["body"] = json!(r#"[{"orderId":"a","amount":42.50}]"#);
    assert_eq!(refusal(array).await, wrong("", "type"), "one event's data, and no batch");
    let mut no_data = binary();
    no_data["body"] = json!("");
    no_data["headers"].as_object_mut().unwrap().remove("Content-Type");
    assert_eq!(refusal(no_data).await, wrong("", "type"));
}

#[tokio::test]
async fn a_percent_sign_in_a_header_is_sent_encoded_itself() {
    let ingest = ingest();
    let from = |source: &str| {
        let mut event = binary();
        event["headers"]["ce-source"] = json!(source);
        event
    };
    let (_, first) = take(&ingest, structured(&ORDER.replace("/mycontext", "/a%2Fb"))).await;
    let (_, encoded) = take(&ingest, from("/a%252Fb")).await;
    assert_eq!((&encoded["eventId"], &encoded["duplicate"]), (&first["eventId"], &json!(true)));
    let (_, raw) = take(&ingest, from("/a%2Fb")).await;
    assert_eq!((&raw["idempotencyKey"], &raw["duplicate"]), (&json!("/a/b C234-1234-1234"), &json!(false)));
    assert_eq!(refusal(from("/a%20b")).await, wrong("#header/ce-source", "format"));
}

#[tokio::test]
async fn a_body_that_api_gateway_encodes_as_base64_is_read() {
    use base64::Engine as _;
    let ingest = ingest();
    for (event, status) in [(structured(ORDER), 202), (batch(&format!("[{ORDER}]")), 202)] {
        let mut encoded = event.clone();
        let body = event["body"].as_str().unwrap();
        encoded["body"] = json!(base64::engine::general_purpose::STANDARD.encode(body));
        encoded["isBase64Encoded"] = json!(true);
        assert_eq!(take(&ingest, encoded).await.0, status);
    }
}

proptest! {
    #[test]
    fn no_attribute_or_header_is_a_5xx_or_a_panic(
        name in "[a-zA-Z0-9_/~-]{1,8}",
        text in ".{0,20}",
        value in prop_oneof![Just("null".to_owned()), Just("{}".to_owned()), "-?[0-9]{1,12}", "\"[a-z%\\\\]{0,4}\""],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let ingest = ingest();
        let in_body = structured(&ORDER.replacen('{', &format!(r#"{{"{name}":{value},"#), 1));
        prop_assert!(runtime.block_on(take(&ingest, in_body)).0 < 500);
        let mut in_header = binary();
        in_header["headers"][format!("ce-{name}")] = json!(text);
        prop_assert!(runtime.block_on(take(&ingest, in_header)).0 < 500);
    }
}
