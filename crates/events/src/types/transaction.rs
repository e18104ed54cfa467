//! `transaction`: money goes from one account to another, as a posting of double-entry bookkeeping.

use super::{Effects, EventType, Failure, Violation, schema};
use crate::EventId;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

// A format of ours for what would be the pattern `^[A-Z]{3}$`: a pattern that is not plain text links a regular
// expression engine into the functions, of 1.8 MB.
#[jsonschema::validator(
    path = "../../schemas/transaction.json",
    validate_formats = true,
    formats = { "three-capital-letters" => crate::types::transaction::three_capital_letters }
)]
struct Schema;

fn three_capital_letters(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

pub(super) struct Transaction;

impl EventType for Transaction {
    fn name(&self) -> &'static str {
        "transaction"
    }

    fn schema_version(&self) -> u32 {
        1
    }

    fn effects(&self) -> Effects {
        Effects::Pure
    }

    fn group_pointer(&self) -> Option<&'static str> {
        Some("/payer_id")
    }

    fn violations(&self, payload: &Value) -> Vec<Violation> {
        schema::violations(Schema::iter_errors(payload))
    }

    fn validate(&self, payload: &Value) -> Result<(), String> {
        match (payload.get("payer_id"), payload.get("receiver_id")) {
            (Some(payer), Some(receiver)) if payer == receiver => {
                Err("payer_id and receiver_id are the same account".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn process<'a>(&'a self, payload: &'a Value, _effect_key: EventId) -> BoxFuture<'a, Result<Value, Failure>> {
        let needed = "transaction_id, currency, payer_id, receiver_id, amount";
        Box::pin(async move { post(payload).ok_or_else(|| schema::unfit(needed)) })
    }
}

/// The posting: what the payer's account is debited, the receiver's is credited. The amount stays as it was sent.
fn post(payload: &Value) -> Option<Value> {
    let amount = payload.get("amount")?;
    Some(json!({
        "transaction_id": payload.get("transaction_id")?,
        "currency": payload.get("currency")?,
        "debit": { "account": payload.get("payer_id")?, "amount": amount },
        "credit": { "account": payload.get("receiver_id")?, "amount": amount },
    }))
}

#[cfg(test)]
mod tests {
    use super::super::number;
    use super::super::testing::{outcome, payload, pointers};
    use super::*;
    use bigdecimal::BigDecimal;
    use proptest::prelude::*;

    /// A transaction with one member replaced by JSON text.
    fn with(name: &str, value: &str) -> String {
        let mut transaction = payload(
            r#"{"transaction_id":"t","payer_id":"p","receiver_id":"r","amount":99.90,"currency":"BRL","description":"rent"}"#,
        );
        transaction[name] = payload(value);
        transaction.to_string()
    }

    #[test]
    fn each_violation_points_at_its_member() {
        assert_eq!(pointers(&Transaction, &with("description", "\"\"")), [""; 0]);
        let required = ["/amount", "/currency", "/payer_id", "/receiver_id", "/transaction_id"];
        assert_eq!(pointers(&Transaction, "{}"), required);
        for name in ["transaction_id", "payer_id", "receiver_id"] {
            for value in ["\"\"", "5", "null", "[\"p\"]"] {
                assert_eq!(pointers(&Transaction, &with(name, value)), [format!("/{name}")], "{value}");
            }
        }
        for amount in ["0", "-0.01", "\"5\"", "true"] {
            assert_eq!(pointers(&Transaction, &with("amount", amount)), ["/amount"], "{amount}");
        }
        assert_eq!(pointers(&Transaction, &with("description", "5")), ["/description"]);
    }

    #[test]
    fn a_currency_is_three_capital_letters() {
        assert_eq!(pointers(&Transaction, &with("currency", "\"USD\"")), [""; 0]);
        for currency in ["\"usd\"", "\"US\"", "\"USDX\"", "\"US1\"", "\"USD\\n\"", "\"\"", "\"ÀB\"", "\"ÄÖÜ\"", "978"]
        {
            assert_eq!(pointers(&Transaction, &with("currency", currency)), ["/currency"], "{currency}");
        }
        let violations = Transaction.violations(&payload(&with("currency", "\"usd\"")));
        assert_eq!(violations[0].detail, "value is not a \"three-capital-letters\"");
    }

    #[tokio::test]
    async fn money_does_not_go_to_where_it_comes_from() {
        assert_eq!(outcome(&Transaction, &with("receiver_id", "\"p\"")).await, Err("BusinessRule"));
        assert!(outcome(&Transaction, &with("receiver_id", "\"P\"")).await.is_ok());
        let rule = Transaction.validate(&payload(&with("receiver_id", "\"p\""))).unwrap_err();
        assert_eq!(rule, "payer_id and receiver_id are the same account");
    }

    #[tokio::test]
    async fn a_transaction_is_posted_on_both_accounts() {
        assert_eq!(
            outcome(&Transaction, &with("amount", "99.90")).await.as_deref(),
            Ok(concat!(
                r#"{"credit":{"account":"r","amount":99.90},"currency":"BRL","#,
                r#""debit":{"account":"p","amount":99.90},"transaction_id":"t"}"#
            ))
        );
    }

    #[tokio::test]
    async fn one_that_lacks_a_member_fails_for_good() {
        assert_eq!(outcome(&Transaction, r#"{"transaction_id":"t"}"#).await, Err("SchemaInvalid"));
    }

    proptest! {
        #[test]
        fn both_sides_have_the_amount_to_the_last_digit(text in "[1-9][0-9]{0,17}(\\.[0-9]{1,20})?") {
            let posting = post(&payload(&with("amount", &text))).unwrap();
            prop_assert_eq!(&posting["debit"]["amount"], &posting["credit"]["amount"]);
            let sent: BigDecimal = text.parse().unwrap();
            prop_assert_eq!(number::decimal(&posting["debit"]["amount"]), Some(sent));
        }

        #[test]
        fn a_currency_is_what_the_pattern_would_take(text in "[A-Za-z0-9\\n]{0,4}") {
            let capitals = text.chars().count() == 3 && text.chars().all(|letter| letter.is_ascii_uppercase());
            prop_assert_eq!(three_capital_letters(&text), capitals);
        }
    }
}
