//! The way of a POST: read it, look whether it is known, send it, note it as queued, answer.

use crate::Ingest;
use crate::incoming::{self, Incoming};
use crate::known::{self, Known};
use serde::Serialize;
use sluice_events::{ENVELOPE_VERSION, Envelope, EventId, Header};
use sluice_http::{Answer, Problem, Request};
use sluice_ports::{Clock, Fields, Millis, NewMessage, PortError, Queued, Record, RecordReader, Records, Sender, Trouble};
use sluice_telemetry::Summary;
use tokio::time::timeout;

/// What SQS takes in one message is 1 MiB; 16 KiB of it are kept for what a dead letter says of its reason.
const MOST_MESSAGE_BYTES: usize = 1_048_576 - 16_384;

/// Seconds after which a client is asked to try again when SQS did not take its event.
const RETRY_AFTER_SECONDS: &str = "5";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Accepted {
    event_id: EventId,
    status: &'static str,
    idempotency_key: String,
    /// `None`: known, but no message is.
    message_id: Option<String>,
    duplicate: bool,
    status_url: String,
}

impl<T: RecordReader + Records, Q: Sender, C: Clock> Ingest<T, Q, C> {
    pub(crate) async fn post_event(
        &self,
        request: &Request,
        trace_id: Option<String>,
        summary: &mut Summary,
    ) -> Result<Answer, Problem> {
        let incoming = incoming::read(request, &self.config)?;
        summary.note("event_id", incoming.id.to_string());
        let now = self.clock.now();
        let known = known::judge(self.look_up(incoming.id).await, &incoming, now, &self.config)?;
        if let Known::Live { status, message_id } = known {
            summary.count("Duplicates", 1);
            summary.note("status", "duplicate");
            return Ok(self.accepted(request, &incoming, status, message_id, true));
        }
        let duplicate = matches!(known, Known::SendAgain);
        let body = body(&incoming, trace_id, now)?;
        match self.send(body).await {
            Ok(message_id) => {
                self.note_queued(&incoming, &message_id, now).await;
                summary.count("Accepted", 1);
                summary.note("status", "accepted");
                Ok(self.accepted(request, &incoming, "queued", Some(message_id), duplicate))
            }
            Err(error) => {
                tracing::error!(action = "send", status = "failed", event_id = %incoming.id, error = %error,
                    "SQS did not take an event; its producer was answered 503");
                summary.count_class("Rejected", "queue_unavailable");
                summary.note("status", "queue_unavailable");
                Ok(queue_unavailable())
            }
        }
    }

    /// The event's record. A look-up that fails or takes too long shows none: the event is sent all the same, and
    /// the worker drops doubles.
    async fn look_up(&self, id: EventId) -> Option<Record> {
        let failure = match timeout(self.config.read_timeout, self.table.read(&[id], Fields::WithoutResult)).await {
            Ok(mut found) => match found.pop() {
                Some(Ok(record)) => return record,
                Some(Err(error)) => error.to_string(),
                None => "the table gave no answer".to_owned(),
            },
            Err(_) => format!("no answer within {} ms", self.config.read_timeout.as_millis()),
        };
        tracing::warn!(action = "look_up", status = "failed", event_id = %id, error = failure,
            "the events table could not be read; the event is sent as if it were new");
        None
    }

    async fn send(&self, body: String) -> Result<String, PortError> {
        let no_answer = || PortError {
            trouble: Trouble::Unavailable,
            operation: "sqs:SendMessage",
            message: "the queue gave no answer".to_owned(),
        };
        let mut sent = self.queue.send(&[NewMessage { body }]).await;
        sent.pop().unwrap_or_else(|| Err(no_answer()))
    }

    /// Notes the event as queued, for `GET /events/{id}` and the next POST. Whatever comes of it, SQS has the event.
    async fn note_queued(&self, incoming: &Incoming, message_id: &str, now: Millis) {
        let row = Queued {
            id: incoming.id,
            validation: incoming.hash,
            message_id: message_id.to_owned(),
            producer: incoming.producer.as_str().to_owned(),
            event_type: incoming.event_type.name().to_owned(),
            received_at: now,
            expiration: now.to_seconds().plus(self.config.record_ttl),
        };
        let failure = match timeout(self.config.note_timeout, self.table.enqueue(&[row], now.to_seconds())).await {
            Ok(mut written) => match written.pop() {
                Some(Ok(_)) => return,
                Some(Err(error)) => error.to_string(),
                None => "the table gave no answer".to_owned(),
            },
            Err(_) => format!("no answer within {} ms", self.config.note_timeout.as_millis()),
        };
        tracing::warn!(action = "note_queued", status = "failed", event_id = %incoming.id, error = failure,
            "the event is queued, but its status shows only once the worker has it");
    }

    fn accepted(
        &self,
        request: &Request,
        incoming: &Incoming,
        status: &'static str,
        message_id: Option<String>,
        duplicate: bool,
    ) -> Answer {
        let base = match &self.config.public_url {
            Some(url) => url.replace("{apiId}", &request.api_id),
            None => format!("https://{}", request.domain_name),
        };
        let body = Accepted {
            event_id: incoming.id,
            status,
            idempotency_key: incoming.key.to_string(),
            message_id,
            duplicate,
            status_url: format!("{base}/events/{}", incoming.id),
        };
        Answer::json(202, &body)
    }
}

/// The message's body: the envelope.
fn body(incoming: &Incoming, trace_id: Option<String>, now: Millis) -> Result<String, Problem> {
    let envelope = Envelope {
        header: Header {
            envelope_version: ENVELOPE_VERSION,
            event_id: incoming.id,
            event_type: incoming.event_type.name().to_owned(),
            schema_version: incoming.event_type.schema_version(),
            producer: incoming.producer.clone(),
            idempotency_key: incoming.key.to_string(),
            payload_hash: incoming.hash,
            received_at_ms: now.0,
            trace_id,
        },
        payload: incoming.payload.clone(),
    };
    let body = envelope.to_body().unwrap_or_default();
    // Escaping what SQS refuses may double an event's size.
    if body.is_empty() || body.len() > MOST_MESSAGE_BYTES {
        return Err(incoming::too_large(body.len(), MOST_MESSAGE_BYTES));
    }
    Ok(body)
}

fn queue_unavailable() -> Answer {
    let detail = format!("the queue did not take the event; send it again in {RETRY_AFTER_SECONDS} seconds, as it is");
    Problem::new(503, "queue_unavailable", "The event was not accepted", detail)
        .into_answer()
        .with_header("retry-after", RETRY_AFTER_SECONDS)
}
