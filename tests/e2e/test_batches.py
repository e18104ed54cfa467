"""Many events in one request: each is answered as if it had come alone, and goes its own way."""

import json
from typing import Any

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.kinds import at_the_door
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import MainQueue
from tests.e2e.support.roles import without
from tests.e2e.support.stack import Stack

KIB_256 = 256 * 1024


def test_a_hundred_events_in_one_batch_are_completed(stack: Stack) -> None:
    orders = [new_order() for _ in range(100)]
    results = accepted(stack.api.post(orders))
    names = [stack.await_end(result["eventId"], 60)["result"]["orderId"] for result in results]
    assert names == [order["orderId"] for order in orders]


@at_the_door
def test_a_batch_over_a_hundred_is_refused_whole(stack: Stack) -> None:
    orders = [new_order() for _ in range(101)]
    answer = stack.api.post(orders)
    assert (answer.status, answer.json()["code"]) == (413, "batch_too_large")
    assert stack.api.post(orders[0]).json()["duplicate"] is False, "none of them was taken"


def test_ten_events_of_256_kib_in_one_batch_are_completed(stack: Stack) -> None:
    """SQS takes 1 MiB a call, so these take three or more."""
    bodies = []
    for _ in range(10):
        order = new_order()
        order["note"] = "x" * (KIB_256 - len(json.dumps(order | {"note": ""})))
        bodies.append(json.dumps(order))
        assert len(bodies[-1]) == KIB_256
    results = accepted(stack.api.post_raw(f"[{','.join(bodies)}]".encode()))
    assert len({result["messageId"] for result in results}) == 10
    stack.await_completed((result["eventId"] for result in results), 60)


def test_good_and_bad_events_are_answered_in_the_order_sent(stack: Stack) -> None:
    good = [new_order(), {"type": "job", "task": "process_data", "data": new_order()}]
    bad = [
        (5, 400, "malformed_body"),
        ({"type": "refund"}, 422, "invalid_event"),
        ({"orderId": "", "amount": 1}, 422, "invalid_event"),
        ([good[0]], 400, "malformed_body"),
        (new_order() | {"note": "x" * KIB_256}, 413, "event_too_large"),
    ]
    answer = stack.api.post([good[0], *(item for item, _, _ in bad), good[1]])

    assert answer.status == 207
    first, *refused, last = answer.json()["results"]
    assert [(problem["status"], problem["code"]) for problem in refused] == [(status, code) for _, status, code in bad]
    assert all(name in refused[1]["errors"][0]["detail"] for name in ("order", "transaction", "purchase", "job"))
    assert refused[2]["errors"][0]["pointer"] == "/orderId", "relative to the event"
    stack.await_completed([first["eventId"], last["eventId"]])


@at_the_door
def test_a_batch_of_nothing_but_bad_events_is_answered_one_by_one(stack: Stack) -> None:
    answer = stack.api.post([{}, None, "text"])
    assert answer.status == 207
    assert [problem["status"] for problem in answer.json()["results"]] == [422, 400, 400]


@at_the_door
def test_an_empty_batch_is_accepted(stack: Stack) -> None:
    assert accepted(stack.api.post([])) == []


def test_the_same_event_twice_in_a_batch_is_one_message_and_one_completion(
    stack: Stack, outcomes: Outcomes, main_queue: MainQueue
) -> None:
    name = new_order()["orderId"]
    answer = stack.api.post_raw(f'[{{"orderId":"{name}","amount":10}},{{"amount":1e1,"orderId":"{name}"}}]'.encode())

    first, second = accepted(answer)
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert (second["eventId"], second["messageId"]) == (first["eventId"], first["messageId"])
    stack.await_completed([first["eventId"]])
    stack.await_empty_queue()
    assert [outcome["detail-type"] for outcome in outcomes.of(first["eventId"])] == ["Event Completed"]


def test_a_key_is_used_once_in_a_batch(stack: Stack) -> None:
    order = new_order(amount=1)
    keyed = order | {"idempotencyKey": f"key-of-{order['orderId']}"}
    answer = stack.api.post([keyed, keyed | {"amount": 2}])

    assert answer.status == 207
    first, second = answer.json()["results"]
    assert (second["status"], second["code"]) == (422, "key_reused")
    stack.await_completed([first["eventId"]])
    assert stack.api.status(first["eventId"])["result"]["processedAmount"] == 1


@at_the_door
def test_an_idempotency_key_header_names_no_batch(stack: Stack) -> None:
    answer = stack.api.post([new_order()], Idempotency_Key="one-for-all")
    assert (answer.status, answer.json()["code"]) == (400, "invalid_idempotency_key")
    assert answer.json()["errors"][0]["code"] == "key_with_batch"


def test_known_events_are_told_apart_from_new_ones(stack: Stack) -> None:
    completed, failed, new = new_order(), new_order(amount=10000.01), new_order()
    known = accepted(stack.api.post([completed, failed]))
    ended = [stack.await_end(result["eventId"])["status"] for result in known]
    assert ended == ["completed", "failed"]

    answer = stack.api.post([completed, failed, new])

    assert answer.status == 207
    again, conflict, fresh = answer.json()["results"]
    assert (again["status"], again["duplicate"]) == ("completed", True)
    assert (conflict["status"], conflict["code"]) == (409, "event_failed")
    assert (fresh["status"], fresh["duplicate"]) == ("queued", False)
    stack.await_completed([fresh["eventId"]])


def test_a_batch_of_which_sqs_takes_nothing_is_to_be_sent_again(stack: Stack) -> None:
    orders = [new_order(), new_order()]
    with without(stack, "ingest", "sqs:SendMessage", "sqs:SendMessageBatch"):
        answer = stack.api.post(orders)
    assert (answer.status, answer.json()["code"]) == (503, "queue_unavailable")
    assert answer.headers["retry-after"]
    stack.await_completed(result["eventId"] for result in accepted(stack.api.post(orders)))


@at_the_door
@pytest.mark.parametrize("body", ["[", "[{}", "[{},]", "[{}]{}"])
def test_an_array_that_is_no_json_is_malformed_as_a_whole(stack: Stack, body: str) -> None:
    answer = stack.api.post_raw(body.encode())
    assert (answer.status, answer.json()["code"]) == (400, "malformed_body")
    assert answer.json()["errors"][0]["line"] == 1


def accepted(answer: Any) -> list[dict[str, Any]]:
    assert answer.status == 202, f"{answer.status}: {answer.body!r}"
    return answer.json()["results"]
