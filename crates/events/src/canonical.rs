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
#[path = "canonical_tests.rs"]
mod tests;
