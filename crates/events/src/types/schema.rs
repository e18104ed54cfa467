//! From a schema's verdict to the violations a producer is shown.

use super::Violation;
use crate::json::escape_pointer;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// As many violations of one event are told; the answer to a large one would else be larger than itself.
pub const MOST_VIOLATIONS: usize = 20;

/// The first of a schema's errors, as violations.
pub(crate) fn violations<'a>(errors: impl Iterator<Item = ValidationError<'a>>) -> Vec<Violation> {
    errors.take(MOST_VIOLATIONS).map(|error| violation(&error)).collect()
}

/// A missing member is reported at its own place, not its parent's; values are masked.
fn violation(error: &ValidationError<'_>) -> Violation {
    let parent = error.instance_path().as_str();
    let (pointer, detail) = match error.kind() {
        ValidationErrorKind::Required { property: Value::String(name) } => {
            (format!("{parent}/{}", escape_pointer(name)), "is required".to_owned())
        }
        _ => (parent.to_owned(), error.masked().to_string()),
    };
    Violation { pointer, code: error.kind().keyword().to_owned(), detail }
}
