use super::*;
use sluice_ports::SystemDice;
use sluice_simulation::{ModelClock, ModelParameter};
use tokio::time::Instant;

const NOW: Millis = Millis(1_700_000_000_000);
const EVENT: &str = r#"{"requestContext":{"http":{"method":"GET"},"stage":"prod"}}"#;

/// Faults that were read, at the beginning of an invocation that they let pass or not.
async fn begun(function: Function, text: &str) -> (Faults, Before) {
    let parameter = ModelParameter::default();
    parameter.put(text, NOW);
    let faults = Faults::new(function, parameter, Duration::from_secs(30), ModelClock::at(NOW), SystemDice);
    let before = faults.before(EVENT, NOW.plus(Duration::from_secs(10))).await;
    (faults, before)
}

fn counted(faults: &Faults, name: &str) -> u64 {
    let mut summary = Summary::default();
    faults.count(&mut summary);
    summary.counted(name)
}

async fn start(faults: &Faults, event_id: &str, receive_count: u32) -> Option<StartFault> {
    faults.start(Starting { event_id: &event_id, receive_count, body: r#"{"payload":{"orderId":"o-1"}}"# }).await
}

#[tokio::test]
async fn where_faults_are_off_nothing_happens_and_nothing_is_counted() {
    let off = Faults::off();
    assert_eq!(off.before(EVENT, NOW).await, Before::Handle);
    assert_eq!(off.corrupted(EVENT, "body"), None);
    assert_eq!(start(&off, "e", 1).await, None);
    assert!(!off.doubles(&"e", "{}") && off.call("sqs", "SendMessageBatch").is_none());
    let mut summary = Summary::default();
    off.count(&mut summary);
    assert_eq!(summary, Summary::default());
}

#[tokio::test(start_paused = true)]
async fn latency_and_timeout_take_time_and_let_the_invocation_go_on() {
    let waited = async |text: &str| {
        let began = Instant::now();
        assert_eq!(begun(Function::Worker, text).await.1, Before::Handle);
        began.elapsed()
    };
    let took = waited(r#"{"latency":{"enabled":true,"min_latency":200,"max_latency":500}}"#).await;
    assert!((Duration::from_millis(200)..=Duration::from_millis(502)).contains(&took), "{took:?}");
    let took = waited(r#"{"timeout":{"enabled":true,"timeout_buffer_ms":500}}"#).await;
    assert!((Duration::from_millis(9_500)..Duration::from_millis(9_503)).contains(&took), "{took:?}");
    assert_eq!(waited("none").await, Duration::ZERO);
}

#[tokio::test]
async fn an_exception_fails_either_function_and_a_status_answers_for_ingest_only() {
    let exception = r#"{"exception":{"enabled":true,"exception_msg":"Exception message!"}}"#;
    for function in [Function::Ingest, Function::Worker] {
        let (faults, before) = begun(function, exception).await;
        assert_eq!(before, Before::Fail("Exception message!".to_owned()));
        assert_eq!(counted(&faults, "FaultInjected.exception"), 1);
    }
    let status = r#"{"statuscode":{"enabled":true,"status_code":404}}"#;
    assert_eq!(begun(Function::Ingest, status).await.1, Before::Answer(404));
    let (faults, before) = begun(Function::Worker, status).await;
    assert_eq!((before, counted(&faults, "FaultInjected")), (Before::Handle, 0));
}

#[tokio::test]
async fn corruption_replaces_a_body_or_cuts_it() {
    let matching =
        r#"{"corruption":{"enabled":true,"body":"{}","match":[{"path":"requestContext.stage","value":"prod"}]}}"#;
    let (faults, _) = begun(Function::Ingest, matching).await;
    assert_eq!(faults.corrupted(EVENT, "whole").as_deref(), Some("{}"));
    assert_eq!(faults.corrupted(&EVENT.replace("prod", "dev"), "whole"), None);
    let (faults, _) = begun(Function::Ingest, r#"{"corruption":{"enabled":true}}"#).await;
    let whole = "ünïcödé".repeat(20);
    for _ in 0..50 {
        let cut = faults.corrupted(EVENT, &whole).unwrap();
        let kept = cut.strip_suffix("\u{fffd}\u{fffd}\u{fffd}").unwrap();
        assert!(whole.starts_with(kept) && kept.len() * 100 <= whole.len() * 80, "{cut}");
    }
    assert_eq!(faults.corrupted(EVENT, "").as_deref(), Some(""));
}

#[tokio::test]
async fn each_word_acts_on_starts_or_on_what_is_sent() {
    let acts = async |text: &str| {
        let (faults, before) = begun(Function::Worker, text).await;
        assert_eq!(before, Before::Handle);
        (start(&faults, "e", 1).await, faults.doubles(&"e", "{}"))
    };
    assert_eq!(acts("none").await, (None, false));
    assert_eq!(acts("poison_payload").await, (Some(StartFault::Poison), false));
    assert_eq!(acts("random_fail_p100").await, (Some(StartFault::Fail), false));
    assert_eq!(acts("random_fail_p0").await, (None, false));
    assert_eq!(acts("duplicate_submit").await, (None, true));
}

#[tokio::test(start_paused = true)]
async fn a_slow_downstream_takes_a_second_or_two_of_each_start() {
    let (faults, _) = begun(Function::Worker, "slow_downstream").await;
    let began = Instant::now();
    assert_eq!(start(&faults, "e", 1).await, None);
    assert!((Duration::from_secs(1)..=Duration::from_millis(2_002)).contains(&began.elapsed()));
}

#[tokio::test]
async fn conditions_look_into_the_message() {
    let text = r#"{"panic":{"enabled":true,"match":[{"path":"payload.orderId","value":"o-1"}]}}"#;
    let (faults, _) = begun(Function::Worker, text).await;
    assert_eq!(start(&faults, "e", 1).await, Some(StartFault::Panic));
    let (faults, _) = begun(Function::Worker, &text.replace("o-1", "o-2")).await;
    assert_eq!(start(&faults, "e", 1).await, None);
    let not_json = Starting { event_id: &"e", receive_count: 1, body: "not JSON" };
    assert_eq!(faults.start(not_json).await, None);
}

#[tokio::test]
async fn a_seed_repeats_a_run_and_each_receive_is_rolled_anew() {
    let run = async || {
        let (faults, _) =
            begun(Function::Worker, r#"{"seed":"s","random_fail":{"enabled":true,"percentage":50}}"#).await;
        let mut fates = Vec::new();
        for event in 0..40 {
            for receive in 1..=3 {
                fates.push(start(&faults, &event.to_string(), receive).await);
            }
        }
        fates
    };
    let first = run().await;
    assert_eq!(first, run().await);
    let failed = first.iter().flatten().count();
    assert!((35..85).contains(&failed), "{failed}");
    assert!(first.chunks(3).any(|fates| fates[0] != fates[1]));
}

#[tokio::test]
async fn calls_are_hit_by_the_first_rule_that_fits_and_rolls() {
    let text = r#"{"seed":1,"aws_calls":[
        {"fault":"throttle","service":"dynamodb","operation":"UpdateItem","percentage":40},
        {"fault":"lost_answer","service":"dynamodb"},
        {"fault":"no_answer","service":"events","function":"ingest"}
    ]}"#;
    let (faults, _) = begun(Function::Worker, text).await;
    assert_eq!(faults.call("dynamodb", "BatchExecuteStatement"), Some(CallFault::LostAnswer));
    assert_eq!(faults.call("events", "PutEvents"), None);
    let updates: Vec<_> = (0..100).map(|_| faults.call("dynamodb", "UpdateItem").unwrap()).collect();
    let throttled = updates.iter().filter(|fault| **fault == CallFault::Throttle).count();
    assert!((20..60).contains(&throttled), "{throttled}");
    let mut summary = Summary::default();
    faults.count(&mut summary);
    assert_eq!(summary.counted("FaultInjected"), 101);
    assert_eq!(summary.counted("FaultInjected.throttle"), throttled as u64);
    assert_eq!(counted(&faults, "FaultInjected"), 0, "counted once");
}
