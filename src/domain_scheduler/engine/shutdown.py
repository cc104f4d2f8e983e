"""The end of an engine, in order, or at once: nothing is lost either way.

Claims stop, what is in flight gets its grace, answers are stored, the rest is given back with its attempt.
What cannot be stored or given back in time (the database may be away) is healed by the leases.
Not here: signals (cli/), the parts (flight.py, results_buffer.py, claim_loop.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sqlalchemy.exc import DBAPIError

from domain_scheduler.db.database import first_line
from domain_scheduler.engine.background import Background
from domain_scheduler.engine.claim_loop import ClaimLoop
from domain_scheduler.engine.flight import Flight
from domain_scheduler.engine.results_buffer import ResultsBuffer
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.claims import Claim

_log = logging.getLogger(__name__)
LAST_WORDS: Final = 10.0
"""Seconds for the last answers and releases."""
AT_ONCE: Final = 1.0
"""The same when it has to be at once."""


class Shutdown:
    """The one shutdown of an engine; `run` may be called again to end it at once."""

    def __init__(
        self,
        claims: ClaimLoop,
        claiming: Background,
        flight: Flight,
        buffer: ResultsBuffer,
        *,
        release: Callable[[Sequence[Claim]], Awaitable[None]],
    ) -> None:
        self._claims = claims
        self._claiming = claiming
        self._flight = flight
        self._buffer = buffer
        self._release = release
        self._hurry = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    @property
    def begun(self) -> bool:
        """Whether nothing more is claimed."""
        return self._running is not None

    async def run(self, grace: float) -> None:
        """Shut down with `grace` seconds for what is in flight; a second call or 0 hurries."""
        if grace <= 0 or self._running is not None:
            self._hurry.set()
        if self._running is None:
            self._running = asyncio.ensure_future(self._shut_down(grace))
        await asyncio.shield(self._running)

    async def _shut_down(self, grace: float) -> None:
        _log.info(
            "the engine stops: %d domains get %g s",
            len(self._flight),
            grace,
            extra={"action": "engine_stopping", "in_flight": len(self._flight)},
        )
        self._claims.stop()
        # a claim under way has to come back first: it would be lost until its lease ends
        await self._bounded(self._claiming.ended(), LAST_WORDS, hurried=AT_ONCE)
        await self._claiming.stop()
        await self._bounded(self._flight.wait_empty(grace), grace, hurried=0)
        given_up = await self._flight.give_up(AT_ONCE)
        last_words = asyncio.gather(self._buffer.drain(LAST_WORDS), self._give_back(given_up))
        await self._bounded(last_words, LAST_WORDS, hurried=AT_ONCE)
        _log.info(
            "the engine has stopped",
            extra={"action": "engine_stopped", "given_back": len(given_up), "unstored": len(self._buffer)},
        )

    async def _give_back(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        try:
            await self._release(claims)
        except (DatabaseUnavailableError, DBAPIError) as exc:
            _log.warning(
                "%d claims cannot be given back, their leases will end: %s",
                len(claims),
                first_line(exc),
                extra={"action": "release_failed"},
            )

    async def _bounded(self, work: Awaitable[object], seconds: float, *, hurried: float) -> None:
        """Wait for `work`, for at most `seconds`, and `hurried` seconds from when it has to be at once."""
        task, out_of_time = asyncio.ensure_future(work), asyncio.ensure_future(self._hurried(hurried))
        await asyncio.wait({task, out_of_time}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for each in (task, out_of_time):
            each.cancel()
        await asyncio.gather(task, out_of_time, return_exceptions=True)

    async def _hurried(self, seconds: float) -> None:
        await self._hurry.wait()
        await asyncio.sleep(seconds)
