"""The outcome events: an EventBridge rule of the suite's own puts every one on a queue, and this drains it."""

import json
from typing import Any

from tests.e2e.support.stack import Stack
from tests.wait import wait_until

SOURCE = "sluice.pipeline"


class Outcomes:
    def __init__(self, stack: Stack):
        self._sqs = stack.client("sqs")
        self._events = stack.client("events")
        self._bus = bus = stack.outputs["EventBusName"]
        self._rule = name = f"{bus}-outcomes"
        self._queue = self._sqs.create_queue(QueueName=name)["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        queue_arn = asked["Attributes"]["QueueArn"]
        pattern = json.dumps({"source": [SOURCE]})
        rule_arn = self._events.put_rule(Name=name, EventBusName=bus, EventPattern=pattern)["RuleArn"]
        self._sqs.set_queue_attributes(QueueUrl=self._queue, Attributes={"Policy": _policy(queue_arn, rule_arn)})
        self._events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": queue_arn}])
        self._seen: list[dict[str, Any]] = []

    def of(self, event_id: str) -> list[dict[str, Any]]:
        """Every outcome event seen so far of one event, as EventBridge delivers it."""
        return [outcome for outcome in self.all() if outcome["detail"].get("eventId") == event_id]

    def of_message(self, message_id: str) -> list[dict[str, Any]]:
        """As `of`, for a message that may hold no event."""
        return [outcome for outcome in self.all() if outcome["detail"]["messageId"] == message_id]

    def await_one(self, event_id: str, seconds: float = 20) -> dict[str, Any]:
        return wait_until(f"an outcome event of {event_id}", lambda: self.of(event_id), seconds)[0]

    def remove(self) -> None:
        """Takes the rule and its queue away; a bus that has rules cannot be removed."""
        self._events.remove_targets(Rule=self._rule, EventBusName=self._bus, Ids=["queue"])
        self._events.delete_rule(Name=self._rule, EventBusName=self._bus)
        self._sqs.delete_queue(QueueUrl=self._queue)

    def all(self) -> list[dict[str, Any]]:
        while True:
            answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            for message in messages:
                self._seen.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            if not messages:
                return self._seen


def _policy(queue_arn: str, rule_arn: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": rule_arn}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
