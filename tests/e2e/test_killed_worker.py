"""A worker process that dies loses nothing and doubles nothing."""

import random
import signal
import time
from pathlib import Path

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.ends import Ends
from tests.e2e.support.functions import Functions, signal_all
from tests.e2e.support.load import Sent, order
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
        sent = accepted(stack)
        wait_until("the event in the hands of a stopped worker", lambda: main_queue.in_flight() == 1)
        assert stack.api.status(sent.event_id)["status"] == "queued"
    finally:
        signal_all(workers, signal.SIGKILL)

    stack.await_completed([sent.event_id], LONG)
    assert_completed_once(stack, outcomes, dead_letters, [sent])


def test_a_stream_of_events_under_repeated_kills_completes_each_once(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, functions: Functions
) -> None:
    dice = random.Random(SEED)  # noqa: S311
    sent, killed = [], 0
    while len(sent) < EVENTS or killed < KILLS:
        sent.append(accepted(stack))
        # A stream, not a burst: a worker that died takes a second to be replaced.
        time.sleep(0.02)
        workers = functions.processes("worker")
        if workers and dice.random() < KILL_RATE:
            signal_all([dice.choice(workers)], signal.SIGKILL)
            killed += 1
        assert len(sent) < 10 * EVENTS, f"only {killed} workers were found to kill"

    assert len({one.event_id for one in sent}) == len(sent)
    assert_completed_once(stack, outcomes, dead_letters, sent)


def accepted(stack: Stack) -> Sent:
    event = order()
    return Sent(stack.api.accept(event.payload), event)


def assert_completed_once(stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, sent: list[Sent]) -> None:
    stack.await_empty_queue(LONG)
    ends = Ends(stack, outcomes, dead_letters)
    assert ends.wrong(sent) == []
    assert all(ends.is_completed(one.event_id) for one in sent)
