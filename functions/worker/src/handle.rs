//! The order of rounds and stages.

use crate::closing::Closing;
use crate::job::{Carried, Job};
use crate::ledger::{Ledger, Why};
use crate::message::{self, Message, SqsEvent};
use crate::parse::{Parsed, parse};
use crate::settle::Open;
use crate::{Ports, Worker};
use sluice_batch::{BatchResponse, Slot, Window, fold};
use sluice_ports::{Clock, Dice, Millis};
use sluice_telemetry::Summary;
use std::collections::BTreeMap;

impl<P: Ports> Worker<P> {
    /// Works one batch. `deadline` is when Lambda ends the invocation.
    pub async fn handle(&self, event: SqsEvent, deadline: Millis) -> (BatchResponse, Summary) {
        let now = self.clock.now();
        let window = Window::new(now, deadline, self.config.deadline_reserve);
        let (batch, messages) = message::receive(event, now, self.config.is_fifo());
        let mut rounds = batch.rounds();
        let mut ledger = Ledger::new(batch);
        messages.iter().for_each(|message| ledger.received(message, now));
        let mut waiting: BTreeMap<Slot, Message> =
            messages.into_iter().map(|message| (message.slot, message)).collect();
        loop {
            let round = ledger.deal(&mut rounds);
            let round: Vec<Message> = round.into_iter().filter_map(|slot| waiting.remove(&slot)).collect();
            if round.is_empty() {
                break;
            }
            self.work_round(round, window, &mut ledger).await;
        }
        waiting.values().for_each(|message| ledger.hand_back(message, None, &Why::Behind));
        ledger.answer(&self.queue, self.clock.now()).await
    }

    /// Works messages whose order does not matter to each other. Doubles of one event share its fate, also those of
    /// several groups: each group has its message acknowledged or sees it go back, in this round.
    async fn work_round(&self, messages: Vec<Message>, window: Window, ledger: &mut Ledger) {
        if !self.may_start(window) {
            messages.iter().for_each(|message| self.hand_message_back(message, &Why::NoTime, ledger));
            return;
        }
        let (carried, malformed) = self.read(messages, ledger);
        let folds = fold(carried, |carried| carried.envelope.header.event_id);
        let jobs = folds.into_iter().map(|fold| Job::new(fold.leader, fold.followers)).collect();
        self.work_stages(jobs, malformed, window, ledger).await;
    }

    fn read(&self, messages: Vec<Message>, ledger: &mut Ledger) -> (Vec<Carried>, Vec<Closing>) {
        let now = self.clock.now();
        let (mut carried, mut malformed) = (Vec::new(), Vec::new());
        for mut message in messages {
            match parse(&message, &self.config, self.types, now) {
                Parsed::Event(envelope, event_type) => {
                    message.received_at = Millis(envelope.header.received_at_ms);
                    carried.push(Carried { message, envelope: *envelope, event_type });
                }
                Parsed::Malformed { class, message: text } => malformed.push(Closing::malformed(message, class, text)),
                Parsed::Newer { what } => {
                    let wait = self.config.newer_wait(now.since(message.sent_at));
                    ledger.hand_back(&message, Some(wait), &Why::Newer(what));
                }
            }
        }
        (carried, malformed)
    }

    /// Each stage is done with before the next one starts: a start that kills the process costs nothing of what is
    /// closed. What may have killed one already comes last, and alone; but of what came so often that it may never get
    /// enough time behind its neighbours, one goes first.
    async fn work_stages(&self, mut jobs: Vec<Job>, malformed: Vec<Closing>, window: Window, ledger: &mut Ledger) {
        let starved = starved(&jobs).map(|place| jobs.remove(place));
        let mut closings = malformed;
        if let Some(job) = starved {
            closings.extend(self.work_claimed(Open::new(job), window, ledger).await);
        }
        let mut rivals = self.close(closings, ledger).await;

        let (external, pure): (Vec<_>, Vec<_>) = jobs.into_iter().partition(Job::is_external);
        let (redelivered, fresh): (Vec<_>, Vec<_>) = pure.into_iter().partition(Job::is_redelivered);

        let mut open: Vec<Open> = redelivered.into_iter().map(Open::new).collect();
        let settled = self.settle_fresh(self.process_fresh(fresh, window, ledger).await, ledger).await;
        open.extend(settled.open);
        rivals.extend(self.close(settled.closings, ledger).await);
        let settled = self.work_external(external, window, ledger).await;
        open.extend(settled.open);
        rivals.extend(self.close(settled.closings, ledger).await);
        loop {
            open.extend(rivals.into_iter().map(Open::new));
            if open.is_empty() {
                return;
            }
            let mut closings = Vec::new();
            for open in open.drain(..) {
                closings.extend(self.work_claimed(open, window, ledger).await);
            }
            rivals = self.close(closings, ledger).await;
        }
    }

    /// Whether there is time to start another record.
    pub(crate) fn may_start(&self, window: Window) -> bool {
        !window.left(self.clock.now()).is_zero()
    }

    fn hand_message_back(&self, message: &Message, why: &Why, ledger: &mut Ledger) {
        let wait = self.config.backoff.delay(message.receive_count, |most| self.dice.up_to(most));
        ledger.hand_back(message, Some(wait), why);
    }
}

/// Receives from which an event may go before the others.
const STARVED: u32 = 10;

/// The place of the event that was received most often, if that is too often.
fn starved(jobs: &[Job]) -> Option<usize> {
    let most = jobs.iter().enumerate().max_by_key(|(_, job)| job.receives());
    most.filter(|(_, job)| job.receives() > STARVED).map(|(place, _)| place)
}
