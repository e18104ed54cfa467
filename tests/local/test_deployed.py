"""What is deployed is asked for before a deployment; where that cannot be told, nothing stands in the way."""

import botocore.session
import pytest
from botocore.stub import Stubber

from local import deployed

URL = "https://sqs.us-east-1.amazonaws.com/000000000000/sluice-dev-main.fifo"


@pytest.fixture
def cloudformation():
    session = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    return session.create_client("cloudformation", "us-east-1", aws_access_key_id="k", aws_secret_access_key="k")  # noqa: S106


def stack(**outputs: str) -> dict:
    listed = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
    described = {"StackName": "Sluice-dev", "CreationTime": "2026-11-21T00:00:00Z", "StackStatus": "CREATE_COMPLETE"}
    return {"Stacks": [described | {"Outputs": listed}]}


def test_the_main_queue_of_a_deployed_stack_is_found(cloudformation) -> None:
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stacks", stack(ApiUrl="https://api", QueueUrl=URL), {"StackName": "Sluice-dev"})
        assert deployed.main_queue("Sluice-dev", cloudformation) == URL


def test_a_stack_that_failed_before_it_had_a_queue_has_none(cloudformation) -> None:
    with Stubber(cloudformation) as stub:
        stub.add_response("describe_stacks", stack())
        assert deployed.main_queue("Sluice-dev", cloudformation) is None


@pytest.mark.parametrize("code", ["ValidationError", "AccessDenied"])
def test_neither_a_stack_that_is_not_there_nor_one_that_cannot_be_seen_has_a_queue(cloudformation, code: str) -> None:
    with Stubber(cloudformation) as stub:
        stub.add_client_error("describe_stacks", code)
        assert deployed.main_queue("Sluice-dev", cloudformation) is None
