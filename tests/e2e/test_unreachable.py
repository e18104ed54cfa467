"""What ingest answers while what it needs is out of reach: the queue decides, the table does not."""

from tests.e2e.support.api import new_order
from tests.e2e.support.functions import Functions
from tests.e2e.support.stack import Stack


def test_an_event_is_accepted_while_the_table_is_out_of_reach(stack: Stack, functions: Functions) -> None:
    with functions.with_variables("ingest", EVENTS_TABLE="no-such-table"):
        answer = stack.api.post(new_order())
    assert answer.status == 202
    assert answer.json()["duplicate"] is False
    stack.await_completed([answer.json()["eventId"]])


def test_an_event_is_refused_for_now_while_the_queue_is_out_of_reach(stack: Stack, functions: Functions) -> None:
    order = new_order()
    no_queue = stack.outputs["QueueUrl"].replace("-main", "-no-such-queue")
    with functions.with_variables("ingest", QUEUE_URL=no_queue):
        answer = stack.api.post(order)
    assert answer.status == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    event_id = stack.api.accept(order)
    stack.await_completed([event_id])
