"""Two checkouts, one target directory: neither is given what the other built."""

import os
import threading
from pathlib import Path

import pytest

from local import shared_target


def checkout(folder: Path) -> Path:
    source = folder / "crates" / "one" / "lib.rs"
    source.parent.mkdir(parents=True)
    source.write_text("")
    os.utime(source, (1, 1))
    return source


def test_a_checkout_that_comes_after_another_touches_its_sources(tmp_path: Path) -> None:
    target, ours, theirs = tmp_path / "target", tmp_path / "ours", tmp_path / "theirs"
    source = checkout(ours)
    checkout(theirs)
    with shared_target.turn(target, ours):
        os.utime(source, (1, 1))
    with shared_target.turn(target, ours):
        assert source.stat().st_mtime == 1, "nobody was here in between"
    with shared_target.turn(target, theirs):
        pass
    with shared_target.turn(target, ours):
        assert source.stat().st_mtime > 1


def test_a_checkout_waits_for_the_build_of_another_and_touches_its_sources_after_it(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    target, ours, theirs = tmp_path / "target", tmp_path / "ours", tmp_path / "theirs"
    source = checkout(ours)
    checkout(theirs)
    built = threading.Event()

    def build_ours() -> None:
        with shared_target.turn(target, ours):
            built.set()

    with shared_target.turn(target, theirs):
        waiting = threading.Thread(target=build_ours)
        waiting.start()
        assert not built.wait(0.3)
        assert source.stat().st_mtime == 1, "touched before the other one's build is over, it would look older"
    waiting.join(timeout=10)
    assert built.is_set()
    assert source.stat().st_mtime > 1
    assert "Waiting for another build" in capsys.readouterr().out
