"""docs/GUARANTEES.md names tests, of each promise those that hold it: they exist, and stand where it says."""

import re

import pytest

from local.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "GUARANTEES.md"
NAMED_TEST = re.compile(r"\[`(\w+)`\]\(([^)]+)\)")
PROMISE = re.compile(r"^### (\d+\. [^\n]*)\n(.*?)(?=^##)", re.MULTILINE | re.DOTALL)


def promises() -> dict[str, str]:
    return dict(PROMISE.findall(PAGE.read_text()))


def test_the_page_has_its_seven_promises() -> None:
    assert [promise.partition(".")[0] for promise in promises()] == list("1234567")


@pytest.mark.parametrize("promise", promises())
def test_a_promise_names_tests_that_hold_it(promise: str) -> None:
    assert NAMED_TEST.findall(promises()[promise])


@pytest.mark.parametrize(("test", "path"), sorted(set(NAMED_TEST.findall(PAGE.read_text()))))
def test_a_named_test_exists(test: str, path: str) -> None:
    source = (PAGE.parent / path).resolve()
    assert source.is_relative_to(REPOSITORY), path
    assert re.search(rf"\b(fn|def) {test}\(", source.read_text()), f"{path} has no test {test}"
