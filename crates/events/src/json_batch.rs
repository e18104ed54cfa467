//! A batch: an array whose items are read one by one, so that one item's fault is its own, and so that never more
//! than one of them stands in memory as a tree.

use crate::json::{JsonError, Place};
use serde::Deserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use thiserror::Error;

/// Why bytes are no batch.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BatchError {
    /// Not JSON, outside any item's own affairs.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// More items than that.
    #[error("the batch has over {0} events; send at most {0} at a time")]
    TooMany(usize),
}

/// Whether a document is an array, as far as its first character tells.
#[must_use]
pub fn is_array(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().first() == Some(&b'[')
}

/// The text of each item of an array, to be read by [`crate::json::parse`]. Looks at JSON's grammar only: what an
/// item's strings, numbers and names are worth is not looked at here.
///
/// # Errors
/// [`BatchError`]; over `most` items are not even counted.
pub fn items(bytes: &[u8], most: usize) -> Result<Vec<&str>, BatchError> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonError::NotUtf8(error.valid_up_to()))?;
    if text.trim_ascii().is_empty() {
        return Err(JsonError::Empty.into());
    }
    let mut too_many = false;
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = reader.deserialize_seq(Items { most, too_many: &mut too_many }).and_then(|items| {
        reader.end()?;
        Ok(items)
    });
    read.map_err(|error| if too_many { BatchError::TooMany(most) } else { syntax(&error).into() })
}

struct Items<'a> {
    most: usize,
    too_many: &'a mut bool,
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = Vec<&'de str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = array.next_element::<&RawValue>()? {
            if items.len() == self.most {
                *self.too_many = true;
                return Err(A::Error::custom("too many"));
            }
            items.push(item.get());
        }
        Ok(items)
    }
}

fn syntax(error: &serde_json::Error) -> JsonError {
    let number = |count: usize| u64::try_from(count).unwrap_or(0);
    let place = Place { pointer: String::new(), line: number(error.line()), column: number(error.column()) };
    let words = match error.classify() {
        serde_json::error::Category::Eof => "the document ends too early",
        serde_json::error::Category::Data => "expected an array",
        _ => "unexpected character",
    };
    JsonError::Syntax(words, place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;
    use proptest::prelude::*;

    #[test]
    fn each_item_is_its_own_text() {
        assert_eq!(items(b" [ {\"a\":1} , 2,[]]\n", 3), Ok(vec!["{\"a\":1}", "2", "[]"]));
        assert_eq!(items(b"[]", 3), Ok(vec![]));
    }

    #[test]
    fn an_items_own_faults_are_left_to_its_reader() {
        let text = format!(r#"["\ud800", 1e999, {{"a":1,"a":2}}, {}1{}]"#, "[".repeat(200), "]".repeat(200));
        let items = items(text.as_bytes(), 4).unwrap();
        let codes: Vec<_> = items.iter().map(|item| json::parse(item.as_bytes()).unwrap_err().code()).collect();
        assert_eq!(codes, ["lone_surrogate", "number_not_exact", "duplicate_name", "too_deep"]);
    }

    #[test]
    fn more_items_than_allowed_are_told_apart_from_broken_json() {
        assert_eq!(items(b"[1,2,3", 2), Err(BatchError::TooMany(2)));
        let code = |bytes: &[u8]| match items(bytes, 2) {
            Err(BatchError::Json(error)) => error.code(),
            other => panic!("{other:?}"),
        };
        for text in ["[1,2", "[1,]", "[1 2]", "[1]x", "{}", "[NaN]", "[{'a':1}]"] {
            assert_eq!(code(text.as_bytes()), "not_json", "{text}");
        }
        assert_eq!(code(b"  "), "body_empty");
        assert_eq!(code(b"[\"\xff\"]"), "not_utf8");
    }

    #[test]
    fn broken_json_says_where() {
        let Err(BatchError::Json(error)) = items(b"[1,\n  x]", 9) else { panic!("it is broken") };
        let place = error.place().unwrap();
        assert_eq!((place.line, place.column), (2, 3));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_whole_batches_are_read_as_the_parser_reads_them(text in "[\\[\\]{}\",:a-c0-3eE.\\\\u -]{0,40}") {
            let whole = json::parse(text.as_bytes());
            match items(text.as_bytes(), 100) {
                Ok(items) => {
                    let each: Result<Vec<_>, _> = items.iter().map(|item| json::parse(item.as_bytes())).collect();
                    prop_assert_eq!(whole.is_ok(), each.is_ok());
                    if let (Ok(serde_json::Value::Array(whole)), Ok(each)) = (whole, each) {
                        prop_assert_eq!(whole, each);
                    }
                }
                Err(_) => prop_assert!(!matches!(whole, Ok(serde_json::Value::Array(_)))),
            }
        }
    }
}
