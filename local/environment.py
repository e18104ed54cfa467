"""The environments that the local cloud's processes get: lists of what is let in, never what is kept out.

A profile, a proxy, an endpoint or a CA bundle in the user's shell must not reach them, and the functions
inherit everything the cloud has, so a variable that the template forgot would otherwise never be missed.
"""

import os
from pathlib import Path

REGION = "us-east-1"
# MiniStack takes any key; under this one it is the account's root, 000000000000.
KEY = "test"
_FROM_THE_SHELL = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TERM", "TMPDIR", "CI", "NO_COLOR", "FORCE_COLOR")


def for_the_cloud(folder: Path, endpoint: str) -> dict[str, str]:
    """MiniStack's, and so its functions': as bare as Lambda's, with what the emulator itself reads."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONUNBUFFERED": "1",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": endpoint.rsplit(":", 1)[1],
        "MINISTACK_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        # Else functions are given no endpoint and call the real AWS.
        "AWS_ENDPOINT_URL": endpoint,
        # Else it opens 0.0.0.0:8883.
        "IOT_MTLS_ENABLED": "0",
        # Else it removes containers that it takes for its own from the user's Docker.
        "DOCKER_HOST": f"unix://{folder}/no-docker",
        "TMPDIR": str(folder / "tmp"),
        "STATE_DIR": str(folder / "state"),
    }


def for_commands(endpoint: str, authority: Path | None) -> dict[str, str]:
    """That of the commands which talk to the local cloud: the CDK's, and what the CDK starts."""
    nothing = os.devnull
    environment = {name: os.environ[name] for name in _FROM_THE_SHELL if name in os.environ}
    environment |= {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": REGION,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_CONFIG_FILE": nothing,
        "AWS_SHARED_CREDENTIALS_FILE": nothing,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    if authority:
        environment["NODE_EXTRA_CA_CERTS"] = str(authority)
    return environment
