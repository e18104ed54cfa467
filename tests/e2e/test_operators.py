"""What operators and the curious get from the query routes."""

import re

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.stack import Stack

without_a_queue = pytest.mark.any_kind("asks no queue")

UNKNOWN = "00000000-0000-8000-8000-000000000000"


def test_queues_tells_what_waits_and_whether_the_worker_is_fed(stack: Stack, functions: Functions) -> None:
    stack.await_empty_queue()
    with functions.worker_paused():
        event_ids = [stack.api.accept(new_order()) for _ in range(3)]
        paused = stack.api.get("/queues")
    stack.await_completed(event_ids)
    stack.await_empty_queue()
    running = stack.api.get("/queues")

    assert (paused.status, running.status) == (200, 200)
    assert paused.json()["eventSource"]["state"] == "Disabled"
    assert running.json()["eventSource"]["state"] == "Enabled"
    assert paused.json()["main"]["available"] == 3
    assert running.json()["main"]["available"] == 0
    for queue in (paused.json()["main"], paused.json()["deadLetter"]):
        assert {"available", "inFlight", "delayed", "oldestAgeSeconds"} <= queue.keys()
        # The local cloud has no metrics of SQS.
        assert queue["oldestAgeSeconds"] is None
        assert queue["oldestAgeReason"]


def test_health_is_ok_and_says_no_more(stack: Stack) -> None:
    answer = stack.api.get("/health")
    assert answer.status == 200
    assert answer.json() == {"status": "ok"}


def test_the_status_of_an_event_tells_its_way(stack: Stack) -> None:
    order = new_order()
    posted = stack.api.post(order).json()
    status = stack.await_end(posted["eventId"])

    assert posted["statusUrl"] == f"{stack.api.url}/events/{posted['eventId']}"
    assert status["eventId"] == posted["eventId"]
    assert status["messageId"] == posted["messageId"]
    assert status["type"] == "order"
    assert status["attempts"] == 1
    assert status["receivedAt"] <= status["updatedAt"] < status["expiresAt"]
    assert all(
        re.fullmatch(r"[-\d]{10}T[:\d]{8}\.\d{3}Z", status[at]) for at in ("receivedAt", "updatedAt", "expiresAt")
    )


@without_a_queue
@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", f"/events/{UNKNOWN}", 404),
        ("GET", "/events/not-an-id", 400),
        ("GET", "/", 404),
        ("GET", "/nothing/here", 404),
        ("GET", "/events", 405),
        ("DELETE", f"/events/{UNKNOWN}", 405),
        ("POST", "/queues", 405),
    ],
)
def test_what_is_not_there_is_answered_as_a_problem(stack: Stack, method: str, path: str, expected: int) -> None:
    answer = stack.api.request(method, path)
    assert answer.status == expected
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == expected
    assert {"type", "title", "detail", "code"} <= problem.keys()
    assert answer.headers["x-request-id"]
    if expected == 405:
        assert answer.headers["allow"]
