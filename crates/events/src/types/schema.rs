//! From a schema's verdict to the violations a producer is shown.

use super::Violation;
use crate::json::escape_pointer;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

/// A missing member is reported at its own place, not its parent's; values are masked.
pub(super) fn violation(error: &ValidationError<'_>) -> Violation {
    let parent = error.instance_path().as_str();
    let (pointer, detail) = match error.kind() {
        ValidationErrorKind::Required { property: Value::String(name) } => {
            (format!("{parent}/{}", escape_pointer(name)), "is required".to_owned())
        }
        _ => (parent.to_owned(), error.masked().to_string()),
    };
    Violation { pointer, code: error.kind().keyword().to_owned(), detail }
}
