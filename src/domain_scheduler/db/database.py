"""Short sessions on Postgres, safe behind a transaction pooler.

Every unit of work opens its own session, is one transaction, and holds nothing afterwards: no prepared
statement, no session setting, no lock (docs/decisions/0002). Driver errors are translated here, once.
Not here: which server (postgres/), schema changes (migrate.py), the statements (beside their stores).
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain_scheduler.errors import DatabaseUnavailableError, DomainSchedulerError, SettingsError
from domain_scheduler.settings import DatabaseSettings

_PASSING: Final = frozenset({"57014", "25006"})
"""SQLSTATEs: statement timeout, a standby."""

_SCHEME: Final = re.compile(r"^postgres(ql)?(\+[a-z0-9]+)?://")


def driver_url(url: str) -> str:
    """`url` with the scheme that makes SQLAlchemy use psycopg 3; raises SettingsError for another kind."""
    if not _SCHEME.match(url):
        raise SettingsError(
            "DATABASE_URL must start with postgresql:// (only Postgres 15 or newer is supported)"
        )
    return _SCHEME.sub("postgresql+psycopg://", url)


class Database:
    """A pool of connections and the door to short sessions."""

    def __init__(self, url: str, settings: DatabaseSettings) -> None:
        self._statement_timeout_ms = int(settings.statement_timeout * 1000)
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_recycle=300,
            pool_pre_ping=False,
            hide_parameters=True,
            # said in every BEGIN, since a database may have another default: finishing needs new snapshots
            isolation_level="READ COMMITTED",
            connect_args={
                "prepare_threshold": None,
                "connect_timeout": max(2, round(settings.connect_timeout)),
            },
        )

    @asynccontextmanager
    async def get_background_session(
        self, *, statement_timeout: float | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """One transaction on one connection: committed at the end, rolled back on any error.

        `statement_timeout` in seconds replaces the setting; 0 lifts it. Raises DatabaseUnavailableError when
        the database cannot be reached or goes away, and the driver's own errors for faults of a statement.
        """
        limit = self._statement_timeout_ms if statement_timeout is None else int(statement_timeout * 1000)
        try:
            async with self.engine.begin() as connection:
                await connection.execute(text(f"SET LOCAL statement_timeout = {limit}"))
                yield connection
        except DomainSchedulerError:
            raise
        except (DBAPIError, PoolTimeoutError, OSError, psycopg.Error) as exc:
            if is_outage(exc):
                raise DatabaseUnavailableError(
                    f"the database does not answer as it should: {first_line(exc)}"
                ) from exc
            raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def is_outage(exc: BaseException) -> bool:
    """Whether `exc` says that the server is away, closing or overtaxed: the same statement may work later."""
    if isinstance(exc, PoolTimeoutError | OSError):
        return True
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    if isinstance(exc, DBAPIError) and exc.connection_invalidated:
        return True
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    state = cause.sqlstate
    # no state: the connection itself failed; 08 connection, 40 deadlocks, 53 resources, 57P shutdown
    return state is None or state[:2] in {"08", "40", "53"} or state[:3] == "57P" or state in _PASSING


def first_line(exc: BaseException) -> str:
    """The driver's message on one line, without statement and parameters."""
    cause = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
    return next(iter(str(cause).strip().splitlines()), type(cause).__name__)
