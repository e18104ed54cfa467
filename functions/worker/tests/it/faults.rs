use crate::{LEASE, Models, START, hidden, kinds, letters, order, row, sent, work, worker};
use serde_json::json;
use sluice_faults::{Faults, Function};
use sluice_ports::{Clock, Status, SystemDice};
use sluice_simulation::{ModelClock, ModelParameter};
use sluice_telemetry::Summary;
use sluice_worker::{InvokeError, Worker};
use std::time::Duration;

/// A worker whose faults are what `text` asks for, and the parameter.
fn faulty(text: &str) -> (Worker<Models>, ModelParameter) {
    let parameter = ModelParameter::default();
    parameter.put(text, START);
    let keep = Duration::from_secs(30);
    let faults = Faults::new(Function::Worker, parameter.clone(), keep, ModelClock::at(START), SystemDice);
    (Worker { faults, ..worker() }, parameter)
}

/// Invokes it with orders of these keys; the ids that go back, and the summary.
async fn invoke(worker: &Worker<Models>, keys: &[&str]) -> (Result<Vec<String>, InvokeError>, Summary) {
    let record = |key: &&str| {
        json!({"messageId": key, "receiptHandle": format!("handle-{key}"), "body": order(key, "5").to_body().unwrap(),
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": START.0.to_string()}})
    };
    let event = json!({"Records": keys.iter().map(record).collect::<Vec<_>>()}).to_string();
    let (response, summary) = worker.invoke(&event, worker.clock.now().plus(LEASE)).await;
    let back =
        response.map(|response| response.batch_item_failures.into_iter().map(|item| item.item_identifier).collect());
    (back, summary)
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
