"""The commands behind the Makefile: `python -m local up | down | build`."""

import argparse
import signal
import sys
from pathlib import Path

from local import up
from local.build import build
from local.console import Failure, fail, tell
from local.paths import FUNCTIONS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "build"):
        command = commands.add_parser(name)
        command.add_argument("--target-dir", type=Path, required=True, help="cargo's")
        if name == "up":
            command.add_argument("--port", type=int, required=True)
            command.add_argument("--environment", required=True)
    commands.add_parser("down")
    arguments = parser.parse_args()
    # So that an ended `make up` cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments.command == "up":
            up.up(arguments.port, arguments.environment, arguments.target_dir)
        elif arguments.command == "build":
            build(FUNCTIONS, arguments.target_dir)
        else:
            tell("The local cloud is stopped." if up.down() else "No local cloud was running.")
    except Failure as failure:
        return fail(failure)
    except KeyboardInterrupt:
        return fail(Failure("interrupted; what this command started is stopped"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
