//! `order`: an amount is charged with tax. The default type of a plain event.

use super::{Effects, EventType, Failure, Violation, number, schema};
use crate::EventId;
use bigdecimal::BigDecimal;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

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

    fn group_pointer(&self) -> Option<&'static str> {
        Some("/orderId")
    }

    fn violations(&self, payload: &Value) -> Vec<Violation> {
        schema::violations(Schema::iter_errors(payload))
    }

    fn validate(&self, payload: &Value) -> Result<(), String> {
        match payload.get("amount").and_then(number::decimal) {
            Some(amount) if amount > MAXIMUM_AMOUNT => {
                Err(format!("amount is over {MAXIMUM_AMOUNT}, the most an order may have"))
            }
            _ => Ok(()),
        }
    }

    fn process<'a>(&'a self, payload: &'a Value, _effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>> {
        Box::pin(async move { charge(payload).ok_or_else(|| schema::unfit("orderId, amount")) })
    }
}

/// The amount as sent, its tax of 10 % and their sum.
fn charge(payload: &Value) -> Option<Value> {
    let amount = number::decimal(payload.get("amount")?)?;
    let tax = &amount / BigDecimal::from(10);
    Some(json!({
        "orderId": payload.get("orderId")?,
        "processedAmount": payload.get("amount")?,
        "tax": number::json(&tax),
        "total": number::json(&(&amount + &tax)),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{outcome, payload, pointers};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_violation_points_at_its_member() {
        assert_eq!(pointers(&Order, r#"{"orderId":"a","amount":1}"#), [""; 0]);
        assert_eq!(pointers(&Order, "{}"), ["/amount", "/orderId"]);
        assert_eq!(pointers(&Order, r#"{"orderId":"","amount":0}"#), ["/amount", "/orderId"]);
        for amount in ["-1", "\"1\"", "true", "null", "-1e-130"] {
            assert_eq!(pointers(&Order, &format!(r#"{{"orderId":"a","amount":{amount}}}"#)), ["/amount"], "{amount}");
        }
        assert_eq!(pointers(&Order, r#"{"orderId":5,"amount":1e-130}"#), ["/orderId"]);
    }

    #[test]
    fn ten_thousand_is_the_most() {
        assert_eq!(Order.validate(&payload(r#"{"amount":10000.00}"#)), Ok(()));
        assert!(Order.validate(&payload(r#"{"amount":10000.00000000000000000000000000001}"#)).is_err());
        assert!(Order.validate(&payload(r#"{"amount":1e125}"#)).is_err());
    }

    #[tokio::test]
    async fn an_order_is_charged_exactly() {
        assert_eq!(
            outcome(&Order, r#"{"orderId":"a","amount":42.50}"#).await.as_deref(),
            Ok(r#"{"orderId":"a","processedAmount":42.50,"tax":4.25,"total":46.75}"#)
        );
        assert_eq!(
            outcome(&Order, r#"{"orderId":"a","amount":0.1}"#).await.as_deref(),
            Ok(r#"{"orderId":"a","processedAmount":0.1,"tax":0.01,"total":0.11}"#)
        );
    }

    proptest! {
        #[test]
        fn total_less_tax_is_the_amount(text in "[1-9][0-9]{0,3}(\\.[0-9]{1,34})?") {
            let charged = charge(&payload(&format!(r#"{{"orderId":"a","amount":{text}}}"#))).unwrap();
            let [total, tax, amount] = ["total", "tax", "processedAmount"]
                .map(|name| charged[name].to_string().parse::<BigDecimal>().unwrap());
            prop_assert_eq!(&total - &tax, amount.clone());
            prop_assert_eq!(tax * BigDecimal::from(10), amount);
            prop_assert_eq!(charged["processedAmount"].to_string(), text);
        }
    }
}
