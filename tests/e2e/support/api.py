"""The deployed HTTP API, as a producer calls it."""

import itertools
import json
import os
from pathlib import Path
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local import environment, http
from local.http import Answer

_numbers = itertools.count(1)


def new_order(amount: object = 42.5) -> dict[str, Any]:
    """An order nobody sent before, so that each scenario works on events of its own."""
    return {"orderId": f"order-{os.getpid()}-{next(_numbers)}", "amount": amount}


class Api:
    def __init__(self, url: str, authority: Path | None, caller: Credentials | None = None):
        """`caller`: whose signature requests carry; none: they go unsigned."""
        self.url = url
        self._authority = authority
        self._caller = caller

    def signed_by(self, caller: Credentials) -> "Api":
        return Api(self.url, self._authority, caller)

    def post(self, payload: object, **headers: str) -> Answer:
        """Posts JSON. A header is named as in Python: `Idempotency_Key="k"`."""
        return self.post_raw(json.dumps(payload).encode(), **headers)

    def post_raw(self, body: bytes, **headers: str) -> Answer:
        named = {"Content-Type": "application/json"} | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.request("POST", "/events", body, named)

    def accept(self, payload: object, **headers: str) -> str:
        """Posts what must be accepted, and returns its event id."""
        answer = self.post(payload, **headers)
        assert answer.status == 202, f"{answer.status}: {answer.body!r}"
        return answer.json()["eventId"]

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def status(self, event_id: str) -> dict[str, Any]:
        """The event as `GET /events/{id}` shows it, or {} while that is 404."""
        answer = self.get(f"/events/{event_id}")
        assert answer.status in (200, 404), f"{answer.status}: {answer.body!r}"
        return answer.json() if answer.status == 200 else {}

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        headers = dict(headers or {})
        url = f"{self.url}{path}"
        if self._caller:
            request = AWSRequest(method, url, headers, body)
            SigV4Auth(self._caller, "execute-api", environment.REGION).add_auth(request)
            headers = dict(request.headers.items())
        return http.send(method, url, body, headers, authority=self._authority)
