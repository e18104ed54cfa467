//! Redelivered events, one at a time: claim, process, settle.

use crate::closing::Closing;
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::process::target;
use crate::settle::{Open, Step};
use crate::{Ports, Worker};
use sluice_ports::{
    Claim, ClaimOutcome, Claims, Clock, Dice, Fence, LeaseOwner, Millis, PortError, Record, Settlements, Target,
};

/// A lease that is ours.
struct Lease {
    owner: LeaseOwner,
    attempt: u32,
}

impl<P: Ports> Worker<P> {
    /// Works one event under a lease that ends with the invocation.
    pub(crate) async fn work_claimed(&self, open: Open, deadline: Millis, ledger: &mut Ledger) -> Option<Closing> {
        // A claim may be refused by a row that the next claim takes: twice is enough, then somebody else is at it.
        let mut open = open;
        for _ in 0..2 {
            if !self.may_start(deadline) {
                ledger.hand_back_job(&open.job, None, &Why::NoTime);
                return None;
            }
            let step = match self.claim(&open, deadline).await {
                Ok(Ok(lease)) => self.work_leased(open.job, lease, ledger).await,
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

    async fn claim(&self, open: &Open, deadline: Millis) -> Result<Result<Lease, Box<Record>>, PortError> {
        let now = self.clock.now();
        let owner = self.dice.lease_owner();
        let claim = Claim {
            row: open.job.row(now, self.config.record_ttl),
            fence: open.fence.clone(),
            owner: owner.clone(),
            until: deadline,
            now,
            restart: open.restart,
        };
        let outcome = self.table.claim(std::slice::from_ref(&claim)).await.pop();
        match outcome.unwrap_or_else(|| Err(no_answer())) {
            Ok(ClaimOutcome::Claimed { attempt }) => Ok(Ok(Lease { owner, attempt })),
            Ok(ClaimOutcome::Refused(row)) => Ok(Err(row)),
            // It may have been written all the same, and then nobody would start what it counted.
            Err(error) => {
                self.give_back(&open.job, owner).await;
                Err(error)
            }
        }
    }

    async fn work_leased(&self, job: Job, lease: Lease, ledger: &mut Ledger) -> Step {
        let (work, took) = self.process_claimed(&job).await;
        ledger.processed(took);
        let target = target(work, lease.attempt, self.config.max_attempts);
        let fence = Fence::Held(lease.owner.clone());
        let settlement = self.settlement(&job, fence, lease.owner, target, lease.attempt);
        let mut outcomes = self.table.settle(std::slice::from_ref(&settlement)).await;
        let outcome = outcomes.pop().unwrap_or_else(|| Err(no_answer()));
        if outcome.is_err() {
            self.give_back(&job, settlement.owner.clone()).await;
        }
        self.conclude(job, settlement, outcome, ledger).await
    }

    /// Takes a claim back whose answer, or whose result's, is not known: trouble with the table is no attempt of the
    /// event. If this fails too, the lease runs out and the start stays counted. If there is no such claim, or the
    /// result was written after all, the fence does not hold, and the next receive finds what is so.
    async fn give_back(&self, job: &Job, owner: LeaseOwner) {
        let back = self.settlement(job, Fence::Held(owner.clone()), owner, Target::GivenBack, 0);
        for error in self.table.settle(&[back]).await.into_iter().filter_map(Result::err) {
            tracing::warn!(action = "give_back", status = "failed", event_id = %job.id(), error = %error,
                "a claim could not be taken back; its start stays counted");
        }
    }
}

pub(crate) fn no_answer() -> PortError {
    let message = "the port gave no answer".to_owned();
    PortError { trouble: sluice_ports::Trouble::Unavailable, operation: "port", message }
}
