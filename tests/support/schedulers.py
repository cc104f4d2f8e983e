"""Schedulers over a test's database whose jobs run many times a second.

Not here: engines (engines.py).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from domain_scheduler.db.database import Database
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.scheduler.passes import PassRunner
from domain_scheduler.scheduler.scheduler import Scheduler
from domain_scheduler.settings import SchedulerSettings
from domain_scheduler.telemetry.metrics import Metrics

QUICK_JOBS = SchedulerSettings(
    process_pending_seconds=0.1, reap_seconds=0.05, fold_seconds=0.05, audit_seconds=0.05
)


@asynccontextmanager
async def running_scheduler(
    database: Database,
    settings: SchedulerSettings = QUICK_JOBS,
    *,
    keeper: Maintenance | None = None,
    with_passes: bool = True,
) -> AsyncIterator[Scheduler]:
    """A scheduler without an engine; `keeper` replaces what its jobs call."""
    metrics = Metrics()
    keeper = keeper or Maintenance(database, metrics=metrics, heartbeat_unbroken_for=lambda: 0.0)
    passes = PassRunner(database, keeper, worker_id=uuid4(), metrics=metrics, engine=None)
    async with Scheduler(settings, keeper, passes, with_passes=with_passes) as running:
        yield running
