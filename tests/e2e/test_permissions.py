"""The functions' roles grant what they use: without one action a scenario fails, and with it again goes on.

The actions are the local cloud's names for what AWS calls otherwise (docs/local-cloud.md).
"""

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.logs import Logs
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.roles import without
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

SOON = 5
MAPPING_READ = ["lambda:GetEventSourceMapping", "lambda:ListEventSourceMappings"]
GROUPED_NOTES = ("dynamodb:PartiQLInsert", "dynamodb:BatchExecuteStatement")
GROUPED_WRITES = ("dynamodb:PartiQLUpdate", "dynamodb:PartiQLInsert", "dynamodb:BatchExecuteStatement")

# That these actions are enough for the other kind too, all other scenarios show.
pytestmark = pytest.mark.any_kind("roles name the same actions for both")


def test_ingest_cannot_accept_without_its_send_to_the_queue(stack: Stack) -> None:
    order = new_order()
    with without(stack, "ingest", "sqs:SendMessage", "sqs:SendMessageBatch"):
        assert stack.api.post(order).status == 503
    stack.await_completed([stack.api.accept(order)])


def test_the_worker_completes_no_event_alone_without_its_single_write(stack: Stack, dead_letters: DeadLetters) -> None:
    stack.await_empty_queue()
    with without(stack, "worker", "dynamodb:UpdateItem"):
        event_id = stack.api.accept(new_order())
        with pytest.raises(AssertionError, match="an end of event"):
            stack.await_end(event_id, SOON)
    assert stack.await_end(event_id, 60)["status"] == "completed"
    assert dead_letters.of(event_id) == []


def test_the_worker_completes_no_group_at_its_first_receive_without_its_grouped_writes(
    stack: Stack, functions: Functions, main_queue: MainQueue
) -> None:
    def posted_together() -> list[dict]:
        with functions.worker_paused():
            stack.await_empty_queue()
            posted = [stack.api.post(new_order()).json() for _ in range(3)]
            assert main_queue.waiting() == 3
        return posted

    with without(stack, "worker", *GROUPED_WRITES):
        refused = posted_together()
        # Each comes again alone, for which the worker has its single write.
        stack.await_completed([event["eventId"] for event in refused], 60)
    granted = posted_together()
    stack.await_completed([event["eventId"] for event in granted])

    handed_back = [line for line in Logs(stack).lines()["worker"] if '"action":"hand_back"' in line]
    for event in refused:
        assert any(event["messageId"] in line for line in handed_back)
    for event in granted:
        assert not any(event["messageId"] in line for line in handed_back)


def test_the_worker_announces_nothing_without_its_access_to_the_bus(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters
) -> None:
    with without(stack, "worker", "events:PutEvents"):
        event_id = stack.api.accept(new_order())
        with pytest.raises(AssertionError, match="an outcome event"):
            outcomes.await_one(event_id, SOON)
    assert outcomes.await_one(event_id, 60)["detail-type"] == "Event Completed"
    assert dead_letters.of(event_id) == []


def test_the_worker_gives_nothing_up_without_its_send_to_the_dead_letter_queue(
    stack: Stack, dead_letters: DeadLetters
) -> None:
    with without(stack, "worker", "sqs:SendMessage", "sqs:SendMessageBatch"):
        event_id = stack.api.accept(new_order(amount=10000.01))
        with pytest.raises(AssertionError, match="a dead letter"):
            dead_letters.await_of(event_id, SOON)
    assert dead_letters.await_of(event_id, 60).why["class"] == "BusinessRule"


def test_the_worker_cannot_hasten_a_retry_without_changing_visibility(
    stack: Stack, functions: Functions, dead_letters: DeadLetters, main_queue: MainQueue
) -> None:
    def panicked() -> str:
        with functions.worker_paused():
            event_id = stack.api.accept(new_order())
            with functions.panic_on(event_id), functions.worker_running():
                wait_until("the panic", lambda: "lastError" in stack.api.status(event_id))
        return event_id

    unseen = ("sqs:ChangeMessageVisibility", "sqs:ChangeMessageVisibilityBatch")
    with without(stack, "worker", *unseen), main_queue.hidden_for(15):
        event_id = panicked()
        with pytest.raises(AssertionError, match="an end of event"):
            stack.await_end(event_id, SOON)
    # Once the queue's own visibility timeout has passed.
    assert stack.await_end(event_id, 60)["status"] == "completed"
    assert stack.await_end(panicked(), SOON)["status"] == "completed"
    assert dead_letters.of(event_id) == []


def test_ingest_knows_no_duplicate_without_its_read_of_the_table(stack: Stack) -> None:
    order = new_order()
    stack.await_completed([stack.api.accept(order)])
    with without(stack, "ingest", "dynamodb:BatchGetItem"):
        assert stack.api.post(order).json()["duplicate"] is False
    assert stack.api.post(order).json()["duplicate"] is True


def test_an_event_is_not_seen_as_queued_without_ingests_note_of_it(stack: Stack, functions: Functions) -> None:
    with functions.worker_paused():
        with without(stack, "ingest", "dynamodb:PutItem"):
            unnoted = stack.api.accept(new_order())
        noted = stack.api.accept(new_order())
        assert stack.api.status(unnoted) == {}
        assert stack.api.status(noted)["status"] == "queued"
    stack.await_completed([unnoted, noted])


def test_a_batch_is_not_seen_as_queued_without_ingests_grouped_note_of_it(stack: Stack, functions: Functions) -> None:
    def accepted_batch() -> list[str]:
        answer = stack.api.post([new_order() for _ in range(3)])
        assert answer.status == 202, f"{answer.status}: {answer.body!r}"
        return [result["eventId"] for result in answer.json()["results"]]

    with functions.worker_paused():
        with without(stack, "ingest", *GROUPED_NOTES):
            unnoted = accepted_batch()
        noted = accepted_batch()
        # Its single write, which ingest still has, does not stand in.
        assert [stack.api.status(event_id) for event_id in unnoted] == [{}, {}, {}]
        assert [stack.api.status(event_id).get("status") for event_id in noted] == ["queued"] * 3
    stack.await_completed([*unnoted, *noted])


def test_query_shows_no_event_without_its_read_of_the_table(stack: Stack) -> None:
    event_id = stack.api.accept(new_order())
    stack.await_completed([event_id])
    with without(stack, "query", "dynamodb:BatchGetItem"):
        assert stack.api.get(f"/events/{event_id}").status == 503
    assert stack.api.status(event_id)["status"] == "completed"


@pytest.mark.parametrize("actions", [["sqs:GetQueueAttributes"], MAPPING_READ])
def test_query_tells_nothing_of_the_queues_without_its_reads(stack: Stack, actions: list[str]) -> None:
    with without(stack, "query", *actions):
        assert stack.api.get("/queues").status == 503
    assert stack.api.get("/queues").status == 200
