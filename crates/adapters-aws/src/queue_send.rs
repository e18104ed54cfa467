//! Sending to a queue, in as few calls as its limits allow; to a FIFO queue in order.

use crate::error::call_failed;
use crate::groups::groups;
use crate::queue::{MOST_BYTES, MOST_ENTRIES, Queue, SEND, TYPE, answers, unreachable_entry};
use aws_sdk_sqs::types::{MessageAttributeValue, SendMessageBatchRequestEntry};
use futures_util::future::join_all;
use sluice_ports::{Fifo, PortError, Trouble};
use std::collections::HashSet;
use std::future::Future;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

type Answer = Result<String, PortError>;

/// One message of a batch: its body, at most one attribute, and its group in a FIFO queue.
pub(crate) struct Entry {
    pub(crate) body: String,
    pub(crate) attribute: Option<(&'static str, String)>,
    pub(crate) fifo: Option<Fifo>,
}

impl Entry {
    /// What it counts for SQS: body, and the attribute's name, type and value.
    fn bytes(&self) -> usize {
        let attribute = self.attribute.as_ref();
        self.body.len() + attribute.map_or(0, |(name, text)| name.len() + TYPE.len() + text.len())
    }

    fn group(&self) -> Option<&str> {
        self.fifo.as_ref().map(|fifo| fifo.group_id.as_str())
    }

    fn request(&self, place: usize) -> SendMessageBatchRequestEntry {
        let attributes = self.attribute.as_ref().map(|(name, text)| {
            let mut value = MessageAttributeValue::builder().string_value(text);
            // The builder only refuses a missing type.
            value = value.data_type(TYPE);
            value.build().map(|value| [((*name).to_owned(), value)].into()).unwrap_or_default()
        });
        let mut request = SendMessageBatchRequestEntry::builder().id(place.to_string()).message_body(&self.body);
        request = request.set_message_attributes(attributes);
        if let Some(fifo) = &self.fifo {
            request = request.message_group_id(&fifo.group_id).message_deduplication_id(&fifo.deduplication_id);
        }
        request.build().unwrap_or_else(|_| unreachable_entry())
    }
}

impl Queue {
    pub(crate) async fn send(&self, entries: &[Entry]) -> Vec<Answer> {
        let calls = groups(entries, MOST_ENTRIES, MOST_BYTES, Entry::bytes);
        if entries.iter().any(|entry| entry.fifo.is_some()) {
            // Boxed, as the SDK's futures nest deeper than the compiler likes to look.
            return Box::pin(in_order(calls, self.patience, self)).await;
        }
        let calls = calls.into_iter().map(|call| async move {
            let entries: Vec<&Entry> = call.iter().collect();
            self.send_call(&entries).await.unwrap_or_else(|error| vec![Err(error); entries.len()])
        });
        join_all(calls).await.into_iter().flatten().collect()
    }
}

/// One call of at most ten entries.
trait SendCall: Sync {
    /// An error is the call's; each entry has its own answer else.
    fn send_call(&self, entries: &[&Entry]) -> impl Future<Output = Result<Vec<Answer>, PortError>> + Send;
}

impl SendCall for Queue {
    async fn send_call(&self, entries: &[&Entry]) -> Result<Vec<Answer>, PortError> {
        let requests = entries.iter().enumerate().map(|(place, entry)| entry.request(place)).collect();
        let call = self.client.send_message_batch().queue_url(&self.url).set_entries(Some(requests));
        let answer = call.send().await.map_err(|error| call_failed(SEND, &error))?;
        let sent = answer.successful.into_iter().map(|sent| (sent.id, sent.message_id));
        Ok(answers(SEND, entries.len(), sent, &answer.failed))
    }
}

/// One call after another, all of them in the time of one. What SQS did not take, nothing of its group may overtake: the
/// rest of the group is not sent; and after a call that failed as a whole, nothing is, as that would only wait as long.
async fn in_order(calls: Vec<&[Entry]>, patience: Duration, queue: &impl SendCall) -> Vec<Answer> {
    let ends = Instant::now() + patience;
    let mut answers = Vec::new();
    let mut held: HashSet<&str> = HashSet::new();
    let mut down: Option<PortError> = None;
    for call in calls {
        let is_held: Vec<bool> =
            call.iter().map(|entry| entry.group().is_some_and(|group| held.contains(group))).collect();
        let out: Vec<&Entry> = call.iter().zip(&is_held).filter(|(_, held)| !**held).map(|(entry, _)| entry).collect();
        let sent = match &down {
            Some(error) => Err(error.clone()),
            None if out.is_empty() => Ok(Vec::new()),
            None => timeout_at(ends, queue.send_call(&out)).await.unwrap_or_else(|_| Err(too_late())),
        };
        let sent = sent.unwrap_or_else(|error| {
            down = Some(error.clone());
            vec![Err(error); out.len()]
        });
        let mut sent = sent.into_iter();
        for (entry, is_held) in call.iter().zip(is_held) {
            let answer = if is_held { None } else { sent.next() }.unwrap_or_else(|| Err(held_back()));
            if answer.is_err() {
                held.extend(entry.group());
            }
            answers.push(answer);
        }
    }
    answers
}

fn too_late() -> PortError {
    let message = "the calls before it took its time".to_owned();
    PortError { trouble: Trouble::Unavailable, operation: SEND, message }
}

/// It was not sent, as it would have overtaken one before it.
fn held_back() -> PortError {
    let message = "a message before it was not taken".to_owned();
    PortError { trouble: Trouble::Unavailable, operation: SEND, message }
}

#[cfg(test)]
#[path = "queue_send_tests.rs"]
mod tests;
