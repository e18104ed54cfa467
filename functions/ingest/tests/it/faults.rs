use crate::{START, TestIngest, event, id_of, ingest, post, sent};
use serde_json::Value;
use sluice_faults::{Faults, Function};
use sluice_http::Answer;
use sluice_ingest::{Ingest, InvokeError};
use sluice_ports::SystemDice;
use sluice_simulation::{Lost, ModelClock, ModelParameter};
use sluice_telemetry::Summary;
use std::time::Duration;

const ORDER: &str = r#"{"orderId":"o-1","amount":5}"#;

fn faulty(text: &str) -> TestIngest {
    let parameter = ModelParameter::default();
    parameter.put(text, START);
    let keep = Duration::from_secs(30);
    let faults = Faults::new(Function::Ingest, parameter, keep, ModelClock::at(START), SystemDice);
    Ingest { faults, ..ingest() }
}

async fn invoke(ingest: &TestIngest) -> (Result<Answer, InvokeError>, Summary) {
    invoke_with(ingest, ORDER).await
}

async fn invoke_with(ingest: &TestIngest, body: &str) -> (Result<Answer, InvokeError>, Summary) {
    ingest.invoke(&event(body).to_string(), START.plus(Duration::from_secs(5)), None).await
}

#[tokio::test]
async fn duplicate_submit_sends_twice_and_answers_once() {
    let ingest = faulty("duplicate_submit");
    let (answer, summary) = invoke(&ingest).await;
    let body: Value = serde_json::from_str(&answer.unwrap().body).unwrap();
    assert_eq!((&body["messageId"], &body["duplicate"]), (&Value::from("sent-1"), &Value::from(false)));
    let events = sent(&ingest);
    assert_eq!((events.len(), &events[0]), (2, &events[1]));
    assert_eq!((summary.counted("Accepted"), summary.counted("FaultInjected.duplicate")), (1, 1));
}

#[tokio::test]
async fn each_event_is_answered_with_a_message_of_its_own_whichever_goes_out_twice() {
    let orders = ["a", "b"].map(|name| format!(r#"{{"orderId":"{name}","amount":5}}"#));
    for order in &orders {
        let (_, alone) = post(&ingest(), order).await;
        let of_one = format!(r#"[{{"path":"eventId","value":{}}}]"#, alone["eventId"]);
        let ingest = faulty(&format!(r#"{{"duplicate":{{"enabled":true,"match":{of_one}}}}}"#));
        let (answer, _) = invoke_with(&ingest, &format!("[{}]", orders.join(","))).await;
        let answer: Value = serde_json::from_str(&answer.unwrap().body).unwrap();
        let ids: Vec<_> = sent(&ingest).iter().map(|envelope| envelope.header.event_id).collect();
        assert_eq!(ids.len(), 3);
        for result in answer["results"].as_array().unwrap() {
            let place: usize = result["messageId"].as_str().unwrap()["sent-".len()..].parse().unwrap();
            assert_eq!(ids[place - 1], id_of(result), "{answer}");
        }
    }
}

#[tokio::test]
async fn in_a_fifo_queue_the_double_has_another_deduplication_id_or_sqs_would_drop_it() {
    let mut ingest = faulty("duplicate_submit");
    ingest.config.fifo = true;
    assert_eq!(invoke(&ingest).await.0.unwrap().status_code, 202);
    let [first, double] = &ingest.queue.sent()[..] else { panic!("two messages") };
    let (first, double) = (first.fifo.as_ref().unwrap(), double.fifo.as_ref().unwrap());
    assert_eq!(first.group_id, double.group_id);
    assert_ne!(first.deduplication_id, double.deduplication_id);
    assert!(double.deduplication_id.len() <= 128, "SQS's limit");
}

#[tokio::test]
async fn a_double_that_cannot_be_sent_costs_nobody_an_answer() {
    let ingest = faulty("duplicate_submit");
    // The model takes the last of what was told first: the event, then its double.
    ingest.queue.troubles.fail_next("send", 1, Lost::Call);
    assert_eq!(invoke(&ingest).await.0.unwrap().status_code, 503);
    assert_eq!(sent(&ingest).len(), 1, "the double went out all the same");
}

#[tokio::test]
async fn a_status_code_or_an_exception_sends_nothing() {
    let ingest = faulty(r#"{"statuscode":{"enabled":true,"status_code":429}}"#);
    let (answer, summary) = invoke(&ingest).await;
    assert_eq!((answer.unwrap().status_code, summary.counted("FaultInjected.statuscode")), (429, 1));
    assert!(sent(&ingest).is_empty());
    let ingest = faulty(r#"{"exception":{"enabled":true}}"#);
    let (answer, summary) = invoke(&ingest).await;
    assert_eq!(answer.unwrap_err().to_string(), "Injected exception");
    assert_eq!((sent(&ingest).len(), summary.counted("FaultInjected.exception")), (0, 1));
}

#[tokio::test]
async fn a_corrupted_answer_keeps_its_status_and_its_event() {
    let text = r#"{"corruption":{"enabled":true,"body":"{\"error\": \"corrupted\"}",
        "match":[{"path":"requestContext.http.method","value":"POST"}]}}"#;
    let ingest = faulty(text);
    let answer = invoke(&ingest).await.0.unwrap();
    assert_eq!((answer.status_code, answer.body.as_str()), (202, r#"{"error": "corrupted"}"#));
    assert_eq!(sent(&ingest).len(), 1);
}

#[tokio::test]
async fn an_unreadable_parameter_is_no_fault() {
    for text in ["{", "poison", "", "{\"statuscode\":{\"enabled\":true,\"status_code\":202}}"] {
        let ingest = faulty(text);
        assert_eq!(invoke(&ingest).await.0.unwrap().status_code, 202, "{text}");
        assert_eq!(sent(&ingest).len(), 1);
    }
}

#[tokio::test]
async fn what_is_no_request_fails_the_invocation() {
    let (answer, _) = faulty("none").invoke("7", START, None).await;
    assert!(matches!(answer, Err(InvokeError::NoRequest(_))));
}
