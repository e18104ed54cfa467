use super::*;
use sluice_ports::{Claim, ClaimOutcome, Claims};

fn claim(key: &str, fence: Fence) -> Claim {
    Claim { row: row(key), fence, owner: LeaseOwner::new("me"), until: Millis(NOW.0 + 1), now: NOW, restart: false }
}

fn fresh<const N: usize>(keys: [&str; N]) -> [Claim; N] {
    keys.map(|key| claim(key, Fence::Fresh))
}

fn claimed(attempt: u32) -> Result<ClaimOutcome, sluice_ports::PortError> {
    Ok(ClaimOutcome::Claimed { attempt })
}

fn by(owner: &str) -> [(&'static str, AttributeValue); 3] {
    [("status", text("INPROGRESS")), ("lease_owner", text(owner)), ("attempt", number(1))]
}

#[tokio::test]
async fn a_claim_counts_its_start_and_a_refusal_shows_the_row() {
    let rule = mock!(Client::update_item)
        .match_requests(|input| {
            let condition = input.condition_expression().unwrap();
            let set = input.update_expression().unwrap();
            condition.starts_with("attribute_not_exists(#id) OR (#status = ")
                && set.contains("#attempt = if_not_exists(#attempt, ")
        })
        .then_output(|| UpdateItemOutput::builder().attributes("attempt", number(3)).build());
    assert_eq!(table(&[&rule]).claim(&[claim("a", Fence::Open)]).await, [claimed(3)]);

    let taken = mock!(Client::update_item).then_error(|| refused(Some(item("a", &[("status", text("COMPLETED"))]))));
    let answer = table(&[&taken]).claim(&[claim("a", Fence::Open)]).await.remove(0);
    let Ok(ClaimOutcome::Refused(record)) = answer else { panic!("{answer:?}") };
    assert_eq!(record.status, Status::Completed);
}

#[tokio::test]
async fn a_claim_that_was_written_though_its_answer_was_lost_is_ours() {
    let ours = [("status", text("INPROGRESS")), ("lease_owner", text("me")), ("attempt", number(2))];
    let rule = mock!(Client::update_item).then_error(move || refused(Some(item("a", &ours))));
    assert_eq!(table(&[&rule]).claim(&[claim("a", Fence::Open)]).await, [claimed(2)]);
}

#[tokio::test]
async fn a_claim_of_a_lease_whose_row_is_gone_is_an_error() {
    let gone = mock!(Client::update_item).then_error(|| refused(None));
    let answers = table(&[&gone]).claim(&[claim("a", Fence::Held(LeaseOwner::new("dead")))]).await;
    assert!(all_failed(&answers, Trouble::Unavailable));
}

#[tokio::test]
async fn several_fresh_claims_are_one_call_and_a_refusal_shows_the_row() {
    let update = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let parameters = parameters(input, 0);
            let (set, only_if) = parameters.split_at(parameters.len() - 5);
            let statement = &input.statements()[0];
            starts_with(input, "UPDATE \"events\" SET \"status\"=? SET ")
                && statement.statement().ends_with(FRESH)
                && statement.return_values_on_condition_check_failure().is_some_and(|show| show.as_str() == "ALL_OLD")
                && set.contains(&("status".to_owned(), text("INPROGRESS")))
                && set.contains(&("in_progress_expiration".to_owned(), number(NOW.0 + 1)))
                && set.contains(&("lease_owner".to_owned(), text("me")))
                && set.contains(&("attempt".to_owned(), number(1)))
                && only_if.iter().map(|(_, value)| value.clone()).collect::<Vec<_>>()
                    == [
                        text(row("a").id.to_string()),
                        text("QUEUED"),
                        text(row("a").validation.to_string()),
                        number(NOW.to_seconds().0),
                        number(0),
                    ]
        })
        .then_output(|| {
            let shows = |key, changes: &[_]| error(Code::ConditionalCheckFailed, Some(item(key, changes)));
            answers(vec![None, shows("b", &by("other")), shows("c", &by("me"))])
        });
    let outcomes = table(&[&update]).claim(&fresh(["a", "b", "c"])).await;
    assert_eq!(outcomes[0], claimed(1));
    let Ok(ClaimOutcome::Refused(record)) = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!((record.id, &record.lease_owner), (row("b").id, &Some(LeaseOwner::new("other"))));
    assert_eq!(outcomes[2], claimed(1), "the SDK repeated a call that had happened");
}

#[tokio::test]
async fn claimed_rows_that_are_not_there_are_inserted_claimed() {
    let update =
        mock!(Client::batch_execute_statement).match_requests(|input| starts_with(input, "UPDATE")).then_output(|| {
            let missing = || error(Code::ConditionalCheckFailed, None);
            answers(vec![missing(), None, missing()])
        });
    let insert = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let inserted: Item = parameters(input, 0).into_iter().collect();
            let mut expected = item("a", &by("me"));
            expected.insert("in_progress_expiration".to_owned(), number(NOW.0 + 1));
            starts_with(input, "INSERT") && inserted == expected
        })
        .then_output(|| answers(vec![None, None]));
    let outcomes = table(&[&update, &insert]).claim(&fresh(["a", "b", "c"])).await;
    assert_eq!(outcomes, [claimed(1), claimed(1), claimed(1)]);
}

#[tokio::test]
async fn a_claim_that_a_group_leaves_open_goes_alone_with_the_full_condition() {
    let update = mock!(Client::batch_execute_statement).match_requests(|input| starts_with(input, "UPDATE"));
    let update = update.then_output(|| {
        let missing = || error(Code::ConditionalCheckFailed, None);
        answers(vec![error(Code::ThrottlingError, None), missing(), missing()])
    });
    // Both rows came to be since: one made by this very claim, whose answer was lost, one by another worker.
    let insert = mock!(Client::batch_execute_statement).match_requests(|input| starts_with(input, "INSERT"));
    let insert = insert.then_output(|| answers(vec![error(Code::DuplicateItem, None); 2]));
    let single = |key: &'static str| {
        mock!(Client::update_item).match_requests(move |input| {
            let full = input.condition_expression().unwrap().starts_with("attribute_not_exists(#id) OR (#status = ");
            full && input.key().unwrap()["id"] == text(row(key).id.to_string())
        })
    };
    let throttled = single("a").then_output(|| UpdateItemOutput::builder().attributes("attempt", number(1)).build());
    let ours = single("b").then_error(|| refused(Some(item("b", &by("me")))));
    let others = single("c").then_error(|| refused(Some(item("c", &by("other")))));
    let table = table_of_any(&[&update, &insert, &throttled, &ours, &others]);
    let outcomes = table.claim(&fresh(["a", "b", "c"])).await;
    assert_eq!(outcomes[..2], [claimed(1), claimed(1)]);
    assert!(matches!(&outcomes[2], Ok(ClaimOutcome::Refused(record)) if record.id == row("c").id), "{outcomes:?}");
}

#[tokio::test]
async fn other_claims_go_alone_beside_a_group_of_fresh_ones() {
    let group = any_group();
    let single = mock!(Client::update_item)
        .match_requests(|input| input.condition_expression().is_some_and(|text| text.contains("#lease_owner = ")))
        .then_output(|| UpdateItemOutput::builder().attributes("attempt", number(2)).build());
    let held = claim("b", Fence::Held(LeaseOwner::new("dead")));
    let claims = [claim("a", Fence::Fresh), held, claim("c", Fence::Fresh)];
    let outcomes = table_of_any(&[&group, &single]).claim(&claims).await;
    assert_eq!(outcomes, [claimed(1), claimed(2), claimed(1)]);
    assert_eq!((group.num_calls(), single.num_calls()), (1, 1));
}

#[tokio::test]
async fn claims_go_25_to_a_call_and_the_last_one_over_alone() {
    let group = any_group();
    let single =
        mock!(Client::update_item).then_output(|| UpdateItemOutput::builder().attributes("attempt", number(1)).build());
    let claims: Vec<_> = (0..51).map(|key| claim(&key.to_string(), Fence::Fresh)).collect();
    let outcomes = table_of_any(&[&group, &single]).claim(&claims).await;
    assert_eq!((group.num_calls(), single.num_calls()), (2, 1));
    assert_eq!(outcomes, vec![claimed(1); 51]);
}

#[tokio::test]
async fn claims_that_are_refused_are_errors_and_not_tried_one_by_one() {
    let failed = mock!(Client::batch_execute_statement).then_http_response(missing_table);
    let outcomes = table(&[&failed]).claim(&fresh(["a", "b"])).await;
    assert!(outcomes.len() == 2 && all_failed(&outcomes, Trouble::Refused));
}

#[tokio::test]
async fn one_missing_row_of_a_group_is_claimed_alone() {
    let update = mock!(Client::batch_execute_statement)
        .then_output(|| answers(vec![None, error(Code::ConditionalCheckFailed, None)]));
    let single = mock!(Client::update_item)
        .match_requests(|input| input.key().unwrap()["id"] == text(row("b").id.to_string()))
        .then_output(|| UpdateItemOutput::builder().attributes("attempt", number(1)).build());
    assert_eq!(table(&[&update, &single]).claim(&fresh(["a", "b"])).await, [claimed(1), claimed(1)]);
}
