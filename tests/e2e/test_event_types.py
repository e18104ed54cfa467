"""Every event type: what it comes to, what is refused at the door, and what fails in the worker for good."""

import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.kinds import at_the_door
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.payloads import Payload, new_job, new_purchase, new_transaction, unique
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.stack import Stack
from tests.wait import wait_until


def without(payload: Payload, *names: str) -> Payload:
    return {name: value for name, value in payload.items() if name not in names}


def test_an_order_without_a_type_is_charged_with_its_tax(stack: Stack) -> None:
    order = new_order(amount=42.5)
    expected = {"processedAmount": Decimal("42.5"), "tax": Decimal("4.25"), "total": Decimal("46.75")}
    assert result_of(stack, order) == {"orderId": order["orderId"]} | expected


def test_a_transaction_is_posted_on_both_accounts(stack: Stack) -> None:
    transaction = new_transaction(description="rent")
    assert result_of(stack, transaction) == {
        "transaction_id": transaction["transaction_id"],
        "currency": "BRL",
        "debit": {"account": "alice", "amount": Decimal("99.9")},
        "credit": {"account": "bob", "amount": Decimal("99.9")},
    }


def test_a_purchase_is_booked_if_its_value_is_the_exact_sum(stack: Stack) -> None:
    # In floating point three times 0.1 is 0.30000000000000004.
    purchase = new_purchase(
        order_timestamp="2026-11-21T10:47:52Z", shipping_address={"street": "Main"}, payment_method="PayPal"
    )
    assert result_of(stack, purchase) == {
        "order_id": purchase["order_id"],
        "user_id": "U1000",
        "order_value": Decimal("20.3"),
        "lines": 2,
        "units": 5,
    }


@pytest.mark.parametrize("data", [None, 1.5, "text", [], {"deep": [{"a": None}]}], ids=repr)
def test_a_job_gives_back_its_data_and_the_effect_key_it_was_done_under(stack: Stack, data: object) -> None:
    # The key makes an event of its own of each: the data alone was sent before.
    event_id = stack.api.accept(new_job(data=data), Idempotency_Key=unique())
    status = stack.await_end(event_id)
    assert status["status"] == "completed", status
    assert status["type"] == "job"
    assert status["result"] == {"task": "process_data", "effectKey": event_id, "data": data}


def test_a_job_is_seen_as_processing_until_it_is_done(stack: Stack, outcomes: Outcomes) -> None:
    # Well within what the local worker has: 5 s, less its reserve of 2.5 s.
    job = new_job("wait", data={"milliseconds": 1200, "name": unique()})
    event_id = stack.api.accept(job)

    def processing() -> Payload:
        status = stack.api.status(event_id)
        return status if status.get("status") == "processing" else {}

    during = wait_until("the job as processing", processing)
    again = stack.api.post(job).json()

    assert during["attempts"] == 1
    assert "result" not in during
    assert (again["eventId"], again["duplicate"]) == (event_id, True)
    after = stack.await_end(event_id)
    assert after["status"] == "completed", after
    assert after["attempts"] == 1
    assert after["result"] == {"task": "wait", "effectKey": event_id, "data": job["data"]}
    assert outcomes.await_one(event_id)["detail"]["result"] == after["result"]
    stack.await_empty_queue()
    assert [outcome["detail-type"] for outcome in outcomes.of(event_id)] == ["Event Completed"]


def test_a_result_of_nearly_32_kib_is_kept_whole_and_left_out_of_the_outcome(stack: Stack, outcomes: Outcomes) -> None:
    job = new_job(data=unique().ljust(32_000, "x"))
    event_id = stack.api.accept(job)
    status = stack.await_end(event_id)
    assert status["status"] == "completed", status
    assert status["result"]["data"] == job["data"]
    assert outcomes.await_one(event_id)["detail"].get("result") is None


@at_the_door
@pytest.mark.parametrize(
    ("payload", "pointers"),
    [
        (new_order(amount=0), ["/amount"]),
        (new_order() | {"orderId": ""}, ["/orderId"]),
        ({"type": "transaction"}, ["/amount", "/currency", "/payer_id", "/receiver_id", "/transaction_id"]),
        (new_transaction(transaction_id=""), ["/transaction_id"]),
        (new_transaction(payer_id="", receiver_id=5), ["/payer_id", "/receiver_id"]),
        (new_transaction(amount=0), ["/amount"]),
        (new_transaction(amount="99.90"), ["/amount"]),
        (new_transaction(currency="brl"), ["/currency"]),
        (new_transaction(currency="BR"), ["/currency"]),
        (new_transaction(currency="BRL\n"), ["/currency"]),
        (new_transaction(description=5), ["/description"]),
        ({"type": "purchase"}, ["/items", "/order_id", "/order_value", "/user_id"]),
        (new_purchase(order_id="1001"), ["/order_id"]),
        (new_purchase(user_id="u1000"), ["/user_id"]),
        (new_purchase(order_value=0), ["/order_value"]),
        (new_purchase(items=[]), ["/items"]),
        (new_purchase(items=[{}]), ["/items/0/price_per_unit", "/items/0/product_id", "/items/0/quantity"]),
        (
            new_purchase(items=[{"product_id": "", "quantity": 0, "price_per_unit": 0}]),
            ["/items/0/price_per_unit", "/items/0/product_id", "/items/0/quantity"],
        ),
        (new_purchase(items=[{"product_id": "P", "quantity": 1.5, "price_per_unit": 1}]), ["/items/0/quantity"]),
        (new_purchase(order_timestamp="yesterday"), ["/order_timestamp"]),
        (new_purchase(shipping_address=["Main"]), ["/shipping_address"]),
        (new_purchase(payment_method=""), ["/payment_method"]),
        ({"type": "job"}, ["/task"]),
        (new_job(""), ["/task"]),
        (new_job(5), ["/task"]),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, list) else value.get("type", "order"),
)
def test_what_breaks_a_schema_is_refused_at_the_door_with_a_pointer_each(
    stack: Stack, payload: Payload, pointers: list[str]
) -> None:
    answer = stack.api.post(payload)
    assert answer.status == 422, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == "invalid_event"
    assert sorted({error["pointer"] for error in problem["errors"]}) == pointers
    assert all(error["detail"] and error["code"] for error in problem["errors"])


@at_the_door
def test_a_refusal_does_not_quote_what_was_sent(stack: Stack) -> None:
    for payload in (
        new_transaction(currency="quoted-nowhere"),
        new_purchase(user_id="quoted-nowhere", order_timestamp="quoted-nowhere", items="quoted-nowhere"),
    ):
        answer = stack.api.post(payload)
        assert answer.status == 422
        assert b"quoted-nowhere" not in answer.body


@at_the_door
def test_an_unknown_type_is_told_the_known_ones(stack: Stack) -> None:
    (error,) = stack.api.post(new_order() | {"type": "unheard-of"}).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/type", "unknown_type")
    assert all(name in error["detail"] for name in ("order", "transaction", "purchase", "job"))


@pytest.mark.parametrize(
    ("make", "error_class", "words"),
    [
        (lambda: new_order(amount=10000.01), "BusinessRule", "over 10000"),
        (lambda: new_transaction(receiver_id="alice"), "BusinessRule", "the same account"),
        (lambda: new_purchase(order_value=20.31), "BusinessRule", "not the sum"),
        (lambda: new_job("unheard-of"), "BusinessRule", "known: process_data, wait"),
        (lambda: without(new_job("wait", name=unique()), "data"), "BusinessRule", "from 0 to 20000"),
        (lambda: new_job("wait", data={"milliseconds": 20_001, "name": unique()}), "BusinessRule", "from 0 to 20000"),
        (lambda: new_job(data=unique().ljust(33_000, "x")), "ResultTooLarge", "32768"),
    ],
    ids=["order", "transaction", "purchase", "unknown task", "wait without data", "wait for long", "large result"],
)
def test_what_breaks_a_rule_fails_for_good_and_is_a_conflict_when_sent_again(
    stack: Stack,
    outcomes: Outcomes,
    dead_letters: DeadLetters,
    make: Callable[[], Payload],
    error_class: str,
    words: str,
) -> None:
    payload = make()
    event_id = stack.api.accept(payload)

    status = stack.await_end(event_id)
    again = stack.api.post(payload)

    assert status["status"] == "failed"
    assert status["attempts"] == 1
    assert status["error"]["class"] == error_class
    assert words in status["error"]["message"]
    assert (again.status, again.json()["code"]) == (409, "event_failed")
    letter = dead_letters.await_of(event_id)
    assert (letter.why["class"], letter.why["attempts"]) == (error_class, 1)
    outcome = outcomes.await_one(event_id)
    assert (outcome["detail-type"], outcome["detail"]["error"]["class"]) == ("Event Failed", error_class)


def result_of(stack: Stack, payload: Payload) -> Payload:
    """The result that an event comes to, its numbers as decimals."""
    event_id = stack.api.accept(payload)
    stack.await_completed([event_id])
    return json.loads(stack.api.get(f"/events/{event_id}").body, parse_float=Decimal)["result"]
