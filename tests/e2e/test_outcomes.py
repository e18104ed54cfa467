"""Other systems learn how an event ended from the event bus."""

import re

from tests.e2e.support.api import new_order
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.stack import Stack

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_a_rule_on_the_bus_catches_a_completed_event(stack: Stack, outcomes: Outcomes) -> None:
    order = new_order(amount=42.5)
    posted = stack.api.post(order).json()

    outcome = outcomes.await_one(posted["eventId"])

    assert outcome["source"] == "sluice.pipeline"
    assert outcome["detail-type"] == "Event Completed"
    detail = outcome["detail"]
    assert_common(detail, posted)
    assert detail["status"] == "completed"
    assert detail["attempts"] == 1
    assert detail["result"] == {"orderId": order["orderId"], "processedAmount": 42.5, "tax": 4.25, "total": 46.75}
    assert "error" not in detail
    assert stack.api.status(posted["eventId"])["result"] == detail["result"]


def test_a_rule_on_the_bus_catches_a_failed_event(stack: Stack, outcomes: Outcomes) -> None:
    posted = stack.api.post(new_order(amount=10000.01)).json()

    outcome = outcomes.await_one(posted["eventId"])

    assert outcome["detail-type"] == "Event Failed"
    detail = outcome["detail"]
    assert_common(detail, posted)
    assert detail["status"] == "failed"
    assert detail["error"]["class"] == "BusinessRule"
    assert detail["error"]["message"]
    assert "result" not in detail


def assert_common(detail: dict, posted: dict) -> None:
    assert detail["eventId"] == posted["eventId"]
    assert detail["messageId"] == posted["messageId"]
    assert detail["type"] == "order"
    assert detail["producer"]
    assert re.fullmatch("[0-9a-f]{32}", detail["traceId"])
    assert TIME.fullmatch(detail["receivedAt"])
    assert TIME.fullmatch(detail["finishedAt"])
    assert detail["receivedAt"] <= detail["finishedAt"]
