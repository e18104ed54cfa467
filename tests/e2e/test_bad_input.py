"""Whatever a producer sends is answered with what is wrong and where, never with a 5xx."""

import json

import pytest

from tests.e2e.support.api import new_order
from tests.e2e.support.kinds import at_the_door
from tests.e2e.support.stack import Stack

DIGITS_39 = "1." + "2" * 38
DEEP_64 = "[" * 63 + "]" * 63
DEEP_65 = "[" * 64 + "]" * 64


@at_the_door
@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("", "body_empty"),
        ("  \n", "body_empty"),
        ("order", "not_json"),
        ('{"orderId":"a","amount":1', "not_json"),
        ('{"orderId":"a","amount":NaN}', "not_json"),
        ('{"orderId":"a","amount":Infinity}', "not_json"),
        ('{"orderId":"a","amount":1}{}', "not_json"),
        ("{'orderId':'a','amount':1}", "not_json"),
        ("null", "not_an_object"),
        ("5", "not_an_object"),
        ('"text"', "not_an_object"),
        ('{"orderId":"a","amount":1,"amount":2}', "duplicate_name"),
        ('{"orderId":"a","amount":1,"more":{"x":1,"x":1}}', "duplicate_name"),
        (f'{{"orderId":"a","amount":1,"more":{DEEP_65}}}', "too_deep"),
    ],
)
def test_a_body_that_is_no_event_is_malformed(stack: Stack, body: str, what: str) -> None:
    answer = stack.api.post_raw(body.encode())
    problem = assert_problem(answer, 400, "malformed_body")
    assert [error["code"] for error in problem["errors"]] == [what]
    if what in ("not_json", "duplicate_name", "too_deep"):
        assert problem["errors"][0]["line"] == 1
        assert problem["errors"][0]["column"] >= 1


@at_the_door
@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ('{"orderId":"a","amount":0}', ["/amount"]),
        ('{"orderId":"a","amount":-1}', ["/amount"]),
        ('{"orderId":"a","amount":"1"}', ["/amount"]),
        ('{"orderId":"a","amount":true}', ["/amount"]),
        ('{"orderId":"a","amount":null}', ["/amount"]),
        (f'{{"orderId":"a","amount":{DIGITS_39}}}', ["/amount"]),
        ('{"orderId":"a"}', ["/amount"]),
        ('{"amount":1}', ["/orderId"]),
        ('{"orderId":"","amount":1}', ["/orderId"]),
        ('{"orderId":7,"amount":1}', ["/orderId"]),
        ("{}", ["/amount", "/orderId"]),
        ('{"orderId":"","amount":0}', ["/amount", "/orderId"]),
        ('{"orderId":"a","amount":1,"type":"nothing-known"}', ["/type"]),
        ('{"orderId":"a","amount":1,"type":5}', ["/type"]),
        ('{"orderId":"a","amount":1,"idempotencyKey":5}', ["/idempotencyKey"]),
        ('{"orderId":"a","amount":1,"idempotencyKey":""}', ["/idempotencyKey"]),
    ],
)
def test_an_event_that_is_not_valid_is_refused_with_a_pointer_each(
    stack: Stack, body: str, pointers: list[str]
) -> None:
    problem = assert_problem(stack.api.post_raw(body.encode()), 422, "invalid_event")
    assert sorted(error["pointer"] for error in problem["errors"]) == pointers
    assert all(error["detail"] and error["code"] for error in problem["errors"])


@at_the_door
@pytest.mark.parametrize("key", ["", "k" * 256, "k\u0085"], ids=["empty", "256 characters", "a control character"])
def test_an_idempotency_key_header_that_is_not_valid_is_refused(stack: Stack, key: str) -> None:
    assert_problem(stack.api.post(new_order(), Idempotency_Key=key), 400, "invalid_idempotency_key")


def test_an_idempotency_key_of_255_characters_is_taken(stack: Stack) -> None:
    order = new_order()
    stack.api.accept(order, Idempotency_Key=order["orderId"].ljust(255, "k"))


@at_the_door
@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
def test_another_content_type_is_refused(stack: Stack, content_type: str) -> None:
    answer = stack.api.post_raw(json.dumps(new_order()).encode(), Content_Type=content_type)
    assert_problem(answer, 415, "unsupported_media_type")


def test_a_content_type_with_a_charset_is_taken(stack: Stack) -> None:
    stack.api.accept(new_order(), Content_Type="application/json; charset=utf-8")


@at_the_door
def test_an_event_over_256_kib_is_too_large(stack: Stack) -> None:
    assert_problem(stack.api.post_raw(order_of_bytes(256 * 1024 + 1)), 413, "event_too_large")


def test_an_event_of_exactly_256_kib_is_completed(stack: Stack) -> None:
    answer = stack.api.post_raw(order_of_bytes(256 * 1024))
    assert answer.status == 202
    stack.await_completed([answer.json()["eventId"]])


def test_an_object_nested_64_levels_deep_is_completed(stack: Stack) -> None:
    stack.await_completed([stack.api.accept(new_order() | {"more": json.loads(DEEP_64)})])


@pytest.mark.parametrize(
    "character", ["\\ufffe", "\\uffff", "\\u0000", "\\u0001", "\ufffe", "\uffff", "\\ud83d\\ude00"]
)
def test_a_strange_character_is_carried_whole(stack: Stack, character: str) -> None:
    name = new_order()["orderId"]
    answer = stack.api.post_raw(f'{{"orderId":"{name}{character}","amount":1}}'.encode())
    assert answer.status == 202
    status = stack.await_end(answer.json()["eventId"])
    assert status["result"]["orderId"] == name + json.loads(f'"{character}"')


@at_the_door
@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\ude00\\ud83d"])
def test_half_a_surrogate_pair_is_refused(stack: Stack, escape: str) -> None:
    answer = stack.api.post_raw(f'{{"orderId":"a{escape}","amount":1}}'.encode())
    problem = assert_problem(answer, 422, "invalid_event")
    assert problem["errors"][0]["code"] == "lone_surrogate"


def order_of_bytes(size: int) -> bytes:
    order = new_order()
    order["orderId"] += "x" * (size - len(json.dumps(order)))
    return json.dumps(order).encode()


def assert_problem(answer, status: int, code: str) -> dict:
    """A problem detail of RFC 9457 with our members; returned for a closer look."""
    assert answer.status == status, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"]
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"]
    assert problem["title"]
    assert problem["detail"]
    return problem
