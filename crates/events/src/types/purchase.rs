//! `purchase`: a list of items, whose value must be what its items come to.

use super::{Effects, EventType, Failure, Violation, number, schema};
use crate::EventId;
use bigdecimal::BigDecimal;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

#[jsonschema::validator(path = "../../schemas/purchase.json", validate_formats = true)]
struct Schema;

pub(super) struct Purchase;

impl EventType for Purchase {
    fn name(&self) -> &'static str {
        "purchase"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn effects(&self) -> Effects {
        Effects::Pure
    }

    fn group_pointer(&self) -> Option<&'static str> {
        Some("/user_id")
    }

    fn violations(&self, payload: &Value) -> Vec<Violation> {
        schema::violations(Schema::iter_errors(payload))
    }

    fn validate(&self, payload: &Value) -> Result<(), String> {
        let sent = payload.get("order_value").and_then(number::decimal);
        match (sent, totals(payload)) {
            (Some(sent), Some(totals)) if sent != totals.value => {
                Err("order_value is not the sum of quantity × price_per_unit over the items".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn process<'a>(&'a self, payload: &'a Value, _effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>> {
        let needed = "order_id, user_id, order_value, items with quantity and price_per_unit";
        Box::pin(async move { book(payload).ok_or_else(|| schema::unfit(needed)) })
    }
}

/// What the items come to, exactly.
struct Totals {
    lines: usize,
    units: BigDecimal,
    value: BigDecimal,
}

fn totals(payload: &Value) -> Option<Totals> {
    let items = payload.get("items")?.as_array()?;
    let mut totals = Totals { lines: items.len(), units: BigDecimal::from(0), value: BigDecimal::from(0) };
    for item in items {
        let quantity = number::decimal(item.get("quantity")?)?;
        let price = number::decimal(item.get("price_per_unit")?)?;
        totals.value += &quantity * price;
        totals.units += quantity;
    }
    Some(totals)
}

fn book(payload: &Value) -> Option<Value> {
    let totals = totals(payload)?;
    Some(json!({
        "order_id": payload.get("order_id")?,
        "user_id": payload.get("user_id")?,
        "order_value": payload.get("order_value")?,
        "lines": totals.lines,
        "units": number::json(&totals.units),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{outcome, payload, pointers};
    use super::*;
    use proptest::prelude::*;

    fn purchase() -> Value {
        payload(
            r#"{"order_id":"ORD1","user_id":"U1","order_value":49.85,"items":[
                {"product_id":"P1","quantity":3,"price_per_unit":9.95},
                {"product_id":"P2","quantity":1,"price_per_unit":20}]}"#,
        )
    }

    /// The purchase with one member put in its place, as JSON text.
    fn with(pointer: &str, value: &str) -> String {
        let mut purchase = purchase();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = purchase.pointer_mut(parent).unwrap();
        match parent {
            Value::Array(items) => items[name.parse::<usize>().unwrap()] = payload(value),
            _ => parent[name] = payload(value),
        }
        purchase.to_string()
    }

    fn of_items(value: &str, items: &[(&str, &str)]) -> String {
        let item = |(quantity, price): &(&str, &str)| {
            format!(r#"{{"product_id":"P","quantity":{quantity},"price_per_unit":{price}}}"#)
        };
        let items: Vec<_> = items.iter().map(item).collect();
        format!(r#"{{"order_id":"ORD1","user_id":"U1","order_value":{value},"items":[{}]}}"#, items.join(","))
    }

    #[test]
    fn each_violation_points_at_its_member() {
        assert_eq!(pointers(&Purchase, &purchase().to_string()), [""; 0]);
        assert_eq!(pointers(&Purchase, "{}"), ["/items", "/order_id", "/order_value", "/user_id"]);
        let item = ["/items/1/price_per_unit", "/items/1/product_id", "/items/1/quantity"];
        assert_eq!(pointers(&Purchase, &with("/items/1", "{}")), item);
        for (pointer, values) in [
            ("/order_id", &["\"\"", "\"ord1\"", "\"xORD\"", "5"][..]),
            ("/user_id", &["\"\"", "\"u1\"", "\" U\"", "null"]),
            ("/order_value", &["0", "-1", "\"1\""]),
            ("/items", &["[]", "{}", "null"]),
            ("/items/0", &["[]", "null", "\"P1\""]),
            ("/items/0/product_id", &["\"\"", "1"]),
            ("/items/1/quantity", &["0", "-1", "1.5", "1e-1", "\"1\"", "1.0000000000000000000000000000000000001"]),
            ("/items/1/price_per_unit", &["0", "-0.01", "\"1\""]),
            ("/order_timestamp", &["\"yesterday\"", "\"2026-11-21\"", "\"2026-13-01T00:00:00Z\"", "5"]),
            ("/shipping_address", &["5", "[]", "null"]),
            ("/payment_method", &["\"\"", "5"]),
        ] {
            for value in values {
                assert_eq!(pointers(&Purchase, &with(pointer, value)), [pointer], "{value}");
            }
        }
    }

    #[test]
    fn what_the_schema_leaves_open_is_taken() {
        for (pointer, value) in [
            ("/order_id", "\"ORD\""),
            ("/items/0/quantity", "3.0"),
            ("/items/0/quantity", "0.3e1"),
            ("/order_timestamp", "\"2026-11-21T10:47:52.5+01:00\""),
            ("/shipping_address", "\"\""),
            ("/shipping_address", "{\"street\":\"Main\"}"),
            ("/coupon", "[]"),
        ] {
            assert_eq!(pointers(&Purchase, &with(pointer, value)), [""; 0], "{pointer} {value}");
        }
    }

    #[tokio::test]
    async fn a_purchase_is_booked_with_its_lines_and_units() {
        assert_eq!(
            outcome(&Purchase, &purchase().to_string()).await.as_deref(),
            Ok(r#"{"lines":2,"order_id":"ORD1","order_value":49.85,"units":4,"user_id":"U1"}"#)
        );
        let twice = outcome(&Purchase, &of_items("100.00", &[("2.0", "25"), ("2e0", "25.00")])).await;
        assert_eq!(
            twice.as_deref(),
            Ok(r#"{"lines":2,"order_id":"ORD1","order_value":100.00,"units":4,"user_id":"U1"}"#)
        );
    }

    #[tokio::test]
    async fn the_value_must_be_the_sum_to_the_last_digit() {
        // As doubles, 3 × 0.1 is 0.30000000000000004, and 9007199254740993 is 9007199254740992.
        for (value, items) in [("0.3", &[("3", "0.1")][..]), ("9007199254740993", &[("9007199254740993", "1")])] {
            assert!(outcome(&Purchase, &of_items(value, items)).await.is_ok(), "{value}");
        }
        for (value, items) in [
            ("0.30000000000000004", &[("3", "0.1")][..]),
            ("9007199254740992", &[("9007199254740993", "1")]),
            ("2.01", &[("1", "1"), ("1", "1")]),
        ] {
            assert_eq!(outcome(&Purchase, &of_items(value, items)).await, Err("BusinessRule"), "{value}");
        }
    }

    #[tokio::test]
    async fn numbers_as_far_apart_as_they_can_be_are_summed_up() {
        let items = [("1e125", "9e125"), ("1", "1e-130")];
        assert_eq!(outcome(&Purchase, &of_items("9e125", &items)).await, Err("BusinessRule"));
    }

    #[tokio::test]
    async fn one_that_lacks_a_member_fails_for_good() {
        assert_eq!(outcome(&Purchase, &with("/items/0", "{}")).await, Err("SchemaInvalid"));
        assert_eq!(outcome(&Purchase, r#"{"items":[]}"#).await, Err("SchemaInvalid"));
    }

    proptest! {
        /// In integers: cents, and parts of a cent.
        #[test]
        fn the_value_is_right_exactly_when_it_is_the_sum(
            items in proptest::collection::vec((1..1000_i64, 1..1_000_000_i64), 1..6),
            off in -1..=1_i64,
        ) {
            let decimal = |value: i64| format!("{value}e-4");
            let sum: i64 = items.iter().map(|(quantity, price)| quantity * price).sum();
            prop_assume!(sum + off > 0);
            let texts: Vec<_> = items.iter().map(|(quantity, price)| (quantity.to_string(), decimal(*price))).collect();
            let items: Vec<_> = texts.iter().map(|(quantity, price)| (quantity.as_str(), price.as_str())).collect();
            let purchase = payload(&of_items(&decimal(sum + off), &items));
            prop_assert_eq!(Purchase.violations(&purchase), []);
            prop_assert_eq!(Purchase.validate(&purchase).is_ok(), off == 0);
        }
    }
}
