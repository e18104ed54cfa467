"""failure-lambda's JSON in the failure parameter: whole invocations fail, and no event is lost or done twice."""

import time

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.faults import Faults
from tests.e2e.support.logs import Logs
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

POST = {"path": "requestContext.http.method", "operator": "regex", "value": "^(POST|PUT)$"}
DEBUG = {"path": "headers.x-debug", "operator": "exists"}
BATCH = {"path": "Records.0.messageId", "operator": "exists"}
QUEUE_SECONDS = 60

pytestmark = pytest.mark.usefixtures("hidden_briefly")


def test_a_status_code_is_answered_to_whom_the_conditions_name(stack: Stack, faults: Faults) -> None:
    order = new_order()
    with faults.on({"statuscode": {"enabled": True, "status_code": 429, "match": [POST, DEBUG]}}):
        refused = stack.api.post(order, X_Debug="1")
        assert (refused.status, refused.json()["code"]) == (429, "injected")
        accepted = stack.api.post(order)
    assert (accepted.status, accepted.json()["duplicate"]) == (202, False)
    stack.await_completed([accepted.json()["eventId"]])


def test_latency_holds_an_answer_up(stack: Stack, faults: Faults) -> None:
    with faults.on({"latency": {"enabled": True, "min_latency": 900, "max_latency": 1000, "match": [DEBUG]}}):
        began = time.monotonic()
        assert stack.api.post(new_order(), X_Debug="1").status == 202
        assert time.monotonic() - began >= 0.9


def test_a_corrupted_answer_is_of_an_event_that_is_done(stack: Stack, faults: Faults) -> None:
    order = new_order()
    with faults.on({"corruption": {"enabled": True, "body": '{"error": "corrupted"}', "match": [POST]}}):
        corrupted = stack.api.post(order)
        assert (corrupted.status, corrupted.json()) == (202, {"error": "corrupted"})
    known = stack.api.post(order).json()
    assert known["duplicate"] is True
    stack.await_completed([known["eventId"]])


def test_a_worker_whose_invocations_fail_loses_nothing(
    stack: Stack, faults: Faults, outcomes: Outcomes, dead_letters: DeadLetters
) -> None:
    failing = {"exception": {"enabled": True, "exception_msg": "on demand", "match": [BATCH]}}
    with faults.on(failing):
        event_id = stack.api.accept(new_order())
        wait_until("a failed invocation", lambda: injected(stack, "exception"))
        assert stack.api.status(event_id)["status"] == "queued"
    # The queue's own visibility timeout has to pass.
    status = stack.await_end(event_id, QUEUE_SECONDS)
    assert (status["status"], status["attempts"]) == ("completed", 1)
    outcomes.await_one(event_id)
    assert len(outcomes.of(event_id)) == 1
    assert dead_letters.of(event_id) == []


def test_a_worker_whose_answers_are_corrupted_does_nothing_twice(
    stack: Stack, faults: Faults, outcomes: Outcomes, dead_letters: DeadLetters
) -> None:
    before = injected(stack, "corruption")
    with faults.on({"corruption": {"enabled": True, "function": "worker"}}):
        event_id = stack.api.accept(new_order())
        stack.await_completed([event_id])
        wait_until("a corrupted answer", lambda: injected(stack, "corruption") > before)
    stack.await_empty_queue(QUEUE_SECONDS)
    assert stack.api.status(event_id)["attempts"] == 1
    # Told again, in the same words: what the bus has may be doubled, never changed.
    assert {outcome["detail-type"] for outcome in outcomes.of(event_id)} == {"Event Completed"}
    assert dead_letters.of(event_id) == []


def injected(stack: Stack, mode: str) -> int:
    """How many shots of a mode the worker's metrics have counted."""
    return sum(f'"FaultInjected.{mode}":1' in line for line in Logs(stack).lines()["worker"])
