"""A local cloud starts on loopback, is known while it runs, and leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import http, prerequisites
from local.cloud import Cloud
from local.console import Failure
from tests.wait import wait_until


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = Cloud(tmp_path / "cloud")
    yield cloud
    cloud.stop()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_runs_from_start_to_stop(cloud: Cloud, port: int) -> None:
    assert cloud.running() is None
    started = cloud.start(port)
    assert started.endpoint == f"http://127.0.0.1:{port}"
    assert started.authority is None
    # Another process finds the same one.
    assert Cloud(cloud.folder).running() == started
    assert cloud.healthy(started)
    assert cloud.stop() is True
    assert cloud.running() is None
    assert prerequisites.port_taken(port) is None
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)


def test_it_is_stopped_by_whoever_finds_it(cloud: Cloud, port: int) -> None:
    cloud.start(port)
    assert Cloud(cloud.folder).stop() is True
    assert cloud.running() is None
    assert prerequisites.port_taken(port) is None


def test_stopping_what_does_not_run_is_harmless(cloud: Cloud) -> None:
    assert cloud.stop() is False


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads the listening sockets from /proc")
def test_it_listens_on_loopback_only(cloud: Cloud, port: int) -> None:
    started = cloud.start(port)
    assert listening(started.pid) == {f"0100007F:{port:04X}"}


def listening(pid: int) -> set[str]:
    """Local addresses of the process's listening TCP sockets, as /proc writes them."""
    sockets = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    tables = [Path(f"/proc/{pid}/net/tcp"), Path(f"/proc/{pid}/net/tcp6")]
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return {row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in sockets}


def test_an_enforced_one_is_reached_over_tls_under_its_own_authority(cloud: Cloud, port: int) -> None:
    started = cloud.start(port, enforced=True)
    assert started.endpoint == f"https://127.0.0.1:{port}"
    for host in ("127.0.0.1", "localhost"):
        health = http.get(f"https://{host}:{port}/_ministack/health", started.authority)
        assert health.status == 200
    with pytest.raises(OSError, match="certificate verify failed"):
        http.get(f"{started.endpoint}/_ministack/health")


def test_a_second_one_in_the_same_folder_is_refused(cloud: Cloud, port: int) -> None:
    started = cloud.start(port)
    with pytest.raises(Failure, match="make down"):
        Cloud(cloud.folder).start(port + 1)
    assert cloud.running() == started


def test_one_that_cannot_start_is_told_with_its_log(cloud: Cloud, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), pytest.raises(Failure, match=r"ministack\.log"):
        cloud.start(port)
    assert cloud.running() is None


def test_one_that_was_killed_is_not_running_and_can_start_again(cloud: Cloud, port: int) -> None:
    os.killpg(cloud.start(port).pid, signal.SIGKILL)
    wait_until("the end of MiniStack", lambda: cloud.running() is None)
    assert cloud.running() is None
    assert cloud.healthy(cloud.start(port))


def test_a_process_that_only_has_the_recorded_id_is_left_alone(cloud: Cloud) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as stranger:
        cloud.folder.mkdir()
        (cloud.folder / "lock").touch()
        record = {"pid": stranger.pid, "endpoint": "http://127.0.0.1:1", "authority": ""}
        (cloud.folder / "cloud.json").write_text(json.dumps(record))
        assert cloud.running() is None
        assert cloud.stop() is False
        assert stranger.poll() is None
        stranger.kill()
