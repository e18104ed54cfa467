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
/// An answer holds 16 MB, so a hundred rows of DynamoDB's 400 KB take three calls; one more for what was throttled.
const MOST_ROUNDS: usize = 4;

impl EventsTable {
    /// Reads a group, asking again for what an answer leaves out.
    async fn read_group(&self, group: &[EventId], fields: Fields) -> Vec<Result<Option<Record>, PortError>> {
        let mut found: HashMap<String, Item> = HashMap::new();
        let mut left = group.to_vec();
        let mut failure = not_answered(READ);
        for _ in 0..MOST_ROUNDS {
            match self.read_some(&left, fields).await {
                Ok((items, unprocessed)) => {
                    found.extend(
                        items.into_iter().filter_map(|item| Some((item.get("id")?.as_s().ok()?.clone(), item))),
                    );
                    let asked = left.len();
                    left.retain(|id| unprocessed.contains(&key(*id)));
                    // What brings nothing will not bring more for being asked at once again.
                    if left.is_empty() || left.len() == asked {
                        break;
                    }
                }
                Err(error) => {
                    failure = error;
                    break;
                }
            }
        }
        let one = |id: &EventId| {
            // What was not read, for throttling or size, is not the same as not there.
            if left.contains(id) {
                return Err(failure.clone());
            }
            found.remove(&id.to_string()).as_ref().map(record).transpose()
        };
        group.iter().map(one).collect()
    }

    /// One call: the rows it found, and the keys it left out.
    async fn read_some(&self, ids: &[EventId], fields: Fields) -> Result<(Vec<Item>, Vec<Item>), PortError> {
        let wanted = wanted(ids, fields).map_err(|_| not_answered(READ))?;
        let call = self.client.batch_get_item().request_items(&self.name, wanted);
        let answer = call.send().await.map_err(|error| call_failed(READ, &error))?;
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.name)).unwrap_or_default();
        let unprocessed = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.name));
        Ok((items, unprocessed.map(|left| left.keys).unwrap_or_default()))
    }
}

fn wanted(ids: &[EventId], fields: Fields) -> Result<KeysAndAttributes, BuildError> {
    let wanted = KeysAndAttributes::builder().set_keys(Some(ids.iter().map(|id| key(*id)).collect()));
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

impl RecordReader for EventsTable {
    async fn read(&self, ids: &[EventId], fields: Fields) -> Vec<Result<Option<Record>, PortError>> {
        let calls = groups(ids, MOST_KEYS, usize::MAX, |_| 0).into_iter().map(|group| self.read_group(group, fields));
        join_all(calls).await.into_iter().flatten().collect()
    }
}
