//! What may be written of an event, and by whom.

use sluice_events::EventId;
use sluice_ports::{
    ErrorInfo, Fence, LeaseOwner, Millis, PortError, Queued, SettleOutcome, Settlement, Settlements, Target,
};

/// One start of processing: the right to say once what the event became, as long as its fence holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    row: Queued,
    fence: Fence,
    owner: LeaseOwner,
    attempt: u32,
}

impl Start {
    /// The first start of an event without effects outside. It takes no claim: two of them at once are harmless, as
    /// only the first to settle finds the event queued, or not yet known, and not counted as started.
    /// `owner` is new.
    #[must_use]
    pub fn unclaimed(row: Queued, owner: LeaseOwner) -> Self {
        Self { row, fence: Fence::Fresh, owner, attempt: 1 }
    }

    /// A start that a claim has won.
    pub(crate) fn leased(row: Queued, owner: LeaseOwner, attempt: u32) -> Self {
        Self { row, fence: Fence::Held(owner.clone()), owner, attempt }
    }

    /// Somebody's start that ended without a word, its lease run out: to be failed, by a new `owner`.
    #[must_use]
    pub fn dead(row: Queued, lease: LeaseOwner, owner: LeaseOwner, attempt: u32) -> Self {
        Self { row, fence: Fence::Held(lease), owner, attempt }
    }

    /// The event.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.row.id
    }

    /// Which start of the event it is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The event is done; `result` is JSON text.
    #[must_use]
    pub fn complete(&self, result: String, now: Millis) -> Settlement {
        self.settlement(Target::Completed(result), now)
    }

    /// The event failed for good.
    #[must_use]
    pub fn fail(&self, error: ErrorInfo, now: Millis) -> Settlement {
        self.settlement(Target::Failed(error), now)
    }

    /// The event failed and is to be tried again.
    #[must_use]
    pub fn release(&self, error: ErrorInfo, now: Millis) -> Settlement {
        self.settlement(Target::Released(error), now)
    }

    /// The event was not started after all: the start that the claim counted is taken off again.
    #[must_use]
    pub fn give_back(&self, now: Millis) -> Settlement {
        self.settlement(Target::GivenBack, now)
    }

    fn settlement(&self, target: Target, now: Millis) -> Settlement {
        Settlement {
            row: self.row.clone(),
            fence: self.fence.clone(),
            owner: self.owner.clone(),
            target,
            attempt: self.attempt,
            now,
        }
    }
}

/// Gives starts back whose claim's answer, or whose settlement's, is not known: trouble with the table is no attempt of
/// the event. If there is no such claim, or the result was written after all, the fence does not hold, and the next
/// receive finds what is so. Returns those that could not be given back: their leases run out, and they stay counted.
pub async fn give_back<'a>(table: &impl Settlements, starts: &'a [Start], now: Millis) -> Vec<(&'a Start, PortError)> {
    if starts.is_empty() {
        return Vec::new();
    }
    let settlements: Vec<Settlement> = starts.iter().map(|start| start.give_back(now)).collect();
    let answers: Vec<Result<SettleOutcome, PortError>> = table.settle(&settlements).await;
    starts.iter().zip(answers).filter_map(|(start, answer)| Some((start, answer.err()?))).collect()
}
