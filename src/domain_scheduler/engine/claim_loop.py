"""When to claim and how many: as slots free up, at once when somebody says that there is work, else by polls.

A claim costs a round trip, so a busy engine waits until a tenth of its slots is free, or for a moment.
Polls of an empty queue carry jitter, so that many workers spread out. While the database is away the loop
waits with growing delays and goes on by itself.
Not here: the claim itself (claimer.py), what follows from it (engine.py).
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Final, Protocol

from sqlalchemy.exc import DBAPIError

from domain_scheduler.db.database import first_line
from domain_scheduler.engine.backoff import Backoff
from domain_scheduler.engine.waiting import wait_at_most
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue.claims import Claim

_log = logging.getLogger(__name__)
_LINGER: Final = 0.1
"""Seconds that a few free slots may stay free before they alone are worth a claim."""


class ClaimSource(Protocol):
    """Where claims come from (claimer.py)."""

    def look_everywhere(self) -> None:
        """Forget where nothing was."""

    async def claim(self, limit: int) -> list[Claim]:
        """Up to `limit` claims; none means that nothing is ready."""


class ClaimLoop:
    """The loop of one engine."""

    def __init__(
        self,
        source: ClaimSource,
        *,
        room: Callable[[], int],
        worthwhile: Callable[[], int],
        claimed: Callable[[list[Claim]], None],
        poll_interval: float,
        backoff: Backoff | None = None,
    ) -> None:
        """`room` says how many may be claimed now, `worthwhile` how many make a claim worth its round trip.

        `claimed` gets every claim, an empty one too; what comes after `stop` as well.
        """
        self._source = source
        self._room = room
        self._worthwhile = worthwhile
        self._claimed = claimed
        self._poll_interval = poll_interval
        self._backoff = backoff or Backoff()
        self._changed = asyncio.Event()
        self._woken = asyncio.Event()
        self._stopping = False

    @property
    def trouble(self) -> str | None:
        """Why the last claim failed; None when it did not."""
        return self._backoff.because

    def wake(self) -> None:
        """There is work: look at once, and everywhere."""
        self._source.look_everywhere()
        self._woken.set()
        self._changed.set()

    def note_change(self) -> None:
        """A slot may have become free."""
        self._changed.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns once a claim under way has come back."""
        self._stopping = True
        self._woken.set()
        self._changed.set()

    async def run(self) -> None:
        """Claim until stopped."""
        while not self._stopping:
            await self._until_room()
            self._woken.clear()
            if not self._stopping and not await self._claim(self._room()):
                await wait_at_most(self._woken, self._poll_interval * random.uniform(0.5, 1.5))  # noqa: S311

    async def _claim(self, limit: int) -> bool:
        """Claim once; whether to go on at once."""
        try:
            claims = await self._source.claim(limit)
        except (DatabaseUnavailableError, DBAPIError) as exc:
            await self._wait_for_database(exc)
            return True
        if self._backoff.failures:
            _log.info("claims work again", extra={"action": "claim_recovered"})
            self._backoff.reset()
        self._claimed(claims)
        return bool(claims)

    async def _until_room(self) -> None:
        """Return when a claim is worthwhile, or some room was there for a moment, or at `stop`."""
        since: float | None = None
        while not self._stopping:
            room = self._room()
            if room <= 0:
                since = None
                await self._changed.wait()
            elif room >= self._worthwhile():
                return
            else:
                since = since or time.monotonic()
                left = since + _LINGER - time.monotonic()
                if left <= 0:
                    return
                await wait_at_most(self._changed, left)
            self._changed.clear()

    async def _wait_for_database(self, exc: BaseException) -> None:
        if not self._backoff.failures:
            _log.warning("claims wait for the database: %s", first_line(exc), extra={"action": "claim_waits"})
        # a wake does not shorten this: the database is away for whoever woke us, too
        await _sleep_unless(lambda: self._stopping, self._changed, self._backoff.next_delay(first_line(exc)))


async def _sleep_unless(stopping: Callable[[], bool], changed: asyncio.Event, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not stopping() and (left := until - time.monotonic()) > 0:
        changed.clear()
        await wait_at_most(changed, left)
