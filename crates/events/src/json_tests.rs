use super::*;
use proptest::prelude::*;

fn refused(text: &str) -> JsonError {
    parse(text.as_bytes()).unwrap_err()
}

#[test]
fn numbers_keep_their_digits() {
    let text = r#"{"a":42.50,"b":12345678901234567890.123456789,"c":1e-7}"#;
    assert_eq!(parse(text.as_bytes()).unwrap().to_string(), text);
}

#[test]
fn a_document_that_is_no_json_is_refused_with_its_place() {
    let JsonError::Syntax(_, place) = refused("{\"a\": 1,\n \"b\": NaN}") else { panic!("wrong error") };
    assert_eq!((place.pointer.as_str(), place.line, place.column), ("/b", 2, 7));
    for text in
        ["{", "[1,]", "{\"a\":1,}", "{a:1}", "01", "1.", "nul", "\"\u{1}\"", "{} {}", "'a'", "\"\\x\"", "Infinity"]
    {
        let error = refused(text);
        assert_eq!(error.code(), "not_json", "{text}");
        assert!(!error.is_well_formed());
    }
    for text in ["", " \n\t "] {
        assert_eq!(refused(text), JsonError::Empty);
    }
}

#[test]
fn a_name_may_stand_once() {
    let error = refused(r#"{"a":{"b/c":1,"b\/c":2}}"#);
    assert_eq!((error.code(), error.place().unwrap().pointer.as_str()), ("duplicate_name", "/a/b~1c"));
}

#[test]
fn depth_is_bounded_at_64() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(nested(64).as_bytes()).is_ok());
    assert_eq!(refused(&nested(65)).code(), "too_deep");
    assert_eq!(refused(&"[".repeat(1_000_000)).code(), "too_deep");
}

#[test]
fn what_we_wrote_ourselves_may_be_deeper_and_longer() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse_envelope(nested(65).as_bytes()).is_ok());
    assert!(parse_envelope(nested(66).as_bytes()).is_err());
    let digits = "9".repeat(40);
    assert!(parse_envelope(digits.as_bytes()).is_err());
    assert_eq!(parse_result(&digits).unwrap().to_string(), digits);
}

#[test]
fn invalid_utf_8_says_at_which_byte() {
    assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(JsonError::NotUtf8(6)));
    // CESU-8, as some languages write surrogates.
    assert!(matches!(parse(b"\"\xed\xa0\x80\""), Err(JsonError::NotUtf8(_))));
}

#[test]
fn well_formed_documents_that_cannot_be_carried_say_so() {
    for text in [r#"{"a":"\ud800"}"#, r#"{"a":"\udc00x"}"#, r#"{"\ud800":1}"#] {
        let error = refused(text);
        assert_eq!(error.code(), "lone_surrogate", "{text}");
        assert!(error.is_well_formed());
    }
    let error = refused(&format!("{{\"a\":[0,{}]}}", "9".repeat(39)));
    assert_eq!((error.code(), error.place().unwrap().pointer.as_str()), ("number_not_exact", "/a/1"));
    assert!(error.is_well_formed());
}

#[test]
fn every_other_character_is_carried_whole() {
    let text = r#""\u0000\ufffe\uffff\ud83d\ude00\u007f""#;
    let value = parse(text.as_bytes()).unwrap();
    assert_eq!(value, Value::String("\0\u{fffe}\u{ffff}😀\u{7f}".to_owned()));
}

#[test]
fn a_member_named_like_serde_json_own_marker_stays_an_object() {
    let text = r#"{"$serde_json::private::Number":"5"}"#;
    let value = parse(text.as_bytes()).unwrap();
    assert!(value.is_object());
    assert_eq!(value.to_string(), text);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn nearly_json_does_not_panic(text in "[\\[\\]{}\",:0-9eE.+\\-a\\\\ud8 tfn]{0,80}") {
        if let Ok(value) = parse(text.as_bytes()) {
            prop_assert_eq!(parse(value.to_string().as_bytes()), Ok(value));
        }
    }
}
