//! Nothing that a producer sends, or SQS delivers, causes a 5xx, a panic or the failure of a whole batch. `fuzz/` looks
//! for more of it, with nightly Rust.

#![allow(clippy::unwrap_used, reason = "a test says so when something is not as it should be")]

use proptest::prelude::*;
use serde_json::{Value, json};
use sluice_simulate::inputs::{deliver, order, post};

const ATTRIBUTES: [&str; 6] = [
    "ApproximateReceiveCount",
    "SentTimestamp",
    "MessageGroupId",
    "ApproximateFirstReceiveTimestamp",
    "SequenceNumber",
    "Odd",
];

const MEDIA: [&str; 4] =
    ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "text/plain"];

const HEADERS: [&str; 11] = [
    "content-type",
    "idempotency-key",
    "x-message-group",
    "traceparent",
    "ce-specversion",
    "ce-id",
    "ce-source",
    "ce-type",
    "ce-partitionkey",
    "ce-time",
    "x-other",
];

const KNOWN: [&str; 28] = [
    "type",
    "order",
    "job",
    "transaction",
    "purchase",
    "orderId",
    "amount",
    "task",
    "data",
    "wait",
    "idempotencyKey",
    "specversion",
    "1.0",
    "id",
    "source",
    "partitionkey",
    "datacontenttype",
    "application/json",
    "time",
    "payload",
    "envelopeVersion",
    "eventId",
    "schemaVersion",
    "producer",
    "payloadHash",
    "receivedAtMs",
    "",
    "\u{fffe}",
];

/// Pieces that events and envelopes are made of, so that many inputs come close to being one.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![3 => prop::sample::select(&KNOWN[..]).prop_map(str::to_owned), 1 => any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![Just("0"), Just("-0"), Just("1"), Just("1e999999999"), Just("0.1e-400"), Just("20001")];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        number.prop_map(|text| serde_json::from_str(text).unwrap_or_default()),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..6).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A text: JSON as a rule, or part of it, or anything.
fn text() -> impl Strategy<Value = String> {
    let cut = |(text, at): (String, prop::sample::Index)| {
        let end = text.floor_char_boundary(at.index(text.len() + 1));
        text[..end].to_owned()
    };
    prop_oneof![
        4 => value().prop_map(|value| value.to_string()),
        1 => (value().prop_map(|value| value.to_string()), any::<prop::sample::Index>()).prop_map(cut),
        1 => any::<String>(),
    ]
}

fn header() -> impl Strategy<Value = (String, String)> {
    let media = prop::sample::select(&MEDIA[..]).prop_map(|media| ("content-type".to_owned(), media.to_owned()));
    let other = (prop::sample::select(&HEADERS[..]).prop_map(str::to_owned), word());
    prop_oneof![2 => media, 1 => other]
}

fn request() -> impl Strategy<Value = Value> {
    (prop::collection::hash_map("[a-z-]{0,9}", word(), 0..2), prop::collection::vec(header(), 0..5), text(), any::<bool>())
        .prop_map(|(others, headers, body, base64)| {
            let headers: Value = others.into_iter().chain(headers).map(|(name, text)| (name, json!(text))).collect();
            json!({"rawPath": "/events", "headers": headers, "body": body, "isBase64Encoded": base64 && body.len() % 3 == 0})
        })
}

/// The body of a message that is well, with one member replaced or gone.
fn odd_envelope() -> impl Strategy<Value = String> {
    (0..12_usize, prop::option::of(value())).prop_map(|(place, value)| {
        let mut body: Value = serde_json::from_str(&order().to_body().unwrap()).unwrap();
        let members = body.as_object_mut().unwrap();
        let name = members.keys().nth(place % members.len()).cloned().unwrap();
        // Under the neighbour's own id it would be a rival or a double of it.
        members.insert("eventId".to_owned(), json!("0190a6e2-7c1a-8b3e-9f00-5d2c4e6a8b10"));
        match value {
            Some(value) if name != "eventId" => drop(members.insert(name, value)),
            _ => drop(members.remove(&name)),
        }
        body.to_string()
    })
}

fn record() -> impl Strategy<Value = Value> {
    let number = prop_oneof![any::<i64>().prop_map(|number| number.to_string()), word()];
    let attributes = prop::collection::vec((prop::sample::select(&ATTRIBUTES[..]), number), 0..5);
    let marks = prop::collection::vec((prop::sample::select(&["sluice-redrive", "sluice", "odd"][..]), value()), 0..3);
    let body = prop_oneof![text(), odd_envelope()];
    (prop::option::of("[a-c]?"), prop::option::of(word()), prop::option::of(body), attributes, marks, word(), value())
        .prop_map(|(id, receipt, body, attributes, marks, other, any)| {
            let attributes: Value = attributes.into_iter().map(|(name, text)| (name.to_owned(), json!(text))).collect();
            let marks: Value = marks.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            let mut record = json!({other: any});
            record["messageId"] = json!(id);
            record["receiptHandle"] = json!(receipt);
            record["body"] = json!(body);
            record["attributes"] = attributes;
            record["messageAttributes"] = marks;
            record
        })
}

/// A record with a member that is of another kind than SQS gives it, or none at all.
fn odd_record() -> impl Strategy<Value = Value> {
    const MEMBERS: [&str; 5] = ["messageId", "receiptHandle", "body", "attributes", "messageAttributes"];
    let changed = (record(), prop::sample::select(&MEMBERS[..]), value()).prop_map(|(mut record, member, value)| {
        record[member] = value;
        record
    });
    prop_oneof![4 => record(), 2 => changed, 1 => value()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_posted_is_answered_and_never_with_a_5xx(request in request(), fifo in any::<bool>()) {
        post(&request, fifo);
    }

    #[test]
    fn whatever_is_delivered_costs_its_neighbour_nothing(
        records in prop::collection::vec(odd_record(), 0..5), fifo in any::<bool>(),
    ) {
        deliver(&records, fifo);
    }
}
