"""A failure parameter that is malformed, missing or may not be read: each is no fault, and is said once."""

import json

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.faults import Faults
from tests.e2e.support.logs import Logs
from tests.e2e.support.roles import without
from tests.e2e.support.stack import Stack

pytestmark = pytest.mark.any_kind("the parameter is read before a batch is looked at")


def test_a_malformed_parameter_is_no_fault_and_one_line(stack: Stack, faults: Faults) -> None:
    mark = "poison_payloud"
    with faults.on(mark):
        stack.await_completed([stack.api.accept(new_order()) for _ in range(5)])
    said = [line for line in lines(stack, "ingest", "invalid") if mark in line["error"]]
    processes = len({line["error"] for line in said})
    assert processes == 1
    assert 1 <= len(said) <= 5
    assert all("random_fail_p100" in line["error"] for line in said), "what could be written instead"


def test_without_a_parameter_there_are_no_faults(stack: Stack, faults: Faults) -> None:
    faults.put("poison_payload")
    faults.delete()
    try:
        stack.await_completed([stack.api.accept(new_order())])
        assert lines(stack, "worker", "missing")
    finally:
        faults.put("none")


def test_without_the_permission_to_read_it_the_last_value_counts(stack: Stack, faults: Faults) -> None:
    stack.await_completed([stack.api.accept(new_order())])
    with without(stack, "worker", "ssm:GetParameter"), faults.on("poison_payload"):
        stack.await_completed([stack.api.accept(new_order())])
    assert any("AccessDenied" in line["error"] for line in lines(stack, "worker", "failed"))
    with faults.on("poison_payload"):
        assert stack.await_end(stack.api.accept(new_order()))["error"]["class"] == "InjectedPoison"


def lines(stack: Stack, function: str, status: str) -> list[dict[str, str]]:
    """What a function said of the parameter, with this status."""
    said = [json.loads(line) for line in Logs(stack).lines()[function] if '"action":"read_faults"' in line]
    return [line for line in said if line["status"] == status]
