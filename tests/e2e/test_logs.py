"""What the functions log is one JSON object a line, and never what producers sent."""

import json

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.logs import Logs
from tests.e2e.support.queues import DeadLetters, MainQueue
from tests.e2e.support.stack import Stack
from tests.wait import wait_until

MARK = "payload-mark-4711"


def test_no_log_line_holds_a_payload_and_each_is_json(
    stack: Stack, functions: Functions, main_queue: MainQueue, dead_letters: DeadLetters
) -> None:
    logs = Logs(stack)
    completed = stack.api.accept(marked())
    failed = stack.api.accept(marked() | {"amount": 10000.01})
    main_queue.send(f"no JSON, but {MARK}")
    with functions.worker_paused():
        panicked = stack.api.accept(marked())
        with functions.panic_on(panicked), functions.worker_running():
            wait_until("a panic", lambda: stack.api.status(panicked).get("attempts", 0) >= 1)
    for refused in (
        {"orderId": f"{MARK}", "amount": MARK},
        {"amount": 1, MARK: MARK},
        {"orderId": 5, "type": MARK},
        {"orderId": "a", "amount": 1, "idempotencyKey": {MARK: MARK}},
    ):
        assert stack.api.post(refused).status == 422
    assert stack.api.post_raw(f'{{"{MARK}": {MARK}}}'.encode()).status == 400
    assert stack.api.get(f"/events/{MARK}").status == 400
    stack.await_completed([completed, panicked])
    dead_letters.await_of(failed)
    stack.await_empty_queue()

    lines = logs.lines()

    assert any(failed in line for line in lines["worker"]), "the worker did not log the failure"
    assert any(panicked in line for line in lines["worker"]), "the worker did not log the panic"
    for function, said in lines.items():
        assert said, f"{function} logged nothing"
        for line in said:
            assert MARK not in line, f"{function} logged a payload"
            assert isinstance(json.loads(line), dict), f"{function}: {line!r}"


def test_one_trace_id_leads_from_the_post_to_the_outcome(stack: Stack) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    order = new_order()
    event_id = stack.api.accept(order, traceparent=f"00-{trace_id}-b7ad6b7169203331-01")
    stack.await_completed([event_id])

    lines = Logs(stack).lines()

    for function in ("ingest", "worker"):
        assert any(trace_id in line for line in lines[function]), f"{function} did not log the trace id"
    assert any(trace_id in line and event_id in line for line in lines["worker"])


def marked() -> dict:
    """An order whose every value would be recognised in a log."""
    return {"orderId": f"{MARK}-{new_order()['orderId']}", "amount": 1, "note": MARK}
