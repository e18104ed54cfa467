//! FIFO queues: groups side by side, a group in order.

use super::external::{invoke, timed_worker, wait};
use super::*;
use sluice_ports::{Fifo, LeaseOwner, Record, Status};
use sluice_simulation::Lost;

fn fifo_worker() -> TestWorker {
    let mut worker = worker();
    worker.config.queue_name = "main.fifo".to_owned();
    worker
}

/// The message ids of the outcomes, in the order published.
fn told(worker: &TestWorker) -> Vec<String> {
    published(worker).into_iter().map(|(_, detail)| detail["messageId"].as_str().unwrap().to_owned()).collect()
}

/// Healthy orders, each in a group: `a1` is the first of group `a`.
fn batch(ids: &[&str]) -> Vec<Sent> {
    ids.iter().map(|id| sent(id, &order(id, "1")).of(&id[..1])).collect()
}

#[tokio::test]
async fn a_group_is_worked_in_order_beside_the_others() {
    let worker = fifo_worker();
    let (back, summary) = work(&worker, &batch(&["a1", "a2", "b1", "a3", "b2", "c1"])).await;
    assert_eq!((back.len(), summary.counted("Completed")), (0, 6));
    assert_eq!(told(&worker), ["a1", "b1", "c1", "a2", "b2", "a3"], "round by round");
}

#[tokio::test]
async fn the_rest_of_a_failed_group_goes_back_with_it_untouched_and_hidden_as_long() {
    let mut worker = fifo_worker();
    worker.faults = panic_at("a2").await;
    let all = batch(&["a1", "a2", "b1", "a3", "b2", "a4"]);
    let (back, summary) = work(&worker, &all).await;
    assert_eq!(back, ["a2", "a3", "a4"]);
    assert_eq!(told(&worker), ["a1", "b1", "b2"]);
    assert_eq!((row(&worker, "a2").attempt, worker.table.row(id("a3"))), (1, None), "what is behind is no attempt");
    assert_eq!((summary.counted("Retried.Panicked"), summary.counted("HandedBack.behind")), (1, 2));
    assert_eq!(hidden(&worker), ["a2", "a3", "a4"].map(|id| (format!("handle-{id}"), 2)));

    worker.faults = Faults::off();
    let again: Vec<_> = all.into_iter().filter(|message| back.contains(&message.id)).map(Sent::again).collect();
    assert_eq!(work(&worker, &again).await.0, [""; 0]);
    assert_eq!(told(&worker)[3..], ["a2", "a3", "a4"]);
}

#[tokio::test]
async fn what_fails_for_good_holds_nobody_up_and_stays_in_its_group() {
    let worker = fifo_worker();
    let all = [
        sent("a1", &order("a1", "10001")).of("a"),
        sent("a2", &order("a2", "1")).of("a"),
        raw("b1", "not json").of("b"),
        sent("b2", &order("b2", "1")).of("b"),
        raw("n1", "not json").of(""),
    ];
    assert_eq!(work(&worker, &all).await.0, [""; 0]);
    assert_eq!((row(&worker, "a2").status, row(&worker, "b2").status), (Status::Completed, Status::Completed));
    let fifo = |group: &str, id: &str| Some(Fifo { group_id: group.to_owned(), deduplication_id: id.to_owned() });
    let mut letters: Vec<_> =
        letters(&worker).into_iter().map(|letter| (letter.origin.message_id, letter.fifo)).collect();
    letters.sort_by(|left, right| left.0.cmp(&right.0));
    let expected = [("a1", fifo("a", "a1")), ("b1", fifo("b", "b1")), ("n1", fifo("n1", "n1"))];
    assert_eq!(
        letters,
        expected.map(|(id, fifo)| (id.to_owned(), fifo)),
        "a group that nobody gave is the message's own"
    );
}

#[tokio::test]
async fn a_group_waits_for_what_stands_in_the_way_of_its_first() {
    let mut newer = order("a1", "1");
    newer.header.event_type = "tomorrow".to_owned();
    let worker = fifo_worker();
    let (back, _) = work(&worker, &[sent("a1", &newer).of("a"), sent("a2", &order("a2", "1")).of("a")]).await;
    assert_eq!((back.len(), worker.table.row(id("a2"))), (2, None));
    assert_eq!(hidden(&worker), ["a1", "a2"].map(|id| (format!("handle-{id}"), 300)));

    for operation in ["settle", "publish", "bury"] {
        let worker = fifo_worker();
        for troubles in [&worker.table.troubles, &worker.bus.troubles, &worker.dead_letters.troubles] {
            troubles.fail_next(operation, 1, Lost::Answer);
        }
        let failing = [sent("a1", &order("a1", "10001")).of("a"), sent("a2", &order("a2", "1")).of("a")];
        assert_eq!(work(&worker, &failing).await.0, ["a1", "a2"], "{operation}");
        assert!(worker.table.row(id("a2")).is_none(), "{operation}");
        assert_eq!(work(&worker, &failing.map(Sent::again)).await.0, [""; 0], "{operation}");
    }
}

fn double(id: &str, group: &str) -> Sent {
    sent(id, &order("double", "1")).of(group)
}

#[tokio::test]
async fn a_double_later_in_its_group_is_told_by_the_record() {
    let worker = fifo_worker();
    let (back, summary) = work(&worker, &[double("a1", "a"), double("a2", "a"), batch(&["a3"])[0].clone()]).await;
    assert_eq!((back.len(), told(&worker)), (0, vec!["a1".to_owned(), "a3".to_owned()]));
    assert_eq!((summary.counted("Duplicates"), row(&worker, "double").attempt), (1, 1));
}

#[tokio::test]
async fn doubles_in_two_groups_share_their_fate_and_hold_up_both() {
    let mut worker = fifo_worker();
    let all = [vec![double("a1", "a"), double("b1", "b")], batch(&["a2", "b2", "c1"])].concat();
    worker.faults = panic_at("double").await;
    assert_eq!(work(&worker, &all).await.0, ["a1", "a2", "b1", "b2"]);
    assert_eq!((told(&worker), row(&worker, "double").attempt), (vec!["c1".to_owned()], 1), "one start");
    worker.faults = Faults::off();
    let again: Vec<_> = all[..4].iter().cloned().map(Sent::again).collect();
    assert_eq!(work(&worker, &again).await.0, [""; 0]);
    let mut told = told(&worker);
    told.sort();
    assert_eq!(told, ["a1", "a2", "b2", "c1"]);
}

#[tokio::test]
async fn another_payload_under_the_same_id_is_rejected_in_its_own_group() {
    let worker = fifo_worker();
    let all = [
        sent("a1", &order("k", "1")).of("a"),
        sent("b1", &order("k", "2")).of("b"),
        sent("b2", &order("b2", "1")).of("b"),
    ];
    assert_eq!(work(&worker, &all).await.0, [""; 0]);
    let [letter] = &letters(&worker)[..] else { panic!("one letter") };
    assert_eq!((letter.class.as_str(), letter.fifo.as_ref().unwrap().group_id.as_str()), ("KeyReused", "b"));
    assert_eq!((row(&worker, "k").status, row(&worker, "b2").status), (Status::Completed, Status::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_round_that_there_is_no_time_for_is_not_begun() {
    let mut worker = timed_worker();
    worker.config.queue_name = "main.fifo".to_owned();
    let slow = |id: &str, group: &str| sent(id, &wait(id, 14_000)).of(group);
    let all = [slow("a1", "a"), slow("a2", "a"), slow("a3", "a"), slow("b1", "b")];
    let (back, summary) = invoke(&worker, &all).await;
    assert_eq!(back, ["a2", "a3"], "27 s are enough for one and a half");
    assert_eq!((summary.counted("Completed"), summary.counted("HandedBack.behind")), (2, 1));
    assert!(worker.table.row(id("a3")).is_none());
    let changes = worker.queue.hidden();
    assert_eq!(changes[0].hidden_for, changes[1].hidden_for);
}

#[tokio::test]
async fn a_standard_queues_group_means_no_order() {
    let mut worker = worker();
    worker.faults = panic_at("a1").await;
    let failing = sent("a3", &order("a3", "10001")).of("a");
    let all = [batch(&["a1", "a2"]), vec![failing]].concat();
    assert_eq!(work(&worker, &all).await.0, ["a1"]);
    assert_eq!((row(&worker, "a2").status, &letters(&worker)[0].fifo), (Status::Completed, &None));
}

/// Were it to kill the process once more, what was closed before it would be received again, and again.
#[tokio::test]
async fn what_may_kill_the_process_waits_until_those_before_it_in_a_round_are_acknowledged() {
    let worker = fifo_worker();
    work(&worker, &[sent("a2", &order("a2", "1")).of("a")]).await;
    let dead = Record {
        status: Status::InProgress,
        data: None,
        in_progress_expiration: Some(START),
        lease_owner: Some(LeaseOwner::new("dead")),
        ..row(&worker, "a2")
    };
    worker.table.put(dead);
    let suspect = sent("a2", &order("a2", "1")).of("a").again();
    let (back, summary) = work(&worker, &[sent("a1", &order("a1", "1")).of("a"), suspect.clone()]).await;
    assert_eq!((back, summary.counted("HandedBack.suspect")), (vec!["a2".to_owned()], 1));
    assert_eq!((row(&worker, "a1").status, row(&worker, "a2").attempt), (Status::Completed, 1));
    assert_eq!(work(&worker, &[suspect.again()]).await.0, [""; 0]);
    assert_eq!((row(&worker, "a2").status, row(&worker, "a2").attempt), (Status::Completed, 2));
}
