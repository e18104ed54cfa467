"""The README's way to a new event type, followed to the letter in a copy of the workspace."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from local import shared_target
from local.paths import REPOSITORY

HEADING = "## Adding an event type"
# A block, and the path that is named last in the line before it.
NAMED_BLOCK = re.compile(r"`([\w.-]+/[\w./-]+)`[^`\n]*\n\n```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
WORKSPACE = (
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "crates",
    "functions",
    "schemas",
    "tests/simulation",
)


@pytest.fixture(scope="module")
def section() -> str:
    readme = (REPOSITORY / "README.md").read_text()
    return readme.split(f"{HEADING}\n", 1)[1].split("\n## ", 1)[0]


@pytest.fixture(scope="module")
def workspace(section: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    for name in WORKSPACE:
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, folder / name)
        else:
            shutil.copy(REPOSITORY / name, folder / name)
    named = NAMED_BLOCK.findall(section)
    languages = [language for _, language, _ in named]
    assert languages == ["json", "rust", "diff"], "the line before a file's block ends with its path in backticks"
    for path, language, text in named:
        if language == "diff":
            (folder / path).write_text(patched((folder / path).read_text(), text))
        else:
            assert not (folder / path).exists(), f"{path} is there already"
            (folder / path).write_text(text)
    printed = folder / "crates" / "events" / "tests"
    printed.mkdir()
    shutil.copy(Path(__file__).parent / "printed_answers.rs", printed)
    (printed / "posted.json").write_text(posted(section))
    (printed / "shown.json").write_text(blocks(section, "json")[-1])
    return folder


@pytest.fixture(scope="module")
def tested(section: str, workspace: Path) -> subprocess.CompletedProcess:
    """What came of the README's own command."""
    return run(command(section, "cargo test"), workspace)


def test_the_new_type_compiles_and_every_test_passes(tested: subprocess.CompletedProcess) -> None:
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "warning" not in tested.stderr, tested.stderr


def test_the_tests_of_the_new_type_are_among_them(section: str, tested: subprocess.CompletedProcess) -> None:
    (module,) = blocks(section, "rust")
    names = re.findall(r"#\[(?:tokio::)?test\]\n\s+(?:async )?fn (\w+)", module)
    assert names
    for name in names:
        assert re.search(rf"^test types::\w+::tests::{name} \.\.\. ok$", tested.stdout, re.MULTILINE), name


def test_the_answer_that_is_printed_is_what_the_event_comes_to(tested: subprocess.CompletedProcess) -> None:
    assert "test the_event_that_is_posted_comes_to_what_is_shown ... ok" in tested.stdout, tested.stdout


def test_the_new_module_is_formatted(workspace: Path) -> None:
    done = run(["cargo", "fmt", "-p", "sluice-events", "--check"], workspace)
    assert done.returncode == 0, done.stdout + done.stderr


def blocks(section: str, language: str) -> list[str]:
    return [text for found, text in BLOCK.findall(section) if found == language]


def command(section: str, start: str) -> list[str]:
    lines = "".join(blocks(section, "sh")).splitlines()
    return shlex.split(next(line for line in lines if line.startswith(start)))


def posted(section: str) -> str:
    curl = command(section, "curl -X POST")
    return curl[curl.index("-d") + 1]


def patched(text: str, diff: str) -> str:
    """`diff` without line numbers: an added line goes after the line before it, which must be there once."""
    lines, before = text.splitlines(), ""
    for line in diff.splitlines():
        if line.startswith("+"):
            assert lines.count(before) == 1, f"{before!r} is there {lines.count(before)} times"
            lines.insert(lines.index(before) + 1, line[1:])
        before = line[1:]
    return "\n".join(lines) + "\n"


def run(arguments: list[str], workspace: Path) -> subprocess.CompletedProcess:
    """In a target directory for such copies: it has no part in the AWS SDK's, so it is nobody else's to wait for."""
    shared = Path(os.environ.get("CARGO_TARGET_DIR") or Path.home() / ".cache" / "sluice" / "target")
    environment = os.environ | {"CARGO_TARGET_DIR": str(shared / "readme"), "CARGO_TERM_COLOR": "never"}
    with shared_target.turn(shared / "readme", workspace):
        return subprocess.run(arguments, cwd=workspace, env=environment, capture_output=True, text=True)
