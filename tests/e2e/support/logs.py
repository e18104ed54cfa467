"""What the functions wrote to their log groups."""

import re

from tests.e2e.support.stack import Stack

FUNCTIONS = ("ingest", "worker", "query")
# Lambda's own lines, plain text for functions on provided runtimes.
PLATFORM = re.compile(r"(INIT_START|START|END|REPORT) ")


class Logs:
    def __init__(self, stack: Stack):
        self._client = stack.client("logs")
        self._outputs = stack.outputs

    def lines(self) -> dict[str, list[str]]:
        """Every line each function ever wrote, less the platform's."""
        return {function: self._lines_of(function) for function in FUNCTIONS}

    def _lines_of(self, function: str) -> list[str]:
        group = f"/aws/lambda/{self._outputs[f'{function.capitalize()}Function']}"
        pages = self._client.get_paginator("filter_log_events").paginate(logGroupName=group)
        messages = [event["message"] for page in pages for event in page["events"]]
        return [message for message in messages if not PLATFORM.match(message)]
