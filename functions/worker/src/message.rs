//! What Lambda hands over: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event>.

use serde::Deserialize;
use sluice_batch::{Batch, Slot};
use sluice_idempotency::Carrier;
use sluice_ports::Millis;
use std::collections::HashMap;

/// The message attribute that a redrive sets; its value is the redrive job's id.
const REDRIVE_MARK: &str = "sluice-redrive";

/// A batch, by the fields that are used. Anything a record may lack has a default: one odd record must not make the
/// whole batch unreadable.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SqsEvent {
    #[serde(rename = "Records", default)]
    records: Vec<SqsRecord>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SqsRecord {
    message_id: Option<String>,
    receipt_handle: Option<String>,
    body: Option<String>,
    attributes: HashMap<String, serde_json::Value>,
    message_attributes: HashMap<String, serde_json::Value>,
}

/// One received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) slot: Slot,
    pub(crate) id: String,
    pub(crate) receipt_handle: String,
    pub(crate) body: String,
    /// How often it was received, this time included. Not how often it was processed: hand-backs raise it.
    pub(crate) receive_count: u32,
    pub(crate) sent_at: Millis,
    /// When ingest took the event it carries; until that is read, when it was sent.
    pub(crate) received_at: Millis,
    pub(crate) redriven: bool,
}

impl Message {
    /// The message as the state table sees it.
    pub(crate) fn carrier(&self) -> Carrier<'_> {
        Carrier { id: &self.id, received_at: self.received_at, sent_at: self.sent_at, redriven: self.redriven }
    }
}

/// The batch and its messages. `now` stands in where a message does not say when it was sent.
pub(crate) fn receive(event: SqsEvent, now: Millis) -> (Batch, Vec<Message>) {
    let batch = Batch::new(event.records.iter().map(|record| record.message_id.clone().unwrap_or_default()));
    let messages = batch.slots().zip(event.records).map(|(slot, record)| message(slot, record, now)).collect();
    (batch, messages)
}

fn message(slot: Slot, record: SqsRecord, now: Millis) -> Message {
    let number = |name: &str| record.attributes.get(name).and_then(|value| value.as_str()?.parse::<i64>().ok());
    let sent_at = number("SentTimestamp").map_or(now, Millis);
    Message {
        slot,
        receive_count: number("ApproximateReceiveCount").and_then(|count| u32::try_from(count).ok()).unwrap_or(1),
        sent_at,
        received_at: sent_at,
        redriven: record.message_attributes.contains_key(REDRIVE_MARK),
        id: record.message_id.unwrap_or_default(),
        receipt_handle: record.receipt_handle.unwrap_or_default(),
        body: record.body.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<Message> {
        receive(serde_json::from_str(text).unwrap(), Millis(7)).1
    }

    /// AWS's example (see the module), with an attribute more.
    #[test]
    fn aws_own_example_reads() {
        let read = messages(
            r#"{"Records": [{
                "messageId": "059f36b4", "receiptHandle": "AQEB", "body": "Test message.",
                "attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1545082649183",
                    "SenderId": "AIDA", "ApproximateFirstReceiveTimestamp": "1545082649185"},
                "messageAttributes": {"sluice-redrive": {"stringValue": "job", "stringListValues": [], "dataType": "String"}},
                "md5OfBody": "e4e6", "eventSource": "aws:sqs", "eventSourceARN": "arn", "awsRegion": "us-east-2"
            }]}"#,
        );
        let [message] = &read[..] else { panic!("one message") };
        assert_eq!((message.id.as_str(), message.receipt_handle.as_str()), ("059f36b4", "AQEB"));
        assert_eq!((message.receive_count, message.sent_at, message.redriven), (2, Millis(1_545_082_649_183), true));
    }

    /// A message of a FIFO queue, as AWS's page shows one, and attributes of every type, their numbers exact.
    #[test]
    fn what_fifo_queues_and_senders_add_reads_whatever_its_numbers() {
        let read = messages(
            r#"{"Records": [{
                "messageId": "11d6ee51", "receiptHandle": "AQEBB", "body": "{\"amount\":1e400}",
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1573251510774",
                    "SequenceNumber": "18849496460467696128", "MessageGroupId": "1", "SenderId": "AIDA",
                    "MessageDeduplicationId": "1", "ApproximateFirstReceiveTimestamp": 1573251510774},
                "messageAttributes": {
                    "count": {"stringValue": "12345678901234567890.10", "dataType": "Number", "extra": 1e400},
                    "bytes": {"binaryValue": "AQID", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"}},
                "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:fifo.fifo", "more": [1e-400, 0.10]
            }], "more": 1e400}"#,
        );
        let [message] = &read[..] else { panic!("one message") };
        assert_eq!((message.body.as_str(), message.sent_at), (r#"{"amount":1e400}"#, Millis(1_573_251_510_774)));
        assert!(!message.redriven);
    }

    #[test]
    fn what_a_record_lacks_has_a_default() {
        let [message] = &messages(r#"{"Records":[{"attributes":{"SentTimestamp":5}}]}"#)[..] else {
            panic!("one message")
        };
        assert_eq!((message.body.as_str(), message.receive_count, message.sent_at), ("", 1, Millis(7)));
        assert_eq!(messages("{}"), []);
    }
}
