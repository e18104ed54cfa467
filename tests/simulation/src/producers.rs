//! Producers: they POST to ingest, and go on until they have an answer that ends it.

use crate::invocation::{End, Invocation, Run};
use crate::mapping::fate;
use crate::outlets::{Outlets, SkewedClock};
use crate::plan::Post;
use crate::queue::{Mark, NewMessage};
use crate::table::Table;
use crate::types;
use crate::world::World;
use serde_json::{Value, json};
use sluice_events::payload_hash;
use sluice_faults::Faults;
use sluice_http::{Access, Answer, HttpEvent};
use sluice_ingest::{Config, Ingest};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;

/// API Gateway's limit for an integration.
const REQUEST: Duration = Duration::from_secs(20);

/// Posts until it is answered for good.
pub(crate) async fn post(world: Arc<World>, post: Post) {
    sleep(post.at.saturating_sub(world.elapsed())).await;
    let body = body(&world, &post);
    loop {
        world.count("posts", 1);
        let ended = match request(&world, body.clone()).await {
            End::Answered(answer) => judge(&world, &post, &answer),
            End::Crashed | End::TimedOut => false,
        };
        if ended {
            return;
        }
        let wait = world.rng().between(500, 8_000);
        sleep(Duration::from_millis(wait)).await;
    }
}

/// Sends what is no event past ingest.
pub(crate) async fn stranger(world: Arc<World>) {
    let at = world.rng().below(60_000);
    sleep(Duration::from_millis(at)).await;
    let body = ["", "{}", "not JSON", r#"{"envelopeVersion":1,"payload":[]}"#];
    let body = world.rng().pick(&body).to_owned();
    let fifo = world.plan.fifo.then(|| sluice_ports::Fifo {
        group_id: "stranger".to_owned(),
        deduplication_id: format!("stranger-{}", world.new_number()),
    });
    let id = world.queue().send(NewMessage { body, mark: Mark::None, fifo }, world.now());
    world.watch().strangers.push(id);
    world.sent.notify_waiters();
}

fn body(world: &World, post: &Post) -> String {
    let item = |(place, variant): &(usize, u64)| {
        let event = &world.plan.events[*place];
        let mut item = types::payload(event, *variant);
        item["type"] = json!(event.type_name);
        item["idempotencyKey"] = json!(event.key);
        item
    };
    match &post.items[..] {
        [only] => item(only).to_string(),
        items => Value::Array(items.iter().map(item).collect()).to_string(),
    }
}

async fn request(world: &Arc<World>, body: String) -> End<Answer> {
    let ingest = ingest(world);
    let event = json!({
        "rawPath": "/events",
        "headers": {"content-type": "application/json"},
        "body": body,
        "requestContext": {"requestId": "r", "apiId": "a", "domainName": "d", "http": {"method": "POST"}},
    });
    let event: HttpEvent = serde_json::from_value(event).unwrap_or_default();
    let work = Box::pin(async move { ingest.handle(event, None).await.0 });
    let invocation = Invocation { number: world.new_number(), ..Invocation::default() };
    let asked = world.clone();
    let may_harm = move |_: &Invocation| !asked.is_calm();
    Run::new(work, invocation, fate(world), Box::pin(sleep(REQUEST)), may_harm).await
}

fn ingest(world: &Arc<World>) -> Ingest<Table, Outlets, SkewedClock> {
    let most = i64::try_from(world.plan.skew_ms).unwrap_or(0);
    let drawn = world.rng().between(0, 2 * world.plan.skew_ms);
    let ahead_ms = i64::try_from(drawn).unwrap_or(0) - most;
    Ingest {
        table: Table(world.clone()),
        queue: Outlets(world.clone()),
        clock: SkewedClock { world: world.clone(), ahead_ms },
        types: types::all(),
        faults: Faults::off(),
        config: Config {
            fifo: world.plan.fifo,
            access: Access::None,
            max_event_bytes: 262_144,
            resend_after: Duration::from_secs(900),
            record_ttl: Duration::from_secs(19 * 86_400),
            public_url: None,
            read_timeout: Duration::from_millis(500),
            note_timeout: Duration::from_millis(150),
        },
    }
}

/// Notes what was accepted; whether there is nothing left to ask for.
fn judge(world: &World, post: &Post, answer: &Answer) -> bool {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let fates: Vec<(u64, &Value)> = match (answer.status_code, body["results"].as_array()) {
        (202 | 207, Some(results)) => {
            results.iter().map(|result| (result["status"].as_u64().unwrap_or(202), result)).collect()
        }
        (status, _) => vec![(u64::from(status), &body)],
    };
    if fates.len() != post.items.len() && fates.iter().any(|(status, _)| *status != 503) {
        world.watch().violation(format!("{} events were answered {}", post.items.len(), answer.body));
    }
    for ((place, variant), (status, _)) in post.items.iter().zip(&fates) {
        match status {
            202 => accepted(world, *place, *variant),
            // Failed, or taken by another payload: another POST's to say.
            409 | 422 | 503 => {}
            _ => world.watch().violation(format!("a POST was answered {status}: {}", answer.body)),
        }
    }
    fates.iter().all(|(status, _)| *status != 503)
}

fn accepted(world: &World, place: usize, variant: u64) {
    let event = &world.plan.events[place];
    match payload_hash(event.type_name, &types::payload(event, variant)) {
        Ok(hash) => world.watch().accepted.push((event.id, hash)),
        Err(error) => world.watch().violation(error.to_string()),
    }
}
