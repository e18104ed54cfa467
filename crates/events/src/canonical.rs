//! One spelling for equal JSON: member order and strings as RFC 8785 (JSON Canonicalization Scheme), numbers as
//! exact decimals instead of its doubles, under which two different amounts can hash alike.

use crate::PayloadHash;
use crate::decimal::{NumberError, canonical_number};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Writes the canonical spelling of `value` to `out`.
///
/// # Errors
/// Those of `out`, and [`io::ErrorKind::InvalidData`] for a number [`crate::json::parse`] would have refused.
pub fn write_canonical(value: &Value, out: &mut impl Write) -> io::Result<()> {
    match value {
        Value::Null => out.write_all(b"null"),
        Value::Bool(true) => out.write_all(b"true"),
        Value::Bool(false) => out.write_all(b"false"),
        Value::Number(number) => out.write_all(canonical_number(number.as_str()).map_err(invalid)?.as_bytes()),
        Value::String(text) => Ok(serde_json::to_writer(out, text)?),
        Value::Array(items) => {
            out.write_all(b"[")?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.write_all(b",")?;
                }
                write_canonical(item, out)?;
            }
            out.write_all(b"]")
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            // UTF-16 code units, which differ from UTF-8 order above the surrogates.
            sorted.sort_by(|(left, _), (right, _)| left.encode_utf16().cmp(right.encode_utf16()));
            out.write_all(b"{")?;
            for (index, (name, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.write_all(b",")?;
                }
                serde_json::to_writer(&mut *out, name)?;
                out.write_all(b":")?;
                write_canonical(member, out)?;
            }
            out.write_all(b"}")
        }
    }
}

/// SHA-256 over the event's type and the canonical spelling of its payload: what must be equal for two messages
/// under one key to be the same event.
///
/// # Errors
/// [`NumberError`] for a number [`crate::json::parse`] would have refused.
pub fn payload_hash(event_type: &str, payload: &Value) -> Result<PayloadHash, NumberError> {
    let mut hasher = HashWriter(Sha256::new());
    hasher.0.update((event_type.len() as u64).to_be_bytes());
    hasher.0.update(event_type);
    // A hasher takes everything: the only error left is a number's.
    write_canonical(payload, &mut hasher).map_err(|_| NumberError::OutOfRange)?;
    Ok(PayloadHash::from_bytes(hasher.0.finalize().into()))
}

fn invalid(error: NumberError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

struct HashWriter(Sha256);

impl Write for HashWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;
    use bigdecimal::BigDecimal;
    use proptest::prelude::*;
    use std::str::FromStr;

    fn canonical(text: &str) -> String {
        let mut out = Vec::new();
        write_canonical(&parse(text.as_bytes()).unwrap(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// RFC 8785, section 3.2.3: the sorting example.
    #[test]
    fn members_are_sorted_as_rfc_8785_shows() {
        let text = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let names = canonical(text).split('"').skip(1).step_by(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(names, ["\\r", "1", "\u{80}", "ö", "€", "😀", "\u{fb33}"]);
    }

    /// RFC 8785, section 3.2.2.2.
    #[test]
    fn strings_are_spelt_as_rfc_8785_shows() {
        assert_eq!(canonical(r#""\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/""#), r#""€$\u000f\nA'B\"\\\\\"/""#);
    }

    #[test]
    fn amounts_a_double_cannot_tell_apart_hash_apart() {
        let hash = |text: &str| payload_hash("order", &parse(text.as_bytes()).unwrap()).unwrap();
        assert_ne!(hash("9007199254740993"), hash("9007199254740992"));
        assert_eq!(hash(r#"{"b":42,"a":[1.50]}"#), hash(r#"{ "a": [15e-1], "b": 42.0 }"#));
        assert_ne!(hash(r#"{"a":"42"}"#), hash(r#"{"a":42}"#));
    }

    #[test]
    fn another_type_is_another_hash() {
        let payload = parse(b"{}").unwrap();
        assert_ne!(payload_hash("order", &payload), payload_hash("job", &payload));
    }

    fn json(depth: u32) -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,2})?(e-?[0-2])?".prop_map(|text| Value::Number(text.parse().unwrap())),
            "[a-c\u{e000}😀]{0,2}".prop_map(Value::String),
        ];
        leaf.prop_recursive(depth, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
                proptest::collection::btree_map("[a-c]", inner, 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn equal(left: &Value, right: &Value) -> bool {
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => {
                BigDecimal::from_str(left.as_str()).unwrap() == BigDecimal::from_str(right.as_str()).unwrap()
            }
            (Value::Array(left), Value::Array(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal(left, right))
            }
            (Value::Object(left), Value::Object(right)) => {
                left.len() == right.len()
                    && left.iter().zip(right).all(|((a, left), (b, right))| a == b && equal(left, right))
            }
            _ => left == right,
        }
    }

    proptest! {
        #[test]
        fn payloads_hash_alike_exactly_when_they_are_equal(left in json(3), right in json(3)) {
            prop_assert_eq!(payload_hash("t", &left) == payload_hash("t", &right), equal(&left, &right));
        }

        #[test]
        fn spelling_is_stable(value in json(3)) {
            let mut once = Vec::new();
            write_canonical(&value, &mut once).unwrap();
            let mut twice = Vec::new();
            write_canonical(&parse(&once).unwrap(), &mut twice).unwrap();
            prop_assert_eq!(once, twice);
        }
    }
}
