//! Strict JSON: what RFC 8259 leaves to the reader (duplicate names, depth, precision) is refused, and every
//! refusal says where.

use crate::decimal::{NumberError, canonical_number};
use serde_json::{Map, Value};
use struson::reader::json_path::JsonPathPiece;
use struson::reader::{
    JsonReader, JsonReaderPosition, JsonStreamReader, ReaderError, ReaderSettings, SyntaxErrorKind, ValueType,
};
use thiserror::Error;

/// Levels of arrays and objects a document may nest.
pub const MAX_DEPTH: u32 = 64;

/// Where in a document something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// RFC 6901 pointer to the value, or to the closest one that could be told.
    pub pointer: String,
    /// Line, from 1.
    pub line: u64,
    /// Column in characters, from 1.
    pub column: u64,
}

/// Why bytes are no document of ours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JsonError {
    /// Nothing, or only white space.
    #[error("the body is empty; send a JSON object")]
    Empty,
    /// Not UTF-8 from this byte on.
    #[error("byte {0} is not valid UTF-8; JSON text is UTF-8 (RFC 8259, section 8.1)")]
    NotUtf8(usize),
    /// Not JSON's grammar; the text says which rule, from the parser.
    #[error("not JSON: {0}")]
    Syntax(&'static str, Place),
    /// A name twice in one object.
    #[error("this member name appears twice in one object; keep one")]
    DuplicateName(Place),
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH} levels; flatten it")]
    TooDeep(Place),
    /// JSON, but holding a `\u` escape of half a surrogate pair, which no UTF-8 string can carry.
    #[error("holds a lone surrogate escape, which is no character; send the whole pair or leave it out")]
    LoneSurrogate(Place),
    /// JSON, but a number that cannot be carried exactly.
    #[error("the number {0}")]
    Number(NumberError, Place),
}

impl JsonError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "body_empty",
            Self::NotUtf8(_) => "not_utf8",
            Self::Syntax(..) => "not_json",
            Self::DuplicateName(_) => "duplicate_name",
            Self::TooDeep(_) => "too_deep",
            Self::LoneSurrogate(_) => "lone_surrogate",
            Self::Number(..) => "number_not_exact",
        }
    }

    /// Whether the document is well-formed JSON all the same: its content is refused, not its form.
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        matches!(self, Self::LoneSurrogate(_) | Self::Number(..))
    }

    /// Where, if the parser could tell.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::Empty | Self::NotUtf8(_) => None,
            Self::Syntax(_, place)
            | Self::DuplicateName(place)
            | Self::TooDeep(place)
            | Self::LoneSurrogate(place)
            | Self::Number(_, place) => Some(place),
        }
    }
}

/// Reads one document that a producer sent.
///
/// # Errors
/// [`JsonError`], with the place where one can be told.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes, Limits { depth: MAX_DEPTH, digits: true })
}

/// Reads the envelope around such a document: one level more, the same numbers.
pub(crate) fn parse_envelope(bytes: &[u8]) -> Result<Value, JsonError> {
    read(bytes, Limits { depth: MAX_DEPTH + 1, digits: true })
}

/// Reads a result that Sluice computed and wrote. It may have more digits than what it was computed from.
///
/// # Errors
/// [`JsonError`] if it was edited since.
pub fn parse_result(text: &str) -> Result<Value, JsonError> {
    read(text.as_bytes(), Limits { depth: 2 * MAX_DEPTH, digits: false })
}

#[derive(Clone, Copy)]
struct Limits {
    depth: u32,
    /// Whether numbers must fit [`canonical_number`].
    digits: bool,
}

fn read(bytes: &[u8], limits: Limits) -> Result<Value, JsonError> {
    let text = std::str::from_utf8(bytes).map_err(|error| JsonError::NotUtf8(error.valid_up_to()))?;
    if text.trim_ascii().is_empty() {
        return Err(JsonError::Empty);
    }
    let settings = ReaderSettings {
        max_nesting_depth: Some(limits.depth),
        // Ours are in `canonical_number`, for every number of a document alike.
        restrict_number_values: false,
        ..ReaderSettings::default()
    };
    let mut reader = JsonStreamReader::new_custom(bytes, settings);
    let value = read_value(&mut reader, limits)?;
    reader.consume_trailing_whitespace().map_err(refusal)?;
    Ok(value)
}

fn read_value(reader: &mut JsonStreamReader<&[u8]>, limits: Limits) -> Result<Value, JsonError> {
    Ok(match reader.peek().map_err(refusal)? {
        ValueType::Null => reader.next_null().map(|()| Value::Null).map_err(refusal)?,
        ValueType::Boolean => reader.next_bool().map(Value::Bool).map_err(refusal)?,
        ValueType::String => reader.next_string().map(Value::String).map_err(refusal)?,
        ValueType::Number => read_number(reader, limits)?,
        ValueType::Array => {
            reader.begin_array().map_err(refusal)?;
            let mut items = Vec::new();
            while reader.has_next().map_err(refusal)? {
                items.push(read_value(reader, limits)?);
            }
            reader.end_array().map_err(refusal)?;
            Value::Array(items)
        }
        ValueType::Object => read_object(reader, limits)?,
    })
}

fn read_object(reader: &mut JsonStreamReader<&[u8]>, limits: Limits) -> Result<Value, JsonError> {
    reader.begin_object().map_err(refusal)?;
    let mut members = Map::new();
    while reader.has_next().map_err(refusal)? {
        let name = reader.next_name_owned().map_err(refusal)?;
        if members.contains_key(&name) {
            return Err(JsonError::DuplicateName(place(&reader.current_position(true))));
        }
        let value = read_value(reader, limits)?;
        members.insert(name, value);
    }
    reader.end_object().map_err(refusal)?;
    Ok(Value::Object(members))
}

fn read_number(reader: &mut JsonStreamReader<&[u8]>, limits: Limits) -> Result<Value, JsonError> {
    let at = reader.current_position(true);
    let text = reader.next_number_as_string().map_err(refusal)?;
    if limits.digits {
        canonical_number(&text).map_err(|error| JsonError::Number(error, place(&at)))?;
    }
    text.parse().map(Value::Number).map_err(|_| JsonError::Syntax("malformed number", place(&at)))
}

fn refusal(error: ReaderError) -> JsonError {
    match error {
        ReaderError::SyntaxError(error) => match error.kind {
            SyntaxErrorKind::UnpairedSurrogatePairEscapeSequence => JsonError::LoneSurrogate(place(&error.location)),
            kind => JsonError::Syntax(words(kind), place(&error.location)),
        },
        ReaderError::MaxNestingDepthExceeded { location, .. } => JsonError::TooDeep(place(&location)),
        // The rest is about reading from a device or asking for another type than is next: neither is done here.
        _ => JsonError::Syntax("unexpected content", Place::default()),
    }
}

fn words(kind: SyntaxErrorKind) -> &'static str {
    use SyntaxErrorKind as Kind;
    match kind {
        Kind::InvalidLiteral | Kind::TrailingDataAfterLiteral => "expected a value",
        Kind::MalformedNumber | Kind::TrailingDataAfterNumber => "malformed number",
        Kind::MissingComma => "a comma is missing",
        Kind::UnexpectedComma | Kind::TrailingCommaNotEnabled => "a comma too many",
        Kind::MissingColon | Kind::UnexpectedColon => "a colon is missing or out of place",
        Kind::ExpectingMemberNameOrObjectEnd => "expected a member name in double quotes, or the end of the object",
        Kind::NotEscapedControlCharacter => "a control character inside a string must be escaped",
        Kind::UnknownEscapeSequence | Kind::MalformedEscapeSequence => "malformed escape sequence",
        Kind::IncompleteDocument => "the document ends too early",
        Kind::TrailingData => "something follows the document",
        Kind::CommentsNotEnabled | Kind::IncompleteComment | Kind::BlockCommentNotClosed => "JSON has no comments",
        _ => "unexpected character",
    }
}

fn place(position: &JsonReaderPosition) -> Place {
    let (line, column) = position.line_pos.map_or((0, 0), |at| (at.line, at.column));
    let pointer = position.path.iter().flatten().fold(String::new(), |pointer, piece| match piece {
        JsonPathPiece::ArrayItem(index) => format!("{pointer}/{index}"),
        // The parser's own word for "no member read yet".
        JsonPathPiece::ObjectMember(name) if name == "<?>" => pointer,
        JsonPathPiece::ObjectMember(name) => format!("{pointer}/{}", escape_pointer(name)),
    });
    Place { pointer, line: line + 1, column: column + 1 }
}

/// A member name as one step of a JSON pointer (RFC 6901, section 3).
#[must_use]
pub fn escape_pointer(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
