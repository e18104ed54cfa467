"""Builds the functions for this machine, and lays each out as its Lambda asset: `<folder>/<function>/bootstrap`."""

import platform
import shutil
from pathlib import Path

from local import cargo, shared_target
from local.console import Failure, step
from local.paths import REPOSITORY

FUNCTIONS = ("ingest", "worker", "query")


def build(folder: Path, target_dir: Path) -> None:
    step("Building the functions for this machine (first time 5 to 15 min, then seconds)")
    command = ["cargo", "build", "--release", "--locked", "--features", "aws", "--bins"]
    for function in FUNCTIONS:
        command += ["-p", f"sluice-{function}"]
    with shared_target.turn(target_dir, REPOSITORY):
        if cargo.run(command, target_dir):
            raise Failure("the functions did not build: the compiler's messages above say why")
        for function in FUNCTIONS:
            _lay_out(target_dir / "release" / function, folder / function / "bootstrap")


def architecture() -> str:
    """This machine's, in Lambda's words: a function of the other one would not start here."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def _lay_out(binary: Path, bootstrap: Path) -> None:
    bootstrap.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: a deployment may be reading the one that is there.
    fresh = bootstrap.with_suffix(".new")
    shutil.copy2(binary, fresh)
    fresh.replace(bootstrap)
