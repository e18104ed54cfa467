//! `match` of failure-lambda 1.0: <https://github.com/gunnargrosch/failure-lambda#event-based-targeting>.

use regex_lite::Regex;
use serde_json::Value;

/// A longer pattern is refused, as failure-lambda does.
pub(crate) const MOST_PATTERN_BYTES: usize = 512;

/// Bytes of a pattern once compiled. `regex_lite` takes time for each of a text's bytes times this: repetitions within
/// repetitions, short as they are written, would hold up the whole invocation, which nothing could end but Lambda.
pub(crate) const MOST_PATTERN_SIZE: usize = 32 * 1024;

/// What must hold of the event.
#[derive(Debug, Clone)]
pub(crate) struct Condition {
    /// Names of members, with dots between; a number is a place in an array.
    pub(crate) path: String,
    pub(crate) operator: Operator,
}

#[derive(Debug, Clone)]
pub(crate) enum Operator {
    Equals(String),
    Exists,
    StartsWith(String),
    Matches(Regex),
}

pub(crate) fn all_hold(conditions: &[Condition], event: &Value) -> bool {
    conditions.iter().all(|condition| condition.holds(event))
}

impl Condition {
    /// Of what is missing or null nothing holds.
    fn holds(&self, event: &Value) -> bool {
        let Some(found) = at(event, &self.path).filter(|found| !found.is_null()) else {
            return false;
        };
        // A text as it is; anything else as its JSON.
        let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
        match &self.operator {
            Operator::Exists => true,
            Operator::Equals(value) => text == *value,
            Operator::StartsWith(prefix) => text.starts_with(prefix),
            Operator::Matches(pattern) => pattern.is_match(&text),
        }
    }
}

fn at<'a>(event: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(event, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        value => value.get(name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(path: &str, operator: Operator) -> bool {
        let event = json!({
            "requestContext": {"http": {"method": "GET", "path": "/api/v2"}, "stage": "prod"},
            "headers": {"x-debug": "", "gone": null},
            "Records": [{"messageId": "m-1"}, {"messageId": "m-2"}],
            "count": 4.20, "flag": false,
        });
        Condition { path: path.to_owned(), operator }.holds(&event)
    }

    fn equals(path: &str, value: &str) -> bool {
        holds(path, Operator::Equals(value.to_owned()))
    }

    #[test]
    fn a_path_leads_through_members_and_places() {
        assert!(equals("requestContext.http.method", "GET"));
        assert!(equals("Records.1.messageId", "m-2"));
        assert!(!equals("Records.2.messageId", "m-2") && !equals("Records.x", "m-2"));
        assert!(!equals("requestContext.http.method.more", "GET") && !equals("", "GET"));
        assert!(equals("count", "4.2") && equals("flag", "false"));
    }

    #[test]
    fn what_is_false_or_empty_exists_and_null_does_not() {
        assert!(holds("flag", Operator::Exists) && holds("headers.x-debug", Operator::Exists));
        assert!(!holds("headers.gone", Operator::Exists) && !holds("headers.x-other", Operator::Exists));
    }

    #[test]
    fn prefixes_and_patterns() {
        assert!(holds("requestContext.http.path", Operator::StartsWith("/api".to_owned())));
        assert!(!holds("requestContext.http.path", Operator::StartsWith("api".to_owned())));
        let matches =
            |pattern: &str| holds("requestContext.http.method", Operator::Matches(Regex::new(pattern).unwrap()));
        assert!(matches("^(GET|HEAD)$") && matches("E") && !matches("^POST$"));
    }
}
