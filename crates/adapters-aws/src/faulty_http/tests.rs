use super::*;
use crate::error::call_failed;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::http_client_fn;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use sluice_faults::Function;
use sluice_ports::{Clock, Dice, Millis, PortError, SystemClock, SystemDice, Trouble};
use sluice_simulation::ModelParameter;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Answers every call, and counts them.
#[derive(Debug, Clone, Default)]
struct Service(Arc<AtomicUsize>);

impl HttpConnector for Service {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        self.0.fetch_add(1, Ordering::SeqCst);
        let response =
            HttpResponse::new(StatusCode::try_from(200).unwrap(), SdkBody::from(r#"{"QueueUrl":"https://q"}"#));
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// Faults that were read.
async fn faults(rule: &str, dice: impl Dice + 'static) -> Faults {
    let parameter = ModelParameter::default();
    parameter.put(&format!(r#"{{"aws_calls":[{rule}]}}"#), SystemClock.now());
    let faults = Faults::new(Function::Worker, parameter, Duration::from_secs(30), SystemClock, dice);
    faults.before("{}", Millis(0)).await;
    faults
}

/// One call of `sqs:GetQueueUrl`, of up to three tries: what came of it, and how many calls the service saw.
async fn call(rule: &str, dice: impl Dice + 'static) -> (Result<(), PortError>, usize) {
    let service = Service::default();
    let seen = service.clone();
    let inner = http_client_fn(move |_, _| SharedHttpConnector::new(service.clone()));
    let http = SharedHttpClient::new(FaultyHttp { inner, faults: faults(rule, dice).await });
    let patience = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(400)).build();
    let config = aws_sdk_sqs::Config::builder()
        .behavior_version(aws_smithy_runtime_api::client::behavior_version::BehaviorVersion::v2026_01_12())
        .region(aws_types::region::Region::new("eu-west-1"))
        .credentials_provider(aws_credential_types::Credentials::new("a", "b", None, None, "test"))
        .sleep_impl(TokioSleep::new())
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
        .timeout_config(patience)
        .http_client(http);
    let client = aws_sdk_sqs::Client::from_conf(config.build());
    let answer = client.get_queue_url().queue_name("q").send().await;
    let answer = answer.map(|_| ()).map_err(|error| call_failed("sqs:GetQueueUrl", &error));
    (answer, seen.0.load(Ordering::SeqCst))
}

#[tokio::test]
async fn a_throttle_and_a_5xx_are_answered_in_the_services_place() {
    let (answer, seen) = call(r#"{"fault":"throttle","service":"sqs","operation":"GetQueueUrl"}"#, SystemDice).await;
    assert_eq!((answer.unwrap_err().trouble, seen), (Trouble::Throttled, 0));
    let (answer, seen) = call(r#"{"fault":"server_error"}"#, SystemDice).await;
    assert_eq!((answer.unwrap_err().trouble, seen), (Trouble::Unavailable, 0));
}

#[tokio::test]
async fn a_lost_answer_is_of_a_call_that_was_made_each_time() {
    let (answer, seen) = call(r#"{"fault":"lost_answer"}"#, SystemDice).await;
    assert_eq!((answer.unwrap_err().trouble, seen), (Trouble::Unavailable, 3));
}

#[tokio::test(start_paused = true)]
async fn what_is_never_answered_is_ended_by_the_sdks_time_out() {
    let (answer, seen) = call(r#"{"fault":"no_answer"}"#, SystemDice).await;
    assert_eq!((answer.unwrap_err().trouble, seen), (Trouble::Unavailable, 0));
}

/// Hits at first and never again.
#[derive(Default)]
struct OnceDice(AtomicUsize);

impl Dice for OnceDice {
    fn lease_owner(&self) -> sluice_ports::LeaseOwner {
        sluice_ports::LeaseOwner::new("nobody")
    }

    fn up_to(&self, most: u64) -> u64 {
        if self.0.fetch_add(1, Ordering::SeqCst) == 0 { 0 } else { most }
    }
}

#[tokio::test]
async fn each_try_is_rolled_for_so_that_the_sdks_retry_may_pass() {
    for fault in ["throttle", "server_error", "lost_answer"] {
        let rule = format!(r#"{{"fault":"{fault}","percentage":50}}"#);
        let (answer, seen) = call(&rule, OnceDice::default()).await;
        assert_eq!((answer, seen), (Ok(()), if fault == "lost_answer" { 2 } else { 1 }), "{fault}");
    }
}

#[tokio::test]
async fn other_operations_are_left_alone() {
    let (answer, seen) = call(r#"{"fault":"throttle","operation":"SendMessageBatch"}"#, SystemDice).await;
    assert_eq!((answer, seen), (Ok(()), 1));
}
