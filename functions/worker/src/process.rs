//! Processing: what an event's type says, with nothing lost or spread by a panic.

use crate::job::Job;
use crate::ledger::{Ledger, Why};
use crate::{Ports, Worker};
use sluice_batch::{Panicked, Window, guarded, run_bounded};
use sluice_events::types::Failure;
use sluice_faults::{Faults, StartFault, Starting};
use sluice_idempotency::Start;
use sluice_ports::{Clock, ErrorInfo, Millis, Settlement};
use std::time::Duration;
use tokio::time::timeout;

/// DynamoDB's item holds 400 KB, with the names and the other attributes.
const MOST_STORED_BYTES: usize = 384 * 1024;

/// What came of processing an event once.
pub(crate) enum Work {
    /// The result, as JSON text.
    Done(String),
    Permanent(ErrorInfo),
    Transient(ErrorInfo),
    /// It was not done in time, and did not have its fair share of it: as if it had not been started.
    Unfinished,
}

/// What an error may say, in bytes: it goes into the record, the outcome, an attribute of the dead letter and a log
/// line.
const MOST_MESSAGE_BYTES: usize = 1024;

impl Work {
    fn shortened(mut self) -> Self {
        if let Self::Permanent(error) | Self::Transient(error) = &mut self {
            error.message.truncate(error.message.floor_char_boundary(MOST_MESSAGE_BYTES));
        }
        self
    }
}

/// A processed event.
pub(crate) struct Processed {
    pub(crate) job: Job,
    pub(crate) work: Work,
    pub(crate) took: Duration,
}

impl<P: Ports> Worker<P> {
    /// Processes events that need no claim, side by side. What there is no time for goes back.
    pub(crate) async fn process_fresh(&self, jobs: Vec<Job>, window: Window, ledger: &mut Ledger) -> Vec<Processed> {
        let may_start = || self.may_start(window);
        let results = run_bounded(&jobs, self.config.concurrency, may_start, |job| self.process(job, window)).await;
        let mut processed = Vec::with_capacity(jobs.len());
        for (job, result) in jobs.into_iter().zip(results) {
            match result {
                Some(Ok((work, took))) if !matches!(work, Work::Unfinished) => {
                    processed.push(Processed { job, work, took });
                }
                Some(Err(Panicked)) => processed.push(Processed { job, work: panicked(), took: Duration::ZERO }),
                Some(Ok(_)) | None => self.hand_back(&job, &Why::NoTime, ledger),
            }
        }
        processed
    }

    /// Processes one event that is claimed.
    pub(crate) async fn process_claimed(&self, job: &Job, window: Window) -> (Work, Duration) {
        guarded(self.process(job, window)).await.unwrap_or_else(|Panicked| (panicked(), Duration::ZERO))
    }

    /// Processes one event, for as long as the invocation has: past that Lambda would end it, with its neighbours.
    async fn process(&self, job: &Job, window: Window) -> (Work, Duration) {
        let started = self.clock.now();
        let share = window.left(started);
        if share.is_zero() {
            return (Work::Unfinished, Duration::ZERO);
        }
        let work = match timeout(share, run(job, &self.faults)).await {
            Ok(work) => work.shortened(),
            Err(_) if window.is_fair(share) => timed_out(share),
            Err(_) => Work::Unfinished,
        };
        (work, self.clock.now().since(started))
    }
}

async fn run(job: &Job, faults: &Faults) -> Work {
    let header = &job.leader.envelope.header;
    if let Some(fault) = injected(job, faults).await {
        return fault;
    }
    let Some(event_type) = job.leader.event_type else {
        let text =
            format!("no build knows event type `{}`, schema version {}", header.event_type, header.schema_version);
        return permanent("UnknownType", text);
    };
    let payload = &job.leader.envelope.payload;
    // What was sent past ingest is caught here. An event that ingest took under an older schema is not held against
    // today's, which may ask for more: should it lack what it takes by now, `process` says so.
    if header.schema_version >= event_type.schema_version()
        && let Some(violation) = event_type.violations(payload).first()
    {
        return permanent("SchemaInvalid", format!("{} {}", violation.pointer, violation.detail));
    }
    if let Err(rule) = event_type.validate(payload) {
        return permanent("BusinessRule", rule);
    }
    match event_type.process(payload, header.event_id).await {
        Ok(result) => stored(result.to_string()),
        Err(Failure::Permanent { class, message }) => permanent(class, message),
        Err(Failure::Transient { class, message }) => Work::Transient(ErrorInfo { class: class.to_owned(), message }),
    }
}

/// A result that no row could hold would be handed back for ever.
fn stored(result: String) -> Work {
    if result.len() > MOST_STORED_BYTES {
        let text = format!("the result has {} bytes; a record holds {MOST_STORED_BYTES}", result.len());
        return permanent("ResultTooLarge", text);
    }
    Work::Done(result)
}

/// What a fault on demand makes of a start.
#[allow(clippy::panic, reason = "the fault that is injected")]
async fn injected(job: &Job, faults: &Faults) -> Option<Work> {
    let message = &job.leader.message;
    let start = Starting { event_id: &job.id(), receive_count: message.receive_count, body: &message.body };
    match faults.start(start).await? {
        StartFault::Panic => panic!("a fault on demand"),
        StartFault::Poison => Some(permanent("InjectedPoison", "failed for good on demand".to_owned())),
        StartFault::Fail => {
            let message = "failed on demand".to_owned();
            Some(Work::Transient(ErrorInfo { class: "InjectedFailure".to_owned(), message }))
        }
    }
}

fn permanent(class: &str, message: String) -> Work {
    Work::Permanent(ErrorInfo { class: class.to_owned(), message })
}

fn timed_out(share: Duration) -> Work {
    let message = format!("processing was not done within {} ms, all that the invocation had", share.as_millis());
    Work::Transient(ErrorInfo { class: "TimedOut".to_owned(), message })
}

fn panicked() -> Work {
    let message = "processing panicked; the worker's log says where".to_owned();
    Work::Transient(ErrorInfo { class: "Panicked".to_owned(), message })
}

/// What an event becomes after a start of processing.
pub(crate) fn settlement(start: &Start, work: Work, max_attempts: u32, now: Millis) -> Settlement {
    match work {
        Work::Done(result) => start.complete(result, now),
        Work::Permanent(error) => start.fail(error, now),
        Work::Transient(error) if start.attempt() >= max_attempts => {
            start.fail(exhausted(&error, start.attempt()), now)
        }
        Work::Transient(error) => start.release(error, now),
        Work::Unfinished => start.give_back(now),
    }
}

fn exhausted(last: &ErrorInfo, attempts: u32) -> ErrorInfo {
    let message = format!("given up after {attempts} attempts; the last failed with {}: {}", last.class, last.message);
    ErrorInfo { class: "Exhausted".to_owned(), message }
}
