"""What became of many events, read once when nothing can happen to them any more."""

import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.e2e.support.load import Sent
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetter, DeadLetters
from tests.e2e.support.stack import Stack

COMPLETED, FAILED = "Event Completed", "Event Failed"


class Ends:
    def __init__(self, stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters):
        self._records = stack.records()
        self._outcomes: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._told_first: dict[str, int] = {}
        for place, outcome in enumerate(outcomes.all()):
            event_id = outcome["detail"].get("eventId", "")
            self._outcomes[event_id].append(outcome)
            self._told_first.setdefault(event_id, place)
        self._letters: dict[str, list[DeadLetter]] = defaultdict(list)
        for letter in dead_letters.all():
            self._letters[letter.event_id].append(letter)
        # A FIFO queue takes a letter once, however often a worker dies on its way to acknowledging its message.
        self._letters_once = dead_letters.is_fifo

    def is_completed(self, event_id: str) -> bool:
        return self._status(event_id) == "COMPLETED"

    def failed_as(self, event_id: str) -> str:
        """The class of its error; empty if it did not fail for good."""
        return "" if self.is_completed(event_id) else self._error_class(event_id)

    def wrong(self, sent: Iterable[Sent]) -> list[str]:
        """What is wrong with how these ended: with its result once, or failed once and dead-lettered."""
        told = [self._wrong(event_id, event.result(event_id)) for event_id, event in sent]
        return [wrong for wrong in told if wrong]

    def out_of_order(self, event_ids: list[str]) -> str | None:
        """What is wrong with the order in which those of a group were completed, in the table or as it was told."""
        completed = [event_id for event_id in event_ids if self.is_completed(event_id)]
        for what, places in (
            ("completed", [self._completed_at(event_id) for event_id in completed]),
            ("told", [self._told_first[event_id] for event_id in completed]),
        ):
            if places != sorted(places):
                return f"{completed} were {what} at {places}"
        return None

    def _wrong(self, event_id: str, result: dict[str, Any]) -> str | None:
        status = self._status(event_id)
        if status == "COMPLETED":
            problem = self._wrongly_completed(event_id, result)
        elif status == "FAILED":
            problem = self._wrongly_failed(event_id)
        else:
            problem = "not ended"
        return problem and f"{event_id} is {status}: {problem}"

    def _wrongly_completed(self, event_id: str, result: dict[str, Any]) -> str | None:
        recorded = json.loads(self._records[event_id]["data"]["S"], parse_float=Decimal)
        if recorded != result:
            return f"with {recorded}, which should be {result}"
        if self._letters[event_id]:
            return "and in the dead-letter queue"
        return self._wrongly_told(event_id, COMPLETED)

    def _wrongly_failed(self, event_id: str) -> str | None:
        letters, error_class = self._letters[event_id], self._error_class(event_id)
        if {letter.why["class"] for letter in letters} != {error_class}:
            return f"as {error_class}, with dead letters of {[letter.why['class'] for letter in letters]}"
        if self._letters_once and len(letters) > 1:
            return f"with {len(letters)} dead letters"
        return self._wrongly_told(event_id, FAILED)

    def _wrongly_told(self, event_id: str, kind: str) -> str | None:
        """A worker that dies before it acknowledged tells again; always the same, and of the same message."""
        told = self._outcomes[event_id]
        if {outcome["detail-type"] for outcome in told} != {kind}:
            return f"and told as {[outcome['detail-type'] for outcome in told]}"
        parts = ("messageId", "finishedAt", "result", "error")
        versions = {json.dumps([outcome["detail"].get(part) for part in parts], sort_keys=True) for outcome in told}
        return f"and told in {len(versions)} ways: {versions}" if len(versions) > 1 else None

    def _completed_at(self, event_id: str) -> int:
        """In milliseconds, by the clock of this machine, which all workers share."""
        return int(self._records[event_id]["updated_at"]["N"])

    def _error_class(self, event_id: str) -> str:
        """Of one that is completed, that of its last try before."""
        return self._records[event_id].get("error_class", {}).get("S", "")

    def _status(self, event_id: str) -> str | None:
        return self._records.get(event_id, {}).get("status", {}).get("S")
