"""The suite's own cloud: MiniStack with IAM and TLS enforced, on a free port, in a folder of its own.

The shipped binaries and the real templates run in it; nothing is mocked. It runs beside the cloud of `make up`.
Two environments stand in it side by side, of either kind of queue, and every scenario runs in both, one kind after the
other; but for those marked `any_kind`.
A second one, that enforces nothing, is for the environments that are meant for AWS.
"""

import contextlib
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import deploy
from local.cloud import Cloud, Running
from local.paths import FUNCTIONS, LOCAL
from tests.e2e.support.faults import Faults
from tests.e2e.support.functions import Functions
from tests.e2e.support.kinds import KINDS, kinds_of
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack

CLOUDS = LOCAL / "e2e"
FOLDER = CLOUDS / str(os.getpid())
OPEN_FOLDER = CLOUDS / f"{os.getpid()}-open"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What takes a stack, directly or not, runs for each kind of queue."""
    if "stack" in metafunc.fixturenames:
        metafunc.parametrize("stack", kinds_of(metafunc.definition), indirect=True, scope="session")


def pytest_sessionstart() -> None:
    # Ended from outside, the suite ends its cloud as when it is interrupted.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_sessionfinish(exitstatus: int) -> None:
    """Removes the folders of a passed run; those of a failed one tell in their logs what happened."""
    for folder in (FOLDER, OPEN_FOLDER):
        if folder.exists() and exitstatus == pytest.ExitCode.OK:
            shutil.rmtree(folder)
        elif folder.exists():
            print(f"\nThe logs of this run: {folder}")


@pytest.fixture(scope="session")
def folder() -> Path:
    _end_leftovers()
    return FOLDER


@pytest.fixture(scope="session")
def cloud(folder: Path) -> Iterator[Running]:
    with _started(folder, enforced=True) as running:
        yield running


@pytest.fixture(scope="module")
def open_cloud(folder: Path) -> Iterator[Running]:
    """One that enforces neither IAM nor TLS: the CDK's publishing role, which AWS deployments use, works in it."""
    with _started(OPEN_FOLDER, enforced=False) as running:
        yield running


@contextlib.contextmanager
def _started(folder: Path, *, enforced: bool) -> Iterator[Running]:
    if not (FUNCTIONS / "worker" / "bootstrap").exists():
        pytest.exit("the functions are not built: make build", returncode=1)
    cloud = Cloud(folder)
    running = cloud.start(_free_port(), enforced=enforced)
    try:
        deploy.bootstrap(running, folder / "bootstrap.log")
        yield running
    finally:
        cloud.stop()


@pytest.fixture(scope="session")
def stack(cloud: Running, folder: Path, request: pytest.FixtureRequest) -> Stack:
    """An environment whose API is open to all, of one kind of queue."""
    name = KINDS[request.param]
    return Stack(deploy.deploy(cloud, name, FUNCTIONS, folder / name), cloud.pid)


@pytest.fixture(scope="session")
def iam_stack(cloud: Running, folder: Path) -> Stack:
    """Environment `local-iam`, whose API wants a signature; deployed only for the scenarios that need it."""
    return Stack(deploy.deploy(cloud, "local-iam", FUNCTIONS, folder / "local-iam"), cloud.pid)


@pytest.fixture(scope="session")
def outcomes(stack: Stack) -> Outcomes:
    return Outcomes(stack)


@pytest.fixture(scope="session")
def dead_letters(stack: Stack) -> DeadLetters:
    return DeadLetters(stack)


@pytest.fixture(scope="session")
def main_queue(stack: Stack) -> MainQueue:
    return MainQueue(stack)


@pytest.fixture(scope="session")
def faults(stack: Stack) -> Faults:
    return Faults(stack)


@pytest.fixture
def hidden_briefly(main_queue: MainQueue) -> Iterator[None]:
    """Where a worker dies or fails whole, its messages come again within the test, and not after 30 s."""
    with main_queue.hidden_for(8):
        yield


@pytest.fixture(scope="session")
def functions(stack: Stack) -> Functions:
    return Functions(stack)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _end_leftovers() -> None:
    """Ends the clouds of suites that were killed before they could."""
    for folder in CLOUDS.iterdir() if CLOUDS.exists() else ():
        try:
            os.kill(int(folder.name.partition("-")[0]), 0)
        except ProcessLookupError:
            Cloud(folder).stop()
            shutil.rmtree(folder)
