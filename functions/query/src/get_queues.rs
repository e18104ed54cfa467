//! `GET /queues`: how full the queues are, and whether the worker is fed. An operator's route.

use crate::get_event::unavailable;
use crate::{Ports, Query};
use serde::Serialize;
use sluice_http::{Answer, Problem};
use sluice_ports::{Clock, EventSource, PortError, QueueAges, QueueDepth, QueueDepths, QueueName};
use sluice_telemetry::Summary;
use std::time::Duration;

/// The age of each queue's oldest message, or why it is not known.
#[derive(Clone)]
pub(crate) struct Ages {
    main: Result<u64, String>,
    dead_letter: Result<u64, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Queues {
    main: Queue,
    dead_letter: Queue,
    event_source: Source,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Queue {
    available: u64,
    in_flight: u64,
    delayed: u64,
    /// Seconds; CloudWatch's figure, some minutes old.
    oldest_age_seconds: Option<u64>,
    /// Why there is no age.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_age_reason: Option<String>,
}

#[derive(Serialize)]
struct Source {
    state: String,
}

impl<P: Ports> Query<P> {
    pub(crate) async fn get_queues(&self, summary: &mut Summary) -> Result<Answer, Problem> {
        summary.note("action", "get_queues");
        let (main, dead_letter, source, ages) = tokio::join!(
            self.queues.depth(QueueName::Main),
            self.queues.depth(QueueName::DeadLetter),
            self.source.state(),
            self.ages(),
        );
        let asked = |error: PortError| unavailable(&error);
        let body = Queues {
            main: queue(main.map_err(asked)?, ages.main),
            dead_letter: queue(dead_letter.map_err(asked)?, ages.dead_letter),
            event_source: Source { state: source.map_err(asked)?.state },
        };
        summary.note("status", "ok");
        Ok(Answer::json(200, &body))
    }

    async fn ages(&self) -> Ages {
        let now = self.clock.now();
        if let Some(ages) = self.queue_ages.get(now) {
            return ages;
        }
        let (main, dead_letter) =
            tokio::join!(self.ages.oldest(QueueName::Main), self.ages.oldest(QueueName::DeadLetter));
        let ages = Ages { main: age(main), dead_letter: age(dead_letter) };
        self.queue_ages.put(now, ages.clone());
        ages
    }
}

fn age(answer: Result<Option<Duration>, PortError>) -> Result<u64, String> {
    match answer {
        Ok(Some(age)) => Ok(age.as_secs()),
        Ok(None) => {
            Err("CloudWatch has no figure: the queue was idle, or its metrics are not published here".to_owned())
        }
        Err(error) => {
            tracing::warn!(action = "get_queues", status = "failed", error = %error, "CloudWatch could not be asked");
            Err("CloudWatch could not be asked".to_owned())
        }
    }
}

fn queue(depth: QueueDepth, age: Result<u64, String>) -> Queue {
    let QueueDepth { available, in_flight, delayed } = depth;
    Queue {
        available,
        in_flight,
        delayed,
        oldest_age_seconds: age.as_ref().ok().copied(),
        oldest_age_reason: age.err(),
    }
}
