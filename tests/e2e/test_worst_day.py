"""The worst day: workers are killed, faults of every mode come and go, and calls to AWS throttle, fail or hang.

Every event that was accepted ends completed or failed all the same, with the right effect, once.
"""

import itertools
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.support.ends import Ends
from tests.e2e.support.faults import Faults
from tests.e2e.support.functions import Functions
from tests.e2e.support.killer import killing
from tests.e2e.support.load import Sent, mixed, send_until_taken
from tests.e2e.support.logs import Logs
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.payloads import unique
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds the worker's processes in /proc"),
    pytest.mark.usefixtures("hidden_briefly"),
]

SEED = 2026
EVENTS = 2000
PRODUCERS = 4
# Of each producer, which sends each in order.
GROUPS = 25
LARGEST_BATCH = 20
# Of the batches, those that are sent once more.
AGAIN = 0.2
MODE_SECONDS = 3
LONG = 240
COUNTED = re.compile(r'"FaultInjected\.(\w+)":')
POISONED, BAD = "InjectedPoison", "BusinessRule"


def on(mode: str, percentage: int, **more: object) -> str:
    return json.dumps({"seed": SEED, mode: {"enabled": True, "percentage": percentage, **more}})


def calls(fault: str, **percentages: int) -> str:
    rules = [{"fault": fault, "percentage": percentages[service], "service": service} for service in percentages]
    return json.dumps({"seed": SEED, "aws_calls": rules})


MODES = [
    "none",
    "random_fail_p30",
    calls("throttle", dynamodb=30, sqs=20, events=20),
    "poison_payload",
    calls("server_error", dynamodb=30, sqs=20, events=20),
    "duplicate_submit",
    calls("lost_answer", dynamodb=30, sqs=20, events=20),
    on("slow_record", 10, max_latency=300),
    on("panic", 20),
    on("exception", 20),
    on("corruption", 20),
    on("statuscode", 30, status_code=503),
    calls("no_answer", dynamodb=5, sqs=5, events=5),
]


# As the metrics count them.
MODE_NAMES = {
    *("random_fail", "poison", "duplicate", "slow_record", "panic", "exception", "corruption", "statuscode"),
    *("throttle", "server_error", "lost_answer", "no_answer"),
}


def test_two_thousand_events_end_once_on_the_worst_day(
    stack: Stack,
    outcomes: Outcomes,
    dead_letters: DeadLetters,
    main_queue: MainQueue,
    functions: Functions,
    faults: Faults,
) -> None:
    # Attempts without an end: of what is healthy, only the poisoned may fail.
    patient, dice = functions.with_variables("worker", MAX_ATTEMPTS="1000"), random.Random(SEED)  # noqa: S311
    before = injected(stack)
    with patient:
        with killing(functions, dice, every_seconds=2) as killed:
            sent = send_all(stack, faults)
        stack.await_empty_queue(LONG)

    assert len({one.event_id for one in sent}) == EVENTS
    assert len(killed) >= 10, "too few workers were killed for this to show anything"
    assert set(injected(stack) - before) == MODE_NAMES
    ends = Ends(stack, outcomes, dead_letters)
    assert ends.wrong(sent) == []
    classes = Counter((one.event.is_bad, ends.failed_as(one.event_id)) for one in sent)
    assert set(classes) <= {(False, ""), (False, POISONED), (True, BAD), (True, POISONED)}, classes
    assert min(classes[False, ""], classes[False, POISONED], classes[True, BAD]) > 0, classes
    if main_queue.is_fifo:
        assert [wrong for group in groups(sent) if (wrong := ends.out_of_order(group))] == []


class Producer:
    """Sends its events in their order, batch by batch, and some batches twice."""

    def __init__(self, stack: Stack, number: int):
        self._api = stack.api
        self._dice = random.Random(f"{SEED} {number}")  # noqa: S311
        names = [unique() for _ in range(GROUPS)]
        self._events = [mixed(self._dice, names) for _ in range(EVENTS // PRODUCERS)]
        self.sent: list[Sent] = []

    def send(self, share: float) -> None:
        """Until this share of them is sent."""
        until = round(len(self._events) * share)
        while (done := len(self.sent)) < until:
            batch = self._events[done : min(until, done + self._dice.randint(1, LARGEST_BATCH))]
            self.sent += send_until_taken(self._api, batch)
            if self._dice.random() < AGAIN:
                # Whatever comes of it.
                self._api.post([event.payload for event in batch])


def send_all(stack: Stack, faults: Faults) -> list[Sent]:
    """As many events under each mode."""
    producers = [Producer(stack, number) for number in range(PRODUCERS)]
    with ThreadPoolExecutor(PRODUCERS) as threads:
        for number, mode in enumerate(MODES, start=1):
            share, over = number / len(MODES), time.monotonic() + MODE_SECONDS
            with faults.on(mode):
                list(threads.map(lambda producer, share=share: producer.send(share), producers))
                time.sleep(max(0, over - time.monotonic()))
    return [one for producer in producers for one in producer.sent]


def groups(sent: Iterable[Sent]) -> list[list[str]]:
    """The events of each group that is shared, in the order they were taken."""
    by_group: dict[str, list[str]] = defaultdict(list)
    for one in sent:
        if one.event.group:
            by_group[one.event.group].append(one.event_id)
    return list(by_group.values())


def injected(stack: Stack) -> Counter[str]:
    """How many invocations have counted shots of each mode."""
    lines = itertools.chain.from_iterable(Logs(stack).lines().values())
    return Counter(mode for line in lines for mode in COUNTED.findall(line))
