"""Two checkouts, one target directory: neither is given what the other built."""

import os
from pathlib import Path

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
    shared_target.take_over(target, ours)
    os.utime(source, (1, 1))
    assert not shared_target.take_over(target, ours)
    assert source.stat().st_mtime == 1, "nobody was here in between"
    assert shared_target.take_over(target, theirs)
    assert shared_target.take_over(target, ours)
    assert source.stat().st_mtime > 1
