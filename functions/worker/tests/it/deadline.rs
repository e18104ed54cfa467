use super::*;

#[tokio::test]
async fn nothing_is_started_without_time_to_finish_it() {
    let worker = worker();
    let batch = [sent("m1", &order("a", "1")), sent("m2", &order("b", "1")).again()];
    let deadline = worker.clock.now().plus(Duration::from_secs(3));
    let (response, summary) = worker.handle(event(&batch), deadline).await;
    assert_eq!(response.batch_item_failures.len(), 2);
    assert!(worker.table.row(id("a")).is_none() && worker.table.row(id("b")).is_none(), "no start is counted");
    assert_eq!((summary.counted("HandedBack.no_time"), summary.counted("BatchFullyFailed")), (2, 1));
}

#[tokio::test]
async fn an_empty_batch_is_answered() {
    let worker = worker();
    let (back, summary) = work(&worker, &[]).await;
    assert_eq!((back.len(), summary.counted("BatchFullyFailed")), (0, 0));
}
