//! What holds for every type, and so for the next one.

use super::testing::{effect_key, payload};
use super::*;
use futures_util::FutureExt;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Stands in the place of a value that must not be quoted.
const SECRET: &str = "a-secret-that-was-sent";

fn schemas() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas")
}

fn schema(event_type: &dyn EventType) -> Value {
    let name = event_type.name();
    let text = fs::read(schemas().join(format!("{name}.json")));
    crate::json::parse(&text.unwrap_or_else(|_| panic!("there is no schemas/{name}.json"))).unwrap()
}

fn examples(event_type: &dyn EventType) -> Vec<Value> {
    schema(event_type)["examples"].as_array().cloned().unwrap_or_default()
}

#[test]
fn names_are_unique_and_found() {
    let types = Registry::built_in();
    let all: HashSet<_> = types.names().collect();
    assert_eq!(all.len(), ALL.len());
    assert!(all.into_iter().all(|name| types.find(name).is_some_and(|found| found.name() == name)));
    assert!(types.find(DEFAULT).is_some());
    assert!(types.find("Order").is_none());
}

#[test]
fn a_name_fits_an_envelope_a_path_and_a_log_line() {
    for name in Registry::built_in().names() {
        // `Envelope::from_body` refuses a longer one: every event of the type would be dead-lettered.
        assert!(!name.is_empty() && name.len() <= 64, "{name} has more than 64 bytes");
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        assert!(name.chars().all(plain), "{name}: only lower-case letters, digits, - and _");
    }
}

#[test]
fn every_type_has_its_schema_and_every_schema_its_type() {
    let files: BTreeSet<_> =
        fs::read_dir(schemas()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let expected: BTreeSet<_> = Registry::built_in().names().map(|name| format!("{name}.json")).collect();
    assert_eq!(files, expected, "in schemas/, and in ALL of types/mod.rs");
}

#[test]
fn where_a_type_has_its_group_every_example_has_one() {
    for event_type in ALL.iter().filter(|event_type| event_type.group_pointer().is_some()) {
        for example in examples(*event_type) {
            assert!(crate::group_of(*event_type, &example).is_some(), "{}: {example}", event_type.name());
        }
    }
}

#[test]
fn a_schema_says_which_it_is() {
    for event_type in ALL {
        let (name, version) = (event_type.name(), event_type.schema_version());
        let schema = schema(*event_type);
        assert!(version >= 1, "{name}: versions count from 1");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(schema["title"], *name, "{name}: the title is the name");
        assert_eq!(schema["$id"], format!("urn:sluice:schema:{name}:{version}"), "{name}: as schema_version says");
        assert!(schema["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no description");
    }
}

#[tokio::test]
async fn the_examples_of_a_schema_are_processed() {
    for event_type in ALL {
        let name = event_type.name();
        let examples = examples(*event_type);
        assert!(!examples.is_empty(), "schemas/{name}.json has no examples");
        for example in examples {
            assert_eq!(event_type.violations(&example), [], "{name}");
            assert_eq!(event_type.validate(&example), Ok(()), "{name}");
            // `None`: it waits for something, and has not failed.
            let done = event_type.process(&example, effect_key()).now_or_never();
            assert!(!matches!(done, Some(Err(_))), "{name}: {done:?}");
        }
    }
}

/// Pointers to all that a value holds, itself first.
fn places(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, member)| (crate::json::escape_pointer(name), member)).collect()
        }
        _ => Vec::new(),
    };
    let below = inner
        .into_iter()
        .flat_map(|(step, value)| places(value).into_iter().map(move |pointer| format!("/{step}{pointer}")));
    std::iter::once(String::new()).chain(below).collect()
}

#[test]
fn violations_point_into_the_payload_and_do_not_quote_it() {
    for event_type in ALL {
        for example in examples(*event_type) {
            for place in places(&example) {
                let mut wrong = example.clone();
                *wrong.pointer_mut(&place).unwrap() = Value::from(SECRET);
                for violation in event_type.violations(&wrong) {
                    let parent = violation.pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
                    assert!(wrong.pointer(parent).is_some(), "{}: {violation:?}", event_type.name());
                    assert!(!violation.detail.contains(SECRET), "{}: {violation:?}", event_type.name());
                }
                let rule = event_type.validate(&wrong).err().unwrap_or_default();
                assert!(!rule.contains(SECRET), "{}: {rule}", event_type.name());
            }
        }
    }
}

const NUMBERS: [&str; 7] = ["0", "-1", "1e125", "-9e125", "1e-130", "0e999999999999", "0.0e-99999999999999999999"];

/// What is hard, in every place of every example, one at a time; `None`: the member is not there. Also past the
/// schema: an event may have been taken under an older one.
#[test]
fn no_odd_value_makes_a_type_panic() {
    let others = ["null", "true", "\"\"", "[]", "{}"];
    let odd: Vec<_> = NUMBERS.iter().chain(&others).map(|text| Some(payload(text))).chain([None]).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let _inside = runtime.enter();
    for event_type in ALL {
        for example in examples(*event_type) {
            for (place, value) in places(&example).iter().flat_map(|place| odd.iter().map(move |value| (place, value)))
            {
                let mut payload = example.clone();
                change(&mut payload, place, value.clone());
                let name = event_type.name();
                let tried = catch_unwind(AssertUnwindSafe(|| try_out(*event_type, &payload)));
                assert!(tried.is_ok(), "{name} panics when `{place}` is {value:?}");
            }
        }
    }
}

fn try_out(event_type: &dyn EventType, payload: &Value) {
    event_type.violations(payload);
    let _ = event_type.validate(payload);
    // Polled once: a job that waits is left alone.
    event_type.process(payload, effect_key()).now_or_never();
}

/// Any JSON, with what is hard among numbers.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        proptest::sample::select(&NUMBERS[..]).prop_map(payload),
        "-?[1-9][0-9]{0,18}(\\.[0-9]{1,19})?(e-?[0-9]{1,2})?".prop_map(|text| payload(&text)),
        "[a-zA-Z0-9:TZ.+\\-äÖ\u{0}\u{ffff}]{0,30}".prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            proptest::collection::btree_map("[a-c]|\\PC", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    /// Several at once, and any JSON.
    #[test]
    fn no_payload_makes_a_type_panic(
        which in any::<Index>(),
        changes in proptest::collection::vec((any::<Index>(), proptest::option::of(any_value())), 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let _inside = runtime.enter();
        for event_type in ALL {
            let examples = examples(*event_type);
            let mut payload = examples[which.index(examples.len())].clone();
            for (place, value) in &changes {
                let places = places(&payload);
                change(&mut payload, &places[place.index(places.len())], value.clone());
            }
            try_out(*event_type, &payload);
        }
    }
}

/// Puts `value` in that place, or takes away what is there.
fn change(payload: &mut Value, pointer: &str, value: Option<Value>) {
    match value {
        Some(value) => *payload.pointer_mut(pointer).unwrap() = value,
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
            if let Some(Value::Object(members)) = payload.pointer_mut(parent) {
                members.remove(&name.replace("~1", "/").replace("~0", "~"));
            }
        }
    }
}
