"""A worker process that dies loses nothing and doubles nothing."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions, signal_all
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the worker's processes in /proc"),
    pytest.mark.usefixtures("hidden_briefly"),
]

SEED = 20
EVENTS = 200
KILLS = 8
# Of the moments between two POSTs, those at which a worker dies.
KILL_RATE = 0.08
# A record may be hit more than once, and is hidden each time from the worker that died with it.
LONG = 90


def test_an_event_in_a_worker_that_is_killed_is_completed_by_another(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, main_queue: MainQueue, functions: Functions
) -> None:
    stack.await_completed([stack.api.accept(new_order())])
    stack.await_empty_queue()
    workers = functions.processes("worker")
    assert workers, "no worker process found after an event was processed"
    signal_all(workers, signal.SIGSTOP)
    try:
        event_id = stack.api.accept(new_order())
        wait_until("the event in the hands of a stopped worker", lambda: main_queue.in_flight() == 1)
        assert stack.api.status(event_id)["status"] == "queued"
    finally:
        signal_all(workers, signal.SIGKILL)

    stack.await_completed([event_id], LONG)
    assert_ended_once(stack, outcomes, dead_letters, [event_id])


def test_a_stream_of_events_under_repeated_kills_completes_each_once(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, functions: Functions
) -> None:
    dice = random.Random(SEED)  # noqa: S311
    event_ids, killed = [], 0
    while len(event_ids) < EVENTS or killed < KILLS:
        event_ids.append(stack.api.accept(new_order()))
        # A stream, not a burst: a worker that died takes a second to be replaced.
        time.sleep(0.02)
        workers = functions.processes("worker")
        if workers and dice.random() < KILL_RATE:
            signal_all([dice.choice(workers)], signal.SIGKILL)
            killed += 1
        assert len(event_ids) < 10 * EVENTS, f"only {killed} workers were found to kill"

    stack.await_completed(event_ids, LONG)

    assert len(set(event_ids)) == len(event_ids)
    assert_ended_once(stack, outcomes, dead_letters, event_ids)


def assert_ended_once(stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, event_ids: list[str]) -> None:
    """Each has one completed record with its result, an outcome (again only of the same message), no dead letter."""
    stack.await_empty_queue(LONG)
    for event_id in event_ids:
        record = stack.record(event_id)
        assert record["status"] == {"S": "COMPLETED"}
        assert record["data"]
        outcomes.await_one(event_id)
        told = outcomes.of(event_id)
        assert {outcome["detail-type"] for outcome in told} == {"Event Completed"}
        # A worker that died between its record and its acknowledgement tells again, of the same message.
        assert len({outcome["detail"]["messageId"] for outcome in told}) == 1
        assert len({str(outcome["detail"]["result"]) for outcome in told}) == 1
        assert dead_letters.of(event_id) == []
