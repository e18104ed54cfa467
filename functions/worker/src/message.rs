//! What Lambda hands over: <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event>.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sluice_batch::{Batch, Received, Slot};
use sluice_idempotency::Carrier;
use sluice_ports::Millis;
use std::collections::HashMap;
use std::time::Duration;

/// Message attributes that only what was sent back has. A redrive sets the first, to the redrive job's id; the second is
/// the reason that a dead letter carries, which stays with it when the console moves it.
const SENT_BACK: [&str; 2] = ["sluice-redrive", "sluice"];

/// How long before an invocation SQS may have handed its messages over: the longest batching window, and what Lambda
/// takes to start. Only a message's first receive says when it was.
const LONGEST_ON_THE_WAY: Duration = Duration::from_secs(15 * 60);

/// A batch, by the fields that are used. Anything a record may lack has a default: one odd record must not make the
/// whole batch unreadable.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct SqsEvent {
    #[serde(rename = "Records", default)]
    records: Vec<SqsRecord>,
}

impl SqsEvent {
    /// Reads what Lambda handed over. What is odd in one record costs the others nothing: fields that are not of their
    /// kind count as missing, and what is no record is none.
    ///
    /// # Errors
    /// It is no batch at all.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text).or_else(|_| Self::read_leniently(text))
    }

    fn read_leniently(text: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Odd {
            #[serde(rename = "Records", default)]
            records: Vec<Value>,
        }
        let odd: Odd = serde_json::from_str(text)?;
        let records = odd.records.into_iter().filter_map(|record| match record {
            Value::Object(fields) => Some(SqsRecord::from_odd(fields)),
            _ => None,
        });
        Ok(Self { records: records.collect() })
    }

    /// The batch, with nothing said of any message yet.
    pub(crate) fn batch(&self, now: Millis, is_fifo: bool) -> Batch {
        Batch::new(self.records.iter().map(|record| received(record, now, is_fifo)))
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SqsRecord {
    message_id: Option<String>,
    receipt_handle: Option<String>,
    body: Option<String>,
    attributes: HashMap<String, Value>,
    message_attributes: HashMap<String, Value>,
}

/// One received message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) slot: Slot,
    pub(crate) id: String,
    pub(crate) body: String,
    /// How often it was received, this time included. Not how often it was processed: hand-backs raise it.
    pub(crate) receive_count: u32,
    pub(crate) sent_at: Millis,
    /// When ingest took the event it carries; until that is read, when it was sent.
    pub(crate) received_at: Millis,
    pub(crate) redriven: bool,
    /// In a FIFO queue, its group. A standard queue's message may have one too, but there it means no order.
    pub(crate) group: Option<String>,
}

impl Message {
    /// The message as the state table sees it.
    pub(crate) fn carrier(&self) -> Carrier<'_> {
        Carrier { id: &self.id, received_at: self.received_at, sent_at: self.sent_at, redriven: self.redriven }
    }
}

/// The batch and its messages. `now` stands in where a message does not say when it was sent.
pub(crate) fn receive(event: SqsEvent, now: Millis, is_fifo: bool) -> (Batch, Vec<Message>) {
    let batch = event.batch(now, is_fifo);
    let messages = batch.slots().zip(event.records).map(|(slot, record)| message(slot, record, now, is_fifo)).collect();
    (batch, messages)
}

impl SqsRecord {
    fn from_odd(mut fields: Map<String, Value>) -> Self {
        fn field<T: DeserializeOwned + Default>(fields: &mut Map<String, Value>, name: &str) -> T {
            fields.remove(name).and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default()
        }
        Self {
            message_id: field(&mut fields, "messageId"),
            receipt_handle: field(&mut fields, "receiptHandle"),
            body: field(&mut fields, "body"),
            attributes: field(&mut fields, "attributes"),
            message_attributes: field(&mut fields, "messageAttributes"),
        }
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }

    fn receive_count(&self) -> u32 {
        self.number("ApproximateReceiveCount").and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
    }

    /// Of a FIFO queue only. One that does not say its group is in order with the others that do not.
    fn group(&self, is_fifo: bool) -> Option<String> {
        is_fifo.then(|| self.text("MessageGroupId").unwrap_or_default().to_owned())
    }

    fn received_at(&self, now: Millis) -> Millis {
        let first = self.number("ApproximateFirstReceiveTimestamp").filter(|_| self.receive_count() == 1);
        let earliest = now.minus(LONGEST_ON_THE_WAY);
        first.map_or(earliest, Millis).clamp(earliest, now)
    }
}

fn received(record: &SqsRecord, now: Millis, is_fifo: bool) -> Received {
    Received {
        message_id: record.message_id.clone().unwrap_or_default(),
        receipt_handle: record.receipt_handle.clone().unwrap_or_default(),
        group: record.group(is_fifo),
        received_at: record.received_at(now),
    }
}

fn message(slot: Slot, record: SqsRecord, now: Millis, is_fifo: bool) -> Message {
    let sent_at = record.number("SentTimestamp").map_or(now, Millis);
    Message {
        slot,
        receive_count: record.receive_count(),
        sent_at,
        received_at: sent_at,
        redriven: SENT_BACK.iter().any(|name| record.message_attributes.contains_key(*name)),
        group: record.group(is_fifo),
        id: record.message_id.unwrap_or_default(),
        body: record.body.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(text: &str) -> Vec<Message> {
        receive(serde_json::from_str(text).unwrap(), Millis(7), false).1
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
        assert_eq!((message.id.as_str(), message.body.as_str()), ("059f36b4", "Test message."));
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
    fn what_was_sent_back_has_the_mark_of_a_redrive_or_a_dead_letters() {
        for (name, marked) in [("sluice-redrive", true), ("sluice", true), ("trace", false)] {
            let text = format!(r#"{{"Records":[{{"messageAttributes":{{"{name}":{{"stringValue":"x"}}}}}}]}}"#);
            assert_eq!(messages(&text)[0].redriven, marked, "{name}");
        }
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
