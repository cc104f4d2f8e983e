"""Ends a response whose head does not come to an end, before it fills the memory.

The client bounds each header and their number, which together would still be megabytes for every connection.
The exact bound (egress.py) is checked when the head is complete; this one is for heads that never are.
"""

from typing import Any, Final

from aiohttp.client_proto import ResponseHandler

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.failures import FetchError

MAX_UNFINISHED_HEAD: Final = 64 * 1024
"""Bytes, provisional answers (1xx) included."""


class LimitedResponseHandler(ResponseHandler):
    """The client's protocol for one connection, with a bound on what comes before the body."""

    _head_room = MAX_UNFINISHED_HEAD
    _head_complete = False

    def data_received(self, data: bytes) -> None:
        """Takes what came from the wire."""
        super().data_received(data)
        if self._head_complete:
            return
        self._head_room -= len(data)
        if self._head_room < 0:
            self.set_exception(
                FetchError(
                    ErrorKind.HEADERS_TOO_LARGE, f"no end after {MAX_UNFINISHED_HEAD // 1024} KiB of headers"
                )
            )
            if self.transport is not None:
                self.transport.abort()

    def feed_data(self, data: Any, size: int = 0) -> None:
        """Takes a message whose head is complete."""
        self._head_complete = data[0].code >= 200
        super().feed_data(data, size)
