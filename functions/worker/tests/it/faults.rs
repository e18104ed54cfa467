use crate::{LEASE, Models, START, hidden, kinds, letters, order, published, row, sent, work, worker};
use proptest::prelude::*;
use serde_json::json;
use sluice_faults::{Faults, Function};
use sluice_ports::{Clock, Status, SystemDice};
use sluice_simulation::{ModelClock, ModelParameter};
use sluice_telemetry::Summary;
use sluice_worker::{InvokeError, Worker};
use std::collections::BTreeSet;
use std::time::Duration;

/// A worker whose faults are what `text` asks for, and the parameter.
fn faulty(text: &str) -> (Worker<Models>, ModelParameter) {
    let parameter = ModelParameter::default();
    parameter.put(text, START);
    let keep = Duration::from_secs(30);
    let faults = Faults::new(Function::Worker, parameter.clone(), keep, ModelClock::at(START), SystemDice);
    (Worker { faults, ..worker() }, parameter)
}

/// Invokes it with orders of these keys, received for the `receive`-th time; the ids that go back, and the summary.
async fn invoke_again(
    worker: &Worker<Models>,
    keys: &[impl AsRef<str>],
    receive: u32,
) -> (Result<Vec<String>, InvokeError>, Summary) {
    let record = |key: &str| {
        json!({"messageId": key, "receiptHandle": format!("handle-{key}"), "body": order(key, "5").to_body().unwrap(),
            "attributes": {"ApproximateReceiveCount": receive.to_string(), "SentTimestamp": START.0.to_string()}})
    };
    let records: Vec<_> = keys.iter().map(|key| record(key.as_ref())).collect();
    let event = json!({"Records": records}).to_string();
    let (response, summary) = worker.invoke(&event, worker.clock.now().plus(LEASE)).await;
    let back =
        response.map(|response| response.batch_item_failures.into_iter().map(|item| item.item_identifier).collect());
    (back, summary)
}

async fn invoke(worker: &Worker<Models>, keys: &[&str]) -> (Result<Vec<String>, InvokeError>, Summary) {
    invoke_again(worker, keys, 1).await
}

#[tokio::test]
async fn a_poisoned_event_is_dead_lettered_under_a_class_of_its_own() {
    let (worker, _) = faulty("poison_payload");
    let (back, summary) = invoke(&worker, &["a", "b"]).await;
    assert_eq!(back.unwrap(), Vec::<String>::new());
    assert_eq!(kinds(&worker), ["Event Failed", "Event Failed"]);
    assert!(letters(&worker).iter().all(|letter| letter.class == "InjectedPoison"));
    assert_eq!(row(&worker, "a").status, Status::Failed);
    assert_eq!((summary.counted("FaultInjected"), summary.counted("FaultInjected.poison")), (2, 2));
    assert_eq!(summary.counted("Failed.InjectedPoison"), 2);
}

#[tokio::test]
async fn a_random_failure_is_tried_again() {
    let (worker, _) = faulty("random_fail_p100");
    let (back, summary) = invoke(&worker, &["a"]).await;
    assert_eq!((back.unwrap(), hidden(&worker).len(), letters(&worker).len()), (vec!["a".to_owned()], 1, 0));
    assert_eq!(row(&worker, "a").attempt, 1);
    assert_eq!(summary.counted("Retried.InjectedFailure"), 1);
}

#[tokio::test]
async fn a_panic_hits_whom_the_condition_names_and_spares_its_neighbours() {
    let event_id = order("b", "5").header.event_id;
    let (worker, _) =
        faulty(&format!(r#"{{"panic":{{"enabled":true,"match":[{{"path":"eventId","value":"{event_id}"}}]}}}}"#));
    let (back, summary) = invoke(&worker, &["a", "b", "c"]).await;
    assert_eq!((back.unwrap(), summary.counted("Completed")), (vec!["b".to_owned()], 2));
    assert_eq!((summary.counted("Retried.Panicked"), summary.counted("FaultInjected.panic")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_slow_downstream_is_only_slow() {
    let (worker, _) = faulty("slow_downstream");
    let began = tokio::time::Instant::now();
    let (back, _) = invoke(&worker, &["a", "b", "c", "d"]).await;
    assert_eq!((back.unwrap().len(), kinds(&worker)), (0, vec!["Event Completed"; 4]));
    assert!((1_000..2_100).contains(&began.elapsed().as_millis()), "side by side");
}

#[tokio::test(start_paused = true)]
async fn slower_than_the_invocation_is_a_failed_attempt() {
    let (worker, _) = faulty(r#"{"slow_record":{"enabled":true,"min_latency":600000,"max_latency":600000}}"#);
    let (back, summary) = invoke(&worker, &["a"]).await;
    assert_eq!((back.unwrap(), summary.counted("Retried.TimedOut")), (vec!["a".to_owned()], 1));
}

#[tokio::test]
async fn an_exception_starts_nothing() {
    let (worker, _) = faulty(r#"{"exception":{"enabled":true,"exception_msg":"on demand"}}"#);
    let (back, summary) = invoke(&worker, &["a"]).await;
    assert_eq!(back.unwrap_err().to_string(), "on demand");
    assert_eq!((summary.counted("FaultInjected.exception"), kinds(&worker).len()), (1, 0));
    assert!(worker.table.row(order("a", "5").header.event_id).is_none());
}

#[tokio::test]
async fn a_corrupted_answer_acknowledges_nothing_and_nothing_is_done_twice() {
    let (worker, parameter) = faulty(r#"{"corruption":{"enabled":true,"body":"{\"batchItemFailures\":[]}"}}"#);
    let (back, _) = invoke(&worker, &["a", "b"]).await;
    assert_eq!((back.unwrap(), kinds(&worker).len()), (vec!["a".to_owned(), "b".to_owned()], 2));
    parameter.put("none", START);
    let again = ["a", "b"].map(|key| sent(key, &order(key, "5")).again());
    let (back, summary) = work(&worker, &again).await;
    assert_eq!((back.len(), summary.counted("Completed"), summary.counted("PublishedAgain")), (0, 0, 2));
}

#[tokio::test]
async fn what_is_no_batch_fails_the_invocation() {
    let (worker, _) = faulty("none");
    let (response, _) = worker.invoke("7", START.plus(LEASE)).await;
    assert!(matches!(response, Err(InvokeError::NoBatch(_))));
}

/// Invokes it with what is left in the queue, at first with faults and then without, until nothing is.
async fn drain(text: &str, faulty_invocations: u32) -> Worker<Models> {
    let (mut worker, _) = faulty(text);
    let mut queue: Vec<String> = (0..6).map(|number| format!("k{number}")).collect();
    for invocation in 1..100 {
        if queue.is_empty() {
            return worker;
        }
        if invocation > faulty_invocations {
            worker.faults = Faults::off();
        }
        let (back, _) = invoke_again(&worker, &queue, invocation).await;
        let back = back.unwrap_or_else(|_| queue.clone());
        for acknowledged in queue.iter().filter(|key| !back.contains(key)) {
            let status = row(&worker, acknowledged).status;
            assert!(matches!(status, Status::Completed | Status::Failed), "{acknowledged} is {status:?}");
        }
        queue.retain(|key| back.contains(key));
        worker.clock.advance(LEASE);
    }
    panic!("the queue does not drain");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]
    /// Modes side by side, each now and then, of invocations and of starts.
    #[test]
    fn whatever_goes_wrong_on_demand_each_event_ends_and_in_one_way(
        seed in 0..1_000_000_u32,
        percentages in proptest::collection::vec(0..=100_u8, 5),
        faulty_invocations in 0..20_u32,
    ) {
        let modes = ["exception", "corruption", "random_fail", "panic", "poison"];
        let flag = |(mode, percentage)| format!(r#""{mode}":{{"enabled":true,"percentage":{percentage}}}"#);
        let flags: Vec<_> = modes.into_iter().zip(percentages).map(flag).collect();
        let text = format!(r#"{{"seed":{seed},{}}}"#, flags.join(","));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let worker = runtime.block_on(drain(&text, faulty_invocations));
        for key in (0..6).map(|number| format!("k{number}")) {
            let event_id = json!(order(&key, "5").header.event_id);
            let told: BTreeSet<_> = published(&worker)
                .into_iter()
                .filter_map(|(kind, detail)| (detail["eventId"] == event_id).then_some(kind))
                .collect();
            let buried = letters(&worker).iter().any(|letter| letter.origin.message_id == key);
            match row(&worker, &key).status {
                Status::Completed => prop_assert_eq!((told, buried), (["Event Completed"].into(), false)),
                _ => prop_assert_eq!((told, buried), (["Event Failed"].into(), true)),
            }
        }
    }
}
