"""One deployed environment: its outputs, its API, and the AWS clients that look behind it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local.clients import client
from tests.e2e.support.api import Api
from tests.wait import wait_until

ENDED = ("completed", "failed")


class Stack:
    def __init__(self, outputs: dict[str, str], cloud_pid: int):
        self.outputs = outputs
        self.cloud_pid = cloud_pid
        # None where the cloud does not speak TLS.
        self.authority = Path(outputs["CaBundle"]) if outputs["CaBundle"] else None
        self.api = Api(outputs["ApiUrl"], self.authority)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """A botocore client of the account's root."""
        if service not in self._clients:
            self._clients[service] = client(service, self.outputs["Endpoint"], self.authority)
        return self._clients[service]

    def record(self, event_id: str) -> dict[str, Any]:
        """The event's item in the table, in DynamoDB's JSON, or {}."""
        answer = self.client("dynamodb").get_item(
            TableName=self.outputs["EventsTable"], Key={"id": {"S": event_id}}, ConsistentRead=True
        )
        return answer.get("Item", {})

    def records(self) -> dict[str, dict[str, Any]]:
        """Every item of the table, by its event's id."""
        pages = (
            self.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=self.outputs["EventsTable"], ConsistentRead=True)
        )
        return {item["id"]["S"]: item for page in pages for item in page["Items"]}

    def await_end(self, event_id: str, seconds: float = 20, api: Api | None = None) -> dict[str, Any]:
        """Waits until the event is completed or failed, and returns its status, as `api` is shown it."""

        def ended() -> dict[str, Any] | None:
            status = (api or self.api).status(event_id)
            return status if status.get("status") in ENDED else None

        return wait_until(f"an end of event {event_id}", ended, seconds)

    def await_completed(self, event_ids: Iterable[str], seconds: float = 20) -> None:
        for event_id in event_ids:
            status = self.await_end(event_id, seconds)
            assert status["status"] == "completed", status

    def await_empty_queue(self, seconds: float = 60) -> None:
        """Waits until the main queue holds nothing, hidden or not: nothing of the past can happen any more."""
        names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "ApproximateNumberOfMessagesDelayed",
        ]

        def empty() -> bool:
            answer = self.client("sqs").get_queue_attributes(QueueUrl=self.outputs["QueueUrl"], AttributeNames=names)
            return all(count == "0" for count in answer["Attributes"].values())

        wait_until("an empty main queue", empty, seconds)
