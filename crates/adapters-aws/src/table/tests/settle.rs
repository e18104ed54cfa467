use super::*;
use sluice_ports::{SettleOutcome, Settlement, Settlements, Target};

fn settlement(key: &str, fence: Fence) -> Settlement {
    Settlement {
        row: row(key),
        fence,
        owner: LeaseOwner::new("me"),
        target: Target::Completed("{}".to_owned()),
        attempt: 1,
        now: NOW,
    }
}

#[tokio::test]
async fn one_settlement_is_one_update_and_its_own_write_is_no_refusal() {
    let written = mock!(Client::update_item).then_output(|| UpdateItemOutput::builder().build());
    let settled = table(&[&written]).settle(&[settlement("a", Fence::Fresh)]).await;
    assert_eq!((settled, written.num_calls()), (vec![Ok(SettleOutcome::Written)], 1));

    let ours = [("status", text("COMPLETED")), ("lease_owner", text("me"))];
    let repeated = mock!(Client::update_item).then_error(move || refused(Some(item("a", &ours))));
    assert_eq!(table(&[&repeated]).settle(&[settlement("a", Fence::Fresh)]).await, [Ok(SettleOutcome::Written)]);

    let gone = mock!(Client::update_item).then_error(|| refused(None));
    let held = settlement("a", Fence::Held(LeaseOwner::new("me")));
    assert_eq!(table(&[&gone]).settle(&[held]).await, [Ok(SettleOutcome::Refused(None))]);
}

#[tokio::test]
async fn a_group_updates_inserts_what_was_missing_and_tells_what_stood_in_the_way() {
    let update = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            starts_with(input, "UPDATE \"events\" SET \"status\"=?")
                && input.statements().iter().all(|statement| statement.statement().ends_with(FRESH))
                && parameter(input, 0, "data") == Some(text("{}"))
        })
        .then_output(|| {
            let shows = |owner| {
                let completed = item("c", &[("status", text("COMPLETED")), ("lease_owner", text(owner))]);
                error(Code::ConditionalCheckFailed, Some(completed))
            };
            let missing = || error(Code::ConditionalCheckFailed, None);
            answers(vec![None, missing(), shows("other"), shows("me"), missing()])
        });
    let insert = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let inserted: Item = parameters(input, 0).into_iter().collect();
            let expected = [
                ("status", text("COMPLETED")),
                ("attempt", number(1)),
                ("data", text("{}")),
                ("lease_owner", text("me")),
            ];
            starts_with(input, "INSERT INTO \"events\" VALUE {'id': ?")
                && inserted == item("b", &expected)
                && parameter(input, 1, "id") == Some(text(row("e").id.to_string()))
        })
        .then_output(|| answers(vec![None, None]));
    let group = ["a", "b", "c", "d", "e"].map(|key| settlement(key, Fence::Fresh));
    let settled = table(&[&update, &insert]).settle(&group).await;
    for written in [0, 1, 3, 4] {
        assert_eq!(settled[written], Ok(SettleOutcome::Written));
    }
    let Ok(SettleOutcome::Refused(Some(record))) = &settled[2] else { panic!("{settled:?}") };
    assert_eq!(record.status, Status::Completed);
}

#[tokio::test]
async fn what_a_group_leaves_open_goes_one_by_one_with_the_full_condition() {
    let update = mock!(Client::batch_execute_statement).then_output(|| {
        let open = |code| error(code, None);
        let missing = || open(Code::ConditionalCheckFailed);
        answers(vec![open(Code::ThrottlingError), missing(), open(Code::TransactionConflict), missing()])
    });
    let insert =
        mock!(Client::batch_execute_statement).then_output(|| answers(vec![error(Code::DuplicateItem, None); 2]));
    let single = mock!(Client::update_item)
        .match_requests(|input| {
            input
                .condition_expression()
                .is_some_and(|text| text.starts_with("attribute_not_exists(#id) OR (#status = "))
        })
        .sequence()
        .output(|| UpdateItemOutput::builder().build())
        .times(4)
        .build();
    let group = ["a", "b", "c", "d"].map(|key| settlement(key, Fence::Fresh));
    let settled = table(&[&update, &insert, &single]).settle(&group).await;
    assert_eq!(settled, vec![Ok(SettleOutcome::Written); 4]);
    assert_eq!(single.num_calls(), 4);
}

#[tokio::test]
async fn a_group_that_is_refused_is_an_error_and_not_tried_one_by_one() {
    let denied =
        mock!(Client::batch_execute_statement).then_output(|| answers(vec![error(Code::AccessDenied, None), None]));
    let group = ["a", "b"].map(|key| settlement(key, Fence::Fresh));
    let settled = table(&[&denied]).settle(&group).await;
    assert_eq!(settled[0].as_ref().unwrap_err().trouble, Trouble::Refused);
    assert_eq!(settled[1], Ok(SettleOutcome::Written));

    let down = mock!(Client::batch_execute_statement)
        .then_http_response(|| HttpResponse::new(500.try_into().unwrap(), SdkBody::from("{}")));
    let settled = table_of_any(&[&down]).settle(&group).await;
    assert!(all_failed(&settled, Trouble::Unavailable));
}

#[tokio::test]
async fn a_held_row_is_written_under_its_owner_only() {
    let update = mock!(Client::batch_execute_statement)
        .match_requests(|input| {
            let statement = &input.statements()[0];
            let parameters = statement.parameters();
            statement
                .statement()
                .ends_with("REMOVE \"in_progress_expiration\" WHERE \"id\"=? AND \"status\"=? AND \"lease_owner\"=?")
                && parameters[parameters.len() - 2..] == [text("INPROGRESS"), text("me")]
        })
        .then_output(|| answers(vec![None, None]));
    let group = ["a", "b"].map(|key| settlement(key, Fence::Held(LeaseOwner::new("me"))));
    assert_eq!(table(&[&update]).settle(&group).await, vec![Ok(SettleOutcome::Written); 2]);
}

#[tokio::test]
async fn giving_back_takes_one_start_off_whatever_the_count_is() {
    let rule = mock!(Client::update_item)
        .match_requests(|input| {
            let set = input.update_expression().unwrap();
            let values = input.expression_attribute_values().unwrap();
            let used = |name: &&String| {
                let everywhere = format!("{set} {}", input.condition_expression().unwrap());
                everywhere.split(|c: char| !c.is_alphanumeric() && c != ':').any(|word| word == name.as_str())
            };
            set.contains("#attempt = #attempt - :v") && values.keys().filter(used).count() == values.len()
        })
        .then_output(|| UpdateItemOutput::builder().build());
    let back = Settlement { target: Target::GivenBack, ..settlement("a", Fence::Held(LeaseOwner::new("me"))) };
    assert_eq!(table(&[&rule]).settle(&[back]).await, [Ok(SettleOutcome::Written)]);
}

#[tokio::test]
async fn a_group_goes_25_to_a_call() {
    let rule = any_group();
    let group: Vec<_> = (0..60).map(|key| settlement(&key.to_string(), Fence::Fresh)).collect();
    let settled = table_of_any(&[&rule]).settle(&group).await;
    assert_eq!((settled.len(), rule.num_calls()), (60, 3));
    assert!(settled.iter().all(Result::is_ok));
}

#[tokio::test]
async fn what_fits_no_group_goes_alone_beside_it() {
    let group = any_group();
    let single = mock!(Client::update_item).then_output(|| UpdateItemOutput::builder().build());
    let mut settlements = ["a", "b", "c", "d"].map(|key| settlement(key, Fence::Fresh));
    settlements[1].target = Target::GivenBack;
    settlements[2].fence = Fence::Expired;
    let settled = table_of_any(&[&group, &single]).settle(&settlements).await;
    assert_eq!(settled, vec![Ok(SettleOutcome::Written); 4]);
    assert_eq!((group.num_calls(), single.num_calls()), (1, 2));
}

#[tokio::test]
async fn an_absent_row_is_inserted_by_what_wants_none_and_refuses_what_wants_a_lease() {
    let update = mock!(Client::batch_execute_statement)
        .match_requests(|input| starts_with(input, "UPDATE"))
        .then_output(|| answers(vec![error(Code::ConditionalCheckFailed, None); 3]));
    let insert = mock!(Client::batch_execute_statement)
        .match_requests(|input| starts_with(input, "INSERT") && input.statements().len() == 2)
        .then_output(|| answers(vec![None, None]));
    let gone = mock!(Client::update_item).then_error(|| refused(None));
    let held = settlement("b", Fence::Held(LeaseOwner::new("me")));
    let settlements = [settlement("a", Fence::Fresh), held, settlement("c", Fence::Fresh)];
    let settled = table_of_any(&[&update, &insert, &gone]).settle(&settlements).await;
    let written = || Ok(SettleOutcome::Written);
    assert_eq!(settled, [written(), Ok(SettleOutcome::Refused(None)), written()]);
}
