"""Takes a response's head as a whole, bounded, before the client's parser sees any of it.

The client bounds each header and their number, which together would still be megabytes for every connection.
The exact bound (egress.py) is checked when the head is complete; this one is for heads that never are. Taken
apart from the body, an answer is also good that is followed by more than it announced: browsers leave that.
Bytes of a body that carry none of it (remarks on chunks, trailers) are bounded here too: no reader sees them.
Not here: what is mended in a head (head_repair.py).
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any, Final

from aiohttp.client_proto import ResponseHandler
from aiohttp.http_exceptions import HttpProcessingError

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.failures import FetchError
from domain_scheduler.scan.fetch.head_repair import repaired

MAX_UNFINISHED_HEAD: Final = 64 * 1024
"""Bytes, provisional answers (1xx) included."""
MAX_LINES: Final = 300
"""Of one head. More than the headers that are allowed (egress.py): long ones may be folded."""
MAX_PIECES: Final = 2_000
"""Of one head. Each costs a turn of the loop: 64 KiB in single bytes would cost half a second."""
FRAMING: Final = 6
"""Bytes that carry one of the body, at most: a chunk of its own with its length and two line ends."""
MAX_FRAMING: Final = 64 * 1024
"""Bytes of a body that carry nothing, beyond that."""
_HEAD_ENDS: Final = re.compile(rb"\n\r?\n").search
_HTTP: Final = b"HTTP/"


class LimitedResponseHandler(ResponseHandler):
    """The client's protocol for one connection, with a bound on what comes before the body."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._head = bytearray()
        self._head_room = MAX_UNFINISHED_HEAD
        self._pieces_left = MAX_PIECES
        self._head_complete = False
        self._framing_room = MAX_FRAMING
        self.body_broken = False
        """Whether the body ended because its chunks could not be read."""
        self._well_formed = True
        self.whole: Callable[[], None] | None = None
        """Called in place of closing the connection when the answer came in full."""
        self._resting = False
        self.wire: asyncio.Transport | None = None
        """What the bytes come from, below TLS."""

    @property
    def may_go_on(self) -> bool:
        """Whether the connection may carry another answer: all agree on where the last one ended."""
        return self._well_formed and self.is_connected() and not self.should_close

    def rest(self) -> None:
        """Nothing is asked on the connection now: whatever comes ends it."""
        self._resting = True

    def wake(self) -> None:
        """Makes ready for the next answer on the connection."""
        self._resting = self._head_complete = False
        self._head_room, self._framing_room = MAX_UNFINISHED_HEAD, MAX_FRAMING
        self._pieces_left = MAX_PIECES
        self.whole = None

    async def gather(self, seconds: float) -> None:
        """Reads nothing for a while, so that small pieces add up to a larger one."""
        if self.wire is None or self.wire.is_closing():
            return
        self.wire.pause_reading()
        await asyncio.sleep(seconds)
        if not self.wire.is_closing():
            self.wire.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Takes what came from the wire."""
        if self._resting and self.transport is not None:
            self.transport.abort()
            return
        if self._head_complete or self._parser is None:
            self._take_body(data)
            return
        self._pieces_left -= 1
        seen = max(0, len(self._head) - 2)
        self._head += data
        self._head_room -= len(data)
        while not self._head_complete and (end := _HEAD_ENDS(self._head, seen)):
            seen = 0
            if self._head.count(b"\n", 0, end.end()) > MAX_LINES:
                self._refuse(f"more than {MAX_LINES} lines of headers")
                return
            self._pass_on(end.end())
        if self._head_complete or not self._may_be_http():
            self._head_complete = True
            self._pass_on_the_rest()
        elif self._head_room < 0 or self._pieces_left < 0:
            self._refuse(
                f"no end after {MAX_UNFINISHED_HEAD // 1024} KiB or {MAX_PIECES:,} pieces of headers"
            )

    def _take_body(self, data: bytes) -> None:
        super().data_received(data)
        self._framing_room -= len(data)
        if self._payload is not None and self._framing_room + FRAMING * self._payload.total_bytes < 0:
            self.set_exception(FetchError(ErrorKind.HTTP_INVALID, "chunks that carry next to nothing"))
            if self.transport is not None:
                self.transport.abort()

    def feed_data(self, data: Any, size: int = 0) -> None:
        """Takes a message whose head is complete."""
        self._head_complete = self._head_complete or data[0].code >= 200
        super().feed_data(data, size)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        """Ends the answer with an error; one in its body ends the body, what came of it stays readable."""
        super().set_exception(exc, *cause)
        if isinstance(exc, HttpProcessingError) and self._payload is not None and not self._payload.is_eof():
            self.body_broken = True
            self._payload.feed_eof()

    def _pass_on(self, end: int) -> None:
        head = bytes(self._head[:end])
        del self._head[:end]
        mended = repaired(head)
        self._well_formed = self._well_formed and mended is head
        super().data_received(mended)
        if self.exception() is not None:
            self._head_complete = True
            self._head.clear()

    def _pass_on_the_rest(self) -> None:
        rest = bytes(self._head)
        self._head.clear()
        if rest:
            super().data_received(rest)

    def _may_be_http(self) -> bool:
        beginning = bytes(self._head[:16]).lstrip(b"\r\n")[: len(_HTTP)]
        return _HTTP.startswith(beginning)

    def _refuse(self, words: str) -> None:
        self._head_complete = True
        self._head.clear()
        self.set_exception(FetchError(ErrorKind.HEADERS_TOO_LARGE, words))
        if self.transport is not None:
            self.transport.abort()
