//! FIFO queues; standard ones are in `queue_tests.rs`.

use super::*;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchResultEntry};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use proptest::prelude::*;
use std::sync::{Arc, Mutex};

const PATIENCE: Duration = Duration::from_secs(3);

/// A message of a group, whose body is its number.
fn entry(number: usize, group: &str) -> Entry {
    let fifo = Fifo { group_id: group.to_owned(), deduplication_id: format!("d-{number}") };
    Entry { body: format!("{number}"), attribute: None, fifo: Some(fifo) }
}

/// What SQS got, call by call: the bodies.
type Log = Arc<Mutex<Vec<Vec<usize>>>>;

/// SQS takes all but these numbers.
fn taking_all_but(refused: Vec<usize>, log: &Log) -> Rule {
    let log = Arc::clone(log);
    mock!(Client::send_message_batch).match_requests(|_| true).then_compute_output(move |input| {
        let number = |body: &str| body.parse::<usize>().unwrap();
        log.lock().unwrap().push(input.entries().iter().map(|entry| number(entry.message_body())).collect());
        let (failed, sent): (Vec<_>, Vec<_>) =
            input.entries().iter().partition(|entry| refused.contains(&number(entry.message_body())));
        let sent = sent.into_iter().map(|entry| {
            let sent = SendMessageBatchResultEntry::builder().id(entry.id()).md5_of_message_body("x");
            sent.message_id(format!("m-{}", entry.message_body())).build().unwrap()
        });
        let failed = failed.into_iter().map(|entry| {
            let failed = BatchResultErrorEntry::builder().id(entry.id()).code("InternalError").sender_fault(false);
            failed.build().unwrap()
        });
        let output = SendMessageBatchOutput::builder().set_successful(Some(sent.collect()));
        output.set_failed(Some(failed.collect())).build().unwrap()
    })
}

async fn send(entries: &[Entry], rule: &Rule) -> Vec<Answer> {
    let client = mock_client!(aws_sdk_sqs, RuleMode::MatchAny, [rule]);
    let queue = Queue { client, url: "https://sqs.example/1/main.fifo".to_owned(), patience: PATIENCE };
    queue.send(entries).await
}

fn fates(answers: &[Answer]) -> String {
    answers.iter().map(|answer| if answer.is_ok() { '+' } else { '-' }).collect()
}

#[tokio::test]
async fn a_message_carries_its_group_and_what_tells_it_from_others() {
    let rule = mock!(Client::send_message_batch)
        .match_requests(|input| {
            let entry = &input.entries()[0];
            (entry.message_group_id(), entry.message_deduplication_id()) == (Some("g"), Some("d-0"))
        })
        .then_output(|| {
            let sent = SendMessageBatchResultEntry::builder().id("0").message_id("m").md5_of_message_body("x");
            let output = SendMessageBatchOutput::builder().set_successful(Some(vec![sent.build().unwrap()]));
            output.set_failed(Some(vec![])).build().unwrap()
        });
    assert_eq!(send(&[entry(0, "g")], &rule).await, [Ok("m".to_owned())]);
}

#[tokio::test]
async fn what_was_not_taken_is_not_overtaken_by_its_group_in_a_later_call_and_others_go_on() {
    let log = Log::default();
    let entries: Vec<_> = (0..25).map(|number| entry(number, if number % 2 == 0 { "even" } else { "odd" })).collect();
    let answers = send(&entries, &taking_all_but(vec![8], &log)).await;
    assert_eq!(fates(&answers), "++++++++-+-+-+-+-+-+-+-+-");
    let calls = log.lock().unwrap().clone();
    assert_eq!(calls, [(0..10).collect::<Vec<_>>(), vec![11, 13, 15, 17, 19], vec![21, 23]]);
    assert_eq!(answers[24].as_ref().unwrap_err().trouble, Trouble::Unavailable);
}

#[tokio::test]
async fn after_a_call_that_failed_nothing_more_is_sent() {
    let rule = mock!(Client::send_message_batch).then_http_response(|| {
        let body = r#"{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}"#;
        let status = 400.try_into().unwrap();
        aws_smithy_runtime_api::http::Response::new(status, aws_smithy_types::body::SdkBody::from(body))
    });
    let entries: Vec<_> = (0..25).map(|number| entry(number, &number.to_string())).collect();
    let answers = send(&entries, &rule).await;
    assert_eq!((fates(&answers), rule.num_calls()), ("-".repeat(25), 1));
}

/// A queue that takes everything, in a second a call.
struct Slow;

impl SendCall for Slow {
    async fn send_call(&self, entries: &[&Entry]) -> Result<Vec<Answer>, PortError> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(vec![Ok(String::new()); entries.len()])
    }
}

#[tokio::test(start_paused = true)]
async fn all_calls_together_take_the_time_of_one() {
    let entries: Vec<_> = (0..60).map(|number| entry(number, &number.to_string())).collect();
    let began = Instant::now();
    let answers = in_order(entries.chunks(10).collect(), PATIENCE + Duration::from_millis(500), &Slow).await;
    assert_eq!(fates(&answers), format!("{}{}", "+".repeat(30), "-".repeat(30)));
    assert_eq!(began.elapsed(), Duration::from_millis(3500));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn each_message_has_its_own_answer_and_a_group_stays_in_order(
        groups in proptest::collection::vec(0..4_u8, 0..40),
        refused in proptest::collection::vec(0..40_usize, 0..6),
    ) {
        let log = Log::default();
        let entries: Vec<_> = groups.iter().enumerate().map(|(number, group)| entry(number, &group.to_string())).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let answers = runtime.block_on(send(&entries, &taking_all_but(refused.clone(), &log)));
        let calls = log.lock().unwrap().clone();
        let sent = calls.concat();
        prop_assert!(sent.is_sorted(), "{:?}", calls);
        prop_assert_eq!(answers.len(), groups.len());
        for (number, answer) in answers.iter().enumerate() {
            let taken = sent.contains(&number) && !refused.contains(&number);
            prop_assert_eq!(answer.clone().ok(), taken.then(|| format!("m-{number}")));
            let call = |number: &usize| calls.iter().position(|call| call.contains(number));
            let overtaken = (0..number).find(|before| groups[*before] == groups[number] && answers[*before].is_err());
            if let Some(before) = overtaken.filter(|_| taken) {
                prop_assert_eq!(call(&before), call(&number), "{} overtook {} in a later call", number, before);
            }
        }
    }
}
