"""Kills worker processes at random, for as long as a scenario lasts."""

import contextlib
import random
import signal
import threading
from collections.abc import Iterator

from tests.e2e.support.functions import Functions, signal_all


@contextlib.contextmanager
def killing(functions: Functions, dice: random.Random, *, every_seconds: float) -> Iterator[list[int]]:
    """SIGKILL to one of the workers, at moments this far apart on average. Gives the ids of those killed."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(dice.expovariate(1 / every_seconds)):
            if workers := functions.processes("worker"):
                killed.append(dice.choice(workers))
                signal_all(killed[-1:], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()
