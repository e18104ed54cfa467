"""Queues that are deployed keep their kind. CloudFormation itself refuses the other, and before it the command does."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import deploy, environment
from local.clients import client
from local.cloud import Running
from local.console import Failure
from local.paths import FUNCTIONS, REPOSITORY
from tests.wait import wait_until

STACK, MAIN, DLQ = "Sluice-kinds", "sluice-kinds-main", "sluice-kinds-dlq"
KIND = "/sluice/kinds/queue_kind"


class Account:
    """What stands in it before and after a deployment."""

    def __init__(self, cloud: Running):
        self.cloudformation = client("cloudformation", cloud.endpoint, cloud.authority)
        self._sqs = client("sqs", cloud.endpoint, cloud.authority)
        self._ssm = client("ssm", cloud.endpoint, cloud.authority)

    def send(self, body: str) -> None:
        self._sqs.send_message(QueueUrl=self._url(MAIN), MessageBody=body)

    def waiting(self) -> list[str]:
        answer = self._sqs.receive_message(QueueUrl=self._url(MAIN), VisibilityTimeout=0, WaitTimeSeconds=0)
        return [message["Body"] for message in answer.get("Messages", [])]

    def queues(self) -> set[str]:
        urls = self._sqs.list_queues(QueueNamePrefix="sluice-kinds-").get("QueueUrls", [])
        return {url.rsplit("/", 1)[1] for url in urls}

    def kind(self) -> str:
        return self._ssm.get_parameter(Name=KIND)["Parameter"]["Value"]

    def await_status(self, wanted: str) -> None:
        def reached() -> bool:
            (stack,) = self.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
            return stack["StackStatus"] == wanted

        wait_until(f"{STACK} to be {wanted}", reached)

    def why_it_failed(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def _url(self, queue: str) -> str:
        return self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]


@pytest.fixture
def account(cloud: Running) -> Iterator[Account]:
    account = Account(cloud)
    yield account
    account.cloudformation.delete_stack(StackName=STACK)


def test_a_template_of_the_other_kind_fails_before_it_touches_a_queue(
    cloud: Running, account: Account, tmp_path: Path
) -> None:
    standard, fifo = (queues_of(cloud, name, tmp_path) for name in ("local", "local-fifo"))
    account.cloudformation.create_stack(StackName=STACK, TemplateBody=standard)
    account.await_status("CREATE_COMPLETE")
    account.send("sent before")

    account.cloudformation.update_stack(StackName=STACK, TemplateBody=fifo)
    account.await_status("UPDATE_ROLLBACK_COMPLETE")

    assert "already exists" in account.why_it_failed().lower()
    assert account.queues() == {MAIN, DLQ}
    assert account.waiting() == ["sent before"]
    assert account.kind() == "standard"


def test_the_command_says_so_in_a_sentence_before_it_deploys(
    cloud: Running, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    cloudformation = client("cloudformation", cloud.endpoint, cloud.authority)
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "sluice-prod-main.fifo", "FifoQueue": True}}
    deployed = {"Resources": {"Main": queue}, "Outputs": {"QueueUrl": {"Value": {"Ref": "Main"}}}}
    cloudformation.create_stack(StackName="Sluice-prod", TemplateBody=json.dumps(deployed))
    try:
        with pytest.raises(Failure, match="Sluice-prod did not deploy"):
            deploy.deploy(cloud, "prod", FUNCTIONS, tmp_path, meant_for_aws=True)
    finally:
        cloudformation.delete_stack(StackName="Sluice-prod")
    assert "queue.kind: 'standard', but Sluice-prod is deployed with fifo queues" in capfd.readouterr().out


def queues_of(cloud: Running, name: str, folder: Path) -> str:
    """The part of an environment's own template that makes its queues, as if the environment were called `kinds`."""
    context = {"env": name, "localEndpoint": cloud.endpoint, "localArchitecture": "arm64"}
    subprocess.run(
        [deploy.CDK, "synth", "--quiet", "--output", folder, *deploy.in_context(context)],
        cwd=REPOSITORY,
        env=environment.for_commands(cloud.endpoint, cloud.authority),
        check=True,
    )
    template = json.loads((folder / f"Sluice-{name}.template.json").read_text())
    resources: dict[str, Any] = {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if resource["Type"].startswith(("AWS::SQS::", "AWS::SSM::"))
    }
    renamed = json.dumps(resources).replace(f"sluice-{name}-", "sluice-kinds-").replace(f"/{name}/", "/kinds/")
    return json.dumps({"Resources": json.loads(renamed)})
