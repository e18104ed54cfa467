//! Anything that SQS delivers. The input: a JSON array of records, each with texts and attributes as SQS has them.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Map, Value};
use sluice_simulate::inputs::deliver;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((choice, text)) = input.split_first() else { return Corpus::Reject };
    let Ok(Value::Array(records)) = serde_json::from_slice(text) else { return Corpus::Reject };
    // Lambda makes the records: their members are of their kinds.
    let records: Option<Vec<Value>> = records.into_iter().take(10).map(shaped).collect();
    let Some(records) = records else { return Corpus::Reject };
    deliver(&records, choice & 1 == 1);
    Corpus::Keep
});

fn shaped(record: Value) -> Option<Value> {
    let record = record.as_object()?;
    let text = |name: &str| record.get(name).is_none_or(|value| value.is_string() || value.is_null());
    let object = |name: &str| record.get(name).is_none_or(Value::is_object);
    let texts = ["messageId", "receiptHandle", "body"].into_iter().all(text);
    let neighbour = record.get("messageId").and_then(Value::as_str) == Some("neighbour");
    let shaped: Map<String, Value> = record.clone();
    (texts && !neighbour && object("attributes") && object("messageAttributes")).then_some(Value::Object(shaped))
}
