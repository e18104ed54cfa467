"""`.local/outputs.json`: one flat JSON object of strings, for scripts, tests and people."""

import json
from pathlib import Path

from local.cloud import Running


def flatten(stack_outputs: dict[str, str], running: Running) -> dict[str, str]:
    """The stack's outputs, and what a client must know of the cloud that they live in."""
    return stack_outputs | {
        "Endpoint": running.endpoint,
        "CaBundle": str(running.authority) if running.authority else "",
    }


def write(outputs: dict[str, str], path: Path) -> None:
    """Whole or not at all: something may be reading the file that is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(dict(sorted(outputs.items())), indent=2) + "\n")
    fresh.replace(path)
