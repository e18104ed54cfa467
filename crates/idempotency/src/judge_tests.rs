use super::*;
use proptest::prelude::*;
use sluice_events::{EventId, IdempotencyKey, Producer, Value, payload_hash};
use sluice_ports::Seconds;

const NOW: Millis = Millis(1_000_000);
const MAX: u32 = 5;

fn hash(kind: &str) -> PayloadHash {
    payload_hash(kind, &Value::Null).unwrap()
}

fn record(status: Status) -> Record {
    Record {
        id: EventId::derive(&Producer::anonymous(), &IdempotencyKey::given("k").unwrap()),
        status,
        expiration: Seconds(1_000_000),
        validation: hash("order"),
        in_progress_expiration: None,
        data: None,
        lease_owner: Some(LeaseOwner::new("somebody")),
        attempt: 1,
        message_id: Some("m1".to_owned()),
        producer: "anonymous".to_owned(),
        event_type: "order".to_owned(),
        received_at: Millis(0),
        updated_at: Millis(500_000),
        error: None,
        redrives: 0,
    }
}

fn carrier(id: &str) -> Carrier<'_> {
    Carrier { id, received_at: Millis(399_000), sent_at: Millis(400_000), redriven: false }
}

fn brought_by(messages: Vec<Carrier<'_>>) -> Delivery<'_> {
    Delivery { messages, validation: hash("order") }
}

fn delivery(message_id: &str) -> Delivery<'_> {
    brought_by(vec![carrier(message_id)])
}

fn redriven(message_id: &str) -> Delivery<'_> {
    brought_by(vec![Carrier { redriven: true, ..carrier(message_id) }])
}

fn verdict(record: &Record, delivery: &Delivery<'_>) -> Verdict {
    judge(Some(record), delivery, NOW, MAX)
}

#[test]
fn no_row_is_claimed() {
    assert_eq!(judge(None, &delivery("m1"), NOW, MAX), Verdict::Claim { fence: Fence::Open, restart: true });
}

#[test]
fn an_expired_row_counts_for_nothing_whatever_it_says() {
    for status in [Status::Queued, Status::InProgress, Status::Completed, Status::Failed] {
        let row = Record { expiration: Seconds(999), validation: hash("other"), ..record(status) };
        assert_eq!(verdict(&row, &delivery("m1")), Verdict::Claim { fence: Fence::Expired, restart: true });
        let row = Record { expiration: Seconds(1_000), validation: hash("other"), ..record(status) };
        assert_eq!(verdict(&row, &delivery("m1")), Verdict::KeyReused, "it counts to its last second");
    }
}

#[test]
fn another_payload_is_another_event() {
    for status in [Status::Queued, Status::InProgress, Status::Completed, Status::Failed] {
        let row = Record { validation: hash("other"), ..record(status) };
        assert_eq!(verdict(&row, &delivery("m1")), Verdict::KeyReused);
    }
}

#[test]
fn a_queued_event_is_claimed() {
    let claim = Verdict::Claim { fence: Fence::Open, restart: false };
    assert_eq!(verdict(&record(Status::Queued), &delivery("m1")), claim);
    assert_eq!(verdict(&record(Status::Queued), &delivery("m2")), claim);
}

#[test]
fn a_live_lease_is_waited_for() {
    let row = Record { in_progress_expiration: Some(Millis(1_002_500)), attempt: MAX, ..record(Status::InProgress) };
    assert_eq!(verdict(&row, &delivery("m1")), Verdict::HandBack { hidden_for: Duration::from_millis(2_500) });
}

#[test]
fn a_dead_lease_is_taken_over_until_the_limit() {
    let dead = Record { in_progress_expiration: Some(NOW), attempt: MAX - 1, ..record(Status::InProgress) };
    let fence = Fence::Held(LeaseOwner::new("somebody"));
    assert_eq!(verdict(&dead, &delivery("m1")), Verdict::Claim { fence, restart: false });
    let last = Record { attempt: MAX, ..dead };
    let a_minute = Verdict::HandBack { hidden_for: Duration::from_secs(60) };
    assert_eq!(verdict(&last, &delivery("m1")), a_minute, "another clock may say that it lives");
    let long_dead = Record { in_progress_expiration: Some(Millis(NOW.0 - 60_000)), ..last };
    assert_eq!(verdict(&long_dead, &delivery("m1")), Verdict::Crashed { owner: LeaseOwner::new("somebody") });
}

#[test]
fn a_completed_event_is_published_again_for_its_own_message_only() {
    let row = record(Status::Completed);
    assert_eq!(verdict(&row, &delivery("m1")), Verdict::PublishAgain);
    assert_eq!(verdict(&row, &delivery("m2")), Verdict::Duplicate);
    assert_eq!(verdict(&row, &redriven("m2")), Verdict::PublishAgain);
    assert_eq!(verdict(&row, &brought_by(vec![carrier("m2"), carrier("m1")])), Verdict::PublishAgain);
}

#[test]
fn a_redrive_of_a_completed_event_counts_whatever_stands_before_it() {
    let (unmarked, marked) = (carrier("m2"), Carrier { redriven: true, ..carrier("m3") });
    for messages in [vec![unmarked, marked], vec![marked, unmarked]] {
        assert_eq!(verdict(&record(Status::Completed), &brought_by(messages)), Verdict::PublishAgain);
    }
}

#[test]
fn a_failure_is_finished_by_its_own_message_and_never_just_acknowledged() {
    let row = record(Status::Failed);
    assert_eq!(verdict(&row, &delivery("m1")), Verdict::FinishFailure);
    assert_eq!(verdict(&row, &redriven("m1")), Verdict::FinishFailure);
}

#[test]
fn a_failed_event_is_tried_again_only_when_it_was_sent_back() {
    let row = record(Status::Failed);
    let fence = Fence::FailedBy { message_id: Some("m1".to_owned()), updated_at: Millis(500_000) };
    let again = Verdict::Claim { fence, restart: true };
    assert_eq!(verdict(&row, &delivery("m2")), Verdict::Duplicate, "sent before the failure");
    assert_eq!(verdict(&row, &redriven("m2")), again);
    let by_a_script = Carrier { sent_at: Millis(500_000), ..carrier("m2") };
    assert_eq!(verdict(&row, &brought_by(vec![by_a_script])), again);
    assert_eq!(verdict(&row, &brought_by(vec![carrier("m3"), by_a_script])), again, "whatever stands before it");
}

#[test]
fn a_failed_event_that_is_posted_again_has_failed() {
    let row = record(Status::Failed);
    let posted_again = Carrier { received_at: Millis(500_000), sent_at: Millis(500_001), ..carrier("m2") };
    assert_eq!(verdict(&row, &brought_by(vec![posted_again])), Verdict::Duplicate);
    assert_eq!(verdict(&row, &brought_by(vec![posted_again, carrier("m3")])), Verdict::Duplicate);
}

#[test]
fn a_clock_of_the_worker_that_is_behind_costs_no_redrive() {
    let row = Record { received_at: Millis(500_100), ..record(Status::Failed) };
    let by_a_script = Carrier { received_at: Millis(500_100), sent_at: Millis(900_000), ..carrier("m2") };
    assert!(matches!(verdict(&row, &brought_by(vec![by_a_script])), Verdict::Claim { .. }));
}

#[test]
fn a_clock_of_the_worker_that_is_ahead_by_less_than_a_minute_costs_none_either() {
    let row = Record { received_at: Millis(300_000), ..record(Status::Failed) };
    let by_a_script = Carrier { received_at: Millis(300_000), sent_at: Millis(440_000), ..carrier("m2") };
    assert!(matches!(verdict(&row, &brought_by(vec![by_a_script])), Verdict::Claim { .. }));
}

/// Ingest's client sends again what was not answered: both messages say that they were taken at the same moment.
#[test]
fn the_twin_of_a_failed_message_is_a_duplicate_though_it_was_sent_after_the_failure() {
    let row = Record { received_at: Millis(499_900), ..record(Status::Failed) };
    let twin = Carrier { received_at: Millis(499_900), sent_at: Millis(500_400), ..carrier("m2") };
    assert_eq!(verdict(&row, &brought_by(vec![twin])), Verdict::Duplicate);
}

prop_compose! {
    fn any_record()(
        status in prop_oneof![Just(Status::Queued), Just(Status::InProgress), Just(Status::Completed), Just(Status::Failed)],
        expiration in 990..1_010_i64,
        same_payload in any::<bool>(),
        lease in proptest::option::of(900_000..1_001_000_i64),
        attempt in 0..8_u32,
        message_id in proptest::option::of("m[1-3]"),
        updated_at in 400_000..600_000_i64,
    ) -> Record {
        Record {
            expiration: Seconds(expiration),
            validation: hash(if same_payload { "order" } else { "other" }),
            in_progress_expiration: lease.map(Millis),
            attempt,
            message_id,
            updated_at: Millis(updated_at),
            ..record(status)
        }
    }
}

proptest! {
    #[test]
    fn work_starts_only_where_nobody_is_at_it_and_nothing_is_settled(
        record in any_record(), message in "m[1-3]", sent_at in 400_000..600_000_i64, redriven in any::<bool>(),
    ) {
        let delivery = brought_by(vec![Carrier { sent_at: Millis(sent_at), redriven, ..carrier(&message) }]);
        let verdict = judge(Some(&record), &delivery, NOW, MAX);
        if let Verdict::Claim { fence, .. } = &verdict {
            let expired = record.expiration < NOW.to_seconds();
            prop_assert!(expired || record.validation == delivery.validation);
            prop_assert!(expired || record.status != Status::Completed);
            prop_assert!(expired || record.in_progress_expiration.is_none_or(|until| until <= NOW)
                || record.status != Status::InProgress);
            prop_assert!(expired || record.status != Status::InProgress || record.attempt < MAX);
            prop_assert_eq!(*fence == Fence::Expired, expired);
        }
    }

    #[test]
    fn an_acknowledgement_alone_means_that_another_message_saw_to_it(
        record in any_record(), message in "m[1-3]", sent_at in 400_000..600_000_i64,
    ) {
        let delivery = brought_by(vec![Carrier { sent_at: Millis(sent_at), ..carrier(&message) }]);
        if judge(Some(&record), &delivery, NOW, MAX) == Verdict::Duplicate {
            prop_assert!(record.message_id.as_deref() != Some(message.as_str()));
            prop_assert!(matches!(record.status, Status::Completed | Status::Failed));
        }
    }
}

/// The state table as `docs/ARCHITECTURE.md` prints it: conditions in order, and what follows from the first that fits.
type Row = (&'static str, fn(&Record, &Carrier<'_>) -> bool, fn(&Verdict) -> bool);

const TABLE: [Row; 12] = [
    ("expired", |row, _| row.expiration < NOW.to_seconds(), |v| claims(v, |fence| *fence == Fence::Expired, true)),
    ("another payload", |row, _| row.validation != hash("order"), |v| *v == Verdict::KeyReused),
    ("queued", |row, _| row.status == Status::Queued, |v| claims(v, |fence| *fence == Fence::Open, false)),
    (
        "lease alive",
        |row, _| row.status == Status::InProgress && row.in_progress_expiration.is_some_and(|until| until > NOW),
        |v| matches!(v, Verdict::HandBack { .. }),
    ),
    (
        "lease dead for less than a minute, at the limit",
        |row, _| {
            row.status == Status::InProgress
                && row.attempt >= MAX
                && row.in_progress_expiration.is_some_and(|until| until.plus(Duration::from_secs(60)) > NOW)
        },
        |v| matches!(v, Verdict::HandBack { .. }),
    ),
    (
        "lease dead, at the limit",
        |row, _| row.status == Status::InProgress && row.attempt >= MAX,
        |v| *v == Verdict::Crashed { owner: LeaseOwner::new("somebody") },
    ),
    (
        "lease dead",
        |row, _| row.status == Status::InProgress,
        |v| claims(v, |fence| *fence == Fence::Held(LeaseOwner::new("somebody")), false),
    ),
    (
        "completed by this message, or redriven",
        |row, message| row.status == Status::Completed && (is_of(row, message) || message.redriven),
        |v| *v == Verdict::PublishAgain,
    ),
    ("completed by another", |row, _| row.status == Status::Completed, |v| *v == Verdict::Duplicate),
    ("failed by this message", |row, message| is_of(row, message), |v| *v == Verdict::FinishFailure),
    (
        "failed by another, sent a minute before the failure or by ingest, unmarked",
        |row, message| {
            let sent_by_ingest = message.sent_at.since(message.received_at) < Duration::from_secs(5);
            (message.sent_at.plus(Duration::from_secs(60)) < row.updated_at || sent_by_ingest) && !message.redriven
        },
        |v| *v == Verdict::Duplicate,
    ),
    ("redriven", |_, _| true, |v| claims(v, |fence| matches!(fence, Fence::FailedBy { .. }), true)),
];

fn is_of(row: &Record, message: &Carrier<'_>) -> bool {
    row.message_id.as_deref() == Some(message.id)
}

fn claims(verdict: &Verdict, fits: fn(&Fence) -> bool, restarts: bool) -> bool {
    matches!(verdict, Verdict::Claim { fence, restart } if fits(fence) && *restart == restarts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]
    #[test]
    fn the_first_row_of_the_table_that_fits_decides(
        record in any_record(), id in "m[1-3]", sent_at in 400_000..600_000_i64, redriven in any::<bool>(),
        waited in 0..10_000_i64,
    ) {
        let message = Carrier { received_at: Millis(sent_at - waited), sent_at: Millis(sent_at), redriven, ..carrier(&id) };
        let verdict = judge(Some(&record), &brought_by(vec![message]), NOW, MAX);
        let (name, _, follows) = TABLE.iter().find(|(_, fits, _)| fits(&record, &message)).unwrap();
        prop_assert!(follows(&verdict), "{}: {:?}", name, verdict);
    }
}
