"""The main queue and the dead-letter queue, seen from behind."""

import json
from typing import Any, NamedTuple

from tests.e2e.support.stack import Stack
from tests.wait import wait_until


class DeadLetter(NamedTuple):
    body: str
    why: dict[str, Any]
    """The `sluice` attribute: class, message, time, attempts, origin."""

    def is_of(self, event_id: str) -> bool:
        return event_id in self.body


class DeadLetters:
    """Drains the dead-letter queue: what one scenario takes out, another still finds here."""

    def __init__(self, stack: Stack):
        self._sqs = stack.client("sqs")
        self._url = stack.outputs["DlqUrl"]
        self._seen: list[DeadLetter] = []

    def all(self) -> list[DeadLetter]:
        while True:
            # At once, though the queue itself asks for long polls.
            answer = self._sqs.receive_message(
                QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=0, MessageAttributeNames=["sluice"]
            )
            messages = answer.get("Messages", [])
            for message in messages:
                attribute = message.get("MessageAttributes", {}).get("sluice", {})
                self._seen.append(DeadLetter(message["Body"], json.loads(attribute.get("StringValue", "{}"))))
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

    def send(self, body: str) -> str:
        """Puts a message there without ingest, as a stranger with access could. Returns the message's id."""
        return self._sqs.send_message(QueueUrl=self._url, MessageBody=body)["MessageId"]

    def in_flight(self) -> int:
        return self._count("ApproximateNumberOfMessagesNotVisible")

    def waiting(self) -> int:
        return self._count("ApproximateNumberOfMessages")

    def _count(self, attribute: str) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[attribute])
        return int(answer["Attributes"][attribute])
