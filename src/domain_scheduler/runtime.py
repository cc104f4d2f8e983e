"""The composition root: settings become a running service, started and stopped in order.

    async with open_runtime(settings, kind="serve") as runtime:
        done = await runtime.run_pass(limit=10)

Started: database, schema, heartbeat, engine, scheduler; stopped in the reverse order, whatever happened.
Not here: reading settings from the environment (cli/), HTTP (api/).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

from domain_scheduler.db.database import Database
from domain_scheduler.db.migrate import migrate as apply_migrations
from domain_scheduler.db.migrate import require_current_schema
from domain_scheduler.engine.state import EngineState
from domain_scheduler.scheduler.pass_store import Cause, Pass, close_pass, count_by_status, open_pass
from domain_scheduler.settings import Settings
from domain_scheduler.telemetry.metrics import Metrics

Kind = Literal["serve", "work", "scan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """A running service. `engine` and `scheduler` are None where they were not asked for."""

    settings: Settings
    database: Database
    metrics: Metrics
    worker_id: UUID
    engine: Any
    scheduler: Any

    def wake(self) -> None:
        """Say that there is work: the engine looks at once instead of at its next poll."""

    def engine_state(self) -> EngineState | None:
        """The engine at this moment; None without one."""
        return None

    async def run_pass(
        self, *, limit: int | None = None, wait: float = 60.0, cause: Cause = "request"
    ) -> Pass:
        """Run a pass now and tell what it found and did, by status.

        With `limit` the pass also waits, for at most `wait` seconds, until that many domains (fewer if there
        are no more) are worked off by this process, and counts them by outcome in `did["worked_off"]`.
        Raises DatabaseUnavailableError.
        """
        async with self.database.get_background_session() as connection:
            found = await count_by_status(connection)
            opened = await open_pass(connection, worker_id=self.worker_id, cause=cause, found=found)
            return await close_pass(connection, pass_id=opened.id, did={})

    async def next_pass_in(self) -> float | None:
        """Seconds until the next scheduled pass of this process; None without a scheduler."""
        return None


@asynccontextmanager
async def open_database(settings: Settings, *, migrate: bool = True) -> AsyncIterator[Database]:
    """The database alone: the one of `database_url`, or the embedded one, started for as long as it is open.

    `migrate` applies what the schema lacks; without it, a schema that is not current is refused.
    Raises SettingsError, DatabaseUnavailableError, DatabaseSchemaError, EmbeddedPostgresError.
    """
    async with _server_url(settings) as url:
        database = Database(url, settings.database)
        try:
            await (apply_migrations(database) if migrate else require_current_schema(database))
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def _server_url(settings: Settings) -> AsyncIterator[str]:
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    from domain_scheduler.db.postgres import open_postgres

    postgres = await open_postgres(settings.data_dir)
    try:
        yield postgres.url
    finally:
        await postgres.close()


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
    restricts it to one batch. Raises as `open_database`.
    """
    async with open_database(settings, migrate=migrate) as database:
        yield Runtime(
            settings=settings,
            database=database,
            metrics=Metrics(),
            worker_id=uuid4(),
            engine=None,
            scheduler=None,
        )
