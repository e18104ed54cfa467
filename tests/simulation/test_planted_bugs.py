"""The simulation is worth what it finds: bugs planted in a copy of the workspace, each of which it must see."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import shared_target
from local.paths import REPOSITORY
from tests.simulation.planted import BUGS, Bug

COPIED = ("Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "crates", "functions", "schemas", "tests/simulation")
#: Enough for the rarest of the bugs; a run ends after some worlds that break a promise.
EVENTS = 20_000


def folder() -> Path:
    """The copy and its own target directory: in a shared one, cargo takes one workspace's code for the other's."""
    shared = Path(os.environ.get("CARGO_TARGET_DIR") or Path.home() / ".cache" / "sluice" / "target")
    return shared / "planted"


@pytest.fixture(scope="module")
def workspace() -> Iterator[Path]:
    """A copy that stays from run to run, so that cargo builds only what a bug changes."""
    copy = folder() / "workspace"
    with shared_target.turn(folder(), copy):
        bring_up_to_date(copy)
        yield copy


@pytest.fixture
def planted(workspace: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    bug: Bug = request.param
    file = workspace / bug.file
    text = file.read_text()
    assert text.count(bug.right) == 1, f"{bug.file} holds {text.count(bug.right)} times: {bug.right}"
    file.write_text(text.replace(bug.right, bug.wrong))
    yield workspace
    file.write_text(text)


def test_without_a_bug_no_promise_is_broken(workspace: Path) -> None:
    done = simulate(workspace, "both", events=2_000)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("bug", "planted"), [(bug, bug) for bug in BUGS], ids=[bug.name for bug in BUGS], indirect=["planted"]
)
def test_the_simulation_sees(bug: Bug, planted: Path) -> None:
    done = simulate(planted, bug.queue, EVENTS, bug.seed)
    assert done.returncode == 1, f"{bug.name} was not seen:\n{done.stdout}{done.stderr}"
    assert bug.seen_as in done.stdout, done.stdout
    assert "To repeat: make simulate EVENTS=1 SEED=" in done.stdout, done.stdout


def simulate(workspace: Path, queue: str, events: int, seed: int = 1) -> subprocess.CompletedProcess:
    environment = os.environ | {"CARGO_TARGET_DIR": str(folder() / "target"), "CARGO_TERM_COLOR": "never"}
    build = ["cargo", "build", "--locked", "--quiet", "-p", "sluice-simulate", "--bin", "simulate"]
    built = subprocess.run(build, cwd=workspace, env=environment, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    program = folder() / "target" / "debug" / "simulate"
    # Some worlds, not one: which of a bug's consequences comes first is chance.
    arguments = ["--events", str(events), "--seed", str(seed), "--queue", queue, "--failures", "8"]
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def bring_up_to_date(copy: Path) -> None:
    """Writes what differs, and nothing else: cargo goes by the time of a file."""
    kept = set()
    for name in COPIED:
        source = REPOSITORY / name
        files = [file for file in source.rglob("*") if file.is_file()] if source.is_dir() else [source]
        for file in files:
            place = copy / file.relative_to(REPOSITORY)
            kept.add(place)
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.is_file() or place.read_bytes() != file.read_bytes():
                place.write_bytes(file.read_bytes())
    for place in copy.rglob("*"):
        if place.is_file() and place not in kept:
            place.unlink()
