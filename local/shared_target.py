"""One target directory for several checkouts, so that the AWS SDK is compiled once.

cargo tells whether a source is newer than what was built of it by their times alone. What another checkout built later
looks newer than an edit made here before, and cargo would take it for this checkout's. So whoever comes after another
touches its own sources first.
"""

import os
from pathlib import Path

SOURCES = ("crates", "functions", "schemas")


def take_over(target_dir, repository):
    """Returns whether another checkout had it before."""
    stamp = Path(target_dir) / "last-checkout"
    here = str(Path(repository).resolve())
    if stamp.exists() and stamp.read_text() == here:
        return False
    known = stamp.exists()
    for folder in SOURCES:
        for source in (Path(repository) / folder).rglob("*"):
            if source.is_file():
                os.utime(str(source))
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(here)
    return known
