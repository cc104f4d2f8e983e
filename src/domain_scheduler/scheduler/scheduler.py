"""The recurring jobs of one process, run by APScheduler inside its event loop.

Every job runs at most once at a time, missed runs are one run, and jitter keeps processes apart; no process
is a leader. This is the scheduler's edge: a failing job is said and runs again at its next time, an outage
of the database is said once.
Not here: what the jobs do (maintenance.py, passes.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final, Self

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.scheduler.passes import PassRunner
from domain_scheduler.settings import SchedulerSettings

_log = logging.getLogger(__name__)
_JITTER: Final = 0.2
_FORGET_SECONDS: Final = 3_600.0
_KEEP_WORKERS: Final = 86_400.0
_KEEP_PASSES: Final = 30 * 86_400.0
_PATIENCE: Final = 5.0
"""Seconds that running jobs get at a stop."""

_EXECUTOR: Final = "domain_scheduler"

PROCESS_PENDING: Final = "process_pending_domains"


class Scheduler:
    """The jobs of one process; an async context manager."""

    def __init__(
        self,
        settings: SchedulerSettings,
        maintenance: Maintenance,
        passes: PassRunner,
        *,
        with_passes: bool = True,
    ) -> None:
        """`with_passes=False`: only what every process does (reap, fold, finish, audit)."""
        self._maintenance = maintenance
        self._passes = passes
        self._audit_seconds = settings.audit_seconds
        self._scheduler = _quiet_scheduler()
        self._running: set[asyncio.Task[Any]] = set()
        self._failing: set[str] = set()
        self._add("reap", self._reap, settings.reap_seconds)
        self._add("fold", self._fold, settings.fold_seconds)
        self._add("audit", self._audit, settings.audit_seconds)
        if with_passes:
            self._add(PROCESS_PENDING, self._process_pending, settings.process_pending_seconds)
            self._add("forget", self._forget, _FORGET_SECONDS)

    async def __aenter__(self) -> Self:
        """Run every job now, and from then on at its times."""
        self._scheduler.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Start nothing more, and wait for what runs, but not for long."""
        self._scheduler.remove_all_jobs()
        if self._running:
            await asyncio.wait(self._running, timeout=_PATIENCE)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._scheduler.shutdown(wait=False)

    def next_pass_at(self) -> datetime | None:
        """When the next scheduled pass runs; None if this process runs none."""
        job = self._scheduler.get_job(PROCESS_PENDING)
        moment: datetime | None = None if job is None else job.next_run_time
        return moment

    def _add(self, name: str, work: Callable[[], Awaitable[object]], seconds: float) -> None:
        self._scheduler.add_job(
            self._run,
            "interval",
            args=(name, work),
            id=name,
            executor=_EXECUTOR,
            seconds=seconds,
            jitter=seconds * _JITTER,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    async def _run(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        task = asyncio.ensure_future(self._guarded(name, work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.wait({task})

    async def _guarded(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except DatabaseUnavailableError as exc:
            if name not in self._failing:
                _log.warning("%s waits: %s", name, exc, extra={"action": "job_waits", "job": name})
            self._failing.add(name)
        except Exception as exc:  # noqa: BLE001 the edge: a job that fails must run again, and say so
            _log.exception("%s failed: %s", name, exc, extra={"action": "job_failed", "job": name})
            self._failing.add(name)
        else:
            if name in self._failing:
                _log.info("%s works again", name, extra={"action": "job_recovered", "job": name})
            self._failing.discard(name)

    async def _reap(self) -> None:
        await self._maintenance.reap()
        await self._maintenance.promote()
        await self._maintenance.cancel()

    async def _fold(self) -> None:
        await self._maintenance.fold()
        await self._maintenance.finish()

    async def _audit(self) -> None:
        await self._maintenance.audit(unless_within=self._audit_seconds / 2)

    async def _process_pending(self) -> None:
        await self._passes.run(cause="schedule")

    async def _forget(self) -> None:
        await self._maintenance.forget_workers(after=_KEEP_WORKERS)
        await self._passes.forget(after=_KEEP_PASSES)


def _quiet_scheduler() -> AsyncIOScheduler:
    """An APScheduler that does not say every run: the jobs say what is worth it, through loggers of ours.

    Its own loggers are shared with an embedding application's jobs, so ours get names of their own.
    """
    said = logging.getLogger(f"{__name__}.apscheduler")
    said.setLevel(logging.ERROR)
    logging.getLogger(f"apscheduler.executors.{_EXECUTOR}").setLevel(logging.ERROR)
    return AsyncIOScheduler(timezone=UTC, logger=said, executors={_EXECUTOR: AsyncIOExecutor()})
