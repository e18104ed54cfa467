"""In FIFO queues the events of a group are done in the order they were sent, whatever happens to the workers.

The local cloud runs one batch at a time; the simulation has several.
"""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.ends import Ends
from tests.e2e.support.functions import Functions
from tests.e2e.support.killer import killing
from tests.e2e.support.load import Event, Sent, bad, job, send_until_taken, transaction
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.payloads import unique
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

pytestmark = pytest.mark.only_kind("fifo", "other queues keep no order")

SEED = 4
GROUPS = 50
# Of each group, two at a time.
POSTS = 4
LONG = 120

Group = Callable[[Stack], list[Sent]]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the worker's processes in /proc")
def test_fifty_groups_are_each_done_in_order_while_workers_are_killed(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, main_queue: MainQueue, functions: Functions
) -> None:
    groups = [(by_pointer, by_header, by_partition_key)[number % 3](unique()) for number in range(GROUPS)]
    sent: list[list[Sent]] = [[] for _ in groups]
    with main_queue.hidden_for(8), killing(functions, random.Random(SEED), every_seconds=2) as killed:  # noqa: S311
        for _ in range(POSTS):
            for group, sent_of_group in zip(groups, sent, strict=True):
                sent_of_group += group(stack)
        stack.await_empty_queue(LONG)

    assert len(killed) >= 3, "too few workers were killed for this to show anything"
    ends = Ends(stack, outcomes, dead_letters)
    every = [one for sent_of_group in sent for one in sent_of_group]
    assert len({one.event_id for one in every}) == GROUPS * POSTS * 2
    assert ends.wrong(every) == []
    assert all(ends.is_completed(one.event_id) for one in every)
    for sent_of_group in sent:
        assert ends.out_of_order([one.event_id for one in sent_of_group]) is None


def test_a_group_waits_for_its_first_event_and_no_other_group_does(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, functions: Functions
) -> None:
    payer, other = unique(), unique()
    with functions.worker_paused():
        waiting = sent_ids(stack, [transaction(payer) for _ in range(3)])
        passing = sent_ids(stack, [transaction(other) for _ in range(3)])
        with functions.panic_on(waiting[0]), functions.worker_running():
            stack.await_completed(passing)
            wait_until("a second start of the first event", lambda: attempts(stack, waiting[0]) >= 2)
            behind = [stack.api.status(event_id) for event_id in waiting[1:]]
    assert [status["status"] for status in behind] == ["queued", "queued"]
    assert [status["attempts"] for status in behind] == [0, 0]

    stack.await_completed(waiting)

    stack.await_empty_queue()
    assert [attempts(stack, event_id) for event_id in waiting[1:]] == [1, 1], "having to wait is no attempt"
    ends = Ends(stack, outcomes, dead_letters)
    for group in (waiting, passing):
        assert ends.out_of_order(group) is None


def test_an_event_that_fails_for_good_holds_up_nothing_and_keeps_its_group(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, functions: Functions
) -> None:
    group = unique()
    with functions.worker_paused():
        first, failing, last = sent_ids(stack, [job(), bad(), job()], X_Message_Group=group)
        message_id = stack.api.status(failing)["messageId"]

    stack.await_completed([first, last])

    letter = dead_letters.await_of(failing)
    assert letter.why["class"] == "BusinessRule"
    assert letter.group == group
    # An id of an earlier hop would be dropped for five minutes after a first redrive.
    assert letter.deduplication_id == message_id
    stack.await_empty_queue()
    assert Ends(stack, outcomes, dead_letters).out_of_order([first, last]) is None


def test_an_event_that_ingest_does_not_know_is_known_to_the_queue(stack: Stack, functions: Functions) -> None:
    order = new_order()
    with functions.with_variables("ingest", EVENTS_TABLE="no-such-table"):
        first, second = (stack.api.post(order).json() for _ in range(2))
    assert [answer["duplicate"] for answer in (first, second)] == [False, False]
    assert first["messageId"] == second["messageId"]
    stack.await_completed([first["eventId"]])


def test_an_event_under_two_groups_is_done_once(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, main_queue: MainQueue, functions: Functions
) -> None:
    event = job()
    with functions.worker_paused(), functions.with_variables("ingest", EVENTS_TABLE="no-such-table"):
        first, second = (
            stack.api.post(event.payload, X_Message_Group=f"{unique()}-{side}").json() for side in ("left", "right")
        )
        assert main_queue.waiting() == 2
    assert first["eventId"] == second["eventId"]
    stack.await_completed([first["eventId"]])
    stack.await_empty_queue()
    ends = Ends(stack, outcomes, dead_letters)
    assert ends.wrong([Sent(first["eventId"], event)]) == []


def by_pointer(name: str) -> Group:
    return lambda stack: send_until_taken(stack.api, [transaction(name) for _ in range(2)])


def by_header(name: str) -> Group:
    return lambda stack: send_until_taken(stack.api, [job(), job()], X_Message_Group=name)


def by_partition_key(name: str) -> Group:
    def cloud_event() -> Event:
        event = job()
        attributes = {"specversion": "1.0", "type": "job", "source": "/order", "id": unique(), "partitionkey": name}
        return event._replace(payload=attributes | {"data": event.payload})

    return lambda stack: send_until_taken(
        stack.api, [cloud_event(), cloud_event()], Content_Type="application/cloudevents-batch+json"
    )


def sent_ids(stack: Stack, events: list[Event], **headers: str) -> list[str]:
    return [one.event_id for one in send_until_taken(stack.api, events, **headers)]


def attempts(stack: Stack, event_id: str) -> int:
    return stack.api.status(event_id).get("attempts", 0)
