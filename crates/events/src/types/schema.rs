//! From a schema's verdict to the violations a producer is shown.

use super::{Failure, Violation};
use crate::json::escape_pointer;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value;

/// As many violations of one event are told; the answer to a large one would else be larger than itself.
pub const MOST_VIOLATIONS: usize = 20;

/// The first of them, each at its own place: a missing member, or one too many, where it is or belongs and not at its
/// parent. Values are masked, and so are names, but for the pointer.
pub(crate) fn violations<'a>(errors: impl Iterator<Item = ValidationError<'a>>) -> Vec<Violation> {
    errors.flat_map(|error| violations_of(&error)).take(MOST_VIOLATIONS).collect()
}

fn violations_of(error: &ValidationError<'_>) -> Vec<Violation> {
    let place = error.instance_path().as_str();
    let code = error.kind().keyword().to_owned();
    let member = |name: &str| format!("{place}/{}", escape_pointer(name));
    match error.kind() {
        Kind::Required { property: Value::String(name) } => {
            vec![Violation { pointer: member(name), code, detail: "is required".to_owned() }]
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let violation = |name: &String| Violation {
                pointer: member(name),
                code: code.clone(),
                detail: "is no member that the schema names".to_owned(),
            };
            unexpected.iter().map(violation).collect()
        }
        _ => vec![Violation { pointer: place.to_owned(), code, detail: error.masked().to_string() }],
    }
}

/// The failure of a payload that lacks what `process` needs. Only one that was taken under an older version of the
/// schema, or sent past ingest as such, comes that far.
pub(super) fn unfit(needed: &str) -> Failure {
    let message = format!("the payload lacks what its type needs by now: {needed}");
    Failure::Permanent { class: "SchemaInvalid", message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[jsonschema::validator(schema = r#"{
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "required": ["a/b"],
            "properties": {
                "a/b": {},
                "few": {"additionalProperties": false, "properties": {"known": {}}},
                "short": {"propertyNames": {"maxLength": 3}}
            }
        }"#)]
    struct Schema;

    fn found(payload: &Value) -> Vec<Violation> {
        violations(Schema::iter_errors(payload))
    }

    #[test]
    fn a_missing_member_is_pointed_at_where_it_belongs() {
        let [violation] = &found(&json!({}))[..] else { panic!("one violation") };
        assert_eq!((violation.pointer.as_str(), violation.code.as_str()), ("/a~1b", "required"));
    }

    #[test]
    fn each_member_too_many_is_pointed_at_and_not_quoted() {
        let found = found(&json!({"a/b": 1, "few": {"known": 1, "secret-one": 2, "secret/two": 3}}));
        let pointers: Vec<_> = found.iter().map(|violation| violation.pointer.as_str()).collect();
        assert_eq!(pointers, ["/few/secret-one", "/few/secret~1two"]);
        assert!(found.iter().all(|violation| violation.code == "additionalProperties"));
        assert!(found.iter().all(|violation| !violation.detail.contains("secret")), "{found:?}");
    }

    #[test]
    fn a_name_that_is_not_taken_is_not_quoted() {
        let [violation] = &found(&json!({"a/b": 1, "short": {"secret": 1}}))[..] else { panic!("one violation") };
        assert_eq!(violation.pointer, "/short");
        assert!(!violation.detail.contains("secret"), "{violation:?}");
    }
}
