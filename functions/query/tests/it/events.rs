use super::*;
use sluice_ports::ErrorInfo;

async fn get(record: Record) -> (u16, Value) {
    let (code, body, _) = ask(&open(vec![record]), "GET", &format!("/events/{}", id())).await;
    (code, body)
}

#[tokio::test]
async fn an_event_is_shown_by_its_state() {
    for (status, word) in [
        (Status::Queued, "queued"),
        (Status::InProgress, "processing"),
        (Status::Completed, "completed"),
        (Status::Failed, "failed"),
    ] {
        let (code, body) = get(record(status)).await;
        assert_eq!((code, body["status"].as_str()), (200, Some(word)));
    }
}

#[tokio::test]
async fn a_completed_event_shows_its_result_with_every_digit() {
    let data = r#"{"total":123456789012345678901234567890123456789.10}"#;
    let (_, body) = get(Record { data: Some(data.to_owned()), ..record(Status::Completed) }).await;
    assert_eq!(body["result"].to_string(), data);
    assert_eq!(body["eventId"], id().to_string());
    assert_eq!((&body["type"], &body["attempts"], &body["messageId"]), (&json!("order"), &json!(1), &json!("m1")));
    assert_eq!(body["receivedAt"], "2023-11-14T22:13:20.000Z");
    assert_eq!(body["expiresAt"], "2023-11-14T22:15:00.000Z");
    assert!(body.get("error").is_none() && body.get("lastError").is_none());
}

#[tokio::test]
async fn an_error_is_last_while_another_attempt_is_to_come() {
    let error = Some(ErrorInfo { class: "Panicked".to_owned(), message: "m".to_owned() });
    let (_, queued) = get(Record { error: error.clone(), ..record(Status::Queued) }).await;
    assert_eq!((&queued["lastError"]["class"], queued.get("error")), (&json!("Panicked"), None));
    let (_, failed) = get(Record { error: error.clone(), ..record(Status::Failed) }).await;
    assert_eq!((&failed["error"]["message"], failed.get("lastError")), (&json!("m"), None));
    let (_, completed) = get(Record { error, ..record(Status::Completed) }).await;
    assert!(completed.get("error").is_none() && completed.get("lastError").is_none());
}

#[tokio::test]
async fn what_the_queue_gave_up_is_failed_as_expired() {
    let expiration = Seconds(START.0 / 1000 + 19 * 86_400);
    for status in [Status::Queued, Status::InProgress] {
        let rig = open(vec![Record { expiration, ..record(status) }]);
        let path = format!("/events/{}", id());
        rig.clock.advance(Duration::from_secs(4 * 86_400 - 1));
        assert_ne!(ask(&rig, "GET", &path).await.1["status"], "failed");
        rig.clock.advance(Duration::from_secs(1));
        let (_, body, _) = ask(&rig, "GET", &path).await;
        assert_eq!((&body["status"], &body["error"]["class"]), (&json!("failed"), &json!("Expired")));
    }
}

#[tokio::test]
async fn an_event_unknown_expired_or_another_producers_is_404() {
    let expired = Record { expiration: Seconds(START.0 / 1000 - 1), ..record(Status::Completed) };
    assert_eq!(get(expired).await.0, 404);
    assert_eq!(ask(&open(vec![]), "GET", &format!("/events/{}", id())).await.0, 404);

    let theirs = Record { producer: "iam:1:AROA".to_owned(), ..record(Status::Completed) };
    let rig = rig(vec![theirs], Access::Iam, Sky::default());
    let path = format!("/events/{}", id());
    let (mine, _, _) = ask_as(&rig, "GET", &path, json!({"accountId": "1", "userId": "AROA:s"})).await;
    let (other, body, _) = ask_as(&rig, "GET", &path, json!({"accountId": "1", "userId": "AROB:s"})).await;
    assert_eq!((mine, other, body["code"].as_str()), (200, 404, Some("unknown_event")));
    assert_eq!(ask_as(&rig, "GET", &path, Value::Null).await.0, 403);
}

#[tokio::test]
async fn a_malformed_id_is_400() {
    for wrong in ["x", "0190a6e27c1a8b3e9f005d2c4e6a8b10", "%00", "ééé"] {
        let (code, body, _) = ask(&open(vec![]), "GET", &format!("/events/{wrong}")).await;
        assert_eq!((code, body["code"].as_str()), (400, Some("malformed_event_id")), "{wrong}");
    }
}

#[tokio::test]
async fn without_the_table_it_is_503() {
    let table = ModelTable::default();
    table.troubles.fail_next("read", 1, sluice_simulation::Lost::Call);
    let sky = Sky::default();
    let clock = ModelClock::at(START);
    let parts =
        Parts::<Models> { table, queues: sky.clone(), ages: sky.clone(), source: sky.clone(), clock: clock.clone() };
    let query = Query::new(parts, Config { access: Access::None, main_retention: Duration::from_secs(1) });
    let (code, body, _) = ask(&Rig { query, sky, clock }, "GET", &format!("/events/{}", id())).await;
    assert_eq!((code, body["code"].as_str()), (503, Some("dependency_unavailable")));
}
