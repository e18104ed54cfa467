//! The events table, by what each function does to it.

use crate::{ErrorInfo, LeaseOwner, Millis, PortError, Record, Seconds, Status};
use sluice_events::{EventId, PayloadHash};
use std::future::Future;

/// How much of a record is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// All of it.
    All,
    /// All but [`Record::data`], which is then `None`: results are large, and a hundred of them may not fit a
    /// function's memory.
    WithoutResult,
}

/// Looks records up.
pub trait RecordReader: Send + Sync {
    /// The records of these events, as of a moment ago; `None` where there is none. No id may stand twice in one
    /// call.
    fn read(
        &self,
        ids: &[EventId],
        fields: Fields,
    ) -> impl Future<Output = Vec<Result<Option<Record>, PortError>>> + Send;
}

/// A row for an event that was just queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The event.
    pub id: EventId,
    /// Hash over type and payload.
    pub validation: PayloadHash,
    /// The SQS message it went out with.
    pub message_id: String,
    /// Who sent it.
    pub producer: String,
    /// Its type.
    pub event_type: String,
    /// When ingest took it.
    pub received_at: Millis,
    /// When the row stops counting.
    pub expiration: Seconds,
}

/// What became of a [`Queued`] row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnqueueOutcome {
    /// Written.
    Written,
    /// There is a row that counts already; it was left alone.
    Known,
}

/// Notes events that were queued.
pub trait Records: Send + Sync {
    /// Writes each row unless there is one that counts (not expired at `now`).
    fn enqueue(
        &self,
        rows: &[Queued],
        now: Seconds,
    ) -> impl Future<Output = Vec<Result<EnqueueOutcome, PortError>>> + Send;
}

/// What must still be so for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fence {
    /// No row, or one that counts and is QUEUED with the same payload hash.
    Open,
    /// As [`Fence::Open`], and no start of processing was counted yet: what a settlement without a claim needs.
    Fresh,
    /// A row that stopped counting before now.
    Expired,
    /// INPROGRESS under this owner: our own lease, or a dead one to take over.
    Held(LeaseOwner),
    /// FAILED by that message at that moment: it is to be tried again after a redrive.
    FailedBy {
        /// The message that failed.
        message_id: Option<String>,
        /// When.
        updated_at: Millis,
    },
}

/// Asks for the right to process an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The row as it shall be if there is none yet.
    pub row: Queued,
    /// What must still be so.
    pub fence: Fence,
    /// Who claims; fresh for this claim.
    pub owner: LeaseOwner,
    /// Until when the lease holds.
    pub until: Millis,
    /// Now, by the worker's clock.
    pub now: Millis,
    /// Count this as start 1, instead of one more than the row's: the row is another life of the event.
    pub restart: bool,
}

/// What became of a [`Claim`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// The lease is ours.
    Claimed {
        /// Which start of processing this is, from 1.
        attempt: u32,
    },
    /// The fence did not hold; the row as it stands.
    Refused(Box<Record>),
}

/// Claims events.
pub trait Claims: Send + Sync {
    /// Claims each. A row that already shows the claim's own owner counts as claimed.
    fn claim(&self, claims: &[Claim]) -> impl Future<Output = Vec<Result<ClaimOutcome, PortError>>> + Send;
}

/// What an event becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Done, with the result as JSON text.
    Completed(String),
    /// Failed for good.
    Failed(ErrorInfo),
    /// To be tried again; the lease is given up.
    Released(ErrorInfo),
    /// To be tried again as if it had not been claimed: the lease is given up, the start that the claim counted is
    /// taken off again (`attempt` of the settlement does not matter), and no error noted.
    GivenBack,
}

impl Target {
    /// The status it gives the record.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Completed(_) => Status::Completed,
            Self::Failed(_) => Status::Failed,
            Self::Released(_) | Self::GivenBack => Status::Queued,
        }
    }
}

/// Ends a worker's part in an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// The row as it shall be if there is none yet.
    pub row: Queued,
    /// What must still be so.
    pub fence: Fence,
    /// Who writes; fresh for this settlement unless it ends a claim.
    pub owner: LeaseOwner,
    /// What the event becomes.
    pub target: Target,
    /// Starts of processing so far.
    pub attempt: u32,
    /// Now, by the worker's clock.
    pub now: Millis,
}

/// What became of a [`Settlement`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettleOutcome {
    /// Written.
    Written,
    /// The fence did not hold; the row as it stands (`None`: there is none, so a lease is gone).
    Refused(Option<Box<Record>>),
}

/// Settles events.
pub trait Settlements: Send + Sync {
    /// Settles each. A row that already shows the settlement's own owner and target counts as written. No id may
    /// stand twice in one call.
    fn settle(&self, settlements: &[Settlement]) -> impl Future<Output = Vec<Result<SettleOutcome, PortError>>> + Send;
}
