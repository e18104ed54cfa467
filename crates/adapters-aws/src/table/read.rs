//! Looking records up: BatchGetItem.

use super::EventsTable;
use super::item::{ATTRIBUTES, Item, key, record};
use crate::error::{call_failed, not_answered};
use crate::groups::groups;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use futures_util::future::join_all;
use sluice_events::EventId;
use sluice_ports::{Fields, PortError, Record, RecordReader};
use std::collections::HashMap;

const READ: &str = "dynamodb:BatchGetItem";
/// Keys of one call: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
const MOST_KEYS: usize = 100;

fn wanted(keys: Vec<Item>, fields: Fields) -> Result<KeysAndAttributes, BuildError> {
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys));
    match fields {
        Fields::All => wanted.build(),
        Fields::WithoutResult => {
            // Half of the names are reserved words: all are aliased.
            let names = ATTRIBUTES.map(|name| (format!("#{name}"), name.to_owned()));
            let projection = ATTRIBUTES.map(|name| format!("#{name}")).join(", ");
            wanted.projection_expression(projection).set_expression_attribute_names(Some(names.into())).build()
        }
    }
}

impl EventsTable {
    async fn read_group(&self, group: &[EventId], fields: Fields) -> Vec<Result<Option<Record>, PortError>> {
        let keys = group.iter().map(|id| key(*id)).collect();
        let wanted = match wanted(keys, fields) {
            Ok(wanted) => wanted,
            Err(_) => return vec![Err(not_answered(READ)); group.len()],
        };
        let answer = match self.client.batch_get_item().request_items(&self.name, wanted).send().await {
            Ok(answer) => answer,
            Err(error) => return vec![Err(call_failed(READ, &error)); group.len()],
        };
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.name)).unwrap_or_default();
        let mut found: HashMap<String, Item> =
            items.into_iter().filter_map(|item| Some((item.get("id")?.as_s().ok()?.clone(), item))).collect();
        // What was not read, for throttling or size, is not the same as not there.
        let left_out = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name));
        let left_out: Vec<_> = left_out.map(|left| left.keys).unwrap_or_default();
        let one = |id: &EventId| {
            if left_out.contains(&key(*id)) {
                return Err(not_answered(READ));
            }
            found.remove(&id.to_string()).as_ref().map(record).transpose()
        };
        group.iter().map(one).collect()
    }
}

impl RecordReader for EventsTable {
    async fn read(&self, ids: &[EventId], fields: Fields) -> Vec<Result<Option<Record>, PortError>> {
        let calls = groups(ids, MOST_KEYS, usize::MAX, |_| 0).into_iter().map(|group| self.read_group(group, fields));
        join_all(calls).await.into_iter().flatten().collect()
    }
}
