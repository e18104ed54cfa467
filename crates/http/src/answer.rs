//! What a function hands back to API Gateway.

use serde::Serialize;
use std::collections::BTreeMap;

/// An answer in payload format 2.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The HTTP status.
    pub status_code: u16,
    /// Headers, by their name in lower case.
    pub headers: BTreeMap<&'static str, String>,
    /// The body, as text.
    pub body: String,
}

impl Answer {
    /// An answer with a JSON body.
    #[must_use]
    pub fn json(status_code: u16, body: &impl Serialize) -> Self {
        Self::with_type(status_code, "application/json", body)
    }

    pub(crate) fn with_type(status_code: u16, content_type: &str, body: &impl Serialize) -> Self {
        let headers =
            BTreeMap::from([("content-type", content_type.to_owned()), ("cache-control", "no-store".to_owned())]);
        // Our bodies are structs and JSON values, whose writing cannot fail.
        let body = serde_json::to_string(body).unwrap_or_default();
        Self { status_code, headers, body }
    }

    /// The same with one header more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(name, value.into());
        self
    }
}
