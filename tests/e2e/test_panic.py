"""A panic in the shipped worker is one record's trouble, and passes with its cause."""

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack
from tests.wait import wait_until


def test_only_the_record_that_panics_suffers(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, main_queue: MainQueue, functions: Functions
) -> None:
    with functions.worker_paused():
        event_ids = [stack.api.accept(new_order()) for _ in range(10)]
        poison, others = event_ids[4], event_ids[:4] + event_ids[5:]
        assert main_queue.waiting() == 10
        with functions.panic_on(poison), functions.worker_running():
            stack.await_completed(others)
            wait_until("a second start of the poison record", lambda: attempts(stack, poison) >= 2)
            waiting = stack.api.status(poison)
    assert waiting["status"] in ("queued", "processing")
    assert waiting["lastError"]["class"] == "Panicked"

    status = stack.await_end(poison)
    assert status["status"] == "completed"
    assert status["attempts"] > 1
    stack.await_empty_queue()
    for event_id in event_ids:
        assert dead_letters.of(event_id) == []
        assert [outcome["detail-type"] for outcome in outcomes.of(event_id)] == ["Event Completed"]
    assert {stack.api.status(event_id)["attempts"] for event_id in others} == {1}


def attempts(stack: Stack, event_id: str) -> int:
    return stack.api.status(event_id).get("attempts", 0)
