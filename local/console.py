"""What a person sees: steps as they begin, and one line when something fails."""

import sys


class Failure(Exception):
    """Something a person must fix. Its text is the one line they read last, fix included."""


def step(text: str) -> None:
    """Says what starts now, and roughly how long it takes."""
    print(f"==> {text}", flush=True)


def tell(text: str = "") -> None:
    print(text, flush=True)


def fail(failure: Failure) -> int:
    """Prints the failure as the last line and returns the exit code for it."""
    sys.stdout.flush()
    print(f"sluice: {failure}", file=sys.stderr, flush=True)
    return 1
