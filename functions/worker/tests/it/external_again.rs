//! Jobs that were started before: which are claimed together again, and which are worked alone.

use super::external::{TimedWorker, invoke, state, timed_worker, wait};
use super::*;
use sluice_ports::{Clock, Record, Records, Status};
use sluice_simulation::Lost;

#[tokio::test(start_paused = true)]
async fn jobs_that_are_tried_again_work_side_by_side_too() {
    let worker = timed_worker();
    let batch: Vec<_> = (0..4).map(|n| sent(&format!("m{n}"), &wait(&format!("k{n}"), 4000)).again()).collect();
    let (back, summary) = invoke(&worker, &batch).await;
    assert_eq!((back.len(), summary.counted("Completed")), (0, 4));
    assert_eq!(worker.clock.now(), START.plus(Duration::from_secs(4)));
}

/// A worker whose table counts one start of these jobs, and waits for the next.
async fn having_tried(jobs: &[(&str, Envelope)]) -> TimedWorker {
    let worker = timed_worker();
    for (message, envelope) in jobs {
        worker.table.enqueue(&[queued(message, envelope)], START.to_seconds()).await;
        let row = worker.table.row(envelope.header.event_id).unwrap();
        worker.table.put(Record { attempt: 1, ..row });
    }
    worker
}

#[tokio::test(start_paused = true)]
async fn jobs_that_were_started_before_are_claimed_together_when_they_are_received_again() {
    let (a, b) = (wait("a", 4000), wait("b", 4000));
    let worker = having_tried(&[("m1", a.clone()), ("m2", b.clone())]).await;
    let (back, _) = invoke(&worker, &[sent("m1", &a).again(), sent("m2", &b).again()]).await;
    assert_eq!((back.len(), ["a", "b"].map(|key| state(&worker, key))), (0, [(Status::Completed, 2); 2]));
    assert_eq!(worker.clock.now(), START.plus(Duration::from_secs(4)), "side by side");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_was_started_before_is_worked_alone_when_a_new_message_brings_it() {
    let (known, new) = (wait("known", 4000), wait("new", 4000));
    let worker = having_tried(&[("m1", known.clone())]).await;
    let (back, _) = invoke(&worker, &[sent("m2", &known), sent("m3", &new)]).await;
    assert_eq!((back.len(), state(&worker, "known"), state(&worker, "new").1), (0, (Status::Completed, 2), 1));
    assert_eq!(worker.clock.now(), START.plus(Duration::from_secs(8)), "one after the other");
}

/// A worker that has tried this job once, without a word of how it ended.
async fn with_a_dead_lease_on(envelope: &Envelope) -> TimedWorker {
    let worker = timed_worker();
    invoke(&worker, &[sent("m1", envelope)]).await;
    let row = worker.table.row(envelope.header.event_id).unwrap();
    let until = Some(worker.clock.now());
    worker.table.put(Record { status: Status::InProgress, data: None, in_progress_expiration: until, ..row });
    worker
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_last_start_ended_without_a_word_is_not_taken_over_to_be_cut_off() {
    let worker = with_a_dead_lease_on(&wait("suspect", 1000)).await;
    let before = worker.table.row(id("suspect"));
    let batch = [sent("m1", &wait("suspect", 1000)).again(), sent("m2", &wait("other", 20_000))];
    assert_eq!(invoke(&worker, &batch).await.0, ["m1"]);
    assert_eq!(worker.table.row(id("suspect")), before, "the dead lease marks it still");
}

#[tokio::test(start_paused = true)]
async fn a_last_start_is_made_alone() {
    let worker = timed_worker();
    let keys = ["a", "b"];
    for (place, key) in keys.iter().enumerate() {
        invoke(&worker, &[sent(&format!("m{place}"), &wait(key, 4000))]).await;
        let row = worker.table.row(id(key)).unwrap();
        let attempt = worker.config.max_attempts - 1;
        worker.table.put(Record { status: Status::Queued, data: None, attempt, ..row });
    }
    let began = worker.clock.now();
    let batch = [sent("m0", &wait("a", 4000)).again(), sent("m1", &wait("b", 4000)).again()];
    let working = invoke(&worker, &batch);
    let looking = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        keys.map(|key| state(&worker, key).0)
    };
    let (_, during) = tokio::join!(working, looking);
    assert_eq!(during, [Status::InProgress, Status::Queued]);
    assert_eq!(keys.map(|key| state(&worker, key)), [(Status::Completed, worker.config.max_attempts); 2]);
    assert_eq!(worker.clock.now(), began.plus(Duration::from_secs(8)));
}

#[tokio::test(start_paused = true)]
async fn one_call_that_fails_while_a_last_start_is_put_off_costs_it_nothing() {
    for lost in [Lost::Call, Lost::Answer] {
        let worker = timed_worker();
        invoke(&worker, &[sent("m1", &wait("a", 10))]).await;
        let row = worker.table.row(id("a")).unwrap();
        let attempt = worker.config.max_attempts - 1;
        worker.table.put(Record { status: Status::Queued, data: None, attempt, ..row });
        worker.table.troubles.fail_next("settle", 1, lost);
        invoke(&worker, &[sent("m1", &wait("a", 10)).again()]).await;
        assert_eq!(state(&worker, "a"), (Status::Completed, worker.config.max_attempts), "{lost:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_whose_last_start_ended_without_a_word_is_worked_alone_and_last() {
    let worker = with_a_dead_lease_on(&wait("suspect", 1000)).await;
    let batch = [sent("m1", &wait("suspect", 1000)).again(), sent("m2", &wait("other", 2000)).again()];
    let working = invoke(&worker, &batch);
    let looking = async {
        tokio::time::sleep(Duration::from_millis(1999)).await;
        (state(&worker, "suspect"), state(&worker, "other"))
    };
    let ((back, _), during) = tokio::join!(working, looking);
    assert_eq!(during, ((Status::InProgress, 1), (Status::InProgress, 1)), "its lease is the dead one yet");
    assert_eq!((back.len(), state(&worker, "suspect")), (0, (Status::Completed, 2)));
}
