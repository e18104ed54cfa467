"""One target directory for several checkouts, so that the AWS SDK is compiled once.

cargo tells whether a source is newer than what was built of it by their times alone. What another checkout built later
looks newer than an edit made here before, and cargo would take it for this checkout's, without a word. So a checkout
has the directory to itself while it builds, and touches its own sources first if another one had it before.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("crates", "functions", "schemas", "tests/simulation")


@contextlib.contextmanager
def turn(target_dir: Path, repository: Path) -> Iterator[None]:
    """The directory is this checkout's until the end of the block; waits while another has it."""
    target_dir.mkdir(parents=True, exist_ok=True)
    with (target_dir / "turn.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another build in {target_dir}", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        _take_over(target_dir / "last-checkout", repository.resolve())
        yield


def _take_over(stamp: Path, repository: Path) -> None:
    if stamp.exists() and stamp.read_text() == str(repository):
        return
    for folder in SOURCES:
        for source in (repository / folder).rglob("*"):
            if source.is_file():
                os.utime(source)
    stamp.write_text(str(repository))
