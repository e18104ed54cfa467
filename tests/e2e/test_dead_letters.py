"""What cannot be processed waits in the dead-letter queue with its reason; its neighbours do not notice."""

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack

MALFORMED = ("this is no JSON", '{"eventId": "no-envelope"}', "[]", '{"envelopeVersion": 1, "payload": {}}')


def test_a_malformed_and_a_failed_message_among_good_ones(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, main_queue: MainQueue, functions: Functions
) -> None:
    with functions.worker_paused():
        good = [stack.api.accept(new_order()) for _ in range(4)]
        failing = stack.api.post(new_order(amount=10000.01)).json()
        stray = {body: main_queue.send(body) for body in MALFORMED}
        good += [stack.api.accept(new_order(amount=10000))]
        # Ten in all: the local cloud hands them to the worker as one batch.
        assert main_queue.waiting() == 10

    stack.await_completed(good)
    status = stack.await_end(failing["eventId"])
    assert status["status"] == "failed"
    assert status["error"]["class"] == "BusinessRule"
    assert "10000" in status["error"]["message"]

    letter = dead_letters.await_of(failing["eventId"])
    assert letter.why["class"] == "BusinessRule"
    assert letter.why["message"] == status["error"]["message"]
    assert letter.why["attempts"] == 1
    assert letter.why["origin"] == {"messageId": failing["messageId"], "queue": origin_queue(stack)}
    for body, message_id in stray.items():
        letter = dead_letters.await_with_body(body)
        assert letter.why["class"] == "Malformed"
        assert letter.why["message"]
        assert letter.why["origin"]["messageId"] == message_id
        assert [outcome["detail-type"] for outcome in outcomes.of_message(message_id)] == ["Event Rejected"]

    stack.await_empty_queue()
    assert len(dead_letters.of(failing["eventId"])) == 1
    assert [outcome["detail-type"] for outcome in outcomes.of(failing["eventId"])] == ["Event Failed"]
    for event_id in good:
        assert dead_letters.of(event_id) == []
        assert [outcome["detail-type"] for outcome in outcomes.of(event_id)] == ["Event Completed"]


def test_of_two_payloads_under_one_key_only_the_first_counts(
    stack: Stack, outcomes: Outcomes, dead_letters: DeadLetters, functions: Functions
) -> None:
    order = new_order(amount=10)
    key = f"key-of-{order['orderId']}"
    # Ingest cannot see that the key is taken: the worker must.
    with functions.worker_paused(), functions.with_variables("ingest", EVENTS_TABLE="no-such-table"):
        first = stack.api.post(order, Idempotency_Key=key).json()
        second = stack.api.post(order | {"amount": 11}, Idempotency_Key=key).json()
    assert first["eventId"] == second["eventId"]

    letter = dead_letters.await_of(first["eventId"])
    stack.await_completed([first["eventId"]])
    stack.await_empty_queue()

    assert len(dead_letters.of(first["eventId"])) == 1
    assert letter.why["class"] == "KeyReused"
    assert letter.why["origin"]["messageId"] == second["messageId"]
    assert [outcome["detail-type"] for outcome in outcomes.of_message(first["messageId"])] == ["Event Completed"]
    assert [outcome["detail-type"] for outcome in outcomes.of_message(second["messageId"])] == ["Event Rejected"]
    assert stack.api.status(first["eventId"])["result"]["processedAmount"] == 10


def test_a_failed_event_posted_again_is_a_conflict(stack: Stack) -> None:
    order = new_order(amount=10000.01)
    event_id = stack.api.accept(order)
    assert stack.await_end(event_id)["status"] == "failed"

    answer = stack.api.post(order)

    assert answer.status == 409
    assert answer.headers["content-type"] == "application/problem+json"


def origin_queue(stack: Stack) -> str:
    return stack.outputs["QueueUrl"].rsplit("/", 1)[1]
