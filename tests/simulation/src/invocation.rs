//! An invocation that may end or stand still at any of its awaits.

use sluice_events::EventId;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep};

/// How long an invocation goes on that stood still past its time.
const GRACE: Duration = Duration::from_secs(2);

thread_local! {
    static CURRENT: RefCell<Option<Invocation>> = const { RefCell::new(None) };
}

/// What is known of an invocation while it runs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Invocation {
    pub(crate) number: u64,
    /// The events of its batch.
    pub(crate) events: Vec<EventId>,
    /// Events that it had trouble with already.
    pub(crate) troubled: BTreeSet<EventId>,
    /// What it works on ended its process.
    pub(crate) killed: bool,
}

impl Invocation {
    /// Shows the running invocation, if one is running.
    pub(crate) fn with<T>(look: impl FnOnce(&mut Invocation) -> T) -> Option<T> {
        CURRENT.with_borrow_mut(|current| current.as_mut().map(look))
    }
}

/// What shall happen to an invocation. Awaits are counted as polls.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fate {
    pub(crate) dies_at: Option<u64>,
    pub(crate) stalls_at: Option<(u64, Duration)>,
}

/// How an invocation ended.
#[derive(Debug)]
pub(crate) enum End<T> {
    Answered(T),
    /// Its process was killed.
    Crashed,
    /// Its time was over.
    TimedOut,
}

/// Runs the work of an invocation to the end that its fate has for it.
pub(crate) struct Run<T, H> {
    work: Pin<Box<dyn Future<Output = T>>>,
    pub(crate) invocation: Invocation,
    fate: Fate,
    deadline: Pin<Box<Sleep>>,
    /// Asked before it is harmed: whether its events can bear it.
    may_harm: H,
    /// Whether it stood still.
    pub(crate) stalled: bool,
    polls: u64,
    stall: Option<Pin<Box<Sleep>>>,
}

impl<T, H: FnMut(&Invocation) -> bool + Unpin> Run<T, H> {
    pub(crate) fn new(
        work: Pin<Box<dyn Future<Output = T>>>,
        invocation: Invocation,
        fate: Fate,
        deadline: Pin<Box<Sleep>>,
        may_harm: H,
    ) -> Self {
        Self { work, invocation, fate, deadline, may_harm, stalled: false, polls: 0, stall: None }
    }

    fn poll_work(&mut self, context: &mut Context<'_>) -> Poll<T> {
        CURRENT.set(Some(std::mem::take(&mut self.invocation)));
        let polled = self.work.as_mut().poll(context);
        self.invocation = CURRENT.take().unwrap_or_default();
        polled
    }
}

impl<T, H: FnMut(&Invocation) -> bool + Unpin> Future for Run<T, H> {
    type Output = End<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End<T>> {
        let run = &mut *self;
        loop {
            if let Some(stall) = &mut run.stall {
                if stall.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                run.stall = None;
                // What stood still past its time is not always ended at once: its calls may still be on their way.
                let grace = Instant::now() + GRACE;
                let spared = run.fate.stalls_at.is_none_or(|(_, time)| time.as_millis() % 2 == 0);
                if spared && run.deadline.deadline() < grace {
                    run.deadline.as_mut().reset(grace);
                }
            }
            if run.deadline.as_mut().poll(context).is_ready() {
                return Poll::Ready(End::TimedOut);
            }
            if let Poll::Ready(answer) = run.poll_work(context) {
                return Poll::Ready(End::Answered(answer));
            }
            if run.invocation.killed {
                return Poll::Ready(End::Crashed);
            }
            run.polls += 1;
            if run.fate.dies_at == Some(run.polls) && (run.may_harm)(&run.invocation) {
                return Poll::Ready(End::Crashed);
            }
            match run.fate.stalls_at {
                Some((at, time)) if at == run.polls && (run.may_harm)(&run.invocation) => {
                    run.stalled = true;
                    run.stall = Some(Box::pin(sleep(time)));
                }
                _ => return Poll::Pending,
            }
        }
    }
}
