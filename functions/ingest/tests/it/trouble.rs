use super::*;
use sluice_events::EventId;
use sluice_ports::{EnqueueOutcome, Fields, PortError, Queued, Record, RecordReader, Records, Seconds};
use sluice_simulation::Lost;

const ORDER: &str = r#"{"orderId":"a","amount":1}"#;

#[tokio::test]
async fn without_the_queue_the_answer_is_503_with_a_time_to_retry() {
    let ingest = ingest();
    ingest.queue.troubles.fail_next("send", 1, Lost::Call);
    let (answer, summary) = post_event(&ingest, event(ORDER)).await;
    assert_eq!(answer.status_code, 503);
    assert_eq!(answer.headers["retry-after"], "5");
    assert_eq!(summary.counted("Accepted"), 0);
    let (status, _) = post(&ingest, ORDER).await;
    assert_eq!(status, 202, "the same POST succeeds later");
}

#[tokio::test]
async fn without_the_table_the_event_is_accepted_all_the_same() {
    let ingest = ingest();
    ingest.table.troubles.fail_next("read", 1, Lost::Call);
    ingest.table.troubles.fail_next("enqueue", 1, Lost::Call);
    let (status, answer) = post(&ingest, ORDER).await;
    assert_eq!((status, answer["status"].as_str()), (202, Some("queued")));
    assert_eq!(ingest.queue.sent().len(), 1);
}

/// A table that never answers.
struct Silent;

impl RecordReader for Silent {
    async fn read(&self, _: &[EventId], _: Fields) -> Vec<Result<Option<Record>, PortError>> {
        std::future::pending().await
    }
}

impl Records for Silent {
    async fn enqueue(&self, _: &[Queued], _: Seconds) -> Vec<Result<EnqueueOutcome, PortError>> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_table_holds_the_answer_up_by_its_two_timeouts_at_most() {
    let Ingest { queue, clock, types, faults, config, .. } = ingest();
    let ingest = Ingest { table: Silent, queue, clock, types, faults, config };
    let started = tokio::time::Instant::now();
    let request: HttpEvent = serde_json::from_value(event(ORDER)).unwrap();
    let (answer, _) = ingest.handle(request, None).await;
    assert_eq!(answer.status_code, 202);
    assert_eq!(started.elapsed(), Duration::from_millis(500 + 150));
}
