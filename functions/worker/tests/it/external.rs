//! Events with effects outside: jobs.

use super::*;
use sluice_ports::{Clock, Queued, Records, Status};
use sluice_simulation::Lost;

/// A clock that runs with the test's (paused) timers.
pub(crate) struct TimerClock(tokio::time::Instant);

impl Clock for TimerClock {
    fn now(&self) -> Millis {
        START.plus(self.0.elapsed())
    }
}

pub(crate) struct Timed;

impl Ports for Timed {
    type Table = ModelTable;
    type Queue = ModelQueue;
    type DeadLetters = ModelQueue;
    type Bus = ModelBus;
    type Clock = TimerClock;
    type Dice = ModelDice;
}

pub(crate) type TimedWorker = Worker<Timed>;

pub(crate) fn timed_worker() -> TimedWorker {
    let Worker { table, queue, dead_letters, bus, dice, types, faults, config, .. } = worker();
    Worker {
        table,
        queue,
        dead_letters,
        bus,
        clock: TimerClock(tokio::time::Instant::now()),
        dice,
        types,
        faults,
        config,
    }
}

/// A job that takes so many milliseconds.
pub(crate) fn wait(key: &str, milliseconds: u32) -> Envelope {
    job(key, "wait", &format!(r#"{{"milliseconds":{milliseconds}}}"#))
}

/// Works a batch of an invocation of 30 s; the ids that go back, sorted, and the summary.
pub(crate) async fn invoke(worker: &TimedWorker, messages: &[Sent]) -> (Vec<String>, Summary) {
    let deadline = worker.clock.now().plus(LEASE);
    let (response, summary) = worker.handle(event(messages), deadline).await;
    let mut back: Vec<_> = response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
    back.sort();
    (back, summary)
}

pub(crate) fn state(worker: &TimedWorker, key: &str) -> (Status, u32) {
    let row = worker.table.row(id(key)).unwrap();
    (row.status, row.attempt)
}

#[tokio::test(start_paused = true)]
async fn a_job_is_claimed_and_completed_with_its_result_on_the_record() {
    let worker = timed_worker();
    let (back, summary) = invoke(&worker, &[sent("m1", &job("a", "process_data", r#"{"input":1.50}"#))]).await;
    assert_eq!((back.len(), state(&worker, "a")), (0, (Status::Completed, 1)));
    let result = worker.table.row(id("a")).unwrap().data.unwrap();
    assert!(result.contains("1.50"), "{result}");
    assert!(result.contains(&id("a").to_string()), "the effect key is the event's id: {result}");
    assert_eq!(summary.counted("Completed"), 1);
}

#[tokio::test(start_paused = true)]
async fn while_it_works_the_record_says_so() {
    let worker = timed_worker();
    let message = [sent("m1", &wait("a", 1000))];
    let working = invoke(&worker, &message);
    let looking = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        state(&worker, "a")
    };
    let (_, during) = tokio::join!(working, looking);
    assert_eq!((during, state(&worker, "a")), ((Status::InProgress, 1), (Status::Completed, 1)));
}

#[tokio::test(start_paused = true)]
async fn jobs_work_side_by_side_and_each_is_settled_as_it_is_done() {
    let worker = timed_worker();
    let batch = [sent("m1", &wait("slow", 4000)), sent("m2", &wait("quick", 1000))];
    let working = invoke(&worker, &batch);
    let looking = async {
        tokio::time::sleep(Duration::from_millis(2000)).await;
        (state(&worker, "slow").0, state(&worker, "quick").0)
    };
    let ((back, _), during) = tokio::join!(working, looking);
    assert_eq!(during, (Status::InProgress, Status::Completed));
    assert_eq!((back.len(), worker.clock.now()), (0, START.plus(Duration::from_secs(4))));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_takes_too_long_is_cut_off_counted_and_costs_its_neighbour_nothing() {
    let mut worker = timed_worker();
    worker.config.deadline_reserve = Duration::from_secs(15);
    let (back, summary) = invoke(&worker, &[sent("m1", &wait("slow", 20_000)), sent("m2", &wait("quick", 10))]).await;
    assert_eq!(back, ["m1"]);
    assert_eq!((state(&worker, "slow"), state(&worker, "quick")), ((Status::Queued, 1), (Status::Completed, 1)));
    assert_eq!(worker.table.row(id("slow")).unwrap().error.unwrap().class, "TimedOut");
    assert_eq!(summary.counted("Retried.TimedOut"), 1);
    assert_eq!(worker.clock.now(), START.plus(LEASE - worker.config.deadline_reserve), "the reserve is left");
}

#[tokio::test(start_paused = true)]
async fn a_job_that_started_late_is_given_back_uncounted() {
    let mut worker = timed_worker();
    worker.config.concurrency = 1;
    let (back, summary) =
        invoke(&worker, &[sent("m1", &wait("first", 20_000)), sent("m2", &wait("second", 20_000))]).await;
    assert_eq!(back, ["m2"]);
    assert_eq!((state(&worker, "first"), state(&worker, "second")), ((Status::Completed, 1), (Status::Queued, 0)));
    assert_eq!(summary.counted("HandedBack.no_time"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_time_no_job_is_claimed_and_all_come_back_soon() {
    let worker = timed_worker();
    let batch = [sent("m1", &wait("a", 10)), sent("m2", &wait("b", 10)).again(), sent("m3", &order("c", "1"))];
    let deadline = worker.clock.now().plus(worker.config.deadline_reserve);
    let (response, summary) = worker.handle(event(&batch), deadline).await;
    assert_eq!((response.batch_item_failures.len(), summary.counted("HandedBack.no_time")), (3, 3));
    assert!(["a", "b", "c"].iter().all(|key| worker.table.row(id(key)).is_none()), "no start is counted");
    let hidden: Vec<_> = worker.queue.hidden().iter().map(|change| change.hidden_for.as_secs()).collect();
    assert!(hidden.len() == 3 && hidden.iter().all(|seconds| *seconds <= 4), "{hidden:?}");
}

#[tokio::test(start_paused = true)]
async fn a_claim_in_doubt_is_given_back_before_the_others_are_done() {
    let worker = timed_worker();
    worker.table.troubles.fail_next("claim", 1, Lost::Answer);
    let batch = [sent("m1", &wait("doubt", 1000)), sent("m2", &wait("other", 1000))];
    let working = invoke(&worker, &batch);
    let looking = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        (state(&worker, "doubt"), state(&worker, "other").0)
    };
    let (_, during) = tokio::join!(working, looking);
    assert_eq!(during, ((Status::Queued, 0), Status::InProgress));
}

#[tokio::test(start_paused = true)]
async fn what_has_no_effect_outside_is_done_with_before_a_job_starts() {
    let worker = timed_worker();
    let batch = [sent("m1", &wait("job", 1000)), sent("m2", &order("order", "1"))];
    let working = invoke(&worker, &batch);
    let looking = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        (worker.bus.published().len(), state(&worker, "order").0)
    };
    let (_, during) = tokio::join!(working, looking);
    assert_eq!(during, (1, Status::Completed));
}

#[tokio::test(start_paused = true)]
async fn no_more_jobs_are_claimed_than_are_started() {
    let worker = timed_worker();
    let batch: Vec<_> = (0..6).map(|n| sent(&format!("m{n}"), &wait(&format!("k{n}"), 1000))).collect();
    let working = invoke(&worker, &batch);
    let looking = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        (0..6).filter(|n| worker.table.row(id(&format!("k{n}"))).is_some()).count()
    };
    let ((back, _), claimed) = tokio::join!(working, looking);
    assert_eq!((back.len(), claimed), (0, worker.config.concurrency));
}

#[tokio::test(start_paused = true)]
async fn a_job_fails_for_good_on_an_unknown_task() {
    let worker = timed_worker();
    let (back, _) = invoke(&worker, &[sent("m1", &job("a", "nope", "1"))]).await;
    assert_eq!((back.len(), state(&worker, "a")), (0, (Status::Failed, 1)));
    assert_eq!(worker.dead_letters.buried()[0].class, "BusinessRule");
}

#[tokio::test(start_paused = true)]
async fn another_payload_under_a_jobs_id_is_rejected_in_the_same_batch_however_the_job_was_worked() {
    for (receives, way) in [(1, "for the first time"), (2, "again"), (11, "before the others")] {
        let worker = timed_worker();
        let event = Sent { receives, ..sent("m1", &job("a", "process_data", "1")) };
        let (back, _) = invoke(&worker, &[event, sent("m2", &job("a", "process_data", "2"))]).await;
        assert_eq!((back.len(), state(&worker, "a")), (0, (Status::Completed, 1)), "{way}");
        let letters = worker.dead_letters.buried();
        let rejected: Vec<_> =
            letters.iter().map(|letter| (letter.class.as_str(), letter.origin.message_id.as_str())).collect();
        assert_eq!(rejected, [("KeyReused", "m2")], "{way}");
    }
}

#[tokio::test(start_paused = true)]
async fn trouble_with_claims_or_settlements_is_no_attempt() {
    for (operation, lost) in [("claim", Lost::Call), ("claim", Lost::Answer), ("settle", Lost::Call)] {
        let worker = timed_worker();
        let first = sent("m1", &job("a", "process_data", "1"));
        let second = sent("m2", &job("b", "process_data", "1"));
        for (message, key) in [("m1", "a"), ("m2", "b")] {
            let row: Queued = queued(message, &job(key, "process_data", "1"));
            worker.table.enqueue(&[row], START.to_seconds()).await;
        }
        worker.table.troubles.fail_next(operation, 1, lost);
        let (back, _) = invoke(&worker, &[first.clone(), second]).await;
        assert_eq!(back, ["m1"], "{operation} {lost:?}");
        assert_eq!((state(&worker, "a"), state(&worker, "b")), ((Status::Queued, 0), (Status::Completed, 1)));
        assert!(invoke(&worker, &[first.again()]).await.0.is_empty());
        assert_eq!(state(&worker, "a"), (Status::Completed, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_message_of_a_job_waits_for_the_first_and_changes_nothing() {
    let worker = timed_worker();
    let (first, second) = ([sent("m1", &wait("a", 5000))], [sent("m2", &wait("a", 5000))]);
    let late = async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        invoke(&worker, &second).await.0
    };
    let (done, waits) = tokio::join!(invoke(&worker, &first), late);
    assert_eq!((done.0.len(), waits), (0, vec!["m2".to_owned()]));
    let again = second.map(Sent::again);
    assert_eq!(invoke(&worker, &again).await.0.len(), 0);
    assert_eq!((state(&worker, "a"), worker.bus.published().len()), ((Status::Completed, 1), 1));
}

#[tokio::test(start_paused = true)]
async fn the_outcome_carries_the_cloud_events_attributes() {
    let worker = timed_worker();
    let mut envelope = order("a", "1");
    let attributes = json!({"specversion": "1.0", "id": "1", "source": "/a", "type": "order", "extension": "kept"});
    let whole = json!({"envelopeVersion": 1, "payload": null, "cloudEvent": attributes});
    let mut text: Value = serde_json::from_str(&envelope.to_body().unwrap()).unwrap();
    text["cloudEvent"] = whole["cloudEvent"].clone();
    envelope = Envelope::from_body(&text.to_string()).unwrap();
    invoke(&worker, &[sent("m1", &envelope)]).await;
    assert_eq!(worker.bus.published()[0].detail["cloudEvent"], attributes);
}
