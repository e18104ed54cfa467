"""The main queue and the dead-letter queue, seen from behind."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import uuid4

from tests.e2e.support.stack import Stack
from tests.wait import wait_until


class DeadLetter(NamedTuple):
    body: str
    why: dict[str, Any]
    """The `sluice` attribute: class, message, time, attempts, origin."""
    group: str | None
    deduplication_id: str | None

    @property
    def event_id(self) -> str:
        """Empty where the body holds no event."""
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return json.loads(self.body)["eventId"]
        return ""

    def is_of(self, event_id: str) -> bool:
        return event_id in self.body


class DeadLetters:
    """Drains the dead-letter queue: what one scenario takes out, another still finds here."""

    def __init__(self, stack: Stack):
        self._sqs = stack.client("sqs")
        self._url = stack.outputs["DlqUrl"]
        self.is_fifo = self._url.endswith(".fifo")
        self._seen: list[DeadLetter] = []

    def all(self) -> list[DeadLetter]:
        while True:
            # At once, though the queue itself asks for long polls.
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=0,
                MessageAttributeNames=["sluice"],
                MessageSystemAttributeNames=["All"],
            )
            messages = answer.get("Messages", [])
            for message in messages:
                attribute = message.get("MessageAttributes", {}).get("sluice", {})
                why = json.loads(attribute.get("StringValue", "{}"))
                system = message["Attributes"]
                ids = (system.get("MessageGroupId"), system.get("MessageDeduplicationId"))
                self._seen.append(DeadLetter(message["Body"], why, *ids))
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            if not messages:
                return self._seen

    def of(self, event_id: str) -> list[DeadLetter]:
        return [letter for letter in self.all() if letter.is_of(event_id)]

    def with_body(self, body: str) -> list[DeadLetter]:
        return [letter for letter in self.all() if letter.body == body]

    def await_with_body(self, body: str) -> DeadLetter:
        return wait_until(f"a dead letter with body {body[:80]!r}", lambda: self.with_body(body))[0]

    def await_of(self, event_id: str, seconds: float = 20) -> DeadLetter:
        return wait_until(f"a dead letter of {event_id}", lambda: self.of(event_id), seconds)[0]


class MainQueue:
    def __init__(self, stack: Stack):
        self._sqs = stack.client("sqs")
        self._url = stack.outputs["QueueUrl"]
        self.is_fifo = self._url.endswith(".fifo")

    def send(self, body: str) -> str:
        """Puts a message there without ingest, as a stranger with access could. Returns the message's id."""
        own = {"MessageGroupId": str(uuid4()), "MessageDeduplicationId": str(uuid4())} if self.is_fifo else {}
        return self._sqs.send_message(QueueUrl=self._url, MessageBody=body, **own)["MessageId"]

    @contextlib.contextmanager
    def hidden_for(self, seconds: int) -> Iterator[None]:
        """What is taken from now on comes again this soon if its worker dies; must be over the worker's timeout."""
        before = self._attribute("VisibilityTimeout")
        self._hide(seconds)
        try:
            yield
        finally:
            self._hide(int(before))

    def in_flight(self) -> int:
        return int(self._attribute("ApproximateNumberOfMessagesNotVisible"))

    def waiting(self) -> int:
        return int(self._attribute("ApproximateNumberOfMessages"))

    def _hide(self, seconds: int) -> None:
        self._sqs.set_queue_attributes(QueueUrl=self._url, Attributes={"VisibilityTimeout": str(seconds)})

    def _attribute(self, name: str) -> str:
        return self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[name])["Attributes"][name]
