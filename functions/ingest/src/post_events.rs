//! The way of a POST: read its events, look whether they are known, send those that are not, note them as queued,
//! answer. One event and a hundred go the same way, each step in one go for all of them.

use crate::Ingest;
use crate::accepted::{self, Accepted, Taken};
use crate::incoming::{self, Incoming, Posted, Stamp};
use crate::known::{self, Known};
use sluice_events::{EventId, PayloadHash};
use sluice_http::{Answer, Problem, Request};
use sluice_ports::{Clock, Millis, Record, RecordReader, Records, Sender};
use sluice_telemetry::Summary;
use std::collections::HashMap;

/// A valid event, and what is done about it.
pub(crate) struct Item {
    pub(crate) incoming: Incoming,
    pub(crate) next: Next,
    /// The SQS message it went out with.
    pub(crate) message_id: Option<String>,
}

pub(crate) enum Next {
    /// It is known: answer.
    Answer(Taken),
    /// Send it. `again`: it is known, but its message may be lost.
    Send { again: bool },
    /// The item at this place sends the same event.
    With(usize),
}

impl<T: RecordReader + Records, Q: Sender, C: Clock> Ingest<T, Q, C> {
    pub(crate) async fn post_events(
        &self,
        request: &Request,
        trace_id: Option<String>,
        summary: &mut Summary,
    ) -> Result<Answer, Problem> {
        let producer = self.config.access.producer(request)?;
        let stamp = Stamp { now: self.clock.now(), producer, trace_id };
        let posted = incoming::read(request, &self.config, self.types, &stamp)?;
        note_ids(&posted, summary);
        let records = self.look_up(&posted.items).await;
        let mut items = self.decide(posted.items, &records, stamp.now);
        self.send(&mut items).await;
        self.note_queued(&items, &stamp).await;
        let mut fates = answers(items, &accepted::base_url(request, &self.config));
        account(&fates, summary);
        Ok(match fates.pop() {
            Some(only) if !posted.batch => accepted::single(only),
            last => {
                fates.extend(last);
                accepted::batch(&fates)
            }
        })
    }

    /// What to do about each event: by its record, and by those before it in the batch.
    fn decide(
        &self,
        read: Vec<Result<Incoming, Problem>>,
        records: &HashMap<EventId, Record>,
        now: Millis,
    ) -> Vec<Result<Item, Problem>> {
        let mut senders: HashMap<EventId, (usize, PayloadHash)> = HashMap::new();
        let mut item = |(place, read): (usize, Result<Incoming, Problem>)| {
            let incoming = read?;
            let again = match known::judge(records.get(&incoming.id), &incoming, now, &self.config)? {
                Known::Live(taken) => return Ok(Item { incoming, next: Next::Answer(taken), message_id: None }),
                Known::SendAgain => true,
                Known::New => false,
            };
            let next = match senders.get(&incoming.id) {
                Some((_, hash)) if *hash != incoming.hash => return Err(known::key_reused(&incoming)),
                Some((sender, _)) => Next::With(*sender),
                None => Next::Send { again },
            };
            senders.entry(incoming.id).or_insert((place, incoming.hash));
            Ok(Item { incoming, next, message_id: None })
        };
        read.into_iter().enumerate().map(&mut item).collect()
    }
}

fn answers(items: Vec<Result<Item, Problem>>, base_url: &str) -> Vec<Result<Accepted, Problem>> {
    let message_ids: Vec<_> =
        items.iter().map(|item| item.as_ref().ok().and_then(|item| item.message_id.clone())).collect();
    let queued = |place: usize, duplicate: bool, sent: bool| {
        let message_id = message_ids.get(place).cloned().flatten().ok_or_else(accepted::queue_unavailable)?;
        Ok(Taken { status: "queued", message_id: Some(message_id), duplicate, sent })
    };
    let answer = |(place, item): (usize, Result<Item, Problem>)| {
        let Item { incoming, next, .. } = item?;
        let taken = match next {
            Next::Answer(taken) => taken,
            Next::Send { again } => queued(place, again, true)?,
            Next::With(sender) => queued(sender, true, false)?,
        };
        Ok(Accepted::new(&incoming, taken, base_url))
    };
    items.into_iter().enumerate().map(answer).collect()
}

/// Notes the ids of the events that could be read, whatever becomes of them.
fn note_ids(posted: &Posted, summary: &mut Summary) {
    let ids: Vec<_> = posted.items.iter().flatten().map(|incoming| incoming.id.to_string()).collect();
    if !ids.is_empty() {
        summary.note(if posted.batch { "event_ids" } else { "event_id" }, ids.join(" "));
    }
}

/// Counts what became of the events.
fn account(fates: &[Result<Accepted, Problem>], summary: &mut Summary) {
    for fate in fates {
        match fate {
            Ok(accepted) => summary.count(if accepted.was_sent() { "Accepted" } else { "Duplicates" }, 1),
            Err(problem) => summary.count_class("Rejected", problem.code()),
        }
    }
    let status = match fates {
        [Ok(accepted)] if !accepted.was_sent() => "duplicate",
        [Err(problem)] => problem.code(),
        _ if fates.iter().all(Result::is_ok) => "accepted",
        _ => "partly_refused",
    };
    summary.note("status", status);
}
