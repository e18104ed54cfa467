"""What README.md and docs/API.md print is what comes: each call is run as it stands there, in the page's order, and its
answer compared. So are the outcome events and dead letters that the page shows of events that its calls send."""

import difflib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.environment import REGION
from local.paths import REPOSITORY
from tests.e2e.support.examples import Block, Example, blocks, examples, parse, without_volatile
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.roles import caller
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

README, API = REPOSITORY / "README.md", REPOSITORY / "docs" / "API.md"
STATUS = re.compile(r"\b[2-5]\d\d\b")
# Its calls are for the type that the reader has added there; tests/docs sees to what they come to.
ADDING_A_TYPE = "## Adding an event type"

pytestmark = pytest.mark.any_kind("the pages print what comes of environment `local`")


@pytest.mark.parametrize("page", [README, API], ids=lambda page: page.name)
def test_a_page_shows_what_comes(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, shell: dict[str, str], page: Path
) -> None:
    calls = [example for example in examples(page) if not is_signed(example) and example.heading != ADDING_A_TYPE]
    assert calls, f"{page} prints no call"
    wrong: list[str] = []
    accepted: list[str] = []
    for call in calls:
        let_happen(stack, call, accepted)
        status, body = run(call, shell)
        if status not in statuses(call):
            wrong.append(f"{call.place}: {status} {body}")
        elif call.answer is not None:
            wrong += differences(call.place, call.answer, parse(body))
        accepted += event_ids(parse(body))
    for block in blocks(page):
        came = outcome_or_letter(block, outcomes, dead_letters)
        wrong += differences(block.place, parse(block.text), came) if came else []
    assert not wrong, "\n".join(wrong)


def test_a_signed_call_is_accepted_as_printed(iam_stack: Stack, shell: dict[str, str]) -> None:
    calls = [example for page in (README, API) for example in examples(page) if is_signed(example)]
    assert calls, "no page prints a signed call"
    with caller(iam_stack, "reader") as reader:
        keys = reader.keys("session")
        signing = {
            "API_URL": iam_stack.outputs["ApiUrl"],
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": keys.access_key,
            "AWS_SECRET_ACCESS_KEY": keys.secret_key,
            "AWS_SESSION_TOKEN": keys.token,
        }
        for call in calls:
            status, body = run(call, shell | signing)
            assert status in statuses(call), f"{call.place}: {status} {body}"


def test_the_calls_for_a_type_that_the_reader_adds_lack_nothing_but_the_type(
    stack: Stack, shell: dict[str, str]
) -> None:
    calls = [example for example in examples(README) if example.heading == ADDING_A_TYPE]
    assert calls, "the README posts no event of the new type"
    for call in calls:
        status, body = run(call, shell)
        answer = parse(body)
        codes = [error["code"] for error in answer.get("errors", [answer])]
        assert (status, codes) in ((422, ["unknown_type"]), (404, ["unknown_event"])), f"{call.place}: {status} {body}"


@pytest.fixture
def shell(stack: Stack, tmp_path: Path) -> dict[str, str]:
    """The environment of a reader's shell. curl's settings make it tell the status, and trust this cloud."""
    (tmp_path / ".curlrc").write_text('silent\nshow-error\nwrite-out = "\\n%{http_code}"\n')
    return {
        "PATH": os.environ["PATH"],
        "API_URL": stack.outputs["ApiUrl"],
        "CURL_CA_BUNDLE": str(stack.authority),
        "CURL_HOME": str(tmp_path),
    }


def run(call: Example, shell: dict[str, str]) -> tuple[int, str]:
    """Status and body."""
    done = subprocess.run(["bash", "-c", call.command], env=shell, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, f"{call.place} ended with {done.returncode}: {done.stderr}"
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


def is_signed(call: Example) -> bool:
    return "--aws-sigv4" in call.command


def statuses(call: Example) -> set[int]:
    """By the heading, or else by what is printed."""
    shown = call.answer or {}
    if named := STATUS.findall(call.heading):
        return {int(status) for status in named}
    refused = [result["status"] for result in shown.get("results", []) if isinstance(result["status"], int)]
    if isinstance(shown.get("status"), int):
        return {shown["status"]}
    return {207} if refused else {202} if "-X POST" in call.command else {200}


def let_happen(stack: Stack, call: Example, accepted: list[str]) -> None:
    """A reader is slower than Sluice: what was sent before has ended, unless the page shows it at work."""
    shown = call.answer or {}
    if "-X POST" not in call.command and shown.get("status") in ("queued", "processing"):
        event_id, status = shown["eventId"], shown["status"]
        wait_until(f"{event_id} to be {status}", lambda: stack.api.status(event_id).get("status") == status)
        return
    while accepted:
        stack.await_end(accepted.pop())


def event_ids(answer: dict[str, Any]) -> list[str]:
    return [result["eventId"] for result in answer.get("results", [answer]) if "eventId" in result]


def outcome_or_letter(block: Block, outcomes: Outcomes, dead_letters: DeadLetters) -> Any:
    """What came, if the block shows an event's outcome event, its detail, its dead letter, or why one is there."""
    shown = parse(block.text) if block.language == "json" else {}
    detail = shown.get("detail", shown)
    if "finishedAt" in detail and "eventId" in detail:
        outcome = parse(json.dumps(outcomes.await_one(detail["eventId"])))
        return outcome["detail"] if detail is shown else outcome
    if "envelopeVersion" in shown:
        return parse(dead_letters.await_of(shown["eventId"]).body)
    if "origin" in shown:
        return next(letter.why for letter in dead_letters.all() if letter.why["message"] == shown["message"])
    return None


def differences(place: str, printed: Any, came: Any) -> list[str]:
    lines = [json.dumps(without_volatile(value), indent=1, sort_keys=True).splitlines() for value in (printed, came)]
    return list(difflib.unified_diff(*lines, f"{place}, as printed", "what came", lineterm="", n=1))
