"""With `access: iam` the API takes nothing without a signature, and shows a producer its own events only."""

import json

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.roles import caller
from tests.e2e.support.stack import Stack

SOME_ID = "00000000-0000-8000-8000-000000000000"


@pytest.mark.parametrize(("method", "path"), [("POST", "/events"), ("GET", f"/events/{SOME_ID}"), ("GET", "/queues")])
def test_without_a_signature_a_route_is_forbidden(iam_stack: Stack, method: str, path: str) -> None:
    body = json.dumps(new_order()).encode() if method == "POST" else None
    assert iam_stack.api.request(method, path, body, {"Content-Type": "application/json"}).status == 403


def test_a_signature_without_permission_is_forbidden(iam_stack: Stack) -> None:
    with caller(iam_stack, "stranger", may_call=False) as stranger:
        assert stranger.session("one").post(new_order()).status == 403


def test_health_is_public(iam_stack: Stack) -> None:
    assert iam_stack.api.get("/health").status == 200


def test_a_signed_event_is_accepted_and_its_sender_sees_it_completed(iam_stack: Stack) -> None:
    with caller(iam_stack, "producer") as producer:
        api = producer.session("one")
        event_id = api.accept(new_order())
        assert iam_stack.await_end(event_id, api=api)["status"] == "completed"


def test_sessions_of_one_role_are_one_producer(iam_stack: Stack) -> None:
    order = new_order()
    with caller(iam_stack, "producer") as producer:
        first, second = producer.session("one"), producer.session("two")
        event_id = first.accept(order)
        assert iam_stack.await_end(event_id, api=second)["status"] == "completed"
        assert second.accept(order) == event_id


def test_two_roles_share_no_event(iam_stack: Stack) -> None:
    order = new_order()
    with caller(iam_stack, "producer") as producer, caller(iam_stack, "other-producer") as other:
        one, two = producer.session("one"), other.session("one")
        event_id = one.accept(order)
        iam_stack.await_end(event_id, api=one)
        assert two.get(f"/events/{event_id}").status == 404
        assert two.accept(order) != event_id
