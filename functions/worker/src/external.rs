//! Events with effects outside: claimed in a group, processed side by side, each settled as soon as it is done, so that
//! a neighbour's end, whatever it is, takes nothing of it back. One whose last start ended without a word shows in the
//! refusal of its claim, and is worked alone, later.

use crate::claimed::{Lease, no_answer};
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::settle::{Open, Settled, Step};
use crate::window::Window;
use crate::{Ports, Worker};
use sluice_batch::run_bounded;
use sluice_ports::{ClaimOutcome, Claims, Clock, Dice, Fence, LeaseOwner};
use std::iter::repeat_with;
use tokio::time::timeout;

impl<P: Ports> Worker<P> {
    pub(crate) async fn work_external(&self, jobs: Vec<Job>, window: Window, ledger: &mut Ledger) -> Settled {
        let mut settled = Settled::default();
        let mut jobs = jobs.into_iter();
        loop {
            // No more are claimed than are started at once: a claim counts as a start.
            let group: Vec<Job> = jobs.by_ref().take(self.config.concurrency.max(1)).collect();
            if group.is_empty() {
                return settled;
            }
            if !self.may_start(window) {
                group.iter().for_each(|job| self.hand_back(job, &Why::NoTime, ledger));
                continue;
            }
            for step in self.work_group(group, window, ledger).await {
                settled.add(step);
            }
        }
    }

    async fn work_group(&self, jobs: Vec<Job>, window: Window, ledger: &mut Ledger) -> Vec<Step> {
        let owners: Vec<LeaseOwner> = jobs.iter().map(|_| self.dice.lease_owner()).collect();
        let claims: Vec<_> = jobs
            .iter()
            .zip(&owners)
            .map(|(job, owner)| {
                let fence = if job.is_redelivered() { Fence::Open } else { Fence::Fresh };
                self.claim_of(job, fence, owner.clone(), false, window)
            })
            .collect();
        // A group may take several calls, one after another: they must be over before the reserve begins.
        let answers = timeout(window.left(self.clock.now()), self.table.claim(&claims)).await.unwrap_or_default();
        let outcomes = answers.into_iter().chain(repeat_with(|| Err(no_answer())));

        let (mut steps, mut refused, mut in_doubt) = (Vec::new(), Vec::new(), Vec::new());
        let mut leased: Vec<(Job, Lease)> = Vec::new();
        for ((job, owner), outcome) in jobs.into_iter().zip(owners).zip(outcomes) {
            match outcome {
                // A last start is made alone: were a neighbour to kill the process, it would be failed as `Crashed`.
                Ok(ClaimOutcome::Claimed { attempt })
                    if job.is_redelivered() && attempt >= self.config.max_attempts =>
                {
                    in_doubt.push(self.back(&job, owner));
                    steps.push(Step::Claim(Box::new(Open::new(job))));
                }
                Ok(ClaimOutcome::Claimed { attempt }) => leased.push((job, Lease { owner, attempt })),
                Ok(ClaimOutcome::Refused(row)) => refused.push((job, row)),
                Err(error) => {
                    self.hand_back(&job, &Why::Trouble(error), ledger);
                    in_doubt.push(self.back(&job, owner));
                }
            }
        }
        // At once: a lease that nobody works under would hold the event up until it ends.
        self.give_back(std::mem::take(&mut in_doubt)).await;
        let at_once = leased.len();
        let finished = run_bounded(&leased, at_once, || true, |(job, lease)| self.finish(job, lease, window)).await;
        for ((job, lease), finished) in leased.into_iter().zip(finished) {
            let Some(Ok(finished)) = finished else {
                self.hand_back(&job, &Why::Trouble(no_answer()), ledger);
                in_doubt.push(self.back(&job, lease.owner));
                continue;
            };
            ledger.processed(finished.took);
            if finished.outcome.is_err() {
                in_doubt.push(self.back(&job, lease.owner));
            }
            steps.push(self.conclude(job, finished.settlement, finished.outcome, ledger).await);
        }
        self.give_back(in_doubt).await;
        // Not before: it may take calls of its own, and the leases above were waiting.
        for (job, row) in refused {
            steps.push(self.follow(job, Some(*row), ledger).await);
        }
        steps
    }
}
