//! Events with effects outside: claimed in a group, processed side by side, each settled as soon as it is done, so that
//! a neighbour's end, whatever it is, takes nothing of it back. One whose last start ended without a word shows in the
//! refusal of its claim, and is worked alone, later.

use crate::claimed::{Finished, no_answer};
use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::settle::{Open, Settled, Step};
use crate::{Ports, Worker};
use sluice_batch::{Window, run_bounded};
use sluice_idempotency::{Answer, Bid, Start, claim};
use sluice_ports::{Clock, Fence, Record};

/// What became of a group's claims.
#[derive(Default)]
struct Claimed {
    leased: Vec<(Job, Start)>,
    /// To be claimed again, and worked alone.
    alone: Vec<Job>,
    /// The row stood in the way.
    refused: Vec<(Job, Box<Record>)>,
}

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
        let Claimed { leased, alone, refused } = self.claim_group(jobs, window, ledger).await;
        let mut steps = self.finish_group(leased, window, ledger).await;
        steps.extend(alone.into_iter().map(|job| Step::Claim(Box::new(Open::new(job)))));
        // Last: it may take calls of its own, and leases were waiting.
        for (job, row) in refused {
            steps.push(self.follow(job, Some(*row), ledger).await);
        }
        steps
    }

    async fn claim_group(&self, jobs: Vec<Job>, window: Window, ledger: &mut Ledger) -> Claimed {
        let bids = jobs.iter().map(|job| self.first_bid(job)).collect();
        let now = self.clock.now();
        // A group may take several calls, one after another: they must be over before the reserve begins.
        let answers = claim(&self.table, bids, window.deadline, now, window.left(now)).await;

        let mut claimed = Claimed::default();
        let (mut backs, mut in_doubt) = (Vec::new(), Vec::new());
        for (job, answer) in jobs.into_iter().zip(answers) {
            match answer {
                Answer::Won(start) if self.is_last_start(&start) => {
                    backs.push(start);
                    claimed.alone.push(job);
                }
                Answer::Won(start) => claimed.leased.push((job, start)),
                Answer::Refused(row) => claimed.refused.push((job, row)),
                Answer::InDoubt(start, error) => {
                    in_doubt.push(start);
                    self.hand_back(&job, &Why::Trouble(error), ledger);
                }
            }
        }
        // At once: a lease that nobody works under would hold the event up until it ends.
        self.give_back_surely(&backs).await;
        self.give_back(&in_doubt).await;
        claimed
    }

    fn first_bid(&self, job: &Job) -> Bid {
        let fence = if job.is_redelivered() { Fence::Open } else { Fence::Fresh };
        self.bid(job, fence, false)
    }

    /// Were a neighbour to kill the process, an event at its last start would be failed as `Crashed`.
    fn is_last_start(&self, start: &Start) -> bool {
        start.attempt() >= self.config.max_attempts
    }

    async fn finish_group(&self, leased: Vec<(Job, Start)>, window: Window, ledger: &mut Ledger) -> Vec<Step> {
        let at_once = leased.len();
        let finished = run_bounded(&leased, at_once, || true, |(job, start)| self.finish(job, start, window)).await;
        let (mut steps, mut backs) = (Vec::new(), Vec::new());
        for ((job, start), finished) in leased.into_iter().zip(finished) {
            let Some(Ok(Finished { settlement, outcome, took })) = finished else {
                backs.push(start);
                self.hand_back(&job, &Why::Trouble(no_answer()), ledger);
                continue;
            };
            ledger.processed(took);
            if outcome.is_err() {
                backs.push(start);
            }
            steps.push(self.conclude(job, settlement, outcome, ledger).await);
        }
        self.give_back(&backs).await;
        steps
    }
}
