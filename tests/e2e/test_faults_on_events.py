"""Plain words in the failure parameter act within the cache time, and `none` ends them."""

import time

from tests.e2e.support.api import new_order
from tests.e2e.support.faults import Faults
from tests.e2e.support.functions import Functions
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

SLOWEST_START_SECONDS = 1.0


def test_a_poisoned_event_is_given_up_and_the_next_one_after_none_is_not(
    stack: Stack, faults: Faults, dead_letters: DeadLetters, outcomes: Outcomes
) -> None:
    with faults.on("poison_payload"):
        poisoned = stack.api.accept(new_order())
        status = stack.await_end(poisoned)
    assert (status["status"], status["error"]["class"]) == ("failed", "InjectedPoison")
    assert dead_letters.await_of(poisoned).why["class"] == "InjectedPoison"
    assert outcomes.await_one(poisoned)["detail-type"] == "Event Failed"
    stack.await_completed([stack.api.accept(new_order())])


def test_a_random_failure_is_tried_again_until_it_passes(
    stack: Stack, faults: Faults, outcomes: Outcomes, dead_letters: DeadLetters
) -> None:
    with faults.on("random_fail_p100"):
        event_id = stack.api.accept(new_order())
        wait_until("a failed attempt", lambda: stack.api.status(event_id).get("attempts", 0) >= 1)
        waiting = stack.api.status(event_id)
    assert waiting["lastError"]["class"] == "InjectedFailure"
    status = stack.await_end(event_id)
    assert status["status"] == "completed"
    assert status["attempts"] > 1
    outcomes.await_one(event_id)
    assert len(outcomes.of(event_id)) == 1
    assert dead_letters.of(event_id) == []


def test_random_failures_hit_a_share_of_the_attempts_and_no_event_for_good(stack: Stack, faults: Faults) -> None:
    with faults.on({"seed": "e2e", "random_fail": {"enabled": True, "percentage": 30}}):
        event_ids = [stack.api.accept(new_order()) for _ in range(30)]
        ends = [stack.await_end(event_id, 60) for event_id in event_ids]
    # Five failures of 30 % in a row: 1 event in 400.
    assert sum(end["status"] == "completed" for end in ends) >= 28
    assert any(end["attempts"] > 1 for end in ends)


def test_a_slow_downstream_is_only_slow(stack: Stack, faults: Faults) -> None:
    with faults.on("slow_downstream"):
        began = time.monotonic()
        stack.await_completed([stack.api.accept(new_order())])
        assert time.monotonic() - began >= SLOWEST_START_SECONDS


def test_an_event_submitted_twice_is_done_once(
    stack: Stack, faults: Faults, functions: Functions, main_queue: MainQueue, outcomes: Outcomes
) -> None:
    stack.await_empty_queue()
    with functions.worker_paused():
        with faults.on("duplicate_submit"):
            answer = stack.api.post(new_order()).json()
        assert answer["duplicate"] is False
        assert main_queue.waiting() == 2
    stack.await_completed([answer["eventId"]])
    stack.await_empty_queue()
    assert [outcome["detail-type"] for outcome in outcomes.of(answer["eventId"])] == ["Event Completed"]
    assert stack.api.status(answer["eventId"])["attempts"] == 1
