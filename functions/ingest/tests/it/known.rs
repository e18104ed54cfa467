use super::*;
use sluice_ports::{ErrorInfo, Record, Seconds, Status};
use sluice_simulation::Lost;

const ORDER: &str = r#"{"orderId":"a","amount":1,"idempotencyKey":"k"}"#;

/// An ingest whose table holds `change` of the row that a first POST left.
async fn after(change: impl FnOnce(&mut Record)) -> TestIngest {
    let ingest = ingest();
    let (_, answer) = post(&ingest, ORDER).await;
    let mut row = ingest.table.row(id_of(&answer)).unwrap();
    change(&mut row);
    ingest.table.put(row);
    ingest
}

#[tokio::test]
async fn a_known_event_is_answered_with_its_state_and_not_sent_again() {
    for (state, word) in
        [(Status::Queued, "queued"), (Status::InProgress, "processing"), (Status::Completed, "completed")]
    {
        let ingest = after(|row| row.status = state).await;
        let (status, answer) = post(&ingest, ORDER).await;
        assert_eq!((status, answer["status"].as_str()), (202, Some(word)));
        assert_eq!((&answer["duplicate"], &answer["messageId"]), (&json!(true), &json!("sent-1")));
        assert_eq!(ingest.queue.sent().len(), 1, "{word}");
    }
}

#[tokio::test]
async fn an_event_on_its_way_for_too_long_is_sent_again() {
    for state in [Status::Queued, Status::InProgress] {
        let ingest = after(|row| row.status = state).await;
        ingest.clock.advance(Duration::from_secs(899));
        post(&ingest, ORDER).await;
        assert_eq!(ingest.queue.sent().len(), 1);
        ingest.clock.advance(Duration::from_secs(1));
        let (status, answer) = post(&ingest, ORDER).await;
        assert_eq!((status, &answer["messageId"], &answer["duplicate"]), (202, &json!("sent-2"), &json!(true)));
    }
}

#[tokio::test]
async fn an_event_that_is_sent_again_leaves_its_row_as_it_is() {
    let ingest = after(|row| row.status = Status::InProgress).await;
    ingest.clock.advance(Duration::from_secs(900));
    // A note would meet this trouble.
    ingest.table.troubles.fail_next("enqueue", 1, Lost::Call);
    let (_, answer) = post(&ingest, ORDER).await;
    let row = ingest.table.row(id_of(&answer)).unwrap();
    assert_eq!((ingest.queue.sent().len(), row.status, row.updated_at), (2, Status::InProgress, START));
    let (_, next) = post(&ingest, r#"{"orderId":"b","amount":1}"#).await;
    assert_eq!(ingest.table.row(id_of(&next)), None, "the trouble is still to come: no note was written before");
}

#[tokio::test]
async fn a_completed_event_is_never_sent_again_while_its_record_counts() {
    let ingest = after(|row| row.status = Status::Completed).await;
    ingest.clock.advance(Duration::from_secs(19 * 86_400));
    post(&ingest, ORDER).await;
    assert_eq!(ingest.queue.sent().len(), 1);
    ingest.clock.advance(Duration::from_secs(1));
    let (_, answer) = post(&ingest, ORDER).await;
    assert_eq!((ingest.queue.sent().len(), &answer["duplicate"]), (2, &json!(false)), "the key is free again");
}

#[tokio::test]
async fn a_key_with_another_payload_is_422() {
    let ingest = after(|_| ()).await;
    let (status, answer) = post(&ingest, r#"{"orderId":"a","amount":2,"idempotencyKey":"k"}"#).await;
    assert_eq!((status, answer["code"].as_str()), (422, Some("key_reused")));
    assert_eq!(ingest.queue.sent().len(), 1);
}

#[tokio::test]
async fn a_failed_event_is_409_and_says_why() {
    let failed = ErrorInfo { class: "BusinessRule".to_owned(), message: "no".to_owned() };
    let ingest = after(|row| (row.status, row.error) = (Status::Failed, Some(failed))).await;
    let (status, answer) = post(&ingest, ORDER).await;
    assert_eq!((status, answer["code"].as_str()), (409, Some("event_failed")));
    assert!(answer["detail"].as_str().unwrap().contains("BusinessRule"));
    let (_, summary) = post_event(&ingest, event(ORDER)).await;
    assert!(format!("{summary:?}").contains("\"event_id\""), "refused, and still to be found by its id: {summary:?}");
}

#[tokio::test]
async fn an_expired_row_counts_for_nothing() {
    let ingest = after(|row| (row.status, row.expiration) = (Status::Failed, Seconds(START.0 / 1000 - 1))).await;
    let (status, answer) = post(&ingest, ORDER).await;
    assert_eq!((status, &answer["duplicate"]), (202, &json!(false)));
    assert_eq!(ingest.table.row(id_of(&answer)).unwrap().status, Status::Queued);
}
