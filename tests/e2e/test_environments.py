"""Two environments meant for AWS stand side by side in one account, and nothing of one reaches the other.

Their templates are those that `make deploy` takes. One producer, the account's root, sends to both: so the same order
has the same id in each.
"""

import pytest
from botocore.credentials import Credentials

from local import deploy
from local.cloud import Running
from local.environment import KEY
from local.paths import FUNCTIONS
from tests.e2e.conftest import OPEN_FOLDER
from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.stack import Stack


class Environment:
    """One of the two, as the producer and whoever listens to its bus see it."""

    def __init__(self, stack: Stack):
        self.stack = stack
        self.api = stack.api.signed_by(Credentials(KEY, KEY))
        self.outcomes = Outcomes(stack)

    def send_new(self) -> str:
        """Sends an order of its own, and returns its id once its end was published."""
        event_id = self.api.accept(new_order())
        self.completes(event_id)
        return event_id

    def completes(self, event_id: str) -> None:
        assert self.stack.await_end(event_id, api=self.api)["status"] == "completed"
        assert self.outcomes.await_one(event_id)["detail-type"] == "Event Completed"


@pytest.fixture(scope="module")
def dev(open_cloud: Running) -> Environment:
    return _deployed(open_cloud, "dev")


@pytest.fixture(scope="module")
def staging(open_cloud: Running) -> Environment:
    return _deployed(open_cloud, "staging")


def test_each_wants_a_signature(dev: Environment, staging: Environment) -> None:
    for environment in (dev, staging):
        assert environment.stack.api.post(new_order()).status == 403


def test_an_event_of_one_is_unknown_to_the_other(dev: Environment, staging: Environment) -> None:
    event_id = dev.send_new()
    # After this one, whatever else had come to staging would be there.
    staging.send_new()

    assert dev.stack.record(event_id)["status"] == {"S": "COMPLETED"}
    assert staging.stack.record(event_id) == {}
    assert staging.api.get(f"/events/{event_id}").status == 404
    assert staging.outcomes.of(event_id) == []


def test_the_same_order_is_an_event_in_each(dev: Environment, staging: Environment) -> None:
    order = new_order()
    event_id = dev.api.accept(order)
    dev.completes(event_id)
    answer = staging.api.post(order).json()
    assert (answer["eventId"], answer["duplicate"]) == (event_id, False)
    staging.completes(event_id)

    for environment in (dev, staging):
        assert environment.stack.record(event_id)["status"] == {"S": "COMPLETED"}
        assert len(environment.outcomes.of(event_id)) == 1


def test_a_worker_that_stands_still_in_one_does_not_hold_up_the_other(dev: Environment, staging: Environment) -> None:
    order = new_order()
    with Functions(staging.stack).worker_paused():
        event_id = staging.api.accept(order)
        assert dev.api.accept(order) == event_id
        dev.completes(event_id)
        assert staging.api.status(event_id)["status"] == "queued"
    staging.completes(event_id)


def test_removing_one_leaves_the_other_and_nothing_of_itself(
    open_cloud: Running, dev: Environment, staging: Environment
) -> None:
    sent_before = dev.send_new()
    staging.outcomes.remove()
    deploy.destroy(open_cloud, "staging", OPEN_FOLDER / "staging")

    assert "staging" not in "".join(_names(staging.stack))
    assert staging.api.post(new_order()).status == 404
    assert dev.api.status(sent_before)["status"] == "completed"
    dev.send_new()


def _deployed(cloud: Running, name: str) -> Environment:
    outputs = deploy.deploy(cloud, name, FUNCTIONS, OPEN_FOLDER / name, meant_for_aws=True)
    # The output is a host name of the API's own, which only DNS in AWS would find.
    api_id = outputs["ApiUrl"].removeprefix("http://").partition(".")[0]
    return Environment(Stack(outputs | {"ApiUrl": f"{cloud.endpoint}/_aws/execute-api/{api_id}"}, cloud.pid))


def _names(stack: Stack) -> list[str]:
    """Of everything in the account that a stack makes under a name of its own."""
    return [
        *(function["FunctionName"] for function in stack.client("lambda").list_functions()["Functions"]),
        *stack.client("sqs").list_queues().get("QueueUrls", []),
        *stack.client("dynamodb").list_tables()["TableNames"],
        *(bus["Name"] for bus in stack.client("events").list_event_buses()["EventBuses"]),
        *(group["logGroupName"] for group in stack.client("logs").describe_log_groups()["logGroups"]),
        *(parameter["Name"] for parameter in stack.client("ssm").describe_parameters()["Parameters"]),
    ]
