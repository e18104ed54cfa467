use super::*;

#[tokio::test]
async fn health_says_ok_or_not_and_asks_once_in_ten_seconds() {
    let rig = open(vec![]);
    let (code, body, _) = ask(&rig, "GET", "/health").await;
    assert_eq!((code, body), (200, json!({"status": "ok"})));
    rig.sky.down.store(true, Ordering::SeqCst);
    rig.clock.advance(Duration::from_secs(9));
    assert_eq!(ask(&rig, "GET", "/health").await.0, 200, "from the cache");
    assert_eq!(rig.sky.depths_asked.load(Ordering::SeqCst), 1);
    rig.clock.advance(Duration::from_secs(1));
    let (code, body, _) = ask(&rig, "GET", "/health").await;
    assert_eq!((code, body), (503, json!({"status": "unavailable"})));
}

#[tokio::test]
async fn health_needs_no_producer() {
    let rig = rig(vec![], Access::Iam, Sky::default());
    assert_eq!(ask(&rig, "GET", "/health").await.0, 200);
}
