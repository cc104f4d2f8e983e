"""One time limit around a request, whose meaning changes with the phase that the request is in.

Connecting, the handshake, the first byte, silence, the whole answer: each phase sets the clock and says what
it would mean if it rang. One clock instead of five nested ones, since a request is made a million times.
"""

import asyncio
from types import TracebackType
from typing import Self

from domain_scheduler.core.error_kinds import ErrorKind
from domain_scheduler.scan.fetch.failures import FetchError


class Deadline:
    """An async context manager; raises the FetchError of the phase in which the time was over."""

    def __init__(self) -> None:
        self._clock = asyncio.timeout(None)
        self._kind = ErrorKind.READ_TIMEOUT
        self._message = ""
        self._before_http = False

    def set(self, when: float, kind: ErrorKind, message: str, *, before_http: bool = False) -> None:
        """Rings at `when`, a moment on the loop's clock."""
        self._clock.reschedule(when)
        self._kind, self._message, self._before_http = kind, message, before_http

    def stop(self) -> None:
        """Does not ring until it is set anew."""
        self._clock.reschedule(None)

    async def __aenter__(self) -> Self:
        await self._clock.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._clock.__aexit__(kind, error, trace)
        except TimeoutError as rung:
            failure = FetchError(self._kind, self._message)
            failure.before_http = self._before_http
            raise failure from rung
