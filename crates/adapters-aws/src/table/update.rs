//! A conditional UpdateItem: what to set, what must hold, and the row that stood in the way.

use super::EventsTable;
use super::item::{Item, key, number, record, text};
use crate::error::call_failed;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use sluice_events::EventId;
use sluice_ports::{Millis, PortError, Queued, Record};
use std::collections::HashMap;

/// One conditional write. Names are always aliased: half of ours are reserved words.
#[derive(Debug, Default)]
pub(super) struct Update {
    set: Vec<String>,
    remove: Vec<String>,
    condition: String,
    names: HashMap<String, String>,
    values: HashMap<String, AttributeValue>,
}

/// What became of a conditional write.
pub(super) enum Updated {
    /// Written; the attributes that were set, as they are now.
    Written(Item),
    /// The condition did not hold; the row as it stands, if there is one.
    Refused(Option<Box<Record>>),
}

impl Update {
    fn name(&mut self, name: &str) -> String {
        let alias = format!("#{name}");
        self.names.insert(alias.clone(), name.to_owned());
        alias
    }

    fn value(&mut self, value: AttributeValue) -> String {
        let alias = format!(":v{}", self.values.len());
        self.values.insert(alias.clone(), value);
        alias
    }

    pub(super) fn set(&mut self, name: &str, value: AttributeValue) {
        let (name, value) = (self.name(name), self.value(value));
        self.set.push(format!("{name} = {value}"));
    }

    pub(super) fn set_if_missing(&mut self, name: &str, value: AttributeValue) {
        let (name, value) = (self.name(name), self.value(value));
        self.set.push(format!("{name} = if_not_exists({name}, {value})"));
    }

    pub(super) fn add_one(&mut self, name: &str) {
        let name = self.name(name);
        let (zero, one) =
            (self.value(AttributeValue::N("0".to_owned())), self.value(AttributeValue::N("1".to_owned())));
        self.set.push(format!("{name} = if_not_exists({name}, {zero}) + {one}"));
    }

    pub(super) fn subtract_one(&mut self, name: &str) {
        let (name, one) = (self.name(name), self.value(AttributeValue::N("1".to_owned())));
        self.set.push(format!("{name} = {name} - {one}"));
    }

    pub(super) fn remove(&mut self, name: &str) {
        let name = self.name(name);
        self.remove.push(name);
    }

    /// A comparison for the condition, such as `status = …`.
    pub(super) fn compare(&mut self, name: &str, operator: &str, value: AttributeValue) -> String {
        let (name, value) = (self.name(name), self.value(value));
        format!("{name} {operator} {value}")
    }

    /// That an attribute is not there, for the condition.
    pub(super) fn missing(&mut self, name: &str) -> String {
        let name = self.name(name);
        format!("attribute_not_exists({name})")
    }

    pub(super) fn only_if(&mut self, condition: String) {
        self.condition = condition;
    }

    fn expression(&self) -> String {
        let set = format!("SET {}", self.set.join(", "));
        if self.remove.is_empty() { set } else { format!("{set} REMOVE {}", self.remove.join(", ")) }
    }
}

/// What every write of a worker sets. `anew`: the row there is another life of the event.
pub(super) fn common(update: &mut Update, row: &Queued, now: Millis, anew: bool) {
    update.set("expiration", number(row.expiration.0));
    update.set("validation", text(row.validation.to_string()));
    update.set("message_id", text(&row.message_id));
    update.set("producer", text(&row.producer));
    update.set("type", text(&row.event_type));
    update.set("updated_at", number(now.0));
    if anew {
        update.set("received_at", number(row.received_at.0));
        update.set("redrives", number(0));
        ["data", "error_class", "error_message"].into_iter().for_each(|name| update.remove(name));
    } else {
        update.set_if_missing("received_at", number(row.received_at.0));
        update.set_if_missing("redrives", number(0));
    }
}

impl EventsTable {
    pub(super) async fn update(&self, id: EventId, update: Update) -> Result<Updated, PortError> {
        let call = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key(id)))
            .update_expression(update.expression())
            .condition_expression(update.condition)
            .set_expression_attribute_names(Some(update.names))
            .set_expression_attribute_values(Some(update.values))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        match call.send().await {
            Ok(answer) => Ok(Updated::Written(answer.attributes.unwrap_or_default())),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(refusal)) => {
                    let row = refusal.item().filter(|item| !item.is_empty()).map(record).transpose()?;
                    Ok(Updated::Refused(row.map(Box::new)))
                }
                _ => Err(call_failed("dynamodb:UpdateItem", &error)),
            },
        }
    }
}
