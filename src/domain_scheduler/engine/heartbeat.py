"""The sign of life of one process, and how long it has been unbroken.

A worker that falls silent loses its claims to others before their leases end. Only a process whose own
heartbeat is unbroken may judge that: after an outage of the database everybody looks silent.
Not here: taking the claims back (scheduler/).
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from domain_scheduler.db.database import Database, first_line
from domain_scheduler.engine.background import Background
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.queue import store
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)
PERIOD: Final = 5.0


class Heartbeat:
    """The heartbeat of one process under its own worker id."""

    def __init__(
        self,
        database: Database,
        *,
        worker_id: UUID,
        kind: str,
        state: Callable[[], Mapping[str, Any]],
        metrics: Metrics,
        period: float = PERIOD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`state` gives what is told with each beat, JSON-ready."""
        self._database = database
        self._worker_id = worker_id
        self._kind = kind
        self._state = state
        self._metrics = metrics
        self._period = period
        self._clock = clock
        self._unbroken_since: float | None = None
        self._last: float = clock()
        self._loop = Background("heartbeat", self.run)

    async def __aenter__(self) -> Self:
        """Beat, before anything is claimed, and go on beating; raises DatabaseUnavailableError."""
        await self.beat()
        self._loop.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop beating and sign off, if the database hears it."""
        await self._loop.stop()
        try:
            async with asyncio.timeout(self._period):
                await self._sign_off()
        except (DatabaseUnavailableError, DBAPIError, TimeoutError):
            _log.warning("nobody hears that this process leaves", extra={"action": "sign_off_failed"})

    def unbroken_for(self) -> float:
        """Seconds for which every beat came in time; 0 while the last one is overdue."""
        now = self._clock()
        if self._unbroken_since is None or now - self._last > 2 * self._period:
            return 0.0
        return now - self._unbroken_since

    async def run(self) -> None:
        """Beat until cancelled; an outage breaks the beat, not the loop."""
        while True:
            await asyncio.sleep(self._period)
            try:
                await self.beat()
            except (DatabaseUnavailableError, DBAPIError) as exc:
                self._miss(exc)

    async def beat(self) -> None:
        """Beat once; raises DatabaseUnavailableError."""
        async with self._database.get_background_session(statement_timeout=self._period) as connection:
            await store.beat(
                connection,
                worker_id=self._worker_id,
                kind=self._kind,
                host=socket.gethostname(),
                pid=os.getpid(),
                state=self._state(),
            )
        now = self._clock()
        if self._unbroken_since is None or now - self._last > 2 * self._period:
            self._unbroken_since = now
        self._last = now

    async def _sign_off(self) -> None:
        async with self._database.get_background_session(statement_timeout=self._period) as connection:
            await store.sign_off(connection, worker_id=self._worker_id)

    def _miss(self, exc: BaseException) -> None:
        if self._unbroken_since is not None:
            self._metrics.database_outages.inc()
            _log.warning("the heartbeat is broken: %s", first_line(exc), extra={"action": "heartbeat_broken"})
        self._unbroken_since = None
