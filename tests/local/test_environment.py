"""What stands in the user's shell does not reach the local cloud, nor the commands that talk to it."""

from pathlib import Path

import pytest

from local import environment

HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_ENDPOINT_URL": "https://elsewhere.example",
    "AWS_ENDPOINT_URL_SQS": "https://elsewhere.example",
    "AWS_SESSION_TOKEN": "a-real-one",
    "AWS_CA_BUNDLE": "/nowhere.pem",
    "AWS_REGION": "eu-central-1",
    "SSL_CERT_FILE": "/nowhere.pem",
    "http_proxy": "http://proxy.example:3128",
    "HTTPS_PROXY": "http://proxy.example:3128",
    "NODE_OPTIONS": "--no-such-option",
    "NODE_EXTRA_CA_CERTS": "/nowhere.pem",
    "PERSIST_STATE": "1",
    "PYTHONPATH": "/nowhere",
}


@pytest.fixture(autouse=True)
def _hostile_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


def test_the_cloud_gets_nothing_from_the_shell_but_its_path(tmp_path: Path) -> None:
    given = environment.for_the_cloud(tmp_path, "http://127.0.0.1:4566")
    assert {name: given[name] for name in HOSTILE if name in given} == {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    assert given["GATEWAY_PORT"] == "4566"


def test_commands_get_the_local_endpoint_and_keys_that_open_nothing_else(tmp_path: Path) -> None:
    given = environment.for_commands("https://127.0.0.1:4566", tmp_path / "authority.pem")
    assert {name: given[name] for name in HOSTILE if name in given} == {
        "AWS_ENDPOINT_URL": "https://127.0.0.1:4566",
        "AWS_REGION": "us-east-1",
        "NODE_EXTRA_CA_CERTS": str(tmp_path / "authority.pem"),
    }
    assert given["AWS_ACCESS_KEY_ID"] == given["AWS_SECRET_ACCESS_KEY"] == "test"
    assert given["AWS_CONFIG_FILE"] == "/dev/null"
