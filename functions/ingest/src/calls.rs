//! What ingest asks of the outside: the records of the events, their sending, and a note that they are queued. Only
//! the sending decides; what fails of the others costs no event.

use crate::Ingest;
use crate::incoming::{Incoming, Stamp};
use crate::post_events::{Item, Next};
use sluice_events::EventId;
use sluice_http::Problem;
use sluice_ports::{Clock, Fields, NewMessage, PortError, Queued, Record, RecordReader, Records, Sender};
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use std::time::Duration;
use tokio::time::timeout;

impl<T: RecordReader + Records, Q: Sender, C: Clock> Ingest<T, Q, C> {
    /// The events' records. A look-up that fails or takes too long shows none: the events are sent all the same, and
    /// the worker drops doubles.
    pub(crate) async fn look_up(&self, items: &[Result<Incoming, Problem>]) -> HashMap<EventId, Record> {
        let ids: BTreeSet<EventId> = items.iter().flatten().map(|incoming| incoming.id).collect();
        let ids: Vec<EventId> = ids.into_iter().collect();
        if ids.is_empty() {
            return HashMap::new();
        }
        let (answers, failure) = within(self.config.read_timeout, self.table.read(&ids, Fields::WithoutResult)).await;
        if let Some((events, error)) = failure {
            tracing::warn!(
                action = "look_up",
                status = "failed",
                events = events.unwrap_or(ids.len()),
                error,
                "the events table could not be read; the events are sent as if they were new"
            );
        }
        ids.into_iter().zip(answers).filter_map(|(id, record)| Some((id, record??))).collect()
    }

    /// Sends one message for each event that is to be sent; an item without a message id was not taken by SQS.
    pub(crate) async fn send(&self, items: &mut [Result<Item, Problem>]) {
        let mut outgoing: Vec<&mut Item> =
            items.iter_mut().flatten().filter(|item| matches!(item.next, Next::Send { .. })).collect();
        if outgoing.is_empty() {
            return;
        }
        let message = |item: &mut &mut Item| {
            let incoming = &mut item.incoming;
            NewMessage { body: std::mem::take(&mut incoming.body), fifo: incoming.fifo.take() }
        };
        let mut messages: Vec<NewMessage> = outgoing.iter_mut().map(message).collect();
        // Last, so that what becomes of them is nobody's answer.
        messages.extend(self.doubles(&outgoing, &messages));
        let mut sent = self.queue.send(&messages).await.into_iter();
        for item in outgoing {
            let error = match sent.next() {
                Some(Ok(message_id)) => {
                    item.message_id = Some(message_id);
                    continue;
                }
                Some(Err(error)) => error.to_string(),
                None => "the queue gave no answer".to_owned(),
            };
            tracing::error!(action = "send", status = "failed", event_id = %item.incoming.id, error,
                "SQS did not take an event; its producer was answered 503");
        }
    }

    /// The messages that go out a second time, on demand.
    fn doubles(&self, items: &[&mut Item], messages: &[NewMessage]) -> Vec<NewMessage> {
        let double = |(item, message): (&&mut Item, &NewMessage)| {
            self.faults.doubles(&item.incoming.id, &message.body).then(|| again(message))
        };
        items.iter().zip(messages).filter_map(double).collect()
    }

    /// Notes the new events as queued, for `GET /events/{id}` and the next POST. Whatever comes of it, SQS has them.
    pub(crate) async fn note_queued(&self, items: &[Result<Item, Problem>], stamp: &Stamp) {
        let row = |item: &Item| match (&item.next, &item.message_id) {
            (Next::Send { again: false }, Some(message_id)) => Some(Queued {
                id: item.incoming.id,
                validation: item.incoming.hash,
                message_id: message_id.clone(),
                producer: stamp.producer.as_str().to_owned(),
                event_type: item.incoming.event_type.name().to_owned(),
                received_at: stamp.now,
                expiration: stamp.now.to_seconds().plus(self.config.record_ttl),
            }),
            // An event that is sent again has its row.
            _ => None,
        };
        let rows: Vec<Queued> = items.iter().flatten().filter_map(row).collect();
        if rows.is_empty() {
            return;
        }
        let (_, failure) = within(self.config.note_timeout, self.table.enqueue(&rows, stamp.now.to_seconds())).await;
        if let Some((events, error)) = failure {
            tracing::warn!(
                action = "note_queued",
                status = "failed",
                events = events.unwrap_or(rows.len()),
                error,
                "the events are queued, but their status shows only once the worker has them"
            );
        }
    }
}

/// The same message once more. A FIFO queue would drop it silently under its first deduplication id.
fn again(message: &NewMessage) -> NewMessage {
    let mut double = message.clone();
    if let Some(fifo) = &mut double.fifo {
        fifo.deduplication_id.push_str("-again");
    }
    double
}

/// The answers of a call that may take only so long, `None` where there is none, and what failed of it: how many items
/// (`None`: all) and the first's error.
async fn within<A>(
    limit: Duration,
    call: impl Future<Output = Vec<Result<A, PortError>>>,
) -> (Vec<Option<A>>, Option<(Option<usize>, String)>) {
    let Ok(answers) = timeout(limit, call).await else {
        return (Vec::new(), Some((None, format!("no answer within {} ms", limit.as_millis()))));
    };
    let failed = answers.iter().filter(|answer| answer.is_err()).count();
    let first = answers.iter().find_map(|answer| answer.as_ref().err()).map(ToString::to_string);
    (answers.into_iter().map(Result::ok).collect(), first.map(|error| (Some(failed), error)))
}
