//! Numbers of a payload as exact decimals, and back: what is reckoned with money never passes through a double.

use crate::canonical_number;
use bigdecimal::BigDecimal;
use serde_json::Value;

/// The decimal that a JSON number is; `None` for anything else.
pub(super) fn decimal(value: &Value) -> Option<BigDecimal> {
    let Value::Number(number) = value else { return None };
    // By way of the one spelling: `0e999999999` and a hundred thousand zeros are cheap there, and never reckoned with.
    canonical_number(number.as_str()).ok()?.parse().ok()
}

/// A decimal as a JSON number, written out, without zeros that mean nothing.
pub(super) fn json(value: &BigDecimal) -> Value {
    let text = value.normalized().to_plain_string();
    // Such a text is always JSON's grammar for a number. Were it not, its digits would still be right.
    text.parse().map_or(Value::String(text), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;
    use proptest::prelude::*;

    fn round_trip(text: &str) -> String {
        json(&decimal(&parse(text.as_bytes()).unwrap()).unwrap()).to_string()
    }

    #[test]
    fn every_digit_is_kept_and_nothing_else() {
        for (sent, written) in [("42.50", "42.5"), ("4.2e1", "42"), ("-0", "0"), ("0.1", "0.1"), ("1e-3", "0.001")] {
            assert_eq!(round_trip(sent), written, "{sent}");
        }
        let digits = "12345678901234567890.123456789012345678";
        assert_eq!(round_trip(digits), digits);
        assert_eq!(round_trip("1e125"), format!("1{}", "0".repeat(125)));
    }

    #[test]
    fn a_zero_with_a_huge_exponent_is_zero() {
        for text in ["0e999999999999", "-0.0e-99999999999999999999", "0.0e0"] {
            assert_eq!(round_trip(text), "0", "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_no_decimal() {
        for text in ["null", "true", "\"1\"", "[1]", "{}"] {
            assert_eq!(decimal(&parse(text.as_bytes()).unwrap()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_written_is_read_as_itself(text in "-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,19})?(e-?[0-9]{1,2})?") {
            let value = decimal(&parse(text.as_bytes()).unwrap()).unwrap();
            prop_assert_eq!(decimal(&json(&value)), Some(value));
        }
    }
}
