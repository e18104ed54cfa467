"""`.local/outputs.json` is flat, whole, and tells what a client must know of the cloud."""

import json
from pathlib import Path

from local import outputs
from local.cloud import Running

STACK = {"ApiUrl": "http://127.0.0.1:1/_aws/execute-api/a", "QueueUrl": "http://127.0.0.1:1/0/q"}


def test_a_plain_cloud_has_no_ca_bundle() -> None:
    flat = outputs.flatten(STACK, Running(1, "http://127.0.0.1:1", None))
    assert flat == STACK | {"Endpoint": "http://127.0.0.1:1", "CaBundle": ""}


def test_a_cloud_with_tls_names_its_authority() -> None:
    flat = outputs.flatten(STACK, Running(1, "https://127.0.0.1:1", Path("/some/authority.pem")))
    assert flat["CaBundle"] == "/some/authority.pem"


def test_the_file_is_one_flat_json_object(tmp_path: Path) -> None:
    path = tmp_path / "new" / "outputs.json"
    outputs.write(STACK, path)
    outputs.write(STACK | {"Endpoint": "e"}, path)
    assert json.loads(path.read_text()) == STACK | {"Endpoint": "e"}
    assert [entry.name for entry in path.parent.iterdir()] == ["outputs.json"]
