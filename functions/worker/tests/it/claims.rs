use super::*;
use sluice_ports::{LeaseOwner, Status};
use std::future::ready;

/// A worker whose table shows `a` as in progress since `attempt` starts, under a lease that ends in `ends_in` seconds.
async fn leased(attempt: u32, ends_in: i64) -> TestWorker {
    let worker = worker();
    work(&worker, &[sent("m1", &order("a", "1"))]).await;
    worker.table.put(Record {
        status: Status::InProgress,
        attempt,
        data: None,
        lease_owner: Some(LeaseOwner::new("gone")),
        in_progress_expiration: Some(Millis(START.0 + ends_in * 1000)),
        ..row(&worker, "a")
    });
    worker
}

#[tokio::test]
async fn a_redelivered_event_is_claimed_and_its_start_counted() {
    let worker = worker();
    let (back, _) = work(&worker, &[sent("m1", &order("a", "1")).again()]).await;
    let row = row(&worker, "a");
    assert_eq!((back.len(), row.status, row.attempt), (0, Status::Completed, 1));
    assert_eq!(row.in_progress_expiration, None, "the lease is over");
}

#[tokio::test]
async fn an_event_is_claimed_when_any_of_its_messages_was_received_before() {
    let worker = worker();
    worker.table.troubles.fail_next("claim", 1, sluice_simulation::Lost::Call);
    let event = order("a", "1");
    let batch = [sent("m1", &event), sent("m2", &event).again()];
    assert_eq!(work(&worker, &batch).await.0, ["m1", "m2"], "its start is not made unseen");
    assert!(worker.table.row(id("a")).is_none());
}

#[tokio::test]
async fn a_lease_ends_with_its_invocation_in_company_and_alone() {
    for (receives, way) in [(1, "in a group"), (11, "alone")] {
        let worker = worker();
        let batch = [Sent { receives, ..sent("m1", &job("a", "wait", r#"{"milliseconds":10}"#)) }];
        tokio::select! {
            biased;
            _ = work(&worker, &batch) => panic!("ten milliseconds are over"),
            () = ready(()) => {}
        }
        let row = row(&worker, "a");
        assert_eq!((row.status, row.in_progress_expiration), (Status::InProgress, Some(START.plus(LEASE))), "{way}");
    }
}

#[tokio::test]
async fn a_live_lease_is_waited_for_until_it_ends() {
    let worker = leased(1, 20).await;
    let before = row(&worker, "a");
    let (back, _) = work(&worker, &[sent("m1", &order("a", "1")).again()]).await;
    assert_eq!((back, hidden(&worker)), (vec!["m1".to_owned()], vec![("handle-m1".to_owned(), 20)]));
    assert_eq!(row(&worker, "a"), before);
}

#[tokio::test]
async fn a_fresh_message_waits_for_a_live_lease_too() {
    let worker = leased(1, 20).await;
    let before = row(&worker, "a");
    assert_eq!(work(&worker, &[sent("m2", &order("a", "1"))]).await.0, ["m2"]);
    assert_eq!(row(&worker, "a"), before);
}

#[tokio::test]
async fn a_dead_lease_is_taken_over_and_counted() {
    let worker = leased(2, -1).await;
    let (back, _) = work(&worker, &[sent("m1", &order("a", "1")).again()]).await;
    assert_eq!((back.len(), row(&worker, "a").status, row(&worker, "a").attempt), (0, Status::Completed, 3));
}

#[tokio::test]
async fn a_dead_lease_at_the_limit_is_failed_without_another_start() {
    let mut worker = leased(3, -60).await;
    worker.faults = panic_at("a").await;
    let (back, summary) = work(&worker, &[sent("m1", &order("a", "1")).again()]).await;
    assert_eq!((back.len(), row(&worker, "a").status), (0, Status::Failed));
    assert_eq!((letters(&worker)[0].class.as_str(), letters(&worker)[0].attempts), ("Crashed", 3));
    assert_eq!((summary.counted("Failed.Crashed"), summary.counted("Retried")), (1, 0));
}

/// By the clock of who holds it, it may still be alive.
#[tokio::test]
async fn a_lease_at_the_limit_that_has_just_ended_is_waited_for_a_minute() {
    let worker = leased(3, -1).await;
    let (back, _) = work(&worker, &[sent("m1", &order("a", "1")).again()]).await;
    assert_eq!((back.len(), row(&worker, "a").status, letters(&worker).len()), (1, Status::InProgress, 0));
    assert_eq!(hidden(&worker), [("handle-m1".to_owned(), 59)]);
}

#[tokio::test]
async fn doubles_do_not_hide_a_publication_that_is_missing() {
    let worker = worker();
    worker.bus.troubles.fail_next("publish", 1, sluice_simulation::Lost::Call);
    let first = sent("m1", &order("a", "1"));
    assert_eq!(work(&worker, std::slice::from_ref(&first)).await.0, ["m1"]);
    let double = sent("m2", &order("a", "1"));
    assert_eq!(work(&worker, &[double, first.again()]).await.0, [""; 0]);
    assert_eq!(kinds(&worker), ["Event Completed"]);
}

#[tokio::test]
async fn a_start_after_a_crash_has_the_same_effect_key() {
    let worker = worker();
    let first = sent("m1", &job("a", "wait", r#"{"milliseconds":10}"#));
    tokio::select! {
        biased;
        _ = work(&worker, std::slice::from_ref(&first)) => panic!("ten milliseconds are over"),
        () = ready(()) => {} // What is dropped here has called the other system, perhaps.
    }
    worker.clock.advance(LEASE + Duration::from_secs(1));
    let (back, _) = work(&worker, &[first.again()]).await;
    let row = row(&worker, "a");
    assert_eq!((back.len(), row.status, row.attempt), (0, Status::Completed, 2));
    let result: Value = serde_json::from_str(&row.data.unwrap()).unwrap();
    assert_eq!(result["effectKey"], json!(id("a").to_string()));
}
