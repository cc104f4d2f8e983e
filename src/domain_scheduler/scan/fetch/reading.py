"""Reads one body within its bounds: bytes on the wire, bytes decoded, silence, pace, and time in all.

What exceeds a bound on bytes is cut, and that is a fact, not an error. Silence and dripping are errors,
because what came so far is an accident of time. A body that the server ends early is kept if anything came:
browsers show it too.
Not here: taking codings off (bodies.py).
"""

import asyncio
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import aiohttp

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.bodies import Inflater
from domain_scheduler.scan.fetch.connector import Grant
from domain_scheduler.scan.fetch.failures import FetchError, failure_of
from domain_scheduler.scan.fetch.head_limit import LimitedResponseHandler


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bytes, and seconds; `pace` is the least bytes a second an answer may have once `idle` has passed."""

    wire: int
    body: int
    first_byte: float
    idle: float
    response: float
    pace: float


BYTES_A_STEP: Final = 256 * 1024
"""Decoded bytes, those of inner codings too, after which others go first: a bomb must not hold them up."""
SMALL: Final = 512
"""Bytes. Pieces below that are let add up for GATHERING seconds: a server can send a million of single bytes,
and each would cost a turn of the loop."""
GATHERING: Final = 0.05
BEGINNING: Final = 64 * 1024
"""Bytes of a body in which fetching itself looks for anything."""


@dataclass(frozen=True, kw_only=True)
class Body:
    """A decoded body.

    `truncated` says why it is not whole: `wire_limit`, `body_limit`, `connection_ended` before its announced
    end, `chunks_broken`, or `coding_ended` before the end of the compressed stream.
    """

    content: bytes = b""
    wire_bytes: int = 0
    truncated: str | None = None

    @cached_property
    def lowered(self) -> bytes:
        """The beginning in lower case, for finding words in it."""
        return self.content[:BEGINNING].lower()


async def read_body(
    content: aiohttp.StreamReader, grant: Grant, content_encoding: str, bounds: Bounds
) -> Body:
    """The body that comes on the connection of `grant`; raises FetchError for dripping, garbage, or its loss.

    The grant's deadline, which is the time limit around the caller, is set anew for every piece.
    """
    return await _Reading(content, grant, content_encoding, bounds).whole()


class _Reading:
    def __init__(
        self, content: aiohttp.StreamReader, grant: Grant, content_encoding: str, bounds: Bounds
    ) -> None:
        self._content = content
        self._protocol = grant.protocol
        self._deadline = grant.deadline
        self._share = grant.line.share
        self._bounds = bounds
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._inflater = Inflater(content_encoding, limit=bounds.body)
        self._pieces: list[bytes] = []
        self._wire = 0
        self._decoded_in_turn = BYTES_A_STEP

    async def whole(self) -> Body:
        try:
            truncated = await self._read_on()
        except aiohttp.ClientPayloadError as error:
            rest = self._content._read_nowait(-1)  # the reader withholds it once it knows of the end
            truncated = await self._take(rest) if rest else None
            truncated = truncated or self._ended_early(error)
        return Body(content=b"".join(self._pieces), wire_bytes=self._wire, truncated=truncated)

    async def _read_on(self) -> str | None:
        """Reads until the end, or until something cuts the body."""
        silent = f"silent for {self._bounds.idle:g} s"
        unfinished = f"not finished after {self._bounds.response:g} s"
        while True:
            now = self._loop.time()
            self._check_pace(now)
            finish = self._started + self._bounds.response
            if now + self._bounds.idle < finish:
                self._deadline.set(now + self._bounds.idle, ErrorKind.READ_TIMEOUT, silent)
            else:
                self._deadline.set(finish, ErrorKind.TOO_SLOW, unfinished)
            if not (chunk := await self._content.readany()):
                return self._end()
            if truncated := await self._take(chunk):
                return truncated
            if self._protocol is not None and len(chunk) < SMALL and not self._content.at_eof():
                await self._protocol.gather(GATHERING)

    async def _take(self, chunk: bytes) -> str | None:
        """Keeps what `chunk` decodes to; why reading ends here, if it does."""
        room = self._bounds.wire - self._wire
        self._wire += min(len(chunk), room)
        for piece in self._inflater.feed(chunk[:room]):
            self._pieces.append(piece)
            if self._inflater.decoded >= self._decoded_in_turn:
                await self._let_others_go_first()
        if self._inflater.full:
            return "body_limit"
        return "wire_limit" if len(chunk) > room else None

    async def _let_others_go_first(self) -> None:
        """Waits for the loop; that is no time of the site's."""
        self._decoded_in_turn = self._inflater.decoded + BYTES_A_STEP
        self._deadline.stop()
        await asyncio.sleep(0)
        self._started += await self._share.step()

    def _check_pace(self, now: float) -> None:
        elapsed = now - self._started
        if elapsed > self._bounds.idle and self._wire < elapsed * self._bounds.pace:
            raise FetchError(ErrorKind.TOO_SLOW, f"{self._wire} bytes in {elapsed:.0f} s")

    def _ended_early(self, error: aiohttp.ClientPayloadError) -> str:
        if self._protocol is not None and isinstance(self._protocol.exception(), OSError):
            raise FetchError(
                ErrorKind.CONNECTION_RESET, f"the connection was reset after {self._wire} bytes"
            ) from error
        if not any(self._pieces):
            raise failure_of(error) from error
        return "connection_ended"

    def _end(self) -> str | None:
        """What the end of the body means."""
        if isinstance(self._protocol, LimitedResponseHandler) and self._protocol.body_broken:
            if not any(self._pieces):
                raise FetchError(ErrorKind.HTTP_INVALID, "the body's chunks cannot be read")
            return "chunks_broken"
        return None if self._inflater.complete else "coding_ended"
