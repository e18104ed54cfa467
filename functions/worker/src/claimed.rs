//! Redelivered events, one at a time: claim, process, settle.

use crate::closing::Closing;
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::process::target;
use crate::settle::{Open, Step};
use crate::window::Window;
use crate::{Ports, Worker};
use sluice_ports::{
    Claim, ClaimOutcome, Claims, Clock, Dice, Fence, LeaseOwner, PortError, Record, SettleOutcome, Settlement,
    Settlements, Target,
};
use std::time::Duration;

/// A lease that is ours.
pub(crate) struct Lease {
    pub(crate) owner: LeaseOwner,
    pub(crate) attempt: u32,
}

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
            if !self.may_start(window) || (suspect && !window.is_fair(window.left(self.clock.now()))) {
                self.hand_back(&open.job, &Why::NoTime, ledger);
                return None;
            }
            let step = match self.claim(&open, window).await {
                Ok(Ok(lease)) => self.work_leased(open.job, lease, window, ledger).await,
                Ok(Err(row)) => self.follow(open.job, Some(*row), ledger).await,
                Err(error) => {
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

    /// A claim whose lease ends with the invocation.
    pub(crate) fn claim_of(&self, job: &Job, fence: Fence, owner: LeaseOwner, restart: bool, window: Window) -> Claim {
        let now = self.clock.now();
        Claim { row: job.row(now, self.config.record_ttl), fence, owner, until: window.deadline, now, restart }
    }

    async fn claim(&self, open: &Open, window: Window) -> Result<Result<Lease, Box<Record>>, PortError> {
        let owner = self.dice.lease_owner();
        let claim = self.claim_of(&open.job, open.fence.clone(), owner.clone(), open.restart, window);
        let outcome = self.table.claim(std::slice::from_ref(&claim)).await.pop();
        match outcome.unwrap_or_else(|| Err(no_answer())) {
            Ok(ClaimOutcome::Claimed { attempt }) => Ok(Ok(Lease { owner, attempt })),
            Ok(ClaimOutcome::Refused(row)) => Ok(Err(row)),
            // It may have been written all the same, and then nobody would start what it counted.
            Err(error) => {
                self.give_back(vec![self.back(&open.job, owner)]).await;
                Err(error)
            }
        }
    }

    async fn work_leased(&self, job: Job, lease: Lease, window: Window, ledger: &mut Ledger) -> Step {
        let finished = self.finish(&job, &lease, window).await;
        ledger.processed(finished.took);
        if finished.outcome.is_err() {
            self.give_back(vec![self.back(&job, lease.owner)]).await;
        }
        self.conclude(job, finished.settlement, finished.outcome, ledger).await
    }

    /// Processes a claimed event and settles it.
    pub(crate) async fn finish(&self, job: &Job, lease: &Lease, window: Window) -> Finished {
        let (work, took) = self.process_claimed(job, window).await;
        let target = target(work, lease.attempt, self.config.max_attempts);
        let fence = Fence::Held(lease.owner.clone());
        let settlement = self.settlement(job, fence, lease.owner.clone(), target, lease.attempt);
        let mut outcomes = self.table.settle(std::slice::from_ref(&settlement)).await;
        Finished { outcome: outcomes.pop().unwrap_or_else(|| Err(no_answer())), settlement, took }
    }

    pub(crate) fn back(&self, job: &Job, owner: LeaseOwner) -> Settlement {
        self.settlement(job, Fence::Held(owner.clone()), owner, Target::GivenBack, 0)
    }

    /// Takes claims back whose answer, or whose result's, is not known: trouble with the table is no attempt of the
    /// event. If this fails too, the lease runs out and the start stays counted. If there is no such claim, or the
    /// result was written after all, the fence does not hold, and the next receive finds what is so.
    pub(crate) async fn give_back(&self, backs: Vec<Settlement>) {
        if backs.is_empty() {
            return;
        }
        for (back, answer) in backs.iter().zip(self.table.settle(&backs).await) {
            if let Err(error) = answer {
                tracing::warn!(action = "give_back", status = "failed", event_id = %back.row.id, error = %error,
                    "a claim could not be taken back; its start stays counted");
            }
        }
    }
}

pub(crate) fn no_answer() -> PortError {
    let message = "the port gave no answer".to_owned();
    PortError { trouble: sluice_ports::Trouble::Unavailable, operation: "port", message }
}
