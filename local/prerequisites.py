"""Checks what a machine must have before `make up`. Each missing thing is one line with its fix.

Runs with whatever `python3` is there, before anything of ours is installed: standard library only,
and no syntax newer than Python 3.8, or an old interpreter would answer with a SyntaxError instead.
"""

import argparse
import json
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
PYTHON = (3, 11)
NODE = 20
# What is left to build in a target folder that is there already.
WARM_GIGABYTES = 1


def missing(target_dir, gigabytes, port=None):
    """The lines to print: an empty list when the machine is ready. `port`: one that must be free."""
    found = [python(), venv(), node(), npm(), rust(), c_compiler(), disk_space(target_dir, gigabytes)]
    if port is not None:
        found.append(port_taken(port))
    return [line for line in found if line]


def python(version=None):
    major, minor = version or sys.version_info[:2]
    if (major, minor) >= PYTHON:
        return None
    return f"Python 3.11 or newer is needed, this is {major}.{minor}: install one and run make with PYTHON=<its path>"


def venv(importable=None):
    """Debian and Ubuntu ship `venv` without `ensurepip`, in a package of its own."""
    if importable is None:
        importable = _importable("venv") and _importable("ensurepip")
    if importable:
        return None
    return "Python's venv module is missing: apt-get install python3-venv (Debian, Ubuntu), or your system's package"


def node(version_line=None):
    version_line = version_line if version_line is not None else _first_line("node", "--version")
    match = re.match(r"v(\d+)\.", version_line)
    fix = "install a newer one from https://nodejs.org or your system's packages"
    if not match:
        return f"Node.js is missing: version {NODE} or newer is needed: {fix}"
    if int(match.group(1)) < NODE:
        return f"Node.js {NODE} or newer is needed, this is {version_line}: {fix}"
    return None


def npm(found=None):
    if found or (found is None and shutil.which("npm")):
        return None
    return "npm is missing: it comes with Node.js from https://nodejs.org; on Debian and Ubuntu: apt-get install npm"


def rust(version_line=None):
    """Asks in the checkout, where rustup picks the pinned toolchain (and fetches it if it can)."""
    wanted = _pinned_rust()
    if version_line is None:
        if not shutil.which("cargo"):
            return "Rust is missing: install it from https://rustup.rs"
        version_line = _first_line("rustc", "--version")
    match = re.match(r"rustc (\d+)\.(\d+)", version_line)
    if not match:
        return f"Rust {wanted} cannot be used here: rustup toolchain install {wanted}"
    if (int(match.group(1)), int(match.group(2))) < tuple(int(part) for part in wanted.split(".")[:2]):
        return f"Rust {wanted} or newer is needed, this is {version_line}: rustup toolchain install {wanted}"
    return None


def c_compiler(found=None):
    if found or (found is None and any(shutil.which(name) for name in ("cc", "gcc", "clang"))):
        return None
    return "A C compiler is missing: apt-get install gcc libc6-dev (Debian, Ubuntu), or xcode-select --install (macOS)"


def disk_space(target_dir, gigabytes, free=None):
    """`gigabytes`: what a first build takes, there and in the checkout."""
    folder = Path(target_dir)
    needed = WARM_GIGABYTES if folder.exists() else gigabytes
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free if free is None else free
    if free >= needed * 10**9:
        return None
    free = f"{free / 10**9:.1f}"
    return f"{free} GB are free for {target_dir}, a build needs {needed}: make room, or set CARGO_TARGET_DIR"


def port_wrong(text):
    if text.isdigit() and 1024 <= int(text) <= 65535:
        return None
    return f"PORT={text} is no port that can be used: choose one from 1024 to 65535, or none for 4566"


def port_taken(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port that only lingers in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return f"Port {port} is taken: stop what listens there, or choose another: make up PORT={port + 1}"
    return None


def _pinned_rust():
    text = (REPOSITORY / "rust-toolchain.toml").read_text()
    return re.search(r'^channel = "([\d.]+)"', text, re.MULTILINE).group(1)


def _importable(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True


def _first_line(*command):
    """The first line a command prints, or "" if it is not there or fails."""
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True, cwd=str(REPOSITORY))
    return done.stdout.strip().split("\n")[0] if done.returncode == 0 else ""


def main():
    parser = argparse.ArgumentParser(prog="python -m local.prerequisites")
    parser.add_argument("--target-dir", required=True)
    parser.add_argument("--gigabytes", type=int, required=True, help="that must be free for a first build")
    parser.add_argument("--port", help="for a local cloud that is about to start")
    arguments = parser.parse_args()
    wrong = None if arguments.port is None else port_wrong(arguments.port)
    port = None if arguments.port is None or wrong else int(arguments.port)
    lines = (
        [wrong]
        if wrong
        else missing(arguments.target_dir, arguments.gigabytes, None if port == _recorded_port() else port)
    )
    for line in lines:
        print("sluice: " + line, file=sys.stderr)
    return 1 if lines else 0


def _recorded_port():
    """The port of the cloud that `make up` started before, if any: being taken is right for that one."""
    try:
        record = json.loads((REPOSITORY / ".local" / "cloud" / "cloud.json").read_text())
        return int(record["endpoint"].rsplit(":", 1)[1])
    except (OSError, ValueError, KeyError):
        return None


if __name__ == "__main__":
    sys.exit(main())
