//! Whatever fails, a group's events complete in the order sent.

use super::storm::{Fault, fault, tell};
use super::*;
use proptest::prelude::*;
use sluice_ports::Status;

/// Of which group a message is, and what becomes of it.
#[derive(Debug, Clone)]
struct Plan {
    group: u8,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Healthy,
    /// With an effect outside.
    Job,
    Fails,
    Malformed,
    /// As the first message, in whichever group that is.
    Double,
}

fn plan() -> impl Strategy<Value = Plan> {
    let kind = prop_oneof![
        4 => Just(Kind::Healthy), 2 => Just(Kind::Job), 1 => Just(Kind::Fails), 1 => Just(Kind::Malformed), 1 => Just(Kind::Double),
    ];
    (0..3_u8, kind).prop_map(|(group, kind)| Plan { group, kind })
}

fn message(place: usize, plan: &Plan) -> Sent {
    let key = format!("k{place}");
    let id = format!("m{place:02}");
    let message = match plan.kind {
        Kind::Healthy => sent(&id, &order(&key, "1")),
        Kind::Job => sent(&id, &job(&key, "process_data", "1")),
        Kind::Fails => sent(&id, &order(&key, "10001")),
        Kind::Malformed => raw(&id, "not json"),
        Kind::Double => sent(&id, &order("double", "1")),
    };
    message.of(&plan.group.to_string())
}

/// A FIFO queue hands over what is left in its order, ten at a time. `panics` names, batch by batch, whose start panics.
async fn drain(plans: &[Plan], faults: Vec<Fault>, panics: Vec<usize>) -> TestWorker {
    let mut worker = worker();
    worker.config.queue_name = "main.fifo".to_owned();
    worker.config.max_attempts = 40;
    let mut queue: Vec<Sent> = plans.iter().enumerate().map(|(place, plan)| message(place, plan)).collect();
    let (mut faults, mut panics) = (faults.into_iter(), panics.into_iter());
    for _ in 0..100 {
        if queue.is_empty() {
            return worker;
        }
        faults.next().iter().for_each(|fault| tell(&worker, fault));
        worker.faults = match panics.next() {
            Some(place) => panic_at(&format!("k{place}")).await,
            None => Faults::off(),
        };
        let batch: Vec<_> = queue.iter().take(10).cloned().collect();
        let (back, _) = work(&worker, &batch).await;
        let ends = |message: &Sent| batch.iter().any(|one| one.id == message.id) && !back.contains(&message.id);
        queue.retain(|message| !ends(message));
        queue.iter_mut().filter(|message| back.contains(&message.id)).for_each(|message| message.receives += 1);
        worker.clock.advance(LEASE);
    }
    panic!("the queue does not drain");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn a_groups_events_complete_in_the_order_sent(
        plans in proptest::collection::vec(plan(), 1..16),
        faults in proptest::collection::vec(fault(), 0..8),
        panics in proptest::collection::vec(0..16_usize, 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let worker = runtime.block_on(drain(&plans, faults, panics));
        // An outcome may be told again, which does not count.
        let mut completed: Vec<usize> = Vec::new();
        for (kind, detail) in published(&worker) {
            let place: usize = detail["messageId"].as_str().unwrap()[1..].parse().unwrap();
            if kind == "Event Completed" && !completed.contains(&place) {
                completed.push(place);
            }
        }
        for group in 0..3 {
            let of_group: Vec<_> = completed.iter().filter(|place| plans[**place].group == group).collect();
            prop_assert!(of_group.is_sorted(), "group {}: {:?}", group, of_group);
        }
        for (place, plan) in plans.iter().enumerate() {
            let status = worker.table.row(id(&format!("k{place}"))).map(|row| row.status);
            let expected = match plan.kind {
                Kind::Healthy | Kind::Job => Some(Status::Completed),
                Kind::Fails => Some(Status::Failed),
                Kind::Malformed | Kind::Double => None,
            };
            prop_assert_eq!(status, expected, "message {}", place);
        }
        let doubles: Vec<_> = (0..plans.len()).filter(|place| plans[*place].kind == Kind::Double).collect();
        let told = doubles.iter().filter(|place| completed.contains(place)).count();
        prop_assert_eq!(told, doubles.len().min(1), "one message brings the doubles' event about");
        for letter in letters(&worker) {
            let place: usize = letter.origin.message_id[1..].parse().unwrap();
            prop_assert_eq!(letter.fifo.unwrap().group_id, plans[place].group.to_string());
        }
    }
}
