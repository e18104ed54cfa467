//! Claims, in groups.

use crate::Start;
use sluice_ports::{Claim, ClaimOutcome, Claims, Fence, LeaseOwner, Millis, PortError, Queued, Record, Trouble};
use std::iter::repeat_with;
use std::time::Duration;
use tokio::time::timeout;

/// What is asked for an event: the right to start it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bid {
    /// The row as it shall be if there is none yet.
    pub row: Queued,
    /// What must still be so.
    pub fence: Fence,
    /// Count it as start 1: what the row counted was of another life of the event.
    pub restart: bool,
    /// Who asks; new for each bid.
    pub owner: LeaseOwner,
}

/// What came of a [`Bid`].
#[derive(Debug)]
pub enum Answer {
    /// It is ours to start, until the lease ends.
    Won(Start),
    /// The fence did not hold; the row as it stands.
    Refused(Box<Record>),
    /// No answer: the claim may have been written, and then nobody would start what it counted. To be
    /// [given back](crate::give_back).
    InDoubt(Start, PortError),
}

/// Claims one event until `until`. After `patience` the answer is not waited for any more.
pub async fn claim_one(table: &impl Claims, bid: Bid, until: Millis, now: Millis, patience: Duration) -> Answer {
    let claim = claim_of(&bid, until, now);
    let outcome =
        timeout(patience, table.claim(std::slice::from_ref(&claim))).await.ok().and_then(|mut outcomes| outcomes.pop());
    bid.answered(outcome.unwrap_or_else(|| Err(no_answer())))
}

/// Claims each until `until`. After `patience` the answers are not waited for any more.
pub async fn claim(table: &impl Claims, bids: Vec<Bid>, until: Millis, now: Millis, patience: Duration) -> Vec<Answer> {
    let claims: Vec<Claim> = bids.iter().map(|bid| claim_of(bid, until, now)).collect();
    let outcomes = timeout(patience, table.claim(&claims)).await.unwrap_or_default();
    let outcomes = outcomes.into_iter().chain(repeat_with(|| Err(no_answer())));
    bids.into_iter().zip(outcomes).map(|(bid, outcome)| bid.answered(outcome)).collect()
}

impl Bid {
    fn answered(self, outcome: Result<ClaimOutcome, PortError>) -> Answer {
        let start = |attempt| Start::leased(self.row, self.owner, attempt);
        match outcome {
            Ok(ClaimOutcome::Claimed { attempt }) => Answer::Won(start(attempt)),
            Ok(ClaimOutcome::Refused(row)) => Answer::Refused(row),
            Err(error) => Answer::InDoubt(start(0), error),
        }
    }
}

fn claim_of(bid: &Bid, until: Millis, now: Millis) -> Claim {
    let Bid { row, fence, restart, owner } = bid.clone();
    Claim { row, fence, owner, until, now, restart }
}

fn no_answer() -> PortError {
    let message = "the table gave no answer in time".to_owned();
    PortError { trouble: Trouble::Unavailable, operation: "claim", message }
}
