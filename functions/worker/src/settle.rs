//! Settling: the record says what the event became, if the fence still holds.

use crate::claimed::no_answer;
use crate::closing::Closing;
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::process::{Processed, settlement};
use crate::{Ports, Worker};
use sluice_idempotency::{Start, Verdict, judge};
use sluice_ports::{
    Clock, Dice, ErrorInfo, Fence, LeaseOwner, PortError, Queued, Record, SettleOutcome, Settlement, Settlements,
    Target,
};
use std::iter::repeat_with;

/// An event that must be claimed: it was received before, or its record says so.
pub(crate) struct Open {
    pub(crate) job: Job,
    pub(crate) fence: Fence,
    pub(crate) restart: bool,
}

impl Open {
    pub(crate) fn new(job: Job) -> Self {
        Self { job, fence: Fence::Open, restart: false }
    }
}

/// What a stage left to do.
#[derive(Default)]
pub(crate) struct Settled {
    pub(crate) closings: Vec<Closing>,
    pub(crate) open: Vec<Open>,
}

impl Settled {
    pub(crate) fn add(&mut self, step: Step) {
        match step {
            Step::Close(closing) => self.closings.push(closing),
            Step::Claim(open) => self.open.push(*open),
            Step::Nothing => {}
        }
    }
}

/// What a verdict leaves to do.
pub(crate) enum Step {
    Close(Closing),
    Claim(Box<Open>),
    /// Nothing: acknowledged, or handed back.
    Nothing,
}

impl<P: Ports> Worker<P> {
    /// Settles events that were processed without a claim: one conditional write each, in groups.
    pub(crate) async fn settle_fresh(&self, processed: Vec<Processed>, ledger: &mut Ledger) -> Settled {
        let mut settlements = Vec::with_capacity(processed.len());
        let mut jobs = Vec::with_capacity(processed.len());
        for Processed { job, work, took } in processed {
            ledger.processed(took);
            let start = Start::unclaimed(self.row(&job), self.dice.lease_owner());
            settlements.push(settlement(&start, work, self.config.max_attempts, self.clock.now()));
            jobs.push(job);
        }
        let outcomes = self.table.settle(&settlements).await.into_iter().chain(repeat_with(|| Err(no_answer())));
        let mut settled = Settled::default();
        for ((job, settlement), outcome) in jobs.into_iter().zip(settlements).zip(outcomes) {
            settled.add(self.conclude(job, settlement, outcome, ledger).await);
        }
        settled
    }

    /// The event's row, as it shall be if there is none yet.
    pub(crate) fn row(&self, job: &Job) -> Queued {
        job.row(self.clock.now(), self.config.record_ttl)
    }

    /// What follows from the table's answer to a settlement.
    pub(crate) async fn conclude(
        &self,
        job: Job,
        settlement: Settlement,
        outcome: Result<SettleOutcome, PortError>,
        ledger: &mut Ledger,
    ) -> Step {
        match (outcome, settlement.target) {
            (Ok(SettleOutcome::Written), Target::Completed(result)) => {
                Step::Close(Closing::completed(job, &result, settlement.attempt, settlement.now))
            }
            (Ok(SettleOutcome::Written), Target::Failed(error)) => {
                Step::Close(Closing::failed(job, error, settlement.attempt, settlement.now))
            }
            (Ok(SettleOutcome::Written), Target::Released(error)) => {
                let wait = self.config.backoff.delay(settlement.attempt, |most| self.dice.up_to(most));
                ledger.retry(&job, wait, &error, settlement.attempt);
                Step::Nothing
            }
            (Ok(SettleOutcome::Refused(row)), _) if settlement.fence == Fence::Fresh => {
                self.follow(job, row.map(|row| *row), ledger).await
            }
            (Ok(SettleOutcome::Written), Target::GivenBack) => {
                self.hand_back(&job, &Why::NoTime, ledger);
                Step::Nothing
            }
            // The lease ran out and somebody else has the event, or had it: their word counts.
            (Ok(SettleOutcome::Refused(_)), _) => {
                ledger.lease_lost(&job);
                self.hand_back(&job, &Why::LeaseLost, ledger);
                Step::Nothing
            }
            (Err(error), _) => {
                self.hand_back(&job, &Why::Trouble(error), ledger);
                Step::Nothing
            }
        }
    }

    /// What the state table says of an event whose write was refused.
    pub(crate) async fn follow(&self, job: Job, row: Option<Record>, ledger: &mut Ledger) -> Step {
        let now = self.clock.now();
        let verdict = judge(row.as_ref(), &job.delivery(), now, self.config.max_attempts);
        match (verdict, row) {
            (Verdict::Claim { fence, restart }, _) => Step::Claim(Box::new(Open { job, fence, restart })),
            (Verdict::KeyReused, _) => Step::Close(Closing::key_reused(job)),
            (Verdict::HandBack { hidden_for }, _) => {
                ledger.hand_back_job(&job, Some(hidden_for), &Why::Leased);
                Step::Nothing
            }
            (Verdict::Crashed { owner }, row) => {
                let attempt = row.map_or(0, |row| row.attempt);
                Box::pin(self.crashed(job, owner, attempt, ledger)).await
            }
            (Verdict::PublishAgain, Some(row)) => Step::Close(Closing::published_again(job, &row)),
            (Verdict::FinishFailure, Some(row)) => Step::Close(Closing::failure_finished(job, &row)),
            (Verdict::Duplicate | Verdict::PublishAgain | Verdict::FinishFailure, _) => {
                Step::Close(Closing::duplicate(job))
            }
        }
    }

    async fn crashed(&self, job: Job, dead: LeaseOwner, attempt: u32, ledger: &mut Ledger) -> Step {
        let error = ErrorInfo {
            class: "Crashed".to_owned(),
            message: format!(
                "attempt {attempt} of {} ended without a word; it is not run again",
                self.config.max_attempts
            ),
        };
        let start = Start::dead(self.row(&job), dead, self.dice.lease_owner(), attempt);
        let settlement = start.fail(error, self.clock.now());
        let outcome = self.table.settle(std::slice::from_ref(&settlement)).await.pop();
        match outcome {
            Some(outcome @ (Ok(SettleOutcome::Written) | Err(_))) => {
                self.conclude(job, settlement, outcome, ledger).await
            }
            // Another worker, to whom it was delivered too, was faster.
            Some(Ok(SettleOutcome::Refused(_))) | None => {
                self.hand_back(&job, &Why::Contended, ledger);
                Step::Nothing
            }
        }
    }

    /// Hands an event back for a reason that is not its own: not counted, and soon tried again.
    pub(crate) fn hand_back(&self, job: &Job, why: &Why, ledger: &mut Ledger) {
        let receives = job.leader.message.receive_count;
        let wait = self.config.backoff.delay(receives, |most| self.dice.up_to(most));
        ledger.hand_back_job(job, Some(wait), why);
    }
}
