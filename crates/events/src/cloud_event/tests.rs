//! The examples are the specification's own: cloudevents/formats/json-format.md, sections 3.2 and 4.3.

use super::*;
use crate::json::parse;
use proptest::prelude::*;

fn attributes(text: &str) -> Map<String, Value> {
    match parse(text.as_bytes()) {
        Ok(Value::Object(members)) => members,
        other => panic!("{other:?}"),
    }
}

fn wrong(text: &str) -> Vec<(String, String)> {
    let found = CloudEvent::new(attributes(text)).unwrap_err();
    found.into_iter().map(|violation| (violation.pointer, violation.code)).collect()
}

const JSON_DATA: &str = r#"{"specversion" : "1.0", "type" : "com.example.someevent", "source" : "/mycontext", "subject": null,
    "id" : "C234-1234-1234", "time" : "2018-04-05T17:31:00Z", "comexampleextension1" : "value",
    "comexampleothervalue" : 5, "datacontenttype" : "application/json"}"#;

#[test]
fn the_specifications_example_is_read_with_its_extensions() {
    let event = CloudEvent::new(attributes(JSON_DATA)).unwrap();
    assert_eq!(event.event_type(), "com.example.someevent");
    assert_eq!(event.key().to_string(), "/mycontext C234-1234-1234");
    assert!(event.has_json_data());
    let kept = serde_json::to_value(&event).unwrap();
    assert_eq!(kept["comexampleothervalue"].to_string(), "5");
    assert_eq!(kept["comexampleextension1"], "value");
    assert_eq!(kept.get("subject"), None, "null is not set");
}

/// The extension: "REQUIRED to be a non-empty string".
#[test]
fn a_partition_key_is_a_text_that_is_not_empty() {
    let with = |value: &str| attributes(&JSON_DATA.replace('}', &format!(r#", "partitionkey": {value}}}"#)));
    assert_eq!(CloudEvent::new(with(r#""customer 7""#)).unwrap().partition_key(), Some("customer 7"));
    assert_eq!(CloudEvent::new(with("null")).unwrap().partition_key(), None);
    for (value, code) in [(r#""""#, "minLength"), ("7", "type"), ("true", "type")] {
        let violations = CloudEvent::new(with(value)).unwrap_err();
        let [violation] = &violations[..] else { panic!("{violations:?}") };
        assert_eq!((violation.pointer.as_str(), violation.code.as_str()), ("/partitionkey", code), "{value}");
    }
}

#[test]
fn the_specifications_examples_without_json_data_are_told_apart() {
    for media_type in ["application/vnd.apache.thrift.binary", "application/xml", "text/xml", "application/jsonx"] {
        let mut other = attributes(JSON_DATA);
        other.insert("datacontenttype".to_owned(), Value::from(media_type));
        assert!(!CloudEvent::new(other).unwrap().has_json_data(), "{media_type}");
    }
    for media_type in ["application/json; charset=utf-8", "Application/Geo+JSON", "text/json"] {
        assert!(is_json(media_type), "{media_type}");
    }
    let mut none = attributes(JSON_DATA);
    none.remove("datacontenttype");
    assert!(CloudEvent::new(none).unwrap().has_json_data(), "section 3.1.1: absent is JSON");
}

#[test]
fn each_violation_points_at_its_attribute() {
    let at = |pointer: &str, code: &str| (pointer.to_owned(), code.to_owned());
    let with = |member: &str| {
        let separator = if member.is_empty() { "" } else { "," };
        format!(r#"{{"specversion":"1.0","id":"1","source":"/a","type":"order"{separator}{member}}}"#)
    };
    assert!(CloudEvent::new(attributes(&with(""))).is_ok());
    let mut missing = wrong("{}");
    missing.sort();
    assert_eq!(missing, ["/id", "/source", "/specversion", "/type"].map(|pointer| at(pointer, "required")));
    assert_eq!(wrong(r#"{"specversion":"0.3","id":"1","source":"/a","type":"t"}"#), [at("/specversion", "const")]);
    assert_eq!(wrong(r#"{"specversion":"1.0","id":"","source":"/a","type":"t"}"#), [at("/id", "minLength")]);
    assert_eq!(wrong(r#"{"specversion":"1.0","id":5,"source":"/a","type":"t"}"#), [at("/id", "type")]);
    assert_eq!(wrong(r#"{"specversion":"1.0","id":"1","source":"a b","type":"t"}"#), [at("/source", "format")]);
    for (member, pointer, code) in [
        (r#""time":"yesterday""#, "/time", "format"),
        (r#""time":"2018-04-05""#, "/time", "format"),
        (r#""subject":"""#, "/subject", "minLength"),
        (r#""dataschema":"/relative""#, "/dataschema", "format"),
        (r#""extension":{"a":1}"#, "/extension", "type"),
        (r#""extension":1.5"#, "/extension", "type"),
        (r#""extension":2147483648"#, "/extension", "maximum"),
        (r#""Extension":"a""#, "/Extension", "invalid_attribute_name"),
        (r#""my_extension":"a""#, "/my_extension", "invalid_attribute_name"),
        (r#""extension":"a\u0007""#, "/extension", "not_printable"),
        (r#""extension":"\ufdd0""#, "/extension", "not_printable"),
    ] {
        assert_eq!(wrong(&with(member)), [at(pointer, code)], "{member}");
    }
    let large = format!(r#""extension":"{}""#, "a".repeat(MAX_ATTRIBUTE_BYTES));
    assert_eq!(wrong(&with(&large)), [at("", "attributes_too_large")]);
}

#[test]
fn violations_do_not_repeat_what_was_sent() {
    let found =
        CloudEvent::new(attributes(r#"{"specversion":"secret","id":"1","source":"/a","type":"t","time":"secret"}"#));
    assert!(!format!("{found:?}").contains("secret"), "{found:?}");
}

proptest! {
    #[test]
    fn what_is_taken_crosses_the_queue(id in "[!-~]{1,20}", text in "[ -~\u{a0}-\u{d7ff}]{0,20}", number in any::<i32>()) {
        let mut sent = attributes(r#"{"specversion":"1.0","source":"/a","type":"order"}"#);
        sent.insert("id".to_owned(), Value::from(id));
        sent.insert("text".to_owned(), Value::from(text));
        sent.insert("number".to_owned(), parse(number.to_string().as_bytes()).unwrap());
        let event = CloudEvent::new(sent).unwrap();
        let crossed = parse(serde_json::to_string(&event).unwrap().as_bytes()).unwrap();
        prop_assert_eq!(CloudEvent::from_envelope(crossed), Some(event));
    }
}
