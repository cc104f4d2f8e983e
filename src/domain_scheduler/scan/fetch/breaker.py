"""Remembers for a few seconds which endpoints took no connection, so that none waits for them again.

The doors of one site often lead to the same address, and thousands of sites to the same dead host; without
this each of them would spend its time limit on it. Bounded in number and in time.
"""

import time
from collections import OrderedDict
from typing import Final

from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.routes import Endpoint

REMEMBERED_FOR: Final = 15.0
"""Seconds."""
MAX_ENDPOINTS: Final = 10_000


class Breaker:
    """Endpoints that failed lately, each with its failure."""

    def __init__(self) -> None:
        self._failed: OrderedDict[Endpoint, tuple[float, FetchError]] = OrderedDict()

    def check(self, endpoint: Endpoint) -> None:
        """Raises the failure that the endpoint had a moment ago."""
        if (found := self._failed.get(endpoint)) is None:
            return
        until, failure = found
        if until > time.monotonic():
            again = FetchError(failure.kind, failure.message)
            again.before_http = True
            raise again
        del self._failed[endpoint]

    def trip(self, endpoint: Endpoint, failure: FetchError) -> None:
        """Remembers that the endpoint took no connection; targets of the settings are tried every time."""
        if endpoint.trusted:
            return
        self._failed[endpoint] = (time.monotonic() + REMEMBERED_FOR, failure)
        if len(self._failed) > MAX_ENDPOINTS:
            self._failed.popitem(last=False)
