"""The composition root: settings become a running service, started and stopped in order.

    async with open_runtime(settings, kind="serve") as runtime:
        done = await runtime.run_pass(limit=10)

Started: database, schema, heartbeat, engine, scheduler; stopped in the reverse order, whatever happened.
Not here: reading settings from the environment (cli/), HTTP (api/).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID, uuid4

from domain_scheduler.db.database import Database
from domain_scheduler.db.opening import open_database
from domain_scheduler.engine.engine import Engine
from domain_scheduler.engine.heartbeat import Heartbeat
from domain_scheduler.engine.opening import open_engine
from domain_scheduler.engine.state import EngineState
from domain_scheduler.errors import DatabaseUnavailableError
from domain_scheduler.scheduler.maintenance import Maintenance
from domain_scheduler.scheduler.pass_store import Cause, Pass
from domain_scheduler.scheduler.passes import PassRunner
from domain_scheduler.scheduler.scheduler import Scheduler
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.metrics import Metrics

Kind = Literal["serve", "work", "scan"]

_LAST_LOOK: Final = 5.0
"""Seconds for finishing batches on the way out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A running service. `engine` and `scheduler` are None where they were not asked for."""

    settings: Settings
    database: Database
    metrics: Metrics
    worker_id: UUID
    maintenance: Maintenance
    passes: PassRunner
    engine: Engine | None
    scheduler: Scheduler | None

    def wake(self) -> None:
        """Say that there is work: the engine looks at once instead of at its next poll."""
        if self.engine is not None:
            self.engine.wake()

    def engine_state(self) -> EngineState | None:
        """The engine at this moment; None without one."""
        return None if self.engine is None else self.engine.state()

    async def run_pass(
        self, *, limit: int | None = None, wait: float = 60.0, cause: Cause = "request"
    ) -> Pass:
        """Run a pass now and tell what it found and did, by status.

        With `limit` the pass also waits, for at most `wait` seconds, until that many domains (fewer if there
        are no more) are worked off by this process, and counts them by outcome in `did["worked_off"]`.
        Raises DatabaseUnavailableError.
        """
        return await self.passes.run(cause=cause, limit=limit, wait=wait)

    async def next_pass_in(self) -> float | None:
        """Seconds until the next scheduled pass of this process; None without a scheduler."""
        moment = None if self.scheduler is None else self.scheduler.next_pass_at()
        return None if moment is None else max(0.0, (moment - datetime.now(UTC)).total_seconds())

    async def stop_engine(self, grace: float) -> None:
        """Stop the engine before the end of the block; a second call, or 0, ends it at once."""
        if self.engine is not None:
            await self.engine.stop(grace)


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    *,
    kind: Kind,
    migrate: bool = True,
    with_scheduler: bool = True,
    with_engine: bool = True,
    continuous: bool = True,
    batch_id: int | None = None,
) -> AsyncIterator[Runtime]:
    """A whole service for as long as the block lasts.

    `continuous=False` gives an engine that works only on what `run_pass(limit=...)` asks for; `batch_id`
    restricts it to one batch. Only `serve` runs scheduled passes; every kind reaps, folds and audits.
    Raises as `open_database`, and SettingsError for a processor or technology data that cannot be loaded.
    """
    worker_id, metrics = uuid4(), Metrics()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(settings, migrate=migrate))
        engine: Engine | None = None
        heartbeat = Heartbeat(
            database, worker_id=worker_id, kind=kind, state=lambda: _told(engine), metrics=metrics
        )
        await stack.enter_async_context(heartbeat)
        maintenance = Maintenance(database, metrics=metrics, heartbeat_unbroken_for=heartbeat.unbroken_for)
        stack.push_async_callback(_settle, maintenance)
        if with_engine:
            opening = open_engine(
                database,
                settings=settings,
                worker_id=worker_id,
                metrics=metrics,
                continuous=continuous,
                batch_id=batch_id,
            )
            engine = await stack.enter_async_context(opening)
        passes = PassRunner(database, maintenance, worker_id=worker_id, metrics=metrics, engine=engine)
        scheduler: Scheduler | None = None
        if with_scheduler and settings.scheduler.enabled:
            scheduler = Scheduler(settings.scheduler, maintenance, passes, with_passes=kind == "serve")
            await stack.enter_async_context(scheduler)
        yield Runtime(
            settings=settings,
            database=database,
            metrics=metrics,
            worker_id=worker_id,
            maintenance=maintenance,
            passes=passes,
            engine=engine,
            scheduler=scheduler,
        )


async def _settle(maintenance: Maintenance) -> None:
    """A batch whose last answers this process flushed is finished at once, not by whoever comes next."""
    with suppress(DatabaseUnavailableError, TimeoutError):
        async with asyncio.timeout(_LAST_LOOK):
            await maintenance.fold()
            await maintenance.finish()


def _told(engine: Engine | None) -> dict[str, Any]:
    return {} if engine is None else engine.state().as_json()
