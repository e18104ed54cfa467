//! Closing: the outcome is published, a failure is dead-lettered, and only then is the message acknowledged.

use crate::claimed::no_answer;
use crate::closing::{Closing, Ending, Subject};
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::{Ports, Worker};
use sluice_ports::{Bus, Clock, DeadLetters};

impl<P: Ports> Worker<P> {
    /// Publishes, dead-letters, acknowledges. What fails goes back: its record stands, and the next receive repeats
    /// what is missing. Returns the rivals of what was closed, whose turn it is now.
    pub(crate) async fn close(&self, closings: Vec<Closing>, ledger: &mut Ledger) -> Vec<Job> {
        let published = self.publish(closings, ledger).await;
        let closed = self.bury(published, ledger).await;
        let book = |closing: Closing| {
            ledger.closed(&closing, self.clock.now(), &self.config, &self.dice);
            closing.into_rival()
        };
        closed.into_iter().filter_map(book).collect()
    }

    async fn publish(&self, closings: Vec<Closing>, ledger: &mut Ledger) -> Vec<Closing> {
        let now = self.clock.now();
        let outcomes: Vec<_> = closings.iter().filter_map(|closing| closing.outcome(now)).collect();
        let mut answers = if outcomes.is_empty() { Vec::new() } else { self.bus.publish(&outcomes).await }.into_iter();
        let mut published = Vec::with_capacity(closings.len());
        for closing in closings {
            let silent = matches!(closing.ending, Ending::Duplicate);
            let answer = if silent { Ok(()) } else { answers.next().unwrap_or_else(|| Err(no_answer())) };
            match answer {
                Err(error) => self.reopen(&closing, &Why::NotPublished(error), ledger),
                Ok(()) => published.push(closing),
            }
        }
        published
    }

    async fn bury(&self, closings: Vec<Closing>, ledger: &mut Ledger) -> Vec<Closing> {
        let now = self.clock.now();
        let letters: Vec<_> = closings.iter().filter_map(|closing| closing.letter(&self.config, now)).collect();
        let mut answers =
            if letters.is_empty() { Vec::new() } else { self.dead_letters.bury(&letters).await }.into_iter();
        let mut closed = Vec::with_capacity(closings.len());
        for closing in closings {
            let answer = match closing.error() {
                Some(_) => answers.next().unwrap_or_else(|| Err(no_answer())),
                None => Ok(()),
            };
            match answer {
                Err(error) => self.reopen(&closing, &Why::NotDeadLettered(error), ledger),
                Ok(()) => closed.push(closing),
            }
        }
        closed
    }

    fn reopen(&self, closing: &Closing, why: &Why, ledger: &mut Ledger) {
        match &closing.subject {
            Subject::Event(job) => self.hand_back(job, why, ledger),
            Subject::Message(message) => ledger.hand_back(message, None, why),
        }
    }
}
