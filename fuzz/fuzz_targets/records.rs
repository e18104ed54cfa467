//! Anything that SQS could deliver, and more. The input: a JSON array of records.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;
use sluice_simulate::inputs::deliver;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((choice, text)) = input.split_first() else { return Corpus::Reject };
    let Ok(Value::Array(mut records)) = serde_json::from_slice(text) else { return Corpus::Reject };
    records.truncate(10);
    // The one that is delivered with them, to see whether it suffers.
    if records.iter().any(|record| record["messageId"] == "neighbour") {
        return Corpus::Reject;
    }
    deliver(&records, choice & 1 == 1);
    Corpus::Keep
});
