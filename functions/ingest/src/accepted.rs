//! What a producer is told of its events.

use crate::Config;
use crate::incoming::Incoming;
use serde::Serialize;
use sluice_events::EventId;
use sluice_http::{Answer, Problem, Request};

/// Seconds after which a client is asked to try again when SQS did not take its event.
const RETRY_AFTER_SECONDS: &str = "5";

/// What became of an accepted event.
pub(crate) struct Taken {
    pub(crate) status: &'static str,
    /// `None`: known, but no message is.
    pub(crate) message_id: Option<String>,
    pub(crate) duplicate: bool,
    /// Whether it went out as a message of its own.
    pub(crate) sent: bool,
}

/// One event's answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Accepted {
    event_id: EventId,
    status: &'static str,
    idempotency_key: String,
    message_id: Option<String>,
    duplicate: bool,
    status_url: String,
    #[serde(skip)]
    sent: bool,
}

impl Accepted {
    /// Whether it went out; otherwise it is done, or on its way already.
    pub(crate) fn was_sent(&self) -> bool {
        self.sent
    }

    pub(crate) fn new(incoming: &Incoming, taken: Taken, base_url: &str) -> Self {
        Self {
            event_id: incoming.id,
            status: taken.status,
            idempotency_key: incoming.key.clone(),
            message_id: taken.message_id,
            duplicate: taken.duplicate,
            sent: taken.sent,
            status_url: format!("{base_url}/events/{}", incoming.id),
        }
    }
}

#[derive(Serialize)]
struct Results<'a> {
    results: Vec<Item<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Item<'a> {
    Accepted(&'a Accepted),
    Refused(&'a Problem),
}

impl<'a> From<&'a Result<Accepted, Problem>> for Item<'a> {
    fn from(fate: &'a Result<Accepted, Problem>) -> Self {
        match fate {
            Ok(accepted) => Self::Accepted(accepted),
            Err(problem) => Self::Refused(problem),
        }
    }
}

/// Where clients reach the API, as this request came.
pub(crate) fn base_url(request: &Request, config: &Config) -> String {
    match &config.public_url {
        Some(url) => url.replace("{apiId}", &request.api_id),
        None => format!("https://{}", request.domain_name),
    }
}

/// The answer to one event.
pub(crate) fn single(fate: Result<Accepted, Problem>) -> Answer {
    match fate {
        Ok(accepted) => Answer::json(202, &accepted),
        Err(problem) => {
            let unsent = is_unsent(&problem);
            ask_again(problem.into_answer(), unsent)
        }
    }
}

/// The answer to a batch: 207 as soon as one event was refused. If SQS took none of them, there is nothing to tell
/// apart: it is answered as one event would be, so that a client which only knows 503 sends all of them again.
pub(crate) fn batch(fates: &[Result<Accepted, Problem>]) -> Answer {
    let unsent = fates.iter().filter(|fate| fate.as_ref().is_err_and(is_unsent)).count();
    if unsent > 0 && unsent == fates.len() {
        return single(Err(queue_unavailable()));
    }
    let status = if fates.iter().all(Result::is_ok) { 202 } else { 207 };
    ask_again(Answer::json(status, &Results { results: fates.iter().map(Item::from).collect() }), unsent > 0)
}

/// SQS did not take an event.
pub(crate) fn queue_unavailable() -> Problem {
    let detail = format!("the queue did not take the event; send it again in {RETRY_AFTER_SECONDS} seconds, as it is");
    Problem::new(503, "queue_unavailable", "The event was not accepted", detail)
}

fn is_unsent(problem: &Problem) -> bool {
    problem.status() == 503
}

fn ask_again(answer: Answer, unsent: bool) -> Answer {
    if unsent { answer.with_header("retry-after", RETRY_AFTER_SECONDS) } else { answer }
}
