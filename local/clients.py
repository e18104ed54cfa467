"""botocore's clients of the local cloud: as its account's root, whatever profile or proxy the user's shell names."""

from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore.config import Config

from local import environment


def client(service: str, endpoint: str, authority: Path | None) -> Any:
    return _session().create_client(
        service,
        region_name=environment.REGION,
        endpoint_url=endpoint,
        verify=str(authority) if authority else None,
        aws_access_key_id=environment.KEY,
        aws_secret_access_key=environment.KEY,
        config=Config(proxies={}, retries={"total_max_attempts": 2}),
    )


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session(session_vars={"profile": (None, None, None, None)})
