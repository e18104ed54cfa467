//! JSON numbers as exact decimals.

use thiserror::Error;

/// Significant digits a number may have: what DynamoDB's number type, and most decimal types, can hold.
pub const MAX_DIGITS: usize = 38;

/// Powers of ten a number may span, as DynamoDB's number type does:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>.
const MAGNITUDES: std::ops::RangeInclusive<i64> = -130..=125;

/// Why a number cannot be carried exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberError {
    /// More than [`MAX_DIGITS`] significant digits.
    #[error(
        "has {0} significant digits; at most {MAX_DIGITS} are carried exactly. Round it, or send it as a string where the schema takes one"
    )]
    TooManyDigits(usize),
    /// Outside 1E-130 to 9.99E+125.
    #[error("is outside the range 1E-130 to 9.99E+125. Send it as a string where the schema takes one")]
    OutOfRange,
}

/// The one spelling of a JSON number's value: sign, digits without leading or trailing zeros, and, unless it is
/// zero, a power of ten. `42`, `42.0` and `4.2e1` are all `42`; `-0` is `0`.
///
/// `text` must follow JSON's grammar for numbers, which [`crate::json::parse`] has seen to.
///
/// # Errors
/// [`NumberError`] if the value does not fit 38 digits or DynamoDB's range of magnitudes.
pub fn canonical_number(text: &str) -> Result<String, NumberError> {
    let (sign, unsigned) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = format!("{whole}{fraction}");
    let leading = all_digits.trim_start_matches('0');
    let digits = leading.trim_end_matches('0');
    if digits.is_empty() {
        return Ok("0".to_owned());
    }
    if digits.len() > MAX_DIGITS {
        return Err(NumberError::TooManyDigits(digits.len()));
    }
    // An exponent beyond i64 has a mantissa too short to bring it back into range.
    let written: i64 = exponent.parse().map_err(|_| NumberError::OutOfRange)?;
    let dropped = length(leading) - length(digits);
    let power = written
        .checked_sub(length(fraction))
        .and_then(|power| power.checked_add(dropped))
        .ok_or(NumberError::OutOfRange)?;
    if !MAGNITUDES.contains(&power.saturating_add(length(digits) - 1)) {
        return Err(NumberError::OutOfRange);
    }
    Ok(if power == 0 { format!("{sign}{digits}") } else { format!("{sign}{digits}e{power}") })
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bigdecimal::BigDecimal;
    use proptest::prelude::*;
    use std::str::FromStr;

    #[test]
    fn equal_values_have_one_spelling() {
        for text in ["42", "42.0", "4.2e1", "4.2E+1", "420e-1", "42.00e0"] {
            assert_eq!(canonical_number(text).as_deref(), Ok("42"), "{text}");
        }
        assert_eq!(canonical_number("-0.0e5").as_deref(), Ok("0"));
        assert_eq!(canonical_number("0.10").as_deref(), Ok("1e-1"));
        assert_eq!(canonical_number("-1200").as_deref(), Ok("-12e2"));
    }

    #[test]
    fn digits_and_range_are_bounded() {
        let digits = "1".repeat(MAX_DIGITS);
        assert!(canonical_number(&digits).is_ok());
        assert_eq!(canonical_number(&format!("{digits}1")), Err(NumberError::TooManyDigits(39)));
        assert!(canonical_number(&format!("{digits}000")).is_ok(), "trailing zeros are no digits");
        assert!(canonical_number("9.99e125").is_ok());
        assert_eq!(canonical_number("1e126"), Err(NumberError::OutOfRange));
        assert!(canonical_number("1e-130").is_ok());
        assert_eq!(canonical_number("1e-131"), Err(NumberError::OutOfRange));
        assert_eq!(canonical_number("1e99999999999999999999"), Err(NumberError::OutOfRange));
        assert_eq!(canonical_number("1e-9223372036854775808"), Err(NumberError::OutOfRange));
        assert_eq!(canonical_number("0e99999999999999999999").as_deref(), Ok("0"));
    }

    proptest! {
        #[test]
        fn two_numbers_spell_alike_exactly_when_they_are_equal(
            left in "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,4})?([eE][+-]?[0-9])?",
            right in "-?(0|[1-9][0-9]{0,4})(\\.[0-9]{1,4})?([eE][+-]?[0-9])?",
        ) {
            let equal = BigDecimal::from_str(&left).unwrap() == BigDecimal::from_str(&right).unwrap();
            prop_assert_eq!(canonical_number(&left) == canonical_number(&right), equal);
        }

        #[test]
        fn the_spelling_keeps_the_value(text in "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,7})?([eE][+-]?[0-8]?[0-9])?") {
            let spelt = canonical_number(&text).unwrap();
            prop_assert_eq!(BigDecimal::from_str(&spelt).unwrap(), BigDecimal::from_str(&text).unwrap());
        }
    }
}
