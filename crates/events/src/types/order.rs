//! `order`: an amount is charged with tax. The default type of a plain event.

use super::{Effects, EventType, Failure, Violation, schema};
use crate::EventId;
use bigdecimal::BigDecimal;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use std::str::FromStr;

/// Over this amount an order is refused, as a matter of business.
const MAXIMUM_AMOUNT: u32 = 10_000;

#[jsonschema::validator(path = "../../schemas/order.json")]
struct Schema;

pub(super) struct Order;

impl EventType for Order {
    fn name(&self) -> &'static str {
        "order"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn effects(&self) -> Effects {
        Effects::Pure
    }

    fn violations(&self, payload: &Value) -> Vec<Violation> {
        schema::violations(Schema::iter_errors(payload))
    }

    fn validate(&self, payload: &Value) -> Result<(), String> {
        match amount(payload) {
            Some(amount) if amount <= MAXIMUM_AMOUNT => Ok(()),
            Some(_) => Err(format!("amount is over {MAXIMUM_AMOUNT}, the most an order may have")),
            None => Err("amount is not a number".to_owned()),
        }
    }

    fn process<'a>(&'a self, payload: &'a Value, _effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move { charge(payload).ok_or_else(broken) })
    }
}

/// The amount as sent, its tax of 10 % and their sum: exact decimals, as JSON numbers.
fn charge(payload: &Value) -> Option<Value> {
    let amount = amount(payload)?;
    let tax = &amount / BigDecimal::from(10);
    let mut result = Map::new();
    result.insert("orderId".to_owned(), payload.get("orderId")?.clone());
    result.insert("processedAmount".to_owned(), payload.get("amount")?.clone());
    result.insert("tax".to_owned(), number(&tax)?);
    result.insert("total".to_owned(), number(&(&amount + &tax))?);
    Some(Value::Object(result))
}

fn amount(payload: &Value) -> Option<BigDecimal> {
    match payload.get("amount")? {
        Value::Number(number) => BigDecimal::from_str(number.as_str()).ok(),
        _ => None,
    }
}

fn number(value: &BigDecimal) -> Option<Value> {
    value.normalized().to_plain_string().parse().ok().map(Value::Number)
}

fn broken() -> Failure {
    Failure::Permanent { class: "SchemaInvalid", message: "orderId or amount is missing".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;
    use crate::{IdempotencyKey, Producer};
    use proptest::prelude::*;

    fn payload(text: &str) -> Value {
        parse(text.as_bytes()).unwrap()
    }

    fn pointers(text: &str) -> Vec<String> {
        let mut pointers: Vec<_> = Order.violations(&payload(text)).into_iter().map(|found| found.pointer).collect();
        pointers.sort();
        pointers
    }

    async fn result(text: &str) -> Result<Value, Failure> {
        let key = EventId::derive(&Producer::anonymous(), &IdempotencyKey::given("k").unwrap());
        Order.process(&payload(text), key).await
    }

    #[test]
    fn each_violation_points_at_its_member() {
        assert_eq!(pointers(r#"{"orderId":"a","amount":1}"#), [""; 0]);
        assert_eq!(pointers("{}"), ["/amount", "/orderId"]);
        assert_eq!(pointers(r#"{"orderId":"","amount":0}"#), ["/amount", "/orderId"]);
        for amount in ["-1", "\"1\"", "true", "null", "-1e-130"] {
            assert_eq!(pointers(&format!(r#"{{"orderId":"a","amount":{amount}}}"#)), ["/amount"], "{amount}");
        }
        assert_eq!(pointers(r#"{"orderId":5,"amount":1e-130}"#), ["/orderId"]);
    }

    #[test]
    fn violations_do_not_repeat_what_was_sent() {
        let found = Order.violations(&payload(r#"{"orderId":"a","amount":"secret-value"}"#));
        assert!(!found[0].detail.contains("secret-value"), "{found:?}");
        assert_eq!(found[0].code, "type");
    }

    #[test]
    fn ten_thousand_is_the_most() {
        assert_eq!(Order.validate(&payload(r#"{"amount":10000.00}"#)), Ok(()));
        assert!(Order.validate(&payload(r#"{"amount":10000.00000000000000000000000000001}"#)).is_err());
        assert!(Order.validate(&payload(r#"{"amount":1e125}"#)).is_err());
    }

    #[tokio::test]
    async fn an_order_is_charged_exactly() {
        let charged = result(r#"{"orderId":"a","amount":42.50}"#).await.unwrap();
        assert_eq!(charged.to_string(), r#"{"orderId":"a","processedAmount":42.50,"tax":4.25,"total":46.75}"#);
        let charged = result(r#"{"orderId":"a","amount":0.1}"#).await.unwrap();
        assert_eq!(charged["total"].to_string(), "0.11");
    }

    proptest! {
        #[test]
        fn total_less_tax_is_the_amount(text in "[1-9][0-9]{0,3}(\\.[0-9]{1,34})?") {
            let charged = charge(&payload(&format!(r#"{{"orderId":"a","amount":{text}}}"#))).unwrap();
            let decimal = |name: &str| BigDecimal::from_str(&charged[name].to_string()).unwrap();
            prop_assert_eq!(decimal("total") - decimal("tax"), BigDecimal::from_str(&text).unwrap());
        }
    }
}
