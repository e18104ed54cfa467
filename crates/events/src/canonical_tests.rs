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
        "[a-c/\"\\\\\n\u{e000}😀]{0,2}".prop_map(Value::String),
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

/// What is chosen at each place where there are several ways to go on.
type Choices<'a> = std::iter::Cycle<std::slice::Iter<'a, usize>>;

fn choices() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0..60_usize, 1..30)
}

fn one<T: Copy>(of: &[T], choices: &mut Choices) -> T {
    of[choices.next().unwrap() % of.len()]
}

/// JSON text that is equal to `value`: members in another order, numbers and strings spelt otherwise, white space.
fn respelt(value: &Value, choices: &mut Choices) -> String {
    let spelt = match value {
        Value::Number(number) => respelt_number(number.as_str(), choices),
        Value::String(text) => respelt_string(text, choices),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| respelt(item, choices)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                let name = respelt_string(name, choices);
                format!("{name}{}:{}", one(&["", " "], choices), respelt(value, choices))
            };
            let mut members: Vec<_> = members.iter().map(member).collect();
            let turn = choices.next().unwrap() % members.len().max(1);
            members.rotate_left(turn);
            if one(&[true, false], choices) {
                members.reverse();
            }
            format!("{{{}}}", members.join(","))
        }
        Value::Null | Value::Bool(_) => value.to_string(),
    };
    format!("{}{spelt}{}", one(&["", " ", "\t"], choices), one(&["", "\n", "\r\n"], choices))
}

fn respelt_number(text: &str, choices: &mut Choices) -> String {
    let value = BigDecimal::from_str(text).unwrap();
    let (digits, scale) = value.as_bigint_and_exponent();
    let digits = digits.to_string();
    if digits == "0" {
        return one(&["0", "-0", "0.00", "-0e7", "0.0E-3"], choices).to_owned();
    }
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits.as_str()), |digits| ("-", digits));
    let (first, rest) = digits.split_at(1);
    let length = i64::try_from(digits.len()).unwrap();
    let plain = value.to_plain_string();
    match one(&[0, 1, 2, 3, 4], choices) {
        0 => format!("{sign}{digits}e{}", -scale),
        1 => format!("{sign}{digits}000E{:+}", -scale - 3),
        2 => format!("{sign}{first}.{rest}0e{:+}", length - 1 - scale),
        3 => format!("{sign}0.00{digits}E{}", length - scale + 2),
        _ => format!("{plain}{}", if plain.contains('.') { "0" } else { ".0" }),
    }
}

fn respelt_string(text: &str, choices: &mut Choices) -> String {
    let character = |c: char| match one(&[0, 1, 2], choices) {
        0 if c == '/' => "\\/".to_owned(),
        0 => {
            let quoted = serde_json::to_string(&c).unwrap();
            quoted[1..quoted.len() - 1].to_owned()
        }
        1 => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        _ => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04X}")).collect(),
    };
    format!("\"{}\"", text.chars().map(character).collect::<String>())
}

/// The values that hold no further ones.
fn leaves(value: &mut Value) -> Vec<&mut Value> {
    if matches!(value, Value::Array(items) if !items.is_empty()) {
        return value.as_array_mut().into_iter().flatten().flat_map(leaves).collect();
    }
    if matches!(value, Value::Object(members) if !members.is_empty()) {
        return value.as_object_mut().into_iter().flat_map(|members| members.values_mut()).flat_map(leaves).collect();
    }
    vec![value]
}

/// Another leaf, of the same type or not.
fn another(leaf: &Value, choices: &mut Choices) -> Value {
    let number = |value: BigDecimal| Value::Number(value.to_plain_string().parse().unwrap());
    let others = match leaf {
        Value::Null => [Value::from(false), Value::from("null"), Value::from("")],
        Value::Bool(value) => [Value::from(!value), Value::from(value.to_string()), Value::Null],
        Value::Number(text) => {
            let value = BigDecimal::from_str(text.as_str()).unwrap();
            let step = BigDecimal::from_str("0.001").unwrap();
            let negated = if value == 0 { 1.into() } else { -value.clone() };
            [number(value + step), number(negated), Value::from(text.as_str())]
        }
        Value::String(text) => [Value::from(format!("{text}a")), Value::from(vec![text.as_str()]), Value::Null],
        Value::Array(_) => [serde_json::json!({}), serde_json::json!([null]), Value::from("[]")],
        Value::Object(_) => [serde_json::json!([]), serde_json::json!({"a": null}), Value::from("{}")],
    };
    others[choices.next().unwrap() % others.len()].clone()
}

proptest! {
    #[test]
    fn payloads_hash_alike_exactly_when_they_are_equal(left in json(3), right in json(3)) {
        prop_assert_eq!(payload_hash("t", &left) == payload_hash("t", &right), equal(&left, &right));
    }

    #[test]
    fn a_payload_hashes_alike_however_it_is_spelt(payload in json(3), choices in choices()) {
        let text = respelt(&payload, &mut choices.iter().cycle());
        let again = parse(text.as_bytes()).unwrap();
        prop_assert_eq!(payload_hash("t", &payload), payload_hash("t", &again), "{}", text);
    }

    #[test]
    fn a_payload_with_one_leaf_changed_hashes_apart(payload in json(3), choices in choices(), place in any::<usize>()) {
        let mut choices = choices.iter().cycle();
        let mut changed = payload.clone();
        let mut leaves = leaves(&mut changed);
        let leaf = leaves.swap_remove(place % leaves.len());
        *leaf = another(leaf, &mut choices);
        let text = respelt(&changed, &mut choices);
        let changed = parse(text.as_bytes()).unwrap();
        prop_assert_ne!(payload_hash("t", &payload).unwrap(), payload_hash("t", &changed).unwrap(), "{}", text);
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
