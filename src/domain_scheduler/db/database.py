"""Short sessions on Postgres, safe behind a transaction pooler.

Every unit of work opens its own session, is one transaction, and holds nothing afterwards: no prepared
statement, no session setting, no lock (docs/decisions/0002). Driver errors are translated here, once.
Not here: which server (postgres/), schema changes (migrate.py), the statements (beside their stores).
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any, Final

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain_scheduler.db.deadline import Deadline, keep_deadlines
from domain_scheduler.errors import DatabaseUnavailableError, SettingsError
from domain_scheduler.settings import DatabaseSettings

_PASSING: Final = frozenset({"57014", "25006", "25P03", "25P04", "55P03"})
"""SQLSTATEs: statement timeout, a standby, idle or long transaction ended by the server, lock timeout."""

_FULL: Final = ("too many clients", "too many connections", "connection slots", "no more connections allowed")
"""How servers and poolers say it; the driver knows no SQLSTATE of a connection that did not come about."""

_SCHEME: Final = re.compile(r"^postgres(ql)?(\+[a-z0-9]+)?://")
_POOL_TIMEOUT: Final = 10.0
_IDLE_TIMEOUT_MS: Final = 60_000
"""How long a transaction may wait for us: a process that is at work keeps none waiting for seconds, one that
was stopped does, and everyone would wait for its locks."""


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
        self._statement_timeout = settings.statement_timeout
        # a new connection may have to wait for the pool, then for the server
        self._patience = settings.connect_timeout + _POOL_TIMEOUT
        # what may take its time (an upload of a million lines) leaves most connections to what must not wait
        self._long_ones = asyncio.Semaphore(max(1, settings.pool_size // 4))
        self.engine: AsyncEngine = create_async_engine(
            driver_url(url),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT,
            pool_recycle=300,
            hide_parameters=True,
            # said in every BEGIN, since a database may have another default: finishing needs new snapshots
            isolation_level="READ COMMITTED",
            connect_args=_connect_args(settings),
        )
        keep_deadlines(self.engine.sync_engine)

    @asynccontextmanager
    async def get_background_session(
        self, *, statement_timeout: float | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """One transaction on one connection: committed at the end, rolled back on any error.

        `statement_timeout` in seconds replaces the setting; 0 lifts it, and with it the bound on how long the
        transaction may stand idle (an upload may be slow): at most a quarter of the pool is lent for that. A
        server that does not keep to it, be it that the network in between is dead, is given up a few seconds
        later. Raises DatabaseUnavailableError when the database cannot be reached, goes away or cannot do it
        now, and the driver's own errors for faults of a statement.
        """
        limit = self._statement_timeout if statement_timeout is None else statement_timeout
        async with nullcontext() if limit else self._long_ones, self._transaction(limit) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, limit: float) -> AsyncIterator[AsyncConnection]:
        timer = asyncio.timeout(self._patience)
        deadline = Deadline(timer, limit)
        try:
            async with timer, self.engine.connect() as connection:
                await _begin(connection, limit)
                await connection.execution_options(**deadline.options())
                deadline.answered()
                try:
                    yield connection
                finally:
                    deadline.asked()
                await connection.commit()
        except (DBAPIError, PoolTimeoutError, psycopg.Error, TimeoutError) as exc:
            if timer.expired():
                raise DatabaseUnavailableError("the database does not answer") from exc
            if is_outage(exc):
                raise DatabaseUnavailableError(_words(exc)) from exc
            raise

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def is_outage(exc: BaseException) -> bool:
    """Whether `exc` says that the server is away, closing or overtaxed: the same statement may work later."""
    if isinstance(exc, PoolTimeoutError):
        return True
    if isinstance(exc, DBAPIError) and exc.connection_invalidated:
        return True
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    if not isinstance(cause, psycopg.Error):
        return False
    state = cause.sqlstate
    if state is None:
        # the driver's own complaint: about the connection, or about how we use it
        return isinstance(cause, psycopg.OperationalError)
    # 08 connection, 40 deadlocks, 53 resources, 57P shutdown, 58 disk; a FATAL one ends the connection
    passing = state[:2] in {"08", "40", "53", "58"} or state[:3] == "57P" or state in _PASSING
    return passing or cause.diag.severity_nonlocalized in {"FATAL", "PANIC"}


def first_line(exc: BaseException) -> str:
    """The driver's message on one line, without statement and parameters."""
    cause = exc.orig if isinstance(exc, DBAPIError) and exc.orig is not None else exc
    return next(iter(str(cause).strip().splitlines()), type(cause).__name__)


# for this transaction alone, as SET LOCAL, but both in one round trip
_LIMITS: Final = text(
    "SELECT set_config('statement_timeout', :statement, true),"
    " set_config('idle_in_transaction_session_timeout', :idle, true)"
)


async def _begin(connection: AsyncConnection, statement_timeout: float) -> None:
    """Open the transaction; a connection that went stale in the pool is replaced, once and unnoticed."""
    limits = {
        "statement": f"{int(statement_timeout * 1000)}",
        "idle": f"{_IDLE_TIMEOUT_MS if statement_timeout else 0}",
    }
    try:
        await connection.execute(_LIMITS, limits)
    except DBAPIError as exc:
        if not exc.connection_invalidated:
            raise
        await connection.rollback()
        await connection.execute(_LIMITS, limits)


def _words(exc: BaseException) -> str:
    if isinstance(exc, PoolTimeoutError):
        return "all connections of this process are in use: raise DOMAIN_SCHEDULER_DATABASE__POOL_SIZE"
    line = first_line(exc)
    if any(words in line for words in _FULL):
        return (
            f"the database server has no connection left ({line.rpartition('FATAL:')[2].strip()}): run fewer "
            "processes, lower DOMAIN_SCHEDULER_DATABASE__POOL_SIZE (what each of them may open), or raise "
            "the server's max_connections"
        )
    return f"the database does not answer as it should: {line}"


def _connect_args(settings: DatabaseSettings) -> dict[str, Any]:
    return {
        "prepare_threshold": None,
        "connect_timeout": max(2, round(settings.connect_timeout)),
        "fallback_application_name": "domain-scheduler",
        # the database's own could be one that the driver cannot turn into text
        "client_encoding": "utf8",
        # a server that vanished without a word is noticed within a minute, on an idle connection too
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
