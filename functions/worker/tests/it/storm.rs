//! Everything goes wrong at random, until it does not: nothing is lost, nothing is done twice.

use super::*;
use proptest::prelude::*;
use sluice_ports::{Records, Status};
use sluice_simulation::Lost;
use std::collections::BTreeMap;

const OPERATIONS: [&str; 5] = ["claim", "settle", "publish", "bury", "hide"];

#[derive(Debug, Clone)]
pub(crate) struct Fault {
    operation: usize,
    times: usize,
    lost: bool,
}

pub(crate) fn fault() -> impl Strategy<Value = Fault> {
    (0..OPERATIONS.len(), 1..4_usize, any::<bool>()).prop_map(|(operation, times, lost)| Fault {
        operation,
        times,
        lost,
    })
}

/// Messages: which of four events, two orders and two jobs, and whether it breaks a rule of business.
fn messages() -> impl Strategy<Value = Vec<(u8, bool)>> {
    proptest::collection::vec((0..4_u8, any::<bool>()), 1..10)
}

fn envelope(event: u8, fails: bool) -> Envelope {
    let key = format!("k{event}");
    match (event < 2, fails) {
        (true, false) => order(&key, "1"),
        (true, true) => order(&key, "10001"),
        (false, false) => job(&key, "process_data", "1"),
        (false, true) => job(&key, "no_such_task", "1"),
    }
}

fn is_healthy(envelope: &Envelope) -> bool {
    envelope.payload["amount"] == 1 || envelope.payload["task"] == "process_data"
}

pub(crate) fn tell(worker: &TestWorker, fault: &Fault) {
    let lost = if fault.lost { Lost::Answer } else { Lost::Call };
    let operation = OPERATIONS[fault.operation];
    let troubles = match operation {
        "claim" | "settle" => &worker.table.troubles,
        "publish" => &worker.bus.troubles,
        "bury" => &worker.dead_letters.troubles,
        _ => &worker.queue.troubles,
    };
    troubles.fail_next(operation, fault.times, lost);
}

async fn weather(plan: Vec<(u8, bool)>, noted: Vec<bool>, faults: Vec<Fault>) -> (TestWorker, Vec<(String, Envelope)>) {
    let mut worker = worker();
    // More than there are faults: a start is counted only when its claim could not be taken back either.
    worker.config.max_attempts = 40;
    let sent_messages: Vec<_> = plan
        .into_iter()
        .enumerate()
        .map(|(place, (event, fails))| (format!("m{place}"), envelope(event, fails)))
        .collect();
    // What ingest noted of them; sometimes its note comes late, or never.
    for ((id, envelope), _) in sent_messages.iter().zip(&noted).filter(|(_, noted)| **noted) {
        worker.table.enqueue(&[queued(id, envelope)], START.to_seconds()).await;
    }
    let mut queue: Vec<Sent> = sent_messages.iter().map(|(id, envelope)| sent(id, envelope)).collect();
    let mut faults = faults.into_iter();
    for round in 0_u32.. {
        assert!(round < 100, "the queue does not drain");
        if queue.is_empty() {
            break;
        }
        if let Some(fault) = faults.next() {
            tell(&worker, &fault);
        }
        // SQS keeps no order.
        if round % 2 == 1 {
            queue.reverse();
        }
        let (back, _) = work(&worker, &queue).await;
        assert!(back.iter().all(|id| queue.iter().any(|message| message.id == *id)));
        queue = queue.into_iter().filter(|message| back.contains(&message.id)).map(Sent::again).collect();
        // Leases of claims whose settlement failed run out.
        worker.clock.advance(LEASE);
    }
    (worker, sent_messages)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn every_event_ends_once_whatever_fails(plan in messages(), noted in proptest::collection::vec(any::<bool>(), 10), faults in proptest::collection::vec(fault(), 0..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let (worker, messages) = runtime.block_on(weather(plan, noted, faults));
        let mut published: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
        for (kind, detail) in super::published(&worker) {
            let key = (detail["eventId"].as_str().unwrap().to_owned(), kind);
            published.entry(key).or_default().push(detail["messageId"].as_str().unwrap().to_owned());
        }
        let letters = letters(&worker);
        for (message, envelope) in &messages {
            let row = worker.table.row(envelope.header.event_id).unwrap();
            let ends = matches!(row.status, Status::Completed | Status::Failed);
            prop_assert!(ends, "{row:?}");
            let id = row.id.to_string();
            let outcome = if row.status == Status::Completed { "Event Completed" } else { "Event Failed" };
            let by = published.get(&(id.clone(), outcome)).cloned().unwrap_or_default();
            prop_assert!(!by.is_empty(), "the outcome of {id} was not published");
            prop_assert!(by.windows(2).all(|pair| pair[0] == pair[1]), "outcomes of one message only: {by:?}");
            let body = envelope.to_body().unwrap();
            if row.validation != envelope.header.payload_hash {
                // Doubles of a reused key share one letter, as doubles of a failed event do.
                let rejected = letters.iter().any(|letter| letter.class == "KeyReused" && letter.body == body);
                prop_assert!(rejected, "{message} was dropped");
            } else if row.status == Status::Failed {
                prop_assert!(letters.iter().any(|letter| letter.body == body), "{message} failed and is nowhere");
            }
            if row.validation == envelope.header.payload_hash {
                prop_assert_eq!(row.status == Status::Completed, is_healthy(envelope), "a healthy event completes, another fails");
                let rejected = letters.iter().any(|letter| letter.class == "KeyReused" && letter.body == body);
                prop_assert!(!rejected, "{message} is the event itself, and was rejected");
            }
        }
    }
}
