"""CloudEvents in the three modes of their HTTP binding, from the door to the outcome event and the dead letter.

API Gateway hands the bodies of structured mode and of batches to the function in base64, as it does on AWS.
"""

import json
from typing import Any

import pytest

from local.http import Answer
from tests.e2e.support.api import new_order
from tests.e2e.support.kinds import at_the_door
from tests.e2e.support.outcomes import Outcomes
from tests.e2e.support.queues import DeadLetters
from tests.e2e.support.stack import Stack

STRUCTURED = "application/cloudevents+json; charset=UTF-8"
BATCH = "application/cloudevents-batch+json"


def new_event(amount: object = 42.5, **attributes: object) -> dict[str, Any]:
    """An order as the specification's own example of an event: an extension of each kind, one attribute not set."""
    order = new_order(amount)
    event = {
        "specversion": "1.0",
        "type": "order",
        "source": "/mycontext",
        "subject": None,
        "id": order["orderId"],
        "time": "2018-04-05T17:31:00Z",
        "comexampleextension1": "value",
        "comexampleothervalue": 5,
        "datacontenttype": "application/json",
        "data": order,
    }
    return {name: value for name, value in (event | attributes).items() if value is not ...}


def structured(stack: Stack, event: object) -> Answer:
    return stack.api.post(event, Content_Type=STRUCTURED)


def binary(stack: Stack, event: dict[str, Any], **headers: str) -> Answer:
    attributes = {
        f"ce-{name}": str(value)
        for name, value in event.items()
        if value is not None and name not in ("data", "datacontenttype")
    }
    sent = attributes | {"Content-Type": event["datacontenttype"]} | {f"ce-{name}": headers[name] for name in headers}
    return stack.api.request("POST", "/events", json.dumps(event["data"]).encode(), sent)


def test_a_structured_event_is_completed_and_its_attributes_reach_the_outcome(stack: Stack, outcomes: Outcomes) -> None:
    event = new_event()
    answer = structured(stack, event)
    assert answer.status == 202
    assert answer.json()["idempotencyKey"] == f"/mycontext {event['id']}"

    detail = outcomes.await_one(answer.json()["eventId"])["detail"]

    assert (detail["status"], detail["type"]) == ("completed", "order")
    assert detail["result"]["orderId"] == event["id"]
    carried = {name: value for name, value in event.items() if name != "data" and value is not None}
    assert detail["cloudEvent"] == carried


def test_a_binary_event_is_completed_and_its_headers_reach_the_outcome(stack: Stack, outcomes: Outcomes) -> None:
    event = new_event()
    answer = binary(stack, event, subject="Euro%20%E2%82%AC%20%F0%9F%98%80")
    assert answer.status == 202

    detail = outcomes.await_one(answer.json()["eventId"])["detail"]

    assert detail["status"] == "completed"
    assert detail["cloudEvent"]["subject"] == "Euro € 😀"
    assert detail["cloudEvent"]["comexampleothervalue"] == "5", "a header is text"
    assert detail["cloudEvent"]["datacontenttype"] == "application/json"


def test_a_batch_of_events_is_completed(stack: Stack, outcomes: Outcomes) -> None:
    job = new_event(type="job", data={"task": "process_data", "data": [1, 2]}, datacontenttype=...)
    nameless = new_event(id=...)
    answer = stack.api.post([new_event(), nameless, job], Content_Type=BATCH)

    assert answer.status == 207
    order, refused, job = answer.json()["results"]
    assert (refused["status"], refused["errors"][0]["pointer"]) == (422, "/id")
    stack.await_completed([order["eventId"], job["eventId"]])
    assert outcomes.await_one(job["eventId"])["detail"]["cloudEvent"]["comexampleextension1"] == "value"


def test_an_event_is_the_same_in_every_mode(stack: Stack, outcomes: Outcomes) -> None:
    event = new_event()
    first = structured(stack, event).json()
    stack.await_completed([first["eventId"]])

    again = [binary(stack, event).json(), stack.api.post([event], Content_Type=BATCH).json()["results"][0]]

    for answer in again:
        assert (answer["eventId"], answer["duplicate"], answer["status"]) == (first["eventId"], True, "completed")
    other = structured(stack, event | {"source": "/elsewhere"}).json()
    assert (other["eventId"] != first["eventId"], other["duplicate"]) == (True, False)
    stack.await_completed([other["eventId"]])
    stack.await_empty_queue()
    assert [outcome["detail-type"] for outcome in outcomes.of(first["eventId"])] == ["Event Completed"]


def test_source_and_id_name_one_payload(stack: Stack) -> None:
    event = new_event()
    assert structured(stack, event).status == 202
    answer = structured(stack, event | {"data": event["data"] | {"amount": 43}})
    assert (answer.status, answer.json()["code"]) == (422, "key_reused")


def test_a_failed_events_attributes_are_in_its_dead_letter_and_it_is_a_conflict_when_sent_again(
    stack: Stack, dead_letters: DeadLetters
) -> None:
    event = new_event(amount=10000.01)
    event_id = structured(stack, event).json()["eventId"]

    letter = dead_letters.await_of(event_id)

    envelope = json.loads(letter.body)
    assert envelope["cloudEvent"]["comexampleextension1"] == "value"
    assert envelope["cloudEvent"]["comexampleothervalue"] == 5
    assert envelope["payload"] == event["data"]
    assert letter.why["class"] == "BusinessRule"
    for answer in (structured(stack, event), binary(stack, event)):
        assert (answer.status, answer.json()["code"]) == (409, "event_failed")
    (result,) = stack.api.post([event], Content_Type=BATCH).json()["results"]
    assert (result["status"], result["code"]) == (409, "event_failed")


@at_the_door
@pytest.mark.parametrize(
    ("attributes", "pointer", "code"),
    [
        ({"id": ...}, "/id", "required"),
        ({"id": ""}, "/id", "minLength"),
        ({"id": "x" * 256}, "/id", "maxLength"),
        ({"source": ...}, "/source", "required"),
        ({"type": ...}, "/type", "required"),
        ({"type": "com.example.someevent"}, "/type", "unknown_type"),
        ({"specversion": ...}, "/specversion", "required"),
        ({"specversion": "0.3"}, "/specversion", "const"),
        ({"time": "yesterday"}, "/time", "format"),
        ({"Extension": "value"}, "/Extension", "invalid_attribute_name"),
        ({"extension": {"no": "scalar"}}, "/extension", "type"),
        ({"extension": "x" * 8192}, "", "attributes_too_large"),
        ({"datacontenttype": "application/xml"}, "/datacontenttype", "not_json"),
        ({"data": ..., "data_base64": "e30="}, "/data_base64", "binary_data"),
        ({"data": ...}, "/data", "type"),
        ({"data": {"orderId": "a", "amount": 0}}, "/data/amount", "exclusiveMinimum"),
    ],
)
def test_what_is_no_event_is_refused_where_it_is_wrong(
    stack: Stack, attributes: dict[str, Any], pointer: str, code: str
) -> None:
    answer = structured(stack, new_event(**attributes))
    assert answer.status == 422, answer.body
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


@at_the_door
@pytest.mark.parametrize(
    ("headers", "pointer", "code"),
    [
        ({"specversion": "0.3"}, "#header/ce-specversion", "const"),
        ({"type": "nope"}, "#header/ce-type", "unknown_type"),
        ({"source": "no uri"}, "#header/ce-source", "format"),
        ({"text": "%C0%A0"}, "#header/ce-text", "not_utf8"),
        ({"datacontenttype": "application/json"}, "#header/ce-datacontenttype", "datacontenttype_header"),
    ],
)
def test_in_binary_mode_errors_name_the_header(stack: Stack, headers: dict[str, str], pointer: str, code: str) -> None:
    answer = binary(stack, new_event(), **headers)
    assert answer.status == 422, answer.body
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


@at_the_door
@pytest.mark.parametrize("content_type", ["application/cloudevents+avro", "application/cloudevents+xml"])
def test_another_format_of_cloudevents_is_not_taken(stack: Stack, content_type: str) -> None:
    answer = stack.api.post(new_event(), Content_Type=content_type)
    assert (answer.status, answer.json()["code"]) == (415, "unsupported_media_type")


@at_the_door
def test_binary_data_is_not_taken_in_binary_mode(stack: Stack) -> None:
    answer = binary(stack, new_event(datacontenttype="application/xml"))
    assert (answer.status, answer.json()["code"]) == (415, "unsupported_media_type")
