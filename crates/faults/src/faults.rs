//! What a function asks: does something go wrong here, now?

use crate::cache::Cache;
use crate::mode::Mode;
use crate::plan::{Act, Plan};
use crate::roll::Roll;
use serde_json::Value;
use sluice_ports::{Clock, Dice, Millis, ParameterReader};
use sluice_telemetry::Summary;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::sleep;

/// The faults of one function. Its clones share what they read and count.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Inner>>);

struct Inner {
    function: Function,
    cache: Cache,
    clock: Box<dyn Clock>,
    dice: Box<dyn Dice>,
    invocations: AtomicU64,
    /// How often each operation was called, by `service:Operation`.
    calls: Mutex<BTreeMap<String, u64>>,
    /// What was injected since it was last counted.
    shots: Mutex<BTreeMap<Mode, u64>>,
}

/// A function that faults are injected into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `POST /events`.
    Ingest,
    /// The worker.
    Worker,
}

impl Function {
    fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Worker => "worker",
        }
    }
}

/// What becomes of an invocation before it is handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// It is handled.
    Handle,
    /// It is not handled: this HTTP status answers it. In ingest only.
    Answer(u16),
    /// It is not handled: it fails with this message.
    Fail(String),
}

/// An event whose processing starts.
pub struct Starting<'a> {
    /// Its id.
    pub event_id: &'a (dyn Display + Sync),
    /// How often its message was received, this time included.
    pub receive_count: u32,
    /// The message's body: what conditions look into.
    pub body: &'a str,
}

/// What becomes of a start of processing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartFault {
    /// It panics.
    Panic,
    /// The event fails for good.
    Poison,
    /// The event fails, and may succeed later.
    Fail,
}

/// What becomes of a try of a call to AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallFault {
    /// AWS does not see it, and says that there were too many.
    Throttle,
    /// AWS does not see it, and answers 500.
    ServerError,
    /// AWS does not see it, and nothing is answered.
    NoAnswer,
    /// AWS does it, and 500 is answered in place of its answer.
    LostAnswer,
}

impl Faults {
    /// None, ever.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// Those that a parameter asks for, which is read again `keep` after it was last read.
    #[must_use]
    pub fn new(
        function: Function,
        parameter: impl ParameterReader + 'static,
        keep: Duration,
        clock: impl Clock + 'static,
        dice: impl Dice + 'static,
    ) -> Self {
        Self(Some(Arc::new(Inner {
            function,
            cache: Cache::new(Box::new(parameter), keep),
            clock: Box::new(clock),
            dice: Box::new(dice),
            invocations: AtomicU64::new(0),
            calls: Mutex::default(),
            shots: Mutex::default(),
        })))
    }

    /// Whether there can be any.
    #[must_use]
    pub fn are_allowed(&self) -> bool {
        self.0.is_some()
    }

    /// Begins an invocation: reads the parameter if it is time to, then waits or ends it as that says. `event`: what
    /// Lambda handed over, as JSON; `deadline`: when Lambda ends the invocation.
    pub async fn before(&self, event: &str, deadline: Millis) -> Before {
        let Some(inner) = &self.0 else {
            return Before::Handle;
        };
        inner.invocations.fetch_add(1, Ordering::Relaxed);
        inner.cache.refresh(inner.clock.now()).await;
        let invocation = inner.subject(&"invocation", inner.invocation(), event);
        if let Some(Act::Wait { least, most }) = invocation.hit(Mode::Latency) {
            sleep(Duration::from_millis(invocation.amount(Mode::Latency, least, most))).await;
        }
        if let Some(Act::WaitUntil { left }) = invocation.hit(Mode::Timeout) {
            sleep(deadline.since(inner.clock.now()).saturating_sub(left)).await;
        }
        if inner.function == Function::Ingest
            && let Some(Act::Answer { status }) = invocation.hit(Mode::StatusCode)
        {
            return Before::Answer(status);
        }
        match invocation.hit(Mode::Exception) {
            Some(Act::Fail { message }) => Before::Fail(message),
            _ => Before::Handle,
        }
    }

    /// What an answer's body becomes on its way out; `None`: it stays. `event` as in [`Faults::before`].
    #[must_use]
    pub fn corrupted(&self, event: &str, body: &str) -> Option<String> {
        let inner = self.0.as_ref()?;
        let invocation = inner.subject(&"invocation", inner.invocation(), event);
        match invocation.hit(Mode::Corruption)? {
            Act::Corrupt { body: Some(other) } => Some(other),
            _ => Some(cut(body, invocation.amount(Mode::Corruption, 30, 80))),
        }
    }

    /// What becomes of a start of processing. Takes the time that a slow one takes.
    pub async fn start(&self, start: Starting<'_>) -> Option<StartFault> {
        let inner = self.0.as_ref()?;
        let event = inner.subject(start.event_id, u64::from(start.receive_count), start.body);
        if let Some(Act::Wait { least, most }) = event.hit(Mode::SlowRecord) {
            sleep(Duration::from_millis(event.amount(Mode::SlowRecord, least, most))).await;
        }
        let order = [
            (Mode::Panic, StartFault::Panic),
            (Mode::Poison, StartFault::Poison),
            (Mode::RandomFail, StartFault::Fail),
        ];
        order.into_iter().find_map(|(mode, fault)| event.hit(mode).map(|_| fault))
    }

    /// Whether a message goes out twice. `body`: what conditions look into.
    #[must_use]
    pub fn doubles(&self, event_id: &(dyn Display + Sync), body: &str) -> bool {
        self.0.as_ref().is_some_and(|inner| inner.subject(event_id, 1, body).hit(Mode::Duplicate).is_some())
    }

    /// What becomes of a try of a call, such as `dynamodb`, `UpdateItem`.
    #[must_use]
    pub fn call(&self, service: &str, operation: &str) -> Option<CallFault> {
        self.0.as_ref()?.call(service, operation)
    }

    /// Counts what was injected since this was last asked: `FaultInjected`, and by mode.
    pub fn count(&self, summary: &mut Summary) {
        let Some(inner) = &self.0 else {
            return;
        };
        let shots = std::mem::take(&mut *inner.shots.lock().unwrap_or_else(PoisonError::into_inner));
        for (mode, count) in shots {
            (0..count).for_each(|_| summary.count_class("FaultInjected", mode.name()));
        }
    }
}

impl Inner {
    fn plan(&self) -> Arc<Plan> {
        self.cache.plan(self.clock.now())
    }

    fn invocation(&self) -> u64 {
        self.invocations.load(Ordering::Relaxed)
    }

    fn subject<'a>(&'a self, name: &'a (dyn Display + Sync), attempt: u64, event: &'a str) -> Subject<'a> {
        Subject { inner: self, plan: self.plan(), name, attempt, event }
    }

    fn call(&self, service: &str, operation: &str) -> Option<CallFault> {
        let plan = self.plan();
        if plan.calls.is_empty() {
            return None;
        }
        let name = format!("{service}:{operation}");
        let attempt = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            let calls = calls.entry(name.clone()).or_default();
            *calls += 1;
            *calls
        };
        let call = Subject { inner: self, plan: Arc::clone(&plan), name: &name, attempt, event: "" };
        let hit = |rule: &&crate::plan::CallRule| {
            rule.is_for(self.function.name(), service, operation)
                && call.roll(rule.mode).hits(rule.percentage, self.dice.as_ref())
        };
        let mode = plan.calls.iter().find(hit)?.mode;
        let fault = match mode {
            Mode::Throttle => CallFault::Throttle,
            Mode::ServerError => CallFault::ServerError,
            Mode::NoAnswer => CallFault::NoAnswer,
            Mode::LostAnswer => CallFault::LostAnswer,
            _ => return None,
        };
        call.shot(mode);
        Some(fault)
    }
}

/// What may be hit.
struct Subject<'a> {
    inner: &'a Inner,
    plan: Arc<Plan>,
    name: &'a (dyn Display + Sync),
    attempt: u64,
    /// JSON, for the conditions.
    event: &'a str,
}

impl Subject<'_> {
    /// What a mode does to it, if it is on and hits. Logged and counted then.
    fn hit(&self, mode: Mode) -> Option<Act> {
        let flag = self.plan.flags.get(&mode)?;
        let event = || serde_json::from_str(self.event).unwrap_or(Value::Null);
        let dice = self.inner.dice.as_ref();
        if !flag.is_for(self.inner.function.name(), event) || !self.roll(mode).hits(flag.percentage, dice) {
            return None;
        }
        self.shot(mode);
        Some(flag.act.clone())
    }

    fn amount(&self, mode: Mode, least: u64, most: u64) -> u64 {
        self.roll(mode).between(least, most, self.inner.dice.as_ref())
    }

    fn roll(&self, mode: Mode) -> Roll<'_> {
        let (seed, function) = (self.plan.seed.as_deref(), self.inner.function.name());
        Roll { seed, mode, function, subject: self.name, attempt: self.attempt }
    }

    fn shot(&self, mode: Mode) {
        *self.inner.shots.lock().unwrap_or_else(PoisonError::into_inner).entry(mode).or_default() += 1;
        tracing::warn!(action = "inject_fault", status = mode.name(), subject = %self.name, "a fault is injected");
    }
}

/// A text cut off after a share of it, as failure-lambda does.
fn cut(text: &str, percent: u64) -> String {
    let percent = usize::try_from(percent).unwrap_or(0);
    let end = text.floor_char_boundary(text.len() * percent / 100);
    if text.is_empty() { String::new() } else { format!("{}\u{fffd}\u{fffd}\u{fffd}", &text[..end]) }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Faults(as the parameter says)" } else { "Faults(off)" })
    }
}

#[cfg(test)]
mod tests;
