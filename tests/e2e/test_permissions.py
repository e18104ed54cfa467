"""The functions' roles grant what they use: without one action a scenario fails, and with it again goes on.

The actions are the local cloud's names for what AWS calls otherwise (docs/local-cloud.md).
"""

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.roles import without
from tests.e2e.support.stack import Stack

SOON = 5


def test_ingest_cannot_accept_without_its_send_to_the_queue(stack: Stack) -> None:
    order = new_order()
    with without(stack, "ingest", "sqs:SendMessage", "sqs:SendMessageBatch"):
        assert stack.api.post(order).status == 503
    stack.await_completed([stack.api.accept(order)])


def test_the_worker_completes_nothing_without_its_writes_to_the_table(stack: Stack, dead_letters: DeadLetters) -> None:
    with without(stack, "worker", "dynamodb:BatchExecuteStatement"):
        event_id = stack.api.accept(new_order())
        with pytest.raises(AssertionError, match="an end of event"):
            stack.await_end(event_id, SOON)
    assert stack.await_end(event_id, 60)["status"] == "completed"
    assert dead_letters.of(event_id) == []


def test_the_worker_announces_nothing_without_its_access_to_the_bus(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters
) -> None:
    with without(stack, "worker", "events:PutEvents"):
        event_id = stack.api.accept(new_order())
        with pytest.raises(AssertionError, match="an outcome event"):
            outcomes.await_one(event_id, SOON)
    assert outcomes.await_one(event_id, 60)["detail-type"] == "Event Completed"
    assert dead_letters.of(event_id) == []


def test_the_worker_gives_nothing_up_without_its_send_to_the_dead_letter_queue(
    stack: Stack, dead_letters: DeadLetters
) -> None:
    with without(stack, "worker", "sqs:SendMessage", "sqs:SendMessageBatch"):
        event_id = stack.api.accept(new_order(amount=10000.01))
        with pytest.raises(AssertionError, match="a dead letter"):
            dead_letters.await_of(event_id, SOON)
    assert dead_letters.await_of(event_id, 60).why["class"] == "BusinessRule"


def test_query_shows_no_event_without_its_read_of_the_table(stack: Stack) -> None:
    event_id = stack.api.accept(new_order())
    stack.await_completed([event_id])
    with without(stack, "query", "dynamodb:BatchGetItem"):
        assert stack.api.get(f"/events/{event_id}").status == 503
    assert stack.api.status(event_id)["status"] == "completed"
