"""A load of mixed events, each with the result that it must come to, and producers that send until they are taken."""

import random
import re
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from tests.e2e.support.api import Api, new_order
from tests.e2e.support.payloads import Payload, new_job, new_purchase, new_transaction, unique

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GIVE_UP_SECONDS = 60


class Event(NamedTuple):
    payload: Payload
    result: Callable[[str], dict[str, Any]]
    """What it must come to, by its event id."""
    group: str | None = None
    """That of its order in FIFO; none: it has one of its own."""
    is_bad: bool = False
    """It breaks a rule of its type, and so fails in the worker."""


class Sent(NamedTuple):
    event_id: str
    event: Event


def transaction(payer: str, amount: int = 7) -> Event:
    """One of the group of its payer."""
    payload = new_transaction(payer_id=payer, amount=amount)
    accounts = {side: {"account": account, "amount": amount} for side, account in (("debit", payer), ("credit", "bob"))}
    return Event(payload, lambda _: {"transaction_id": payload["transaction_id"], "currency": "BRL"} | accounts, payer)


def purchase(user: str) -> Event:
    """One of the group of its user."""
    payload = new_purchase(user_id=user)
    booked = {"order_id": payload["order_id"], "user_id": user, "order_value": Decimal("20.3"), "lines": 2, "units": 5}
    return Event(payload, lambda _: booked, user)


def order(amount: int = 42) -> Event:
    """One of a group of its own."""
    payload = new_order(amount)
    sums = {"processedAmount": amount, "tax": Decimal(amount) / 10, "total": Decimal(amount) * 11 / 10}
    return Event(payload, lambda _: {"orderId": payload["orderId"]} | sums)


def job() -> Event:
    """One with an effect outside, of a group of its own."""
    payload = new_job(data=[unique()])
    return Event(payload, lambda event_id: {"task": "process_data", "effectKey": event_id, "data": payload["data"]})


def bad() -> Event:
    return order(10_001)._replace(is_bad=True)


def mixed(dice: random.Random, groups: list[str]) -> Event:
    """Any of these, one in twenty of them bad."""
    group = dice.choice(groups)
    kinds = [lambda: transaction(f"payer-{group}"), lambda: purchase(f"U-{group}"), order, job]
    return bad() if dice.random() < 0.05 else dice.choice(kinds)()


def send_until_taken(api: Api, events: list[Event], **headers: str) -> list[Sent]:
    """Posts them as a batch and again what was not taken, in their order, as a producer that loses nothing does."""
    ids: dict[int, str] = {}
    deadline = time.monotonic() + GIVE_UP_SECONDS
    while left := [place for place in range(len(events)) if place not in ids]:
        assert time.monotonic() < deadline, f"{len(left)} events were not taken"
        ids |= dict(zip(left, _post(api, [events[place].payload for place in left], headers), strict=False))
        ids = {place: event_id for place, event_id in ids.items() if event_id}
        if len(ids) < len(events):
            time.sleep(0.1)
    return [Sent(ids[place], event) for place, event in enumerate(events)]


def _post(api: Api, payloads: list[Payload], headers: dict[str, str]) -> list[str | None]:
    """The event id of each that was taken."""
    answer = api.post(payloads, **headers)
    assert answer.status in (202, 207) or answer.status >= 500, f"{answer.status}: {answer.body!r}"
    if answer.status >= 500:
        return []
    try:
        return [_id(result) for result in answer.json()["results"]]
    except (ValueError, KeyError):
        # An answer that is not whole says nothing.
        return []


def _id(result: dict[str, Any]) -> str | None:
    if "eventId" in result:
        return result["eventId"]
    if result["status"] == 409:
        # Taken before, when the answer did not say so, and failed since.
        return UUID.search(result["detail"])[0]
    assert result["status"] == 503, result
    return None
