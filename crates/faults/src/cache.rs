//! The parameter, read now and then, and what holds between reads and without them.

use crate::flight::Flight;
use crate::parse;
use crate::plan::Plan;
use sluice_ports::{Millis, Parameter, ParameterReader, PortError};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// What a read may hold up an invocation. One that takes longer counts as unanswered.
const LONGEST_READ: Duration = Duration::from_millis(300);

/// How long the last answer counts when there is no other.
const LAST_ANSWER_COUNTS: Duration = Duration::from_secs(600);

type Read<'a> = Pin<Box<dyn Future<Output = Result<Option<Parameter>, PortError>> + Send + 'a>>;

/// A [`ParameterReader`], whichever it is.
pub(crate) trait Source: Send + Sync {
    fn read(&self) -> Read<'_>;
}

impl<R: ParameterReader> Source for R {
    fn read(&self) -> Read<'_> {
        Box::pin(ParameterReader::read(self))
    }
}

pub(crate) struct Cache {
    source: Box<dyn Source>,
    keep: Duration,
    readings: Flight<Reading>,
}

/// What the last reads said.
#[derive(Debug, Clone)]
struct Reading {
    plan: Arc<Plan>,
    /// When the plan ends by itself.
    ends: Millis,
    /// When there was an answer.
    answered_at: Millis,
    said: Said,
    /// Whether the last read had no answer.
    silent: bool,
}

/// The last answer, to tell whether the next one is news.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Nothing,
    Missing,
    Text(Arc<str>),
}

impl Cache {
    /// Reads again what was read `keep` ago.
    pub(crate) fn new(source: Box<dyn Source>, keep: Duration) -> Self {
        let never = Millis(i64::MIN);
        let plan = Arc::new(Plan::default());
        let nothing = Reading { plan, ends: never, answered_at: never, said: Said::Nothing, silent: false };
        Self { source, keep, readings: Flight::new(nothing) }
    }

    /// Reads the parameter if it is time to. Fails nothing and waits for nobody else's read.
    pub(crate) async fn refresh(&self, now: Millis) {
        let keep = i64::try_from(self.keep.as_millis()).unwrap_or(i64::MAX);
        let Some(ticket) = self.readings.board(now.0, keep) else {
            return;
        };
        let before = self.readings.value();
        let answer = timeout(LONGEST_READ, self.source.read()).await;
        ticket.land(match answer {
            Ok(Ok(Some(parameter))) => before.hears(parameter, now),
            Ok(Ok(None)) => before.hears_of_none(now),
            Ok(Err(error)) => before.hears_nothing(&error.to_string()),
            Err(_) => before.hears_nothing(&format!("no answer within {} ms", LONGEST_READ.as_millis())),
        });
    }

    /// What goes wrong at `now`.
    pub(crate) fn plan(&self, now: Millis) -> Arc<Plan> {
        let reading = self.readings.value();
        let counts = now < reading.ends && now.since(reading.answered_at) < LAST_ANSWER_COUNTS;
        if counts { reading.plan } else { Arc::new(Plan::default()) }
    }
}

impl Reading {
    fn hears(self, parameter: Parameter, now: Millis) -> Self {
        let said = Said::Text(parameter.text.as_str().into());
        if said == self.said {
            // Put there again, it lasts anew.
            return Self { ends: self.plan.ends(parameter.changed_at), answered_at: now, silent: false, ..self };
        }
        let plan = match parse(&parameter.text) {
            Ok(plan) => plan,
            Err(invalid) => {
                tracing::error!(action = "read_faults", status = "invalid", error = %invalid,
                    "the failure parameter cannot be read: no faults are on");
                return Self { plan: Arc::default(), ends: now, answered_at: now, said, silent: false };
            }
        };
        let ends = plan.ends(parameter.changed_at);
        log_news(&plan, ends, now);
        Self { plan: Arc::new(plan), ends, answered_at: now, said, silent: false }
    }

    fn hears_of_none(self, now: Millis) -> Self {
        if self.said != Said::Missing {
            tracing::warn!(
                action = "read_faults",
                status = "missing",
                "there is no failure parameter: no faults are on"
            );
        }
        Self { plan: Arc::default(), ends: now, answered_at: now, said: Said::Missing, silent: false }
    }

    fn hears_nothing(self, error: &str) -> Self {
        if !self.silent {
            tracing::warn!(
                action = "read_faults",
                status = "failed",
                error,
                "the failure parameter could not be read: its last value counts for up to 10 minutes"
            );
        }
        Self { silent: true, ..self }
    }
}

fn log_news(plan: &Plan, ends: Millis, now: Millis) {
    for name in &plan.unsupported {
        tracing::warn!(
            action = "read_faults",
            status = "unsupported",
            mode = name,
            "a failure mode is not supported here"
        );
    }
    if plan.is_empty() {
        tracing::info!(action = "read_faults", status = "off", "no faults are on");
    } else if ends <= now {
        let (modes, until) = (plan.names(), ends.to_string());
        tracing::info!(action = "read_faults", status = "ended", modes, until, "the faults of the parameter are over");
    } else {
        let (modes, until) = (plan.names(), ends.to_string());
        tracing::warn!(action = "read_faults", status = "on", modes, until, "faults are on");
    }
}

#[cfg(test)]
mod tests;
