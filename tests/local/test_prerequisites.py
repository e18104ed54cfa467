"""Each missing prerequisite is one line that names its fix."""

import socket
from pathlib import Path

import pytest

from local import prerequisites
from local.paths import REPOSITORY


def test_a_machine_that_runs_these_tests_lacks_nothing(tmp_path: Path) -> None:
    assert prerequisites.missing(tmp_path / "target", gigabytes=1) == []


@pytest.mark.parametrize(
    ("line", "named", "fix"),
    [
        (prerequisites.python((3, 9)), "Python 3.11 or newer is needed, this is 3.9", "PYTHON="),
        (prerequisites.venv(importable=False), "venv module is missing", "apt-get install python3-venv"),
        (prerequisites.node(""), "Node.js is missing", "https://nodejs.org"),
        (prerequisites.node("v18.19.0"), "Node.js 20 or newer is needed, this is v18.19.0", "https://nodejs.org"),
        (prerequisites.npm(found=False), "npm is missing", "apt-get install npm"),
        (prerequisites.rust("rustc 1.63.0"), "or newer is needed, this is rustc 1.63.0", "rustup toolchain install"),
        (prerequisites.rust(""), "cannot be used here", "rustup toolchain install"),
        (prerequisites.c_compiler(found=False), "C compiler is missing", "apt-get install gcc"),
        (prerequisites.disk_space("/no/such", 4, free=3 * 10**9), "3.0 GB are free for /no/such", "CARGO_TARGET_DIR"),
        (prerequisites.port_wrong("99999"), "PORT=99999 is no port", "from 1024 to 65535"),
        (prerequisites.port_wrong("abc"), "PORT=abc is no port", "from 1024 to 65535"),
        (prerequisites.port_wrong("80"), "PORT=80 is no port", "from 1024 to 65535"),
        (prerequisites.disk_space("/", 4, free=10**8), "0.1 GB are free for /", "CARGO_TARGET_DIR"),
    ],
)
def test_what_is_missing_is_one_line_with_its_fix(line: str | None, named: str, fix: str) -> None:
    assert line is not None
    assert named in line
    assert fix in line
    assert "\n" not in line


@pytest.mark.parametrize(
    "line",
    [
        prerequisites.python((3, 11)),
        prerequisites.python((4, 0)),
        prerequisites.node("v20.0.0"),
        prerequisites.node("v100.1.0"),
        prerequisites.rust("rustc 2.0.0 (hash date)"),
        prerequisites.disk_space("/no/such", 4, free=4 * 10**9),
        prerequisites.port_wrong("1024"),
        prerequisites.disk_space("/", 4, free=3 * 10**9),
    ],
)
def test_newer_or_more_is_fine(line: str | None) -> None:
    assert line is None


def test_the_rust_asked_for_is_the_pinned_one() -> None:
    pinned = (REPOSITORY / "rust-toolchain.toml").read_text()
    line = prerequisites.rust("rustc 1.0.0")
    assert line is not None
    assert f'"{line.split()[1]}"' in pinned


def test_a_taken_port_is_told_with_another_to_take() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        line = prerequisites.port_taken(port)
        assert line is not None
        assert f"Port {port} is taken" in line
        assert f"make up PORT={port + 1}" in line
    assert prerequisites.port_taken(port) is None
