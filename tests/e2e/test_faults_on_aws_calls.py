"""SQS, the table and the bus answer badly, each try of a call by itself: every event ends, once."""

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.faults import Faults
from tests.e2e.support.logs import Logs
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.stack import Stack

EVENTS = 20


@pytest.mark.parametrize("fault", ["throttle", "server_error", "lost_answer", "no_answer"])
def test_calls_that_fail_now_and_then_cost_no_event(
    stack: Stack, faults: Faults, outcomes: Outcomes, dead_letters: DeadLetters, fault: str
) -> None:
    orders = [new_order() for _ in range(EVENTS)]
    with faults.on({"aws_calls": [{"fault": fault, "service": "*", "operation": "*", "percentage": 25}]}):
        event_ids = [accepted(stack, order) for order in orders]
        stack.await_completed(event_ids, 90)
    stack.await_empty_queue()
    counted = [line for line in Logs(stack).lines()["worker"] if f'"FaultInjected.{fault}":' in line]
    assert counted, "no call failed"
    for event_id in event_ids:
        told = {outcome["detail"]["messageId"] for outcome in outcomes.of(event_id)}
        assert len(told) == 1, "an outcome of another message than the one that ended it"
        assert dead_letters.of(event_id) == []


def test_a_queue_that_takes_nothing_is_a_503_and_what_is_sent_again_is_done(stack: Stack, faults: Faults) -> None:
    order = new_order()
    send = {"fault": "server_error", "service": "sqs", "operation": "SendMessageBatch", "function": "ingest"}
    with faults.on({"aws_calls": [send]}):
        assert stack.api.post(order).status == 503
    stack.await_completed([stack.api.accept(order)])


def accepted(stack: Stack, order: dict) -> str:
    """Posts until it is taken, as a producer does."""
    for _ in range(20):
        answer = stack.api.post(order)
        if answer.status == 202:
            return answer.json()["eventId"]
        assert answer.status in (500, 503), f"{answer.status}: {answer.body!r}"
    raise AssertionError("20 times not taken")
