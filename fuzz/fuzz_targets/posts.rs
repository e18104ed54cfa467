//! Anything that a producer sends. The input: a media type's number, then headers as lines `name: value`, an empty line,
//! the body.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use sluice_simulate::inputs::post;

const MEDIA: [&str; 3] = ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json"];

fuzz_target!(|input: (u8, &str)| -> Corpus {
    let (choice, text) = input;
    let Some((head, body)) = text.split_once("\n\n") else { return Corpus::Reject };
    let given =
        head.lines().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_owned(), json!(value)));
    let media = MEDIA.get(usize::from(choice >> 1)).map(|media| ("content-type".to_owned(), json!(media)));
    let headers: Value = given.chain(media).collect();
    post(&json!({"rawPath": "/events", "headers": headers, "body": body}), choice & 1 == 1);
    Corpus::Keep
});
