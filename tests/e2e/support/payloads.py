"""Events of each type that nobody sent before."""

from typing import Any

from tests.e2e.support.api import new_order

Payload = dict[str, Any]


def unique() -> str:
    return new_order()["orderId"]


def new_transaction(**changes: object) -> Payload:
    names = {"transaction_id": unique(), "payer_id": "alice", "receiver_id": "bob"}
    return {"type": "transaction", **names, "amount": 99.9, "currency": "BRL"} | changes


def new_purchase(**changes: object) -> Payload:
    items = [
        {"product_id": "P001", "quantity": 3, "price_per_unit": 0.1},
        {"product_id": "P002", "quantity": 2, "price_per_unit": 10},
    ]
    names = {"order_id": f"ORD{unique()}", "user_id": "U1000"}
    return {"type": "purchase", **names, "order_value": 20.3, "items": items} | changes


def new_job(task: object = "process_data", **changes: object) -> Payload:
    return {"type": "job", "task": task, "data": {"name": unique()}} | changes
