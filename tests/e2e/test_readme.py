"""What the README shows works as printed."""

import json
import os
import re
import subprocess

import pytest

from local.paths import REPOSITORY
from tests.e2e.support.stack import Stack

README = (REPOSITORY / "README.md").read_text()
CODE_BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def printed_commands(starting_with: str) -> list[str]:
    """Commands in the README's code blocks, lines that end in a backslash joined to the next."""
    lines = "".join(CODE_BLOCK.findall(README)).replace("\\\n", " ").splitlines()
    return [line for line in lines if line.startswith(starting_with)]


def test_the_curl_that_posts_an_order_works_as_printed(stack: Stack) -> None:
    commands = printed_commands("curl -X POST $API_URL/events")
    assert commands, "the README prints no curl that posts an event"

    answer = json.loads(run(commands[0], stack))

    assert answer["status"] in ("queued", "processing", "completed")
    stack.await_completed([answer["eventId"]])


def test_every_curl_that_needs_nothing_filled_in_works_as_printed(stack: Stack) -> None:
    commands = [command for command in printed_commands("curl") if not re.search(r"<|aws-sigv4|\$(?!API_URL)", command)]
    for command in commands:
        assert run(command, stack), command


def run(command: str, stack: Stack) -> str:
    """In a shell that has `API_URL` and, as this cloud speaks TLS under its own authority, curl's name for that."""
    environment = {
        "PATH": os.environ["PATH"],
        "API_URL": stack.outputs["ApiUrl"],
        "CURL_CA_BUNDLE": str(stack.authority),
    }
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, timeout=30)
    if done.returncode:
        pytest.fail(f"{command}\nended with {done.returncode}: {done.stderr}")
    return done.stdout
