"""Runs cargo in a target directory that other checkouts use too: `python -m local.cargo --target-dir … cargo …`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from local import shared_target
from local.paths import REPOSITORY


def run(command: list[str], target_dir: Path) -> int:
    """Returns its exit code. Within a `turn` of the directory only."""
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ | {"CARGO_TARGET_DIR": str(target_dir)}).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.cargo")
    parser.add_argument("--target-dir", type=Path, required=True)
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()
    with shared_target.turn(arguments.target_dir, REPOSITORY):
        return run(arguments.command, arguments.target_dir)


if __name__ == "__main__":
    sys.exit(main())
