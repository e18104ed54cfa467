//! `GET /health`: whether the service can take and show events. Public, so it says no more than that, and asks AWS
//! once in ten seconds at most.

use crate::{Ports, Query};
use serde_json::json;
use sluice_events::{EventId, IdempotencyKey, Producer};
use sluice_http::Answer;
use sluice_ports::{Clock, Fields, QueueDepths, QueueName, RecordReader};
use sluice_telemetry::Summary;

impl<P: Ports> Query<P> {
    pub(crate) async fn get_health(&self, summary: &mut Summary) -> Answer {
        summary.note("action", "get_health");
        let now = self.clock.now();
        let healthy = match self.health.get(now) {
            Some(healthy) => healthy,
            None => {
                let healthy = self.ask().await;
                self.health.put(now, healthy);
                healthy
            }
        };
        let (code, word) = if healthy { (200, "ok") } else { (503, "unavailable") };
        summary.note("status", word);
        Answer::json(code, &json!({"status": word}))
    }

    async fn ask(&self) -> bool {
        // Any id will do: that nothing is there is an answer too.
        let nobody = EventId::derive(&Producer::named("health"), &IdempotencyKey::Given(String::new()));
        let ids = [nobody];
        let (depth, read) =
            tokio::join!(self.queues.depth(QueueName::Main), self.table.read(&ids, Fields::WithoutResult));
        let failures = [depth.err(), read.into_iter().find_map(Result::err)];
        for error in failures.iter().flatten() {
            tracing::error!(action = "get_health", status = "failed", error = %error, "a dependency does not answer");
        }
        failures.iter().all(Option::is_none)
    }
}
