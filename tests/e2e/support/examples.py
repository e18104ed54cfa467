"""The examples that a page prints: each call, and the answer below it."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from local.paths import REPOSITORY

FENCE = re.compile(r"```(\w*)$")
CALL = re.compile(r"\bcurl .*")
START = re.compile(r"^(?=curl )", re.MULTILINE)
SHELL = ("sh", "bash")

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z"
COUNT = r"\d+"
# What differs from run to run, by its name: it is compared by its form. Ids of events are made from what is sent.
VOLATILE = {
    "messageId": UUID,
    "id": UUID,
    "receivedAt": TIME,
    "updatedAt": TIME,
    "expiresAt": TIME,
    "finishedAt": TIME,
    "time": TIME,
    "receivedAtMs": COUNT,
    "traceId": "[0-9a-f]{32}",
    "statusUrl": f"https?://.+/events/{UUID}",
    "available": COUNT,
    "inFlight": COUNT,
    "delayed": COUNT,
}


class Block(NamedTuple):
    """What stands between two fences."""

    place: str
    heading: str
    language: str
    text: str


class Example(NamedTuple):
    place: str
    heading: str
    command: str
    answer: Any
    """The JSON of the next block under the same heading, which answers the last call of this one; or None."""


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    heading, opened, start = "", None, 0
    lines = page.read_text().splitlines()
    for number, line in enumerate(lines):
        if fence := FENCE.match(line):
            if opened is None:
                opened, start = fence[1], number + 1
            else:
                place = f"{page.relative_to(REPOSITORY)}:{start}"
                found.append(Block(place, heading, opened, "\n".join(lines[start:number])))
                opened = None
        elif opened is None and line.startswith("#"):
            heading = line
    return found


def examples(page: Path) -> list[Example]:
    """Every call on the page. What is shown elsewhere, as the output of a command, must be one of them."""
    found: list[Example] = []
    shown: list[tuple[str, str]] = []
    every = blocks(page)
    for block, following in zip(every, [*every[1:], None], strict=True):
        calls = CALL.findall(block.text)
        if block.language not in SHELL:
            shown += [(block.place, call) for call in calls]
        elif calls:
            commands = START.split(block.text)[1:] if len(calls) > 1 else [block.text]
            assert len(commands) == len(calls), f"{block.place}: calls that cannot be told apart"
            is_answered = following and following.language == "json" and following.heading == block.heading
            answers = [None] * (len(calls) - 1) + [parse(following.text) if is_answered else None]
            pairs = zip(commands, answers, strict=True)
            found += [Example(block.place, block.heading, command, answer) for command, answer in pairs]
    for place, call in shown:
        assert call in [example.command for example in found], f"{place}: a call that no block of commands has"
    return found


def parse(text: str) -> Any:
    """JSON, with numbers as they are spelt: 42.50 is not 42.5."""
    return json.loads(text, parse_float=str)


def without_volatile(value: Any, name: str = "") -> Any:
    """What must be the same in every run."""
    if isinstance(value, dict) and name != "cloudEvent":
        return {member: without_volatile(inner, member) for member, inner in value.items()}
    if isinstance(value, list):
        return [without_volatile(item) for item in value]
    form = VOLATILE.get(name)
    return f"<{name}>" if form and re.fullmatch(form, str(value)) else value
