"""Posts one event through the API and waits for its end: the proof that the whole way works."""

import json
import time
from datetime import UTC, datetime

from local import http
from local.console import Failure

WAIT_SECONDS = 60


def send(api_url: str) -> dict:
    """Returns the event's status once it is `completed`. A new order each time: a known one would not run again."""
    order = {"orderId": f"first-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}", "amount": 42.5}
    answer = http.send("POST", f"{api_url}/events", json.dumps(order).encode(), {"Content-Type": "application/json"})
    if answer.status != 202:
        raise Failure(f"POST {api_url}/events answered {answer.status}: {answer.body.decode(errors='replace')[:300]}")
    url = f"{api_url}/events/{answer.json()['eventId']}"
    deadline = time.monotonic() + WAIT_SECONDS
    status = {}
    while time.monotonic() < deadline:
        answer = http.get(url)
        # 404 for a moment, until the record is written: 202 means that the queue has the event.
        if answer.status == 200:
            status = answer.json()
            if status["status"] in ("completed", "failed"):
                break
        time.sleep(0.2)
    if status.get("status") != "completed":
        said = status or answer.status
        raise Failure(f"the first event did not complete within {WAIT_SECONDS} s: GET {url} says {said}")
    return status
