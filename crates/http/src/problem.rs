//! Errors as problem details (RFC 9457), `application/problem+json`.

use crate::Answer;
use serde::{Serialize, Serializer};
use sluice_events::json::JsonError;
use sluice_events::types::Violation;

const MOST_POINTER_BYTES: usize = 256;

/// One thing that is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// RFC 6901 pointer into the body, or `#header/<name>` for a header.
    pub pointer: String,
    /// Stable name.
    pub code: String,
    /// What is wrong, and what to do.
    pub detail: String,
    /// Line in the body, from 1, if the body could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column in that line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}

/// An error as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: u16,
    code: &'static str,
    title: &'static str,
    detail: String,
    errors: Vec<FieldError>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl FieldError {
    /// What is wrong at one place.
    ///
    /// A pointer holds names that the producer chose; a very long one is cut, so that an answer is not larger than
    /// Lambda lets it be.
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, detail: impl Into<String>) -> Self {
        let mut pointer = pointer.into();
        if pointer.len() > MOST_POINTER_BYTES {
            pointer.truncate(pointer.floor_char_boundary(MOST_POINTER_BYTES));
            pointer.push('…');
        }
        Self { pointer, code: code.into(), detail: detail.into(), line: None, column: None }
    }
}

impl From<Violation> for FieldError {
    fn from(violation: Violation) -> Self {
        Self::new(violation.pointer, violation.code, violation.detail)
    }
}

impl Problem {
    /// A problem with its status, its stable code, a title that is the same for all of that code, and what is wrong
    /// with this request.
    pub fn new(status: u16, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, title, detail: detail.into(), errors: Vec::new() }
    }

    /// With the places that are wrong.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<FieldError>) -> Self {
        self.errors = errors;
        self
    }

    /// A body that is no document of ours: 400, or 422 if it is JSON whose content cannot be carried.
    #[must_use]
    pub fn from_json(error: &JsonError) -> Self {
        let problem = if error.is_well_formed() {
            Self::new(422, "invalid_event", "The event is not valid", error.to_string())
        } else {
            Self::new(400, "malformed_body", "The body is not usable JSON", error.to_string())
        };
        let place = error.place().cloned().unwrap_or_default();
        let at = FieldError::new(place.pointer, error.code(), error.to_string());
        let known = |number: u64| (number > 0).then_some(number);
        problem.with_errors(vec![FieldError { line: known(place.line), column: known(place.column), ..at }])
    }

    /// The same for an item of a batch, whose lines and columns are not the body's.
    #[must_use]
    pub fn without_positions(mut self) -> Self {
        self.errors.iter_mut().for_each(|error| (error.line, error.column) = (None, None));
        self
    }

    /// Its stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// Its HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The answer.
    #[must_use]
    pub fn into_answer(self) -> Answer {
        Answer::with_type(self.status, "application/problem+json", &self)
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = Body {
            r#type: format!("urn:sluice:problem:{}", self.code),
            title: self.title,
            status: self.status,
            detail: &self.detail,
            code: self.code,
            errors: &self.errors,
        };
        body.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use sluice_events::json::parse;

    #[test]
    fn a_problem_has_the_members_of_rfc_9457_and_a_code() {
        let error = FieldError::new("/amount", "type", "is not a number");
        let answer = Problem::new(422, "invalid_event", "The event is not valid", "1 error")
            .with_errors(vec![error])
            .into_answer();
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(
            serde_json::from_str::<Value>(&answer.body).unwrap(),
            json!({"type": "urn:sluice:problem:invalid_event", "title": "The event is not valid", "status": 422, "detail": "1 error",
                "code": "invalid_event", "errors": [{"pointer": "/amount", "code": "type", "detail": "is not a number"}]})
        );
    }

    #[test]
    fn a_pointer_longer_than_anybody_reads_is_cut() {
        let pointer = |name: String| FieldError::new(name, "type", "").pointer;
        assert_eq!(pointer("a".repeat(256)), "a".repeat(256));
        assert_eq!(pointer("ü".repeat(200_000)), format!("{}…", "ü".repeat(128)));
    }

    #[test]
    fn a_body_that_is_no_json_says_where() {
        let problem = Problem::from_json(&parse(b"{\"a\":\n NaN}").unwrap_err());
        assert_eq!(problem.status, 400);
        assert_eq!((problem.errors[0].line, problem.errors[0].column), (Some(2), Some(2)));
        let item = problem.without_positions();
        assert_eq!((item.errors[0].line, item.errors[0].column), (None, None));
        assert_eq!(Problem::from_json(&parse(br#""\ud800""#).unwrap_err()).status, 422);
    }
}
