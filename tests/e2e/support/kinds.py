"""The kinds of queue, and why a scenario needs only one of them."""

import pytest

# The environment of each.
KINDS = {"standard": "local", "fifo": "local-fifo"}

at_the_door = pytest.mark.any_kind("answered before there is a queue")


def kinds_of(test: pytest.Item) -> list[str]:
    """Those that a test runs with. Its mark `only_kind` or `any_kind` says why one is enough."""
    if only := test.get_closest_marker("only_kind"):
        return [only.args[0]]
    if test.get_closest_marker("any_kind"):
        return ["standard"]
    return list(KINDS)
