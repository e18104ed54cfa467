//! The main queue, as SQS promises it: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/>.

use crate::plan::{MAX_RECEIVES, VISIBILITY};
use crate::rng::Rng;
use sluice_events::{Envelope, EventId};
use sluice_ports::{Fifo, Millis};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// For how long a FIFO queue remembers a deduplication id, whatever became of its message.
pub(crate) const DEDUPLICATION: Duration = Duration::from_secs(300);
/// For how long at most a received message can be hidden, all in all.
const MOST_HIDDEN: Duration = Duration::from_secs(12 * 3600);

/// What a message's attributes say of where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    None,
    /// Sent back by a redrive of ours.
    Redrive,
    /// A dead letter's, which the console leaves on what it sends back.
    Letter,
}

/// A message in the queue.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) sent_at: Millis,
    pub(crate) receives: u32,
    pub(crate) receipt: String,
    pub(crate) mark: Mark,
    pub(crate) fifo: Option<Fifo>,
    /// The event it carries, if it is one.
    pub(crate) event: Option<EventId>,
    received_at: Millis,
    visible_at: Millis,
}

impl Message {
    fn is_in_flight(&self, now: Millis) -> bool {
        self.receives > 0 && self.visible_at > now
    }
}

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) struct NewMessage {
    pub(crate) body: String,
    pub(crate) mark: Mark,
    pub(crate) fifo: Option<Fifo>,
}

#[derive(Debug)]
pub(crate) struct Queue {
    fifo: bool,
    messages: Vec<Message>,
    /// What SQS itself moved to the dead-letter queue.
    pub(crate) moved: Vec<Message>,
    /// When each deduplication id was last taken, and the message's id.
    taken: BTreeMap<(String, String), (Millis, String)>,
    sent: u64,
    pub(crate) received: u64,
    pub(crate) deduplicated: u64,
    pub(crate) most_receives: u32,
}

impl Queue {
    pub(crate) fn new(fifo: bool) -> Self {
        Self {
            fifo,
            messages: Vec::new(),
            moved: Vec::new(),
            taken: BTreeMap::new(),
            sent: 0,
            received: 0,
            deduplicated: 0,
            most_receives: 0,
        }
    }

    pub(crate) fn sent(&self) -> u64 {
        self.sent
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter()
    }

    /// Takes a message; its id tells the order in which messages were taken.
    pub(crate) fn send(&mut self, new: NewMessage, now: Millis) -> String {
        let key = new.fifo.as_ref().map(|fifo| (fifo.group_id.clone(), fifo.deduplication_id.clone()));
        if let Some((at, id)) = key.as_ref().and_then(|key| self.taken.get(key))
            && now.since(*at) < DEDUPLICATION
        {
            self.deduplicated += 1;
            return id.clone();
        }
        self.sent += 1;
        let id = format!("m{}", self.sent);
        if let Some(key) = key {
            self.taken.insert(key, (now, id.clone()));
        }
        let NewMessage { body, mark, fifo } = new;
        let event = Envelope::from_body(&body).ok().map(|envelope| envelope.header.event_id);
        self.messages.push(Message {
            id: id.clone(),
            body,
            sent_at: now,
            receives: 0,
            receipt: String::new(),
            mark,
            fifo,
            event,
            received_at: now,
            visible_at: now.plus(self.delay()),
        });
        id
    }

    /// How long after it was sent a message shows: a standard queue now and then takes its time.
    fn delay(&self) -> Duration {
        let late = !self.fifo && self.sent.is_multiple_of(5);
        Duration::from_millis(if late { self.sent * 7_919 % 90_000 } else { 0 })
    }

    /// Delivers up to `most` messages. `duplicate` in a thousand: how often a standard queue delivers a
    /// hidden one too.
    pub(crate) fn receive(&mut self, most: usize, now: Millis, duplicate: u64, rng: &mut Rng) -> Vec<Message> {
        let places = if self.fifo { self.heads(most, now, rng) } else { self.any(most, now, duplicate, rng) };
        let mut delivered = Vec::with_capacity(places.len());
        let mut worn_out = Vec::new();
        for place in places {
            let Some(message) = self.messages.get_mut(place) else { continue };
            if message.receives >= MAX_RECEIVES {
                worn_out.push(message.id.clone());
                continue;
            }
            self.received += 1;
            message.receives += 1;
            message.receipt = format!("{}#{}", message.id, self.received);
            message.received_at = now;
            message.visible_at = now.plus(VISIBILITY);
            self.most_receives = self.most_receives.max(message.receives);
            delivered.push(message.clone());
        }
        self.moved.extend(self.messages.extract_if(.., |message| worn_out.contains(&message.id)));
        delivered
    }

    fn any(&self, most: usize, now: Millis, duplicate: u64, rng: &mut Rng) -> Vec<usize> {
        let visible = |place: &usize| self.messages[*place].visible_at <= now;
        let (mut places, hidden): (Vec<usize>, Vec<usize>) = (0..self.messages.len()).partition(visible);
        if !hidden.is_empty() && rng.per_mille(duplicate) {
            places.push(rng.pick(&hidden));
        }
        rng.shuffle(&mut places);
        places.truncate(most);
        places
    }

    /// The first messages of groups of which none is in flight, in their order.
    fn heads(&self, most: usize, now: Millis, rng: &mut Rng) -> Vec<usize> {
        let group = |message: &Message| message.fifo.as_ref().map_or("", |fifo| &fifo.group_id).to_owned();
        let busy: BTreeSet<String> =
            self.messages.iter().filter(|message| message.is_in_flight(now)).map(group).collect();
        let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, message) in self.messages.iter().enumerate() {
            let group = group(message);
            if !busy.contains(&group) {
                groups.entry(group).or_default().push(place);
            }
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        rng.shuffle(&mut groups);
        let mut places = Vec::new();
        for mut group in groups {
            let left = most - places.len();
            let some = rng.between(1, group.len() as u64);
            group.truncate(left.min(usize::try_from(some).unwrap_or(1)));
            places.extend(group);
        }
        // Groups are interleaved as they were sent.
        if rng.per_mille(500) {
            places.sort_unstable();
        }
        places
    }

    /// How long until a message that is hidden now shows.
    pub(crate) fn next_shows_in(&self, now: Millis) -> Option<Duration> {
        self.messages.iter().map(|message| message.visible_at).filter(|at| *at > now).min().map(|at| at.since(now))
    }

    /// Deletes by receipt handle. Whether it did: a handle of an earlier receive may do nothing, and does nothing in
    /// a FIFO queue; there it must also still be in flight.
    pub(crate) fn delete(&mut self, receipt: &str, now: Millis, rng: &mut Rng) -> bool {
        let Some(place) = self.place_of(receipt, now, rng) else { return false };
        if self.fifo && !self.messages[place].is_in_flight(now) {
            return false;
        }
        self.messages.remove(place);
        true
    }

    /// Changes how long a message stays hidden. Whether it did.
    pub(crate) fn hide(&mut self, receipt: &str, hidden_for: Duration, now: Millis, rng: &mut Rng) -> bool {
        let Some(place) = self.place_of(receipt, now, rng) else { return false };
        let message = &mut self.messages[place];
        let too_long = now.plus(hidden_for).since(message.received_at) > MOST_HIDDEN;
        if !message.is_in_flight(now) || too_long {
            return false;
        }
        message.visible_at = now.plus(hidden_for);
        true
    }

    fn place_of(&self, receipt: &str, _now: Millis, rng: &mut Rng) -> Option<usize> {
        let id = receipt.split('#').next()?;
        let place = self.messages.iter().position(|message| message.id == id)?;
        let stale = self.messages[place].receipt != receipt;
        (!stale || (!self.fifo && rng.per_mille(500))).then_some(place)
    }
}
