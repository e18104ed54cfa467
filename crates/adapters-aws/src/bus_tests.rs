use super::*;
use aws_sdk_eventbridge::operation::put_events::PutEventsOutput;
use aws_sdk_eventbridge::types::PutEventsResultEntry;
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use serde_json::json;
use sluice_ports::{OutcomeKind, Trouble};

fn outcome(kind: OutcomeKind) -> OutcomeEvent {
    OutcomeEvent { kind, detail: json!({"eventId": "e"}) }
}

#[tokio::test]
async fn each_outcome_has_its_own_answer() {
    let rule = mock!(Client::put_events)
        .match_requests(|input| {
            let entry = &input.entries()[1];
            input.entries().len() == 3
                && entry.source() == Some("sluice.pipeline")
                && entry.detail_type() == Some("Event Failed")
                && entry.event_bus_name() == Some("bus")
                && entry.detail() == Some(r#"{"eventId":"e"}"#)
        })
        .then_output(|| {
            let published = PutEventsResultEntry::builder().event_id("1").build();
            let entry = |code: &str| PutEventsResultEntry::builder().error_code(code).error_message("text").build();
            PutEventsOutput::builder()
                .failed_entry_count(2)
                .set_entries(Some(vec![published, entry("ThrottlingException"), entry("InternalFailure")]))
                .build()
        });
    let bus = EventBus { client: mock_client!(aws_sdk_eventbridge, [&rule]), name: "bus".to_owned() };
    let answers = bus.publish(&[OutcomeKind::Completed, OutcomeKind::Failed, OutcomeKind::Rejected].map(outcome)).await;
    assert_eq!(answers[0], Ok(()));
    let trouble = |place: usize| answers[place].as_ref().unwrap_err().trouble;
    assert_eq!((trouble(1), trouble(2)), (Trouble::Throttled, Trouble::Unavailable));
}

#[tokio::test]
async fn outcomes_go_ten_to_a_call() {
    let rule =
        mock!(Client::put_events).match_requests(|input| input.entries().len() <= 10).then_compute_output(|input| {
            let entries =
                input.entries().iter().map(|_| PutEventsResultEntry::builder().event_id("1").build()).collect();
            PutEventsOutput::builder().set_entries(Some(entries)).build()
        });
    let bus =
        EventBus { client: mock_client!(aws_sdk_eventbridge, RuleMode::MatchAny, [&rule]), name: "bus".to_owned() };
    let answers = bus.publish(&vec![outcome(OutcomeKind::Completed); 23]).await;
    assert_eq!((answers.len(), rule.num_calls()), (23, 3));
    assert!(answers.iter().all(Result::is_ok));
}
