"""The same event sent more than once is one event."""

from concurrent.futures import ThreadPoolExecutor

from tests.e2e.support.api import new_order
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.stack import Stack


def test_the_same_post_twice_is_one_event(stack: Stack, outcomes: Outcomes) -> None:
    order = new_order()
    first = stack.api.post(order)
    assert first.status == 202
    assert first.json()["duplicate"] is False
    event_id = first.json()["eventId"]
    stack.await_completed([event_id])

    second = stack.api.post(order)

    assert second.status == 202
    assert second.json()["eventId"] == event_id
    assert second.json()["duplicate"] is True
    assert second.json()["status"] == "completed"
    assert second.json()["messageId"] == first.json()["messageId"]
    assert_one_completion(stack, outcomes, event_id)


def test_the_same_post_sixteen_times_at_once_is_one_event(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters
) -> None:
    order = new_order()
    with ThreadPoolExecutor(16) as producers:
        answers = list(producers.map(lambda _: stack.api.post(order), range(16)))

    assert {answer.status for answer in answers} == {202}
    event_ids = {answer.json()["eventId"] for answer in answers}
    assert len(event_ids) == 1
    event_id = event_ids.pop()
    stack.await_completed([event_id])
    assert_one_completion(stack, outcomes, event_id)
    assert dead_letters.of(event_id) == []
    assert stack.api.post(order).json()["duplicate"] is True


def test_members_in_another_order_and_numbers_written_otherwise_are_the_same_event(stack: Stack) -> None:
    name = new_order()["orderId"]
    first = stack.api.post_raw(f'{{"orderId":"{name}","amount":42.50}}'.encode())
    second = stack.api.post_raw(f'{{ "amount": 4.25e1, "orderId": "{name}" }}'.encode())
    assert (first.status, second.status) == (202, 202)
    assert first.json()["eventId"] == second.json()["eventId"]


def test_the_same_key_with_the_same_payload_is_a_duplicate(stack: Stack) -> None:
    order = new_order()
    key = f"key-of-{order['orderId']}"
    first = stack.api.post(order, Idempotency_Key=key)
    stack.await_completed([first.json()["eventId"]])

    in_the_header = stack.api.post(order, Idempotency_Key=key)
    in_the_body = stack.api.post(order | {"idempotencyKey": key})

    for again in (in_the_header, in_the_body):
        assert again.status == 202
        assert again.json()["eventId"] == first.json()["eventId"]
        assert again.json()["idempotencyKey"] == key
        assert again.json()["duplicate"] is True


def test_the_same_key_with_another_payload_is_refused(stack: Stack, outcomes: Outcomes) -> None:
    order = new_order(amount=10)
    key = f"key-of-{order['orderId']}"
    event_id = stack.api.accept(order, Idempotency_Key=key)
    stack.await_completed([event_id])

    answer = stack.api.post(order | {"amount": 11}, Idempotency_Key=key)

    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert stack.api.status(event_id)["result"]["processedAmount"] == 10
    assert_one_completion(stack, outcomes, event_id)


def assert_one_completion(stack: Stack, outcomes: Outcomes, event_id: str) -> None:
    """One record, ended once, and one outcome event; looked at once nothing more can come."""
    outcomes.await_one(event_id)
    stack.await_empty_queue()
    assert [outcome["detail-type"] for outcome in outcomes.of(event_id)] == ["Event Completed"]
    assert stack.record(event_id)["status"] == {"S": "COMPLETED"}
