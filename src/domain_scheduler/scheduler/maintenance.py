"""What keeps the queue true and moving: reap, promote, cancel, fold, finish, audit.

Each verb is many short transactions, repeated until its work is done or a bound is reached; any number of
processes may run them at once, since every statement skips what another holds.
Not here: when they run (scheduler.py), the statements (queue/queue.sql).
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from domain_scheduler.db.database import Database
from domain_scheduler.queue import store
from domain_scheduler.queue.store import Drift, Reaped
from domain_scheduler.scheduler.audit_turn import audited_within, try_lock_audit
from domain_scheduler.telemetry.metrics import Metrics

_log = logging.getLogger(__name__)
_MOST_ROUNDS: Final = 1_000
_AUDIT_SECONDS: Final = 600.0
"""All domains of a large batch are counted one by one, which may take longer than any other statement."""
DEAD_AFTER: Final = 20.0
"""Seconds of silence after which a worker's claims are taken back."""

Step = Callable[[AsyncConnection], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Audit:
    """One audit: how many batches were compared, and every drift found."""

    batches: int = 0
    drifts: tuple[Drift, ...] = ()


class Maintenance:
    """The recurring verbs of one process."""

    def __init__(
        self,
        database: Database,
        *,
        metrics: Metrics,
        heartbeat_unbroken_for: Callable[[], float],
        dead_after: float = DEAD_AFTER,
    ) -> None:
        """`heartbeat_unbroken_for` gives seconds: who was silent himself cannot say who is dead."""
        self._database = database
        self._metrics = metrics
        self._heartbeat_unbroken_for = heartbeat_unbroken_for
        self._dead_after = dead_after

    async def reap(self, *, limit: int = 1_000) -> Reaped:
        """Take back the claims of expired leases and of silent workers."""
        pending = error = 0
        for _ in range(_MOST_ROUNDS):
            may_judge = self._heartbeat_unbroken_for() > self._dead_after
            dead_after = self._dead_after if may_judge else None
            async with self._database.get_background_session() as connection:
                reaped = await store.reap_domains(connection, limit=limit, dead_after=dead_after)
            pending, error = pending + reaped.pending, error + reaped.error
            if reaped.pending + reaped.error < limit:
                break
        self._tell_reaped(pending, error)
        return Reaped(pending=pending, error=error)

    async def promote(self, *, limit: int = 5_000) -> int:
        """Make domains ready whose wait for another attempt is over; gives how many."""
        count = await self._repeat(lambda c: store.promote_domains(c, limit=limit), limit)
        self._metrics.promoted.inc(count)
        return count

    async def cancel(self, *, limit: int = 5_000) -> int:
        """Put the unclaimed domains of cancelled batches to their end; gives how many."""
        count = await self._repeat(lambda c: store.cancel_pending_domains(c, limit=limit), limit)
        self._metrics.cancelled.inc(count)
        return count

    async def fold(self, *, limit: int = 10_000) -> int:
        """Fold the ledger into the counts; gives how many rows."""
        return await self._repeat(lambda c: store.fold_ledger(c, limit=limit), limit)

    async def finish(self, *, limit: int = 100) -> list[int]:
        """Finish the batches that are fully answered; gives their ids."""
        finished: list[int] = []
        for _ in range(_MOST_ROUNDS):
            async with self._database.get_background_session() as connection:
                ids = await store.finish_batches(connection, limit=limit)
            finished += ids
            if not ids:
                break
        self._metrics.finished_batches.inc(len(finished))
        if finished:
            _log.info(
                "finished batches: %s",
                ", ".join(map(str, finished[:20])) + (", ..." if len(finished) > 20 else ""),
                extra={"action": "batches_finished", "batch_ids": finished[:20]},
            )
        return finished

    async def audit(self, *, unless_within: float = 0.0) -> Audit:
        """Compare ledger and domains of the batches whose turn it is, and correct what drifted, loudly.

        Compares nothing while another process audits, or if one has within the last `unless_within` seconds.
        """
        async with self._database.get_background_session(statement_timeout=_AUDIT_SECONDS) as connection:
            if not await try_lock_audit(connection):
                return Audit()
            if unless_within and await audited_within(connection, seconds=unless_within):
                return Audit()
            ids, drifts = await store.audit_batches(connection)
            if drifts:
                await store.repair_drift(connection, drifts=drifts)
        self._tell_drift(drifts)
        return Audit(batches=len(ids), drifts=tuple(drifts))

    async def forget_workers(self, *, after: float) -> None:
        """Forget workers that were silent for `after` seconds and hold nothing."""
        async with self._database.get_background_session() as connection:
            await store.forget_workers(connection, after=after)

    async def _repeat(self, step: Step, limit: int) -> int:
        total = 0
        for _ in range(_MOST_ROUNDS):
            async with self._database.get_background_session() as connection:
                count = await step(connection)
            total += count
            if count < limit:
                break
        return total

    def _tell_reaped(self, pending: int, error: int) -> None:
        if not pending + error:
            return
        self._metrics.reaped.labels("pending").inc(pending)
        self._metrics.reaped.labels("error").inc(error)
        _log.warning(
            "%d lost claims were taken back, %d of them for good",
            pending + error,
            error,
            extra={"action": "domains_reaped", "pending": pending, "error": error},
        )

    def _tell_drift(self, drifts: list[Drift]) -> None:
        self._metrics.drift.set(sum(map(abs, drifts)))
        self._metrics.drift_repaired.inc(len(drifts))
        for drift in drifts:
            _log.critical(
                "batch %d: the ledger was off by %+d (compared %+d, changed %+d) for %s %s; "
                "it was corrected, please report this",
                drift.batch_id,
                drift.drift,
                drift.compared,
                drift.changed,
                drift.status,
                drift.error_kind,
                extra={"action": "drift_repaired", "batch_id": drift.batch_id, "drift": drift.drift},
            )
