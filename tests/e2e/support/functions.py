"""The deployed functions: their settings, the mapping that feeds the worker, and their processes."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.support.faults import Faults
from tests.e2e.support.stack import Stack
from tests.wait import wait_until


class Functions:
    def __init__(self, stack: Stack):
        self._lambda = stack.client("lambda")
        self._faults = Faults(stack)
        self._outputs = stack.outputs
        self._cloud_pid = stack.cloud_pid

    def name(self, function: str) -> str:
        return self._outputs[f"{function.capitalize()}Function"]

    @contextlib.contextmanager
    def with_variables(self, function: str, **variables: str) -> Iterator[None]:
        """Deployed as it is, but for these environment variables; put back afterwards."""
        name = self.name(function)
        before = self._lambda.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        self._configure(name, before | variables)
        try:
            yield
        finally:
            self._configure(name, before)

    @contextlib.contextmanager
    def panic_on(self, event_id: str) -> Iterator[None]:
        """The worker panics at this event, as often as it comes: attempts have no end that a slow test could meet."""
        panic = {"enabled": True, "match": [{"path": "eventId", "value": event_id}]}
        with self.with_variables("worker", MAX_ATTEMPTS="1000"), self._faults.on({"panic": panic}):
            yield

    @contextlib.contextmanager
    def worker_paused(self) -> Iterator[None]:
        """No message reaches the worker; what gathers in the queue comes together afterwards."""
        self._enable_mapping(False)
        try:
            yield
        finally:
            self._enable_mapping(True)

    @contextlib.contextmanager
    def worker_running(self) -> Iterator[None]:
        """Within `worker_paused`: messages reach it for this long."""
        self._enable_mapping(True)
        try:
            yield
        finally:
            self._enable_mapping(False)

    def processes(self, function: str) -> list[int]:
        """Ids of the function's running processes: the cloud's children that carry its name."""
        marker = f"AWS_LAMBDA_FUNCTION_NAME={self.name(function)}".encode()
        return [pid for pid in _children(self._cloud_pid) if marker in _environment(pid)]

    def _configure(self, name: str, variables: dict[str, str]) -> None:
        self._lambda.update_function_configuration(FunctionName=name, Environment={"Variables": variables})

        def updated() -> bool:
            return self._lambda.get_function_configuration(FunctionName=name)["LastUpdateStatus"] == "Successful"

        wait_until(f"{name} to be updated", updated)

    def _enable_mapping(self, enabled: bool) -> None:
        mapping = self._outputs["EventSourceMappingId"]
        self._lambda.update_event_source_mapping(UUID=mapping, Enabled=enabled)
        wanted = "Enabled" if enabled else "Disabled"

        def switched() -> bool:
            return self._lambda.get_event_source_mapping(UUID=mapping)["State"] == wanted

        wait_until(f"the mapping to be {wanted}", switched)


def _children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # "pid (name) state parent …"; the name may hold spaces and parentheses.
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                if int(fields[1]) == parent and fields[0] != "Z":
                    found.append(int(entry.name))
    return found


def _environment(pid: int) -> list[bytes]:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []


def signal_all(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
