use super::*;
use sluice_ports::{LeaseOwner, Status};
use sluice_simulation::Lost;

#[tokio::test]
async fn without_the_table_an_event_goes_back_uncounted() {
    let worker = worker();
    worker.table.troubles.fail_next("settle", 1, Lost::Call);
    let batch = [sent("m1", &order("a", "1")), sent("m2", &order("b", "1"))];
    let (back, summary) = work(&worker, &batch).await;
    assert_eq!((back.len(), summary.counted("HandedBack.table_trouble")), (1, 1), "the other one is not touched");
    assert_eq!(kinds(&worker).len(), 1);
}

#[tokio::test]
async fn a_completion_whose_answer_was_lost_is_published_on_the_next_receive() {
    let worker = worker();
    worker.table.troubles.fail_next("settle", 1, Lost::Answer);
    let message = sent("m1", &order("a", "1"));
    assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"]);
    assert_eq!((row(&worker, "a").status, kinds(&worker).len()), (Status::Completed, 0));
    assert_eq!(work(&worker, &[message.again()]).await.0, [""; 0]);
    assert_eq!(kinds(&worker), ["Event Completed"]);
}

#[tokio::test]
async fn an_outcome_that_was_not_published_is_published_on_the_next_receive() {
    let worker = worker();
    worker.bus.troubles.fail_next("publish", 1, Lost::Call);
    let batch = [sent("m1", &order("a", "1")), sent("m2", &order("b", "1"))];
    let (back, _) = work(&worker, &batch).await;
    assert_eq!(back.len(), 1, "a failed entry fails only its record");
    let again: Vec<_> = batch.into_iter().filter(|message| back.contains(&message.id)).map(Sent::again).collect();
    let (back, summary) = work(&worker, &again).await;
    assert_eq!((back.len(), kinds(&worker).len(), summary.counted("PublishedAgain")), (0, 2, 1));
}

#[tokio::test]
async fn a_failure_that_was_not_dead_lettered_is_never_just_acknowledged() {
    let worker = worker();
    worker.dead_letters.troubles.fail_next("bury", 2, Lost::Call);
    let mut message = sent("m1", &order("a", "10001"));
    for _ in 0..2 {
        assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"]);
        message = message.again();
    }
    assert_eq!(work(&worker, &[message]).await.0, [""; 0]);
    let [letter] = &letters(&worker)[..] else { panic!("one letter") };
    assert_eq!((letter.class.as_str(), letter.attempts), ("BusinessRule", 1));
    assert_eq!(row(&worker, "a").attempt, 1, "it was processed once");
}

#[tokio::test]
async fn a_malformed_message_that_could_not_be_dead_lettered_goes_back() {
    let worker = worker();
    worker.dead_letters.troubles.fail_next("bury", 1, Lost::Call);
    assert_eq!(work(&worker, &[raw("m1", "x")]).await.0, ["m1"]);
    assert_eq!(work(&worker, &[raw("m1", "x").again()]).await.0, [""; 0]);
    assert_eq!(letters(&worker).len(), 1);
}

#[tokio::test]
async fn trouble_with_the_table_is_no_attempt_and_keeps_no_lease() {
    let worker = worker();
    let mut message = sent("m1", &order("a", "1")).again();
    for _ in 0..10 {
        // Of the settlement and the giving back, the first fails.
        worker.table.troubles.fail_next("settle", 1, Lost::Call);
        assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"]);
        assert_eq!((row(&worker, "a").status, row(&worker, "a").attempt), (Status::Queued, 0));
        message = message.again();
    }
    assert_eq!(work(&worker, &[message]).await.0, [""; 0]);
    assert_eq!((row(&worker, "a").status, row(&worker, "a").attempt), (Status::Completed, 1));
}

#[tokio::test]
async fn a_result_that_was_written_though_its_answer_was_lost_is_not_given_back() {
    let worker = worker();
    let message = sent("m1", &order("a", "1")).again();
    worker.table.troubles.fail_next("settle", 1, Lost::Answer);
    assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"]);
    assert_eq!(row(&worker, "a").status, Status::Completed);
    assert_eq!(work(&worker, &[message.again()]).await.0, [""; 0]);
    assert_eq!(kinds(&worker), ["Event Completed"]);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_no_attempt_either() {
    let worker = worker();
    let mut message = sent("m1", &order("a", "1")).again();
    for _ in 0..5 {
        worker.table.troubles.fail_next("claim", 1, Lost::Answer);
        assert_eq!(work(&worker, std::slice::from_ref(&message)).await.0, ["m1"]);
        assert_eq!((row(&worker, "a").status, row(&worker, "a").attempt), (Status::Queued, 0));
        message = message.again();
    }
    assert_eq!(work(&worker, &[message]).await.0, [""; 0]);
    assert_eq!((row(&worker, "a").status, row(&worker, "a").attempt), (Status::Completed, 1));
}

#[tokio::test]
async fn a_claim_without_an_answer_goes_back() {
    let worker = worker();
    worker.table.troubles.fail_next("claim", 1, Lost::Call);
    assert_eq!(work(&worker, &[sent("m1", &order("a", "1")).again()]).await.0, ["m1"]);
    assert!(worker.table.row(id("a")).is_none());
}

/// A table in which somebody takes the lease over between our claim and our settlement.
struct Robbed(ModelTable);

impl sluice_ports::Claims for Robbed {
    async fn claim(
        &self,
        claims: &[sluice_ports::Claim],
    ) -> Vec<Result<sluice_ports::ClaimOutcome, sluice_ports::PortError>> {
        let outcomes = self.0.claim(claims).await;
        for claim in claims {
            let row = self.0.row(claim.row.id).unwrap();
            self.0.put(Record { lease_owner: Some(LeaseOwner::new("robber")), ..row });
        }
        outcomes
    }
}

impl sluice_ports::Settlements for Robbed {
    async fn settle(
        &self,
        settlements: &[sluice_ports::Settlement],
    ) -> Vec<Result<sluice_ports::SettleOutcome, sluice_ports::PortError>> {
        self.0.settle(settlements).await
    }
}

struct RobbedPorts;

impl Ports for RobbedPorts {
    type Table = Robbed;
    type Queue = ModelQueue;
    type DeadLetters = ModelQueue;
    type Bus = ModelBus;
    type Clock = ModelClock;
    type Dice = ModelDice;
}

#[tokio::test]
async fn a_worker_that_outlived_its_lease_changes_nothing() {
    let Worker { table, queue, dead_letters, bus, clock, dice, types, faults, config } = worker();
    let worker =
        Worker::<RobbedPorts> { table: Robbed(table), queue, dead_letters, bus, clock, dice, types, faults, config };
    let message = sent("m1", &order("a", "1")).again();
    let (response, summary) = worker.handle(event(&[message]), START.plus(LEASE)).await;
    assert_eq!((response.batch_item_failures.len(), summary.counted("LeaseLost")), (1, 1));
    let row = worker.table.0.row(id("a")).unwrap();
    assert_eq!((row.status, row.lease_owner), (Status::InProgress, Some(LeaseOwner::new("robber"))));
    assert!(worker.bus.published().is_empty());
}

#[tokio::test]
async fn what_is_told_again_names_the_same_message_whichever_double_comes_first() {
    for envelope in [order("a", "1"), job("a", "process_data", "1"), order("a", "10001")] {
        let worker = worker();
        worker.bus.troubles.fail_next("publish", 1, Lost::Answer);
        let (first, second) = (sent("m1", &envelope), sent("m2", &envelope));
        assert_eq!(work(&worker, &[first.clone(), second.clone()]).await.0, ["m1", "m2"]);
        assert_eq!(work(&worker, &[second.again(), first.again()]).await.0, [""; 0]);
        let told: Vec<_> = published(&worker).into_iter().map(|(_, detail)| detail["messageId"].clone()).collect();
        assert_eq!(told, ["m1", "m1"]);
        assert!(letters(&worker).iter().all(|letter| letter.origin.message_id == "m1"));
    }
}

#[tokio::test]
async fn what_may_have_killed_a_process_is_worked_after_the_rest_is_closed() {
    let worker = worker();
    work(&worker, &[sent("m1", &order("again", "1")).again(), sent("m2", &order("new", "1"))]).await;
    let order_of: Vec<_> = published(&worker).into_iter().map(|(_, detail)| detail["messageId"].clone()).collect();
    assert_eq!(order_of, ["m2", "m1"]);
}
