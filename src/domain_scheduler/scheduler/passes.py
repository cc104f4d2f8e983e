"""One pass of `process_pending_domains`: take back, make ready, have worked off, fold, finish, audit.

A pass leaves a row with what it found and did, by status; a failed one with the reason. Nobody waits for
a pass: engines claim by themselves. It is the net below them, and the button for people.
Not here: when passes run (scheduler.py), each step (maintenance.py), the rows (pass_store.py).
"""

import logging
import time
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from domain_scheduler.db.database import Database, first_line
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.scheduler.pass_store import (
    Cause,
    Pass,
    close_pass,
    count_by_status,
    forget_passes,
    open_pass,
)
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)


class Counts(Protocol):
    """What became of the domains that a pass had worked off."""

    def as_json(self) -> dict[str, Any]:
        """The counts as a JSON-ready object."""


class WorksOff(Protocol):
    """The engine as a pass sees it."""

    def wake(self) -> None:
        """There is work."""

    async def work_off(self, limit: int, *, wait: float) -> Counts:
        """Have up to `limit` domains answered, within `wait` seconds."""


class PassRunner:
    """Runs passes of one process."""

    def __init__(
        self,
        database: Database,
        maintenance: Maintenance,
        *,
        worker_id: UUID,
        metrics: Metrics,
        engine: WorksOff | None,
    ) -> None:
        self._database = database
        self._maintenance = maintenance
        self._worker_id = worker_id
        self._metrics = metrics
        self._engine = engine

    async def run(self, *, cause: Cause, limit: int | None = None, wait: float = 60.0) -> Pass:
        """Run one pass. Raises DatabaseUnavailableError.

        `did` holds `reaped_pending`, `reaped_error`, `promoted`, `cancelled`, `folded`, `finished_batches`,
        `audited_batches`, `drift`, `remained` (domains by status afterwards), and with a `limit` and an
        engine `worked_off` (see WorkedOff), waited for at most `wait` seconds.
        """
        started = time.monotonic()
        async with self._database.get_background_session() as connection:
            found = await count_by_status(connection)
            opened = await open_pass(connection, worker_id=self._worker_id, cause=cause, found=found)
        did: dict[str, Any] = {}
        try:
            await self._process(did, limit, wait)
        except (DatabaseUnavailableError, DBAPIError) as exc:
            self._metrics.passes.labels(cause, "failed").inc()
            await self._close_failed(opened, did, first_line(exc))
            raise
        closed = await self._close(opened, did)
        self._metrics.passes.labels(cause, "done").inc()
        self._metrics.pass_seconds.observe(time.monotonic() - started)
        _log.info(
            "a pass is done", extra={"action": "pass_done", "pass_id": opened.id, "cause": cause, **did}
        )
        return closed

    async def forget(self, *, after: float) -> None:
        """Drop the rows of passes that started more than `after` seconds ago."""
        async with self._database.get_background_session() as connection:
            await forget_passes(connection, after=after)

    async def _process(self, did: dict[str, Any], limit: int | None, wait: float) -> None:
        """Do the steps, noting each in `did` as soon as it is done."""
        reaped = await self._maintenance.reap()
        did |= {"reaped_pending": reaped.pending, "reaped_error": reaped.error}
        did["promoted"] = await self._maintenance.promote()
        did["cancelled"] = await self._maintenance.cancel()
        if self._engine is not None and limit is not None:
            did["worked_off"] = (await self._engine.work_off(limit, wait=wait)).as_json()
        elif self._engine is not None:
            self._engine.wake()
        did["folded"] = await self._maintenance.fold()
        did["finished_batches"] = len(await self._maintenance.finish())
        audit = await self._maintenance.audit()
        did |= {"audited_batches": audit.batches, "drift": sum(map(abs, audit.drifts))}
        async with self._database.get_background_session() as connection:
            did["remained"] = await count_by_status(connection)

    async def _close(self, opened: Pass, did: Mapping[str, Any], error: str | None = None) -> Pass:
        async with self._database.get_background_session() as connection:
            return await close_pass(connection, pass_id=opened.id, did=did, error=error)

    async def _close_failed(self, opened: Pass, did: Mapping[str, Any], reason: str) -> None:
        try:
            await self._close(opened, did, reason)
        except (DatabaseUnavailableError, DBAPIError):
            _log.warning("a failed pass cannot be noted", extra={"action": "pass_lost", "pass_id": opened.id})
