"""Amounts are decimals from the request to the result, never floating point."""

import json
from decimal import Decimal, getcontext

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.stack import Stack

getcontext().prec = 60

pytestmark = pytest.mark.any_kind("numbers are the same in every queue")


@pytest.mark.parametrize(
    "amount", ["0.1", "42.50", "0.30000000000000000001", "4.2e1", "9999." + "123456789" * 3 + "1234567", "1e-9"]
)
def test_an_amount_is_exact_in_the_result(stack: Stack, amount: str) -> None:
    name = new_order()["orderId"]
    answer = stack.api.post_raw(f'{{"orderId":"{name}","amount":{amount}}}'.encode())
    assert answer.status == 202, answer.body
    event_id = answer.json()["eventId"]
    stack.await_completed([event_id])

    result = json.loads(stack.api.get(f"/events/{event_id}").body, parse_float=Decimal, parse_int=Decimal)["result"]

    assert result["processedAmount"] == Decimal(amount)
    assert result["tax"] == Decimal(amount) / 10
    assert result["total"] == Decimal(amount) * 11 / 10


def test_amounts_that_differ_past_a_doubles_precision_are_different_events(stack: Stack) -> None:
    name = new_order()["orderId"]
    bodies = [f'{{"orderId":"{name}","amount":1.{"0" * 20}{last}}}'.encode() for last in (1, 2)]
    answers = [stack.api.post_raw(body).json() for body in bodies]
    assert answers[0]["eventId"] != answers[1]["eventId"]


def test_an_outcome_tells_the_amount_as_a_number(stack: Stack, outcomes: Outcomes) -> None:
    event_id = stack.api.accept(new_order(amount=42.5))
    assert outcomes.await_one(event_id)["detail"]["result"]["processedAmount"] == 42.5
