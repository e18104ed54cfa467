//! Redelivered events, one at a time: claim, process, settle.

use crate::closing::Closing;
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::process::settlement;
use crate::settle::{Open, Step};
use crate::{Ports, Worker};
use sluice_batch::Window;
use sluice_idempotency::{Answer, Bid, Start, claim_one, give_back};
use sluice_ports::{Clock, Dice, Fence, PortError, SettleOutcome, Settlement, Settlements};
use std::time::Duration;

/// A claimed event that was processed, and what the table said to its end.
pub(crate) struct Finished {
    pub(crate) settlement: Settlement,
    pub(crate) outcome: Result<SettleOutcome, PortError>,
    pub(crate) took: Duration,
}

impl<P: Ports> Worker<P> {
    /// Works one event under a lease that ends with the invocation.
    pub(crate) async fn work_claimed(&self, open: Open, window: Window, ledger: &mut Ledger) -> Option<Closing> {
        // A claim may be refused by a row that the next claim takes: twice is enough, then somebody else is at it.
        let mut open = open;
        for _ in 0..2 {
            // One whose last start ended without a word is not taken over to be cut off: it would look harmless then.
            let suspect = matches!(open.fence, Fence::Held(_));
            // Were it to kill this one too, what was closed in earlier rounds would all be received again.
            if suspect && !ledger.is_first_round() {
                self.hand_back(&open.job, &Why::Suspect, ledger);
                return None;
            }
            if !self.may_start(window) || (suspect && !window.is_fair(window.left(self.clock.now()))) {
                self.hand_back(&open.job, &Why::NoTime, ledger);
                return None;
            }
            let step = match self.claim(&open, window).await {
                Answer::Won(start) => self.work_leased(open.job, start, window, ledger).await,
                Answer::Refused(row) => self.follow(open.job, Some(*row), ledger).await,
                Answer::InDoubt(start, error) => {
                    self.give_back(&[start]).await;
                    self.hand_back(&open.job, &Why::Trouble(error), ledger);
                    Step::Nothing
                }
            };
            match step {
                Step::Close(closing) => return Some(closing),
                Step::Nothing => return None,
                Step::Claim(again) => open = *again,
            }
        }
        self.hand_back(&open.job, &Why::Contended, ledger);
        None
    }

    /// Asks for the right to start an event until the invocation ends.
    async fn claim(&self, open: &Open, window: Window) -> Answer {
        let bid = self.bid(&open.job, open.fence.clone(), open.restart);
        let now = self.clock.now();
        claim_one(&self.table, bid, window.deadline, now, window.deadline.since(now)).await
    }

    pub(crate) fn bid(&self, job: &Job, fence: Fence, restart: bool) -> Bid {
        Bid { row: self.row(job), fence, restart, owner: self.dice.lease_owner() }
    }

    async fn work_leased(&self, job: Job, start: Start, window: Window, ledger: &mut Ledger) -> Step {
        let finished = self.finish(&job, &start, window).await;
        ledger.processed(finished.took);
        if finished.outcome.is_err() {
            self.give_back(&[start]).await;
        }
        self.conclude(job, finished.settlement, finished.outcome, ledger).await
    }

    /// Processes a claimed event and settles it.
    pub(crate) async fn finish(&self, job: &Job, start: &Start, window: Window) -> Finished {
        let (work, took) = self.process_claimed(job, window).await;
        let settlement = settlement(start, work, self.config.max_attempts, self.clock.now());
        let mut outcomes = self.table.settle(std::slice::from_ref(&settlement)).await;
        Finished { outcome: outcomes.pop().unwrap_or_else(|| Err(no_answer())), settlement, took }
    }

    /// Gives starts back, and says which could not be.
    pub(crate) async fn give_back(&self, starts: &[Start]) {
        for (start, error) in give_back(&self.table, starts, self.clock.now()).await {
            tracing::warn!(action = "give_back", status = "failed", event_id = %start.id(), error = %error,
                "a claim could not be taken back; its start stays counted");
        }
    }

    /// Gives starts back that nothing was wrong with: one call that fails must not count them, as the next start may
    /// be one too many.
    pub(crate) async fn give_back_surely(&self, starts: &[Start]) {
        let left = give_back(&self.table, starts, self.clock.now()).await;
        let left: Vec<Start> = left.into_iter().map(|(start, _)| start.clone()).collect();
        self.give_back(&left).await;
    }
}

pub(crate) fn no_answer() -> PortError {
    let message = "the port gave no answer".to_owned();
    PortError { trouble: sluice_ports::Trouble::Unavailable, operation: "port", message }
}
