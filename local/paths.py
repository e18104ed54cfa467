"""Where the local cloud keeps its things. All of it is below `.local`, which git ignores."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
LOCAL = REPOSITORY / ".local"
FUNCTIONS = LOCAL / "functions"
CLOUD = LOCAL / "cloud"
OUTPUTS = LOCAL / "outputs.json"
