//! What a record may hold, whoever made it: its own affair, and never lost.

use super::external::{invoke, timed_worker, wait};
use super::*;
use sluice_ports::{LeaseOwner, Record, Status};
use sluice_simulation::Lost;

async fn invoked(worker: &TestWorker, records: Value) -> Option<Vec<String>> {
    let (response, _) = worker.invoke(&json!({ "Records": records }).to_string(), START.plus(LEASE)).await;
    let failures = response.ok()?.batch_item_failures;
    Some(failures.into_iter().map(|failure| failure.item_identifier).collect())
}

fn good() -> Value {
    json!({"messageId": "good", "body": order("good", "1").to_body().unwrap(), "receiptHandle": "h"})
}

#[tokio::test]
async fn an_odd_record_costs_the_others_nothing_and_is_dead_lettered() {
    for odd in [
        json!({"messageId": "x", "body": "x", "attributes": null}),
        json!({"messageId": "x", "body": "x", "messageAttributes": 5}),
        json!({"messageId": "x", "body": {"a": 1}}),
        json!({"messageId": "x"}),
        json!({"messageId": "x", "body": null, "attributes": {"ApproximateReceiveCount": []}}),
        json!({"messageId": "x", "body": "x", "attributes": [], "receiptHandle": 7, "unknown": {"a": [1]}}),
    ] {
        let worker = worker();
        assert_eq!(invoked(&worker, json!([odd, good()])).await.unwrap(), [""; 0], "{odd}");
        assert_eq!(row(&worker, "good").attempt, 1);
        let [letter] = &letters(&worker)[..] else { panic!("{odd}: one letter") };
        assert_eq!((letter.class.as_str(), letter.origin.message_id.as_str()), ("Malformed", "x"));
        assert!(!letter.body.is_empty(), "SQS takes no empty body");
    }
}

#[tokio::test]
async fn what_is_no_record_is_none() {
    for odd in [json!(null), json!("x"), json!(7)] {
        let worker = worker();
        assert_eq!(invoked(&worker, json!([odd, good()])).await.unwrap(), [""; 0]);
        assert_eq!((row(&worker, "good").attempt, letters(&worker).len()), (1, 0));
    }
    assert!(worker().invoke("5", START.plus(LEASE)).await.0.is_err(), "that is no batch");
}

#[tokio::test]
async fn a_message_without_an_id_that_must_go_back_takes_its_invocation_along() {
    let worker = worker();
    let nameless = json!({"body": order("a", "1").to_body().unwrap(), "receiptHandle": "h"});
    worker.table.troubles.fail_next("settle", 1, Lost::Call);
    assert_eq!(invoked(&worker, json!([nameless])).await, None, "an answer could only acknowledge it");
    assert_eq!(invoked(&worker, json!([nameless])).await.unwrap(), [""; 0]);
    assert_eq!(kinds(&worker), ["Event Completed"]);
}

/// A start that died needs half of an invocation's time; behind a slow neighbour in every batch it would never have it.
#[tokio::test(start_paused = true)]
async fn what_came_often_goes_first_once() {
    let worker = timed_worker();
    let envelope = wait("suspect", 10);
    invoke(&worker, &[sent("s", &envelope)]).await;
    let done = worker.table.row(id("suspect")).unwrap();
    let dead = Record {
        status: Status::InProgress,
        data: None,
        in_progress_expiration: Some(START),
        lease_owner: Some(LeaseOwner::new("dead")),
        ..done
    };
    worker.table.put(dead);
    let mut suspect = sent("s", &envelope).again();
    for receive in 2..=11 {
        let neighbour = format!("n{receive}");
        invoke(&worker, &[sent(&neighbour, &wait(&neighbour, 15_000)), suspect.clone()]).await;
        let completed = worker.table.row(id("suspect")).unwrap().status == Status::Completed;
        assert_eq!(completed, receive == 11, "receive {receive}");
        suspect = suspect.again();
    }
}

#[tokio::test]
async fn of_several_that_came_often_the_one_that_came_most_often_goes_first() {
    let worker = worker();
    let batch = [("m0", 1), ("m11", 11), ("m12", 12), ("m13", 11)]
        .map(|(id, receives)| Sent { receives, ..sent(id, &order(id, "1")) });
    assert_eq!(work(&worker, &batch).await.0, [""; 0]);
    let told: Vec<_> = published(&worker).into_iter().map(|(_, detail)| detail["messageId"].clone()).collect();
    assert_eq!(told, ["m12", "m0", "m11", "m13"], "the others that came often go last");
}

#[tokio::test]
async fn an_event_goes_first_when_any_of_its_messages_came_often() {
    let worker = worker();
    let event = order("often", "1");
    let often = Sent { receives: 11, ..sent("m3", &event) };
    assert_eq!(work(&worker, &[sent("m1", &order("other", "1")), sent("m2", &event), often]).await.0, [""; 0]);
    let told: Vec<_> = published(&worker).into_iter().map(|(_, detail)| detail["messageId"].clone()).collect();
    assert_eq!(told, ["m2", "m1"]);
}

/// With one attempt, the first start is the last: were a neighbour to kill the process, it would count as a crash.
#[tokio::test(start_paused = true)]
async fn an_only_start_is_made_alone() {
    let mut worker = timed_worker();
    worker.config.max_attempts = 1;
    let began = worker.clock.now();
    invoke(&worker, &[sent("m1", &wait("a", 2000)), sent("m2", &wait("b", 2000))]).await;
    assert_eq!(worker.clock.now(), began.plus(Duration::from_secs(4)), "one after the other");
    for key in ["a", "b"] {
        let row = worker.table.row(id(key)).unwrap();
        assert_eq!((row.status, row.attempt), (Status::Completed, 1));
    }
}
