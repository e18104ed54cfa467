//! CloudEvents: context attributes around the data, which is the payload.

use crate::incoming::{Draft, Places, invalid, not_an_object};
use crate::plain::body_key;
use percent_encoding::percent_decode_str;
use sluice_events::types::Violation;
use sluice_events::{CloudEvent, IdempotencyKey, Value};
use sluice_http::{FieldError, Problem, Request};

/// Structured mode, and each item of a batch: attributes and data are members of one object.
pub(crate) fn structured(value: Value) -> Result<Draft, Problem> {
    let Value::Object(mut members) = value else {
        return Err(not_an_object());
    };
    // No attribute: the same steering member that plain events have.
    let key = members.remove("idempotencyKey").map(body_key).transpose()?;
    let data = members.remove("data").unwrap_or(Value::Null);
    let binary_data = members.remove("data_base64").is_some_and(|data| !data.is_null());
    let mut errors = match CloudEvent::new(members) {
        Ok(event) if event.has_json_data() && !binary_data => {
            return Ok(draft(event, data, key, Places { event_type: "/type", payload: "/data" }));
        }
        Ok(event) if event.has_json_data() => Vec::new(),
        Ok(_) => vec![FieldError::new("/datacontenttype", "not_json", "only JSON data is taken")],
        Err(violations) => violations.into_iter().map(FieldError::from).collect(),
    };
    if binary_data {
        errors.push(FieldError::new("/data_base64", "binary_data", "binary data is not taken; send JSON in data"));
    }
    Err(invalid(errors))
}

/// Binary mode: attributes are `ce-` headers, the data is the body and the content type its kind.
pub(crate) fn binary(request: &Request, data: Value) -> Result<Draft, Problem> {
    let mut attributes = serde_json::Map::new();
    let mut errors = Vec::new();
    for (name, value) in request.headers_after("ce-") {
        match header_text(value) {
            Some(_) if name == "datacontenttype" => {
                let detail = "the Content-Type header says what the data is; leave this one out";
                errors.push(FieldError::new("#header/ce-datacontenttype", "datacontenttype_header", detail));
            }
            Some(text) => {
                attributes.insert(name.to_owned(), Value::String(text));
            }
            None => {
                let detail = "is not percent-encoded UTF-8";
                errors.push(FieldError::new(at_header(&format!("/{name}")), "not_utf8", detail));
            }
        }
    }
    if let Some(media_type) = request.header("content-type") {
        attributes.insert("datacontenttype".to_owned(), Value::from(media_type));
    }
    if !errors.is_empty() {
        return Err(invalid(errors));
    }
    let event = CloudEvent::new(attributes).map_err(|violations| {
        let at_header = |found: Violation| FieldError::new(at_header(&found.pointer), found.code, found.detail);
        invalid(violations.into_iter().map(at_header).collect())
    })?;
    Ok(draft(event, data, None, Places { event_type: "#header/ce-type", payload: "" }))
}

fn draft(event: CloudEvent, data: Value, key: Option<IdempotencyKey>, places: Places) -> Draft {
    Draft {
        type_name: Some(Value::from(event.event_type())),
        key: Some(key.unwrap_or_else(|| event.key())),
        payload: data,
        cloud_event: Some(event),
        places,
    }
}

/// An attribute's pointer as its header's.
fn at_header(pointer: &str) -> String {
    match pointer.strip_prefix('/') {
        Some("datacontenttype") => "#header/content-type".to_owned(),
        Some(name) => format!("#header/ce-{name}"),
        None => pointer.to_owned(),
    }
}

/// A header's text: double quotes and their backslashes taken off, then percent-decoded once (section 3.1.3.2 of the
/// HTTP binding). `None`: what it encodes is not UTF-8.
fn header_text(value: &str) -> Option<String> {
    let unquoted = match value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(quoted) => {
            let mut escaped = false;
            let keep = |c: &char| {
                escaped = *c == '\\' && !escaped;
                !escaped
            };
            quoted.chars().filter(keep).collect()
        }
        None => value.to_owned(),
    };
    percent_decode_str(&unquoted).decode_utf8().ok().map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of section 3.1.3.2, and what it says must be taken and refused beside it.
    #[test]
    fn a_header_is_decoded_as_the_http_binding_says() {
        for (sent, meant) in [
            ("Euro%20%E2%82%AC%20%F0%9F%98%80", Some("Euro € 😀")),
            ("Euro%20%e2%82%ac", Some("Euro €")),
            ("%41%42", Some("AB")),
            ("100%2525", Some("100%25")),
            (r#""a \"quoted\" \\ text""#, Some(r#"a "quoted" \ text"#)),
            ("\"", Some("\"")),
            ("%C0%A0", None),
        ] {
            assert_eq!(header_text(sent).as_deref(), meant, "{sent}");
        }
    }
}
