"""The failure parameter, as an operator writes it."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

from tests.e2e.support.stack import Stack

# `faultCacheSeconds` of the local environments, and a little more: an invocation that starts then reads anew.
UNTIL_READ_SECONDS = 1.2


class Faults:
    def __init__(self, stack: Stack):
        self._ssm = stack.client("ssm")
        self._name = stack.outputs["FailureModeParameter"]

    @contextlib.contextmanager
    def on(self, value: str | dict[str, Any]) -> Iterator[None]:
        """Within this block invocations that start do so with these faults: a plain word, or an object as JSON."""
        self.put(value if isinstance(value, str) else json.dumps(value))
        try:
            yield
        finally:
            self.put("none")

    def put(self, value: str) -> None:
        self._ssm.put_parameter(Name=self._name, Value=value, Type="String", Overwrite=True)
        time.sleep(UNTIL_READ_SECONDS)

    def delete(self) -> None:
        self._ssm.delete_parameter(Name=self._name)
        time.sleep(UNTIL_READ_SECONDS)
