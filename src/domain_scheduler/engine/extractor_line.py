"""The service's end of the line to one extractor process: a frame there, a frame back.

It is a protocol rather than a pair of streams, for it is walked once a page. One request at a time.
Not here: what the frames hold (extractor.py, extractor_process.py).
"""

import asyncio
from typing import Final, cast

from domain_scheduler.engine.extractor_process import LENGTH

_MAX_REPLY: Final = 16 * 1024**2


class LineBrokenError(Exception):
    """The other side has gone, or sends what is no answer; the message says which."""


class ExtractorLine(asyncio.Protocol):
    """See the module."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._answer: asyncio.Future[bytes] | None = None
        self._fault: str | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The line stands."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        self._received += data
        if len(self._received) < LENGTH.size:
            return
        end = LENGTH.size + LENGTH.unpack_from(self._received)[0]
        if not LENGTH.size < end <= LENGTH.size + _MAX_REPLY:
            self._break(f"the extractor process sent {end - LENGTH.size} bytes")
        elif len(self._received) >= end:
            answer = bytes(self._received[LENGTH.size : end])
            del self._received[:end]
            if self._answer is not None and not self._answer.done():
                self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side has gone."""
        self._break("the process that read the page died")

    def _break(self, why: str) -> None:
        self._fault = self._fault or why
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LineBrokenError(why))

    async def ask(self, request: bytes, *, seconds: float) -> bytes:
        """The answer to a request; raises TimeoutError or LineBrokenError, and is of no use after either."""
        assert self._transport is not None
        if self._fault is not None:
            raise LineBrokenError(self._fault)
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.writelines((LENGTH.pack(len(request)), request))
        async with asyncio.timeout(seconds):
            return await self._answer

    def abort(self) -> None:
        """Close it at once."""
        if self._transport is not None:
            self._transport.abort()
