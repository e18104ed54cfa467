use super::*;

#[tokio::test]
async fn the_queues_are_shown_with_depth_age_and_source() {
    let (code, body, _) = ask(&open(vec![]), "GET", "/queues").await;
    assert_eq!(code, 200);
    assert_eq!(
        body,
        json!({
            "main": {"available": 7, "inFlight": 1, "delayed": 0, "oldestAgeSeconds": 42},
            "deadLetter": {"available": 2, "inFlight": 1, "delayed": 0, "oldestAgeSeconds": 42},
            "eventSource": {"state": "Enabled"},
        })
    );
}

#[tokio::test]
async fn an_age_that_is_not_known_says_why() {
    let rig = rig(vec![], Access::None, Sky { no_metrics: true, ..Sky::default() });
    let (code, body, _) = ask(&rig, "GET", "/queues").await;
    assert_eq!((code, &body["main"]["oldestAgeSeconds"]), (200, &Value::Null));
    assert!(body["main"]["oldestAgeReason"].as_str().unwrap().contains("CloudWatch"));
}

#[tokio::test]
async fn ages_are_asked_for_once_a_minute() {
    let rig = open(vec![]);
    ask(&rig, "GET", "/queues").await;
    ask(&rig, "GET", "/queues").await;
    assert_eq!(rig.sky.ages_asked.load(Ordering::SeqCst), 2, "once for each queue");
    rig.clock.advance(Duration::from_secs(60));
    ask(&rig, "GET", "/queues").await;
    assert_eq!(rig.sky.ages_asked.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn without_sqs_it_is_503() {
    let rig = open(vec![]);
    rig.sky.down.store(true, Ordering::SeqCst);
    let (code, body, _) = ask(&rig, "GET", "/queues").await;
    assert_eq!((code, body["code"].as_str()), (503, Some("dependency_unavailable")));
}
